"""Generated modules on disk: one for each measure and loop, named by content, compiled once, found by every process.

A module compiles its function when it is imported. Numba keeps the machine code beside it; `<name>.json` holds the
digests of what Numba wrote, so that a damaged file is noticed before it is run. What cannot be read is compiled anew.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from cewen.base.diagnostic import Diagnostic, Severity

FEWEST = 6
"""From so many functions that are not compiled yet further processes help."""

_MODULES: dict[str, ModuleType] = {}
_NOTICES: dict[str, Diagnostic] = {}


def cache_home() -> Path:
    """$XDG_CACHE_HOME/cewen/kernels, by default under ~/.cache."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "cewen" / "kernels"


def notices() -> tuple[Diagnostic, ...]:
    """What was wrong with the cache in this process (CW660, CW661), each once; the results are the same."""
    return tuple(_NOTICES.values())


def compiled(sources: Iterable[tuple[str, str]], workers: int = 1) -> list[Callable[..., Any]]:
    """The functions of generated modules, each given as (name of the function, source); on `workers` processes."""
    wanted = [(name, *_named(name, source)) for name, source in sources]
    missing = {module: source for _, module, source in wanted if module not in _MODULES and not _is_ready(module)}
    if workers > 1 and len(missing) >= FEWEST and not _runs_as_python():
        _compile_together(missing, workers)
    return [getattr(_module(module, source), name) for name, module, source in wanted]


@functools.cache
def step(name: str) -> Callable[..., Any]:
    """A function of `steps`, compiled."""
    return compiled([(name, _steps()[name])])[0]


@functools.cache
def _steps() -> dict[str, str]:
    """The source of a module for each function of `steps`."""
    text = Path(__file__).with_name("steps.py").read_text(encoding="utf-8")
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    head = "from typing import Any\nimport numpy as np\nfrom numba import njit\n"
    head += 'HOW = dict(cache=CACHE, nogil=True, error_model="numpy")\n\n\n'
    lines = text.splitlines(keepends=True)
    return {node.name: head + "".join(lines[node.decorator_list[0].lineno - 1 : node.end_lineno]) for node in functions}


@functools.cache
def _primitive() -> tuple[str, str]:
    text = Path(__file__).with_name("primitive.py").read_text(encoding="utf-8")
    return f"cewen_primitive_{_digest(text.encode())}", text


@functools.lru_cache(maxsize=4096)
def _named(function: str, source: str) -> tuple[str, str]:
    text = source.replace("PRIMITIVE", _primitive()[0], 1)
    return f"cewen_{function}_{_digest(text.encode())}", text


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


def _module(name: str, source: str) -> ModuleType:
    if name not in _MODULES:
        primitive, text = _primitive()
        if primitive not in sys.modules:
            _in_memory(primitive, text)
        _MODULES[name] = _load(name, source)
    return _MODULES[name]


def _load(name: str, source: str) -> ModuleType:
    path = _written(name, source.replace("cache=CACHE", "cache=True"))
    if path is not None and not _is_sound(path):
        _forget(path, "核对码不符")
    for _ in range(0 if path is None else 2):
        assert path is not None
        try:
            return _imported(path)
        except Exception as error:  # whatever a damaged file makes Numba raise
            sys.modules.pop(name, None)
            _forget(path, f"{type(error).__name__}: {error}")
    return _in_memory(name, source)


def _imported(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(path.stem)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # cached machine code names its module and finds it there
    spec.loader.exec_module(module)
    _seal(path)
    return module


def _in_memory(name: str, source: str) -> ModuleType:
    """The module in this process only."""
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(source.replace("cache=CACHE", "cache=False"), f"<{name}>", "exec"), module.__dict__)
    return module


# --- files ----------------------------------------------------------------------------------------------------------


def _written(name: str, source: str) -> Path | None:
    """The file of a module; it appears whole or not at all. None where the folder cannot be written."""
    path = cache_home() / f"{name}.py"
    try:
        if not (path.is_file() and path.read_text(encoding="utf-8") == source):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, source)
        elif not os.access(path.parent, os.W_OK):
            raise PermissionError(path.parent)
    except (OSError, UnicodeDecodeError) as error:
        message = f"计算引擎 kernel 的编译缓存不能写（{path.parent}：{error}），每次启动都要重新编译，结果不变"
        _notice("CW660", message, "检查这个文件夹的权限与磁盘，或用 XDG_CACHE_HOME 另指一处。")
        return None
    return path


def _notice(code: str, message: str, remedy: str) -> None:
    _NOTICES[code] = Diagnostic(code, message, remedy, severity=Severity.NOTICE)


def _write_whole(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).replace(path)


def _machine_code(path: Path) -> list[Path]:
    """What Numba keeps of a module: an index and the code of each function."""
    return sorted((path.parent / "__pycache__").glob(f"{path.stem}.*.nb[ic]"))


def _digests(path: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in _machine_code(path)}


def _is_sound(path: Path) -> bool:
    """Whether all files are as they were sealed; also true where there are none."""
    try:
        found = _digests(path)
        return not found or json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) == found
    except (OSError, ValueError):
        return False


def _is_ready(name: str) -> bool:
    """Whether a module can be loaded without compiling, as far as its files tell."""
    path = cache_home() / f"{name}.py"
    return bool(_machine_code(path)) and _is_sound(path)


def _seal(path: Path) -> None:
    """Note the digests of what Numba has written."""
    try:
        text = json.dumps(_digests(path))
        seal = path.with_suffix(".json")
        if not seal.is_file() or seal.read_text(encoding="utf-8") != text:
            _write_whole(seal, text)
    except (OSError, UnicodeDecodeError):
        return  # without a seal the files count as damaged and are made anew


def _forget(path: Path, reason: str) -> None:
    message = f"计算引擎 kernel 的编译缓存有一处损坏（{path.stem}：{reason}），已丢弃并重新编译，结果不变"
    _notice("CW661", message, "不必处理；反复出现时检查磁盘，或删除缓存文件夹。")
    for file in (*_machine_code(path), path.with_suffix(".json")):
        try:
            file.unlink(missing_ok=True)
        except OSError:
            continue


# --- several processes ----------------------------------------------------------------------------------------------


def _runs_as_python() -> bool:
    """Whether Numba is told to compile nothing (NUMBA_DISABLE_JIT)."""
    config = importlib.import_module("numba").config

    return bool(config.DISABLE_JIT)


def _compile_together(missing: dict[str, str], workers: int) -> None:
    """Compile modules in further processes and in this one; what a process fails to do is done here afterwards."""
    paths = {name: _written(name, source.replace("cache=CACHE", "cache=True")) for name, source in missing.items()}
    # Long sources take longest to compile; dealt out like cards, every process gets some of them.
    names = sorted((name for name, path in paths.items() if path), key=lambda name: -len(missing[name]))
    shares = [names[at::workers] for at in range(workers)]
    command = [sys.executable, "-P", "-m", "cewen.engine.backends.kernel.compile"]
    started = []
    for share in shares[1:]:
        try:
            quiet = subprocess.DEVNULL
            started.append(subprocess.Popen([*command, *share], stdin=quiet, stdout=quiet, stderr=quiet))
        except OSError:
            break
    for name in shares[0]:
        _module(name, missing[name])
    for process in started:
        process.wait()


def main(names: Iterable[str]) -> None:
    """Compile modules that stand in the cache already."""
    for name in names:
        source = (cache_home() / f"{name}.py").read_text(encoding="utf-8")
        _module(name, source.replace("cache=True", "cache=CACHE"))


if __name__ == "__main__":
    main(sys.argv[1:])
