"""Fact sheets to columns and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.engine.columns.encode import decode, encode
from cewen.engine.factsheet import FactSheet, Record
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import lower_corpus
from register_strategies import registers

CORPUS = require_sound(load_corpus(policies_home()))
PLAN = lower_corpus(CORPUS, date(2024, 6, 30))


@given(registers(PLAN))
def test_encode_when_decoded_then_the_same_facts_objects_and_awards(sheets: tuple[FactSheet, ...]) -> None:
    for before, after in zip(sheets, decode(encode(sheets, CORPUS)), strict=True):
        assert dict(before.enterprise.values) == dict(after.enterprise.values)
        assert [(r.subject, r.path, dict(r.values)) for r in before.others] == [
            (r.subject, r.path, dict(r.values)) for r in after.others
        ]
        assert before.awards == after.awards


@given(registers(PLAN), st.integers(0, 2), st.integers(0, 3))
def test_decode_when_a_part_is_asked_then_only_its_rows(sheets: tuple[FactSheet, ...], start: int, stop: int) -> None:
    found = [sheet.enterprise.values["uscc", None] for sheet in decode(encode(sheets, CORPUS), start, max(start, stop))]
    assert found == [sheet.enterprise.values["uscc", None] for sheet in sheets[start : max(start, stop)]]


@pytest.mark.parametrize("codes", [(None,), ("甲", "甲")])
def test_encode_when_a_code_is_missing_or_doubled_then_an_error_names_the_row(codes: tuple[str | None, ...]) -> None:
    sheets = [
        FactSheet(Record("enterprise", "enterprise", {} if code is None else {("uscc", None): code})) for code in codes
    ]
    with pytest.raises(CewenError) as failure:
        encode(sheets, CORPUS)
    assert failure.value.diagnostics[0].code == "CW634"
    assert f"第 {len(codes)} 家" in failure.value.diagnostics[0].message
