"""What was read of a text, kept on disk by the content it was read from; a faulty or missing store only costs time."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from cewen.base.source import Span
from cewen.rules.library.entry import Entry

_Made = dict[str, Any]


def store_home() -> Path:
    """$XDG_CACHE_HOME/cewen/library, by default under ~/.cache."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "cewen" / "library"


def kept(key: str, make: Callable[[], _Made], home: Path | None = None) -> _Made:
    """What is kept under `key`, else what `make` gives, which is kept from then on."""
    try:
        path = (home or store_home()) / f"{key}.json"
        with suppress(OSError, ValueError):
            found = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(found, dict) and found.get("key") == key and {"entries", "promises"} <= found.keys():
                return found
    except RuntimeError:  # no home folder is known
        return make()
    made = {"key": key, **make()}
    temporary = path.with_name(f".{secrets.token_hex(6)}.tmp")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    return made


@lru_cache(maxsize=1)
def reader_digest() -> str:
    """Of the code that reads texts: what another version has read is read again."""
    import cewen.rules.library
    import cewen.text

    found = hashlib.sha256()
    for package in (cewen.text, cewen.rules.library):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry as the store keeps it."""
    return {
        "path": entry.path,
        "title": entry.title,
        "trail": entry.trail,
        "pieces": [(piece.start, piece.end) for piece in entry.pieces],
        "text": entry.text,
        "units": entry.units,
        "amounts": [str(amount) for amount in entry.amounts],
        "kinds": sorted(entry.kinds),
        "tokens": " ".join(entry.tokens),
    }


def entry_of(kept_entry: dict[str, Any]) -> Entry:
    """The entry again."""
    return Entry(
        path=kept_entry["path"],
        title=kept_entry["title"],
        trail=tuple(kept_entry["trail"]),
        pieces=tuple(Span(start, end) for start, end in kept_entry["pieces"]),
        text=kept_entry["text"],
        units=tuple(kept_entry["units"]),
        amounts=tuple(Fraction(amount) for amount in kept_entry["amounts"]),
        kinds=frozenset(kept_entry["kinds"]),
        tokens=tuple(kept_entry["tokens"].split(" ")) if kept_entry["tokens"] else (),
    )
