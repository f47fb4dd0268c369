"""One mutant against the battery, in a process of its own that is forked from one that has the reference's answers."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from benchmarks.mutation.battery import Item, outcome
from benchmarks.mutation.fingerprint import AFTER, fingerprint
from benchmarks.mutation.mutants import Mutant

CAUGHT, SURVIVED, TIMED_OUT = "caught", "survived", "timed out"
SECONDS = 300


class _Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module the source of a mutant; `_last` stands for calls that are left out."""

    def __init__(self, name: str, source: str, path: str) -> None:
        self.name, self.source, self.path = name, source, path

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self.path)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["_last"] = lambda *parts, **named: parts[-1]
        exec(compile(self.source, self.path, "exec"), module.__dict__)


def module_of(file: str) -> str:
    """cewen/engine/bits.py -> cewen.engine.bits"""
    return file.removesuffix(".py").replace("/", ".")


@dataclass(frozen=True, slots=True)
class Bench:
    """What mutants of a family are held against (判据): comparisons, and what the unchanged back-end says to each."""

    family: str
    engine: str
    items: Sequence[Item]
    outcomes: Mapping[str, str]
    prints: Mapping[str, str]
    scratch: Path


def judge(mutant: Mutant, bench: Bench) -> tuple[str, str]:
    """Whether the battery sees the change, and by what; of a survivor, in how many comparisons the code was another.

    A mutant that cannot be run is caught.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        verdict, by = SURVIVED, ""
        try:
            _quiet(bench.scratch)
            _install(mutant)
            always, changed = mutant.file.endswith(AFTER[bench.family]), 0
            for item in bench.items:
                if not always and fingerprint(bench.family, item) == bench.prints[item.name]:
                    continue
                changed += 1
                said = outcome(bench.engine, item)
                if said != bench.outcomes[item.name]:
                    verdict, by = CAUGHT, said
                    break
            else:
                by = f"code changed in {changed} of {len(bench.items)}"
        except BaseException as error:  # a module that does not load is a change that is seen
            verdict, by = CAUGHT, f"{type(error).__name__}: {error}"
        os.write(writing, f"{verdict}\t{by[:200]}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read().decode(errors="replace")
    _, code = os.waitpid(child, 0)
    if not said:
        return (
            TIMED_OUT if os.WIFSIGNALED(code) and os.WTERMSIG(code) in (signal.SIGXCPU, signal.SIGALRM) else CAUGHT
        ), "died"
    verdict, _, by = said.partition("\t")
    return verdict, by


def _install(mutant: Mutant) -> None:
    """Everything of the back-ends is forgotten and read again, the mutant among it."""
    name = module_of(mutant.file)
    for loaded in [each for each in sys.modules if each.startswith("cewen.engine.backends.") or each == name]:
        if loaded != "cewen.engine.backends.base":
            del sys.modules[loaded]
    sys.meta_path.insert(0, _Replaced(name, mutant.source, mutant.file))


def _quiet(log: Path) -> None:
    """No output, no kernel cache from earlier runs, and an end to loops without end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.environ["XDG_CACHE_HOME"] = str(log)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
