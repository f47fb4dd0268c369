"""Back-ends by name."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from cewen.base.errors import CewenError
from cewen.engine.backends.base import Backend, backend_names, is_installed, load_backend


def test_load_when_the_name_is_unknown_then_an_error_lists_the_known_ones() -> None:
    with pytest.raises(CewenError) as failure:
        load_backend("abacus://desk")
    (finding,) = failure.value.diagnostics
    assert finding.code == "CW630"
    assert "abacus" in finding.message
    assert all(name in finding.remedy for name in backend_names())


def test_load_when_a_package_is_missing_then_an_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def without_numba(name: str, *rest: Any) -> Any:
        return None if name == "numba" else real(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", without_numba)
    assert not is_installed("kernel")
    with pytest.raises(CewenError) as failure:
        load_backend("kernel")
    assert failure.value.diagnostics[0].code == "CW632"
    assert "pip install numba" in failure.value.diagnostics[0].remedy


def test_load_when_installed_then_a_back_end_of_that_name() -> None:
    backend = load_backend("kernel")
    assert isinstance(backend, Backend)
    assert backend.name == "kernel"
