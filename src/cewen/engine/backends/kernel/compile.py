"""Generated modules on disk: written once by content hash, compiled once by Numba, found again by every process."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from cewen.engine.backends.kernel.source import Program

_MODULES: dict[str, ModuleType] = {}


def cache_home() -> Path:
    """$XDG_CACHE_HOME/cewen/kernels, by default under ~/.cache."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "cewen" / "kernels"


def compiled(program: Program) -> ModuleType:
    """The module of a program, with its functions `rows` and `sums`; each is compiled when it is first called.

    Where the cache cannot be written, the code lives in this process only.
    """
    digest = program.digest
    if digest not in _MODULES:
        _MODULES[digest] = _load(digest, program.source)
    return _MODULES[digest]


def _load(digest: str, source: str) -> ModuleType:
    name = f"cewen_kernel_{digest[:16]}"
    path = _written(name, source.replace("cache=CACHE", "cache=True"))
    if path is None:
        module = ModuleType(name)
        exec(compile(source.replace("cache=CACHE", "cache=False"), f"<{name}>", "exec"), module.__dict__)
        return module
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # cached machine code names its module and finds it there
    spec.loader.exec_module(module)
    return module


def _written(name: str, source: str) -> Path | None:
    """The file of a module; it appears whole or not at all. None where the folder cannot be written."""
    home = cache_home()
    path = home / f"{name}.py"
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == source:
            return path if _is_writable(home) else None
        home.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".py", dir=home)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(source)
        Path(temporary).replace(path)
    except OSError:
        return None
    return path if _is_writable(home) else None


@lru_cache(maxsize=8)
def _is_writable(home: Path) -> bool:
    return os.access(home, os.W_OK)
