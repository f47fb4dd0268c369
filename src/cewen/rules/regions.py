"""Regions: GB/T 2260 divisions by code, and functional zones with codes of their own beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Region:
    """行政区划或功能区. `parent` is the code of the region it lies in; `aliases` are other names in use (东湖高新区)."""

    code: str
    name: str
    level: str
    parent: str | None
    aliases: tuple[str, ...] = ()


class Regions:
    """All known regions; answers whether one lies in another."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._by_code = {region.code: region for region in regions}
        self._by_name: dict[str, list[Region]] = {}
        for region in self._by_code.values():
            for name in (region.name, *region.aliases):
                self._by_name.setdefault(name, []).append(region)

    def find(self, text: str) -> Region | None:
        """A region by its code or by a name only one region has ("武汉市", "湖北省武汉市洪山区" by its parts)."""
        if text in self._by_code:
            return self._by_code[text]
        named = self._by_name.get(text, [])
        if len(named) == 1:
            return named[0]
        for cut in range(1, len(text)):
            outer, inner = self._by_name.get(text[:cut], []), text[cut:]
            if len(outer) == 1:
                found = [region for region in self._by_name.get(inner, []) if self.lies_in(region.code, outer[0].code)]
                return found[0] if len(found) == 1 else self._nested(outer[0], inner)
        return None

    def _nested(self, outer: Region, rest: str) -> Region | None:
        found = self.find(rest)
        return found if found and self.lies_in(found.code, outer.code) else None

    def lies_in(self, code: str, outer: str) -> bool:
        """True when region `code` is `outer` or lies below it."""
        current: str | None = code
        while current is not None:
            if current == outer:
                return True
            region = self._by_code.get(current)
            current = region.parent if region else None
        return False

    def chain(self, code: str) -> tuple[Region, ...]:
        """The region and everything it lies in, inside out."""
        found: list[Region] = []
        current: str | None = code
        while current is not None and current in self._by_code:
            found.append(self._by_code[current])
            current = self._by_code[current].parent
        return tuple(found)

    def codes(self) -> tuple[str, ...]:
        """All codes, sorted."""
        return tuple(sorted(self._by_code))

    def name(self, code: str) -> str:
        return self._by_code[code].name if code in self._by_code else code


def load_regions(folder: Path) -> Regions:
    """Every `*.csv` of the folder: columns code, name, level, parent and, where there are any, aliases (by 、)."""
    regions: list[Region] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                aliases = tuple(filter(None, (row.get("aliases") or "").split("、")))
                regions.append(Region(row["code"], row["name"], row["level"], row["parent"] or None, aliases))
    return Regions(regions)
