"""Plans kept on disk between commands: reading, checking and lowering the policy files is most of a short command.

A kept plan counts for exactly one content: of every file below the policies folder, of this package's own code, of
the Python and pydantic that wrote it, for one date and choice of policies. A file that is missing, damaged, of another
content or not ours is as if there were none, and where the folder cannot be written nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pydantic

from cewen.rules import load
from cewen.rules.lower import Plan, lower_corpus

MOST_FILES = 32
"""Kept plans; the oldest go first."""

MOST_BYTES = 64 * 2**20
"""A folder with more than this in it is no folder of policies: it is not read through for a cache's sake."""

_DIGEST = 32
_PACKAGE = Path(__file__).resolve().parent.parent
_LAYERS = ("base", "text", "rules")
_FOREIGN = {("datetime", "date"), ("fractions", "Fraction"), ("builtins", "frozenset")} | {
    ("pathlib", name) for name in ("Path", "PosixPath", "WindowsPath")
}


def cache_home() -> Path:
    """$XDG_CACHE_HOME/cewen/plans, by default under ~/.cache."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "cewen" / "plans"


def load_plan(home: Path | None, only: Iterable[str], on: date) -> Plan:
    """The sound corpus of `home` lowered for a date, from disk where it was lowered before.

    As `lower_corpus(require_sound(load_corpus(home, only)), on)`, and with the same errors, but its policies come
    without their YAML files: these name the places of faults, and a plan has none.
    """
    folder, wanted = home or load.policies_home(), tuple(only)
    content = _content(folder, wanted, on)
    path = _place(folder, wanted, on) if content is not None else None
    if content is not None and path is not None:
        kept = _read(path, content)
        if kept is not None:
            return kept
    plan = _without_files(lower_corpus(load.require_sound(load.load_corpus(folder, wanted)), on))
    if content is not None and path is not None:
        _write(path, content, plan)
    return plan


def _without_files(plan: Plan) -> Plan:
    bare = {id(policy): replace(policy, files={}, measure_files={}) for policy in plan.corpus.policies}
    return replace(
        plan,
        corpus=replace(plan.corpus, policies=tuple(bare.values())),
        measures=tuple(replace(measure, policy=bare[id(measure.policy)]) for measure in plan.measures),
        rules=tuple(replace(rule, policy=bare[id(rule.policy)]) for rule in plan.rules),
    )


# --- what a kept plan counts for -----------------------------------------------------------------------------------


def _content(folder: Path, only: tuple[str, ...], on: date) -> bytes | None:
    """A digest of everything the plan depends on; None where that cannot be told, and then nothing is kept."""
    digest = hashlib.blake2b(digest_size=_DIGEST)
    digest.update(repr((sys.version, pydantic.VERSION, str(folder), only, on.isoformat())).encode())
    size = 0
    try:
        for layer in _LAYERS:
            for path in _files(_PACKAGE / layer):
                if path.endswith((".py", ".lark")):
                    known = os.stat(path)
                    digest.update(f"{path}\0{known.st_size}\0{known.st_mtime_ns}\0".encode())
        for path in _files(folder):
            with open(path, "rb") as file:
                found = file.read(MOST_BYTES - size + 1)
            size += len(found)
            if size > MOST_BYTES:
                return None
            digest.update(f"{path}\0{len(found)}\0".encode())
            digest.update(found)
    except (OSError, ValueError, UnicodeError):
        return None
    return digest.digest()


def _files(folder: Path | str) -> Iterator[str]:
    """Paths of all files below a folder, in order; OSError for a link, whose target could change unseen."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.is_symlink():
                raise OSError(f"{entry.path} is a link")
            if entry.is_dir():
                yield from _files(entry.path)
            else:
                yield entry.path


def _place(folder: Path, only: tuple[str, ...], on: date) -> Path | None:
    """Where the plan of a folder, a choice and a date is kept; a changed content takes the place of the old one."""
    try:
        name = repr((str(folder.absolute()), only, on.isoformat())).encode(errors="surrogatepass")
        return cache_home() / f"{hashlib.blake2b(name, digest_size=16).hexdigest()}.plan"
    except (OSError, RuntimeError):  # no home folder
        return None


# --- reading and writing -------------------------------------------------------------------------------------------


class _Unpickler(pickle.Unpickler):
    """Builds values of the rules and nothing else, whatever the file says."""

    def find_class(self, module: str, name: str) -> Any:
        found = super().find_class(module, name) if self._is_allowed(module, name) else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found

    def _is_allowed(self, module: str, name: str) -> bool:
        return (module, name) in _FOREIGN or module.startswith(("cewen.base.", "cewen.rules."))


def _read(path: Path, content: bytes) -> Plan | None:
    try:
        if not _is_ours(path.parent):
            return None
        data = path.read_bytes()
        payload = data[2 * _DIGEST :]
        if data[: 2 * _DIGEST] != content + _checksum(payload):
            return None
        found = _Unpickler(io.BytesIO(payload)).load()
    except Exception:  # a damaged pickle may raise anything; then the files are read
        return None
    return found if isinstance(found, Plan) else None


def _write(path: Path, content: bytes, plan: Plan) -> None:
    """Keep a plan; the file appears whole or not at all. What goes wrong is no fault of the command."""
    with contextlib.suppress(OSError, pickle.PicklingError, RecursionError):
        payload = pickle.dumps(plan, pickle.HIGHEST_PROTOCOL)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_ours(path.parent):
            return
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".plan", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content + _checksum(payload) + payload)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)
            raise
        kept = sorted(path.parent.glob("*.plan"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
        for old in kept[MOST_FILES:]:
            old.unlink(missing_ok=True)


def _checksum(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=_DIGEST).digest()


def _is_ours(folder: Path) -> bool:
    """True where no other user could have put a file there."""
    if not hasattr(os, "getuid"):
        return True
    known = folder.stat()
    return known.st_uid == os.getuid() and not known.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
