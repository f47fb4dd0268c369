"""Automatic numbers of a Word document: what Word prints before a paragraph and does not store in its text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HAN = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str


@dataclass(slots=True)
class Numbering:
    """自动编号: counts the numbered paragraphs of one document in order."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, numbering: Any, styles: Any) -> Numbering:
        """From the roots of numbering.xml and styles.xml (lxml elements); either may be None."""
        result = cls()
        if numbering is not None:
            abstract = {each.get(f"{W}abstractNumId"): _levels(each) for each in numbering.iter(f"{W}abstractNum")}
            for number in numbering.iter(f"{W}num"):
                reference = number.find(f"{W}abstractNumId")
                if reference is not None:
                    result.levels[str(number.get(f"{W}numId"))] = abstract.get(reference.get(f"{W}val"), {})
        for style in styles.iter(f"{W}style") if styles is not None else ():
            place = _reference(style.find(f"{W}pPr"))
            if place is not None:
                result.styles[str(style.get(f"{W}styleId"))] = place
        return result

    def label(self, paragraph: Any) -> str:
        """The number Word shows before `paragraph` (a w:p element), and counts it; "" when it has none."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return ""
        place = _reference(properties)
        if place is None:
            style = properties.find(f"{W}pStyle")
            place = self.styles.get(str(style.get(f"{W}val"))) if style is not None else None
        if place is None or place[0] not in self.levels:
            return ""
        number, depth = place
        levels = self.levels[number]
        counts = self.counts.setdefault(number, {})
        counts[depth] = counts.get(depth, levels[depth].start - 1 if depth in levels else 0) + 1
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        if depth not in levels:
            return ""
        text = levels[depth].text
        for level, shape in levels.items():
            text = text.replace(f"%{level + 1}", _shown(counts.get(level, shape.start), shape.format))
        return text


def _levels(abstract: Any) -> dict[int, _Level]:
    return dict(_read_levels(abstract))


def _read_levels(abstract: Any) -> Iterator[tuple[int, _Level]]:
    for level in abstract.iter(f"{W}lvl"):
        values = {name: level.find(f"{W}{name}") for name in ("start", "numFmt", "lvlText")}
        shown = {
            name: (element.get(f"{W}val") or "") if element is not None else "" for name, element in values.items()
        }
        depth = level.get(f"{W}ilvl") or "0"
        start = int(shown["start"]) if shown["start"].isdecimal() else 1
        if depth.isdecimal():
            yield int(depth), _Level(start, shown["numFmt"], shown["lvlText"])


def _reference(properties: Any) -> tuple[str, int] | None:
    """numId and depth of a w:pPr element."""
    numbered = properties.find(f"{W}numPr") if properties is not None else None
    number = numbered.find(f"{W}numId") if numbered is not None else None
    if numbered is None or number is None:
        return None
    depth = numbered.find(f"{W}ilvl")
    value = (depth.get(f"{W}val") or "0") if depth is not None else "0"
    return str(number.get(f"{W}val")), int(value) if value.isdecimal() else 0


def _shown(number: int, shape: str) -> str:
    return _SHAPES.get(shape, str)(number)


def han(number: int) -> str:
    """36 -> 三十六; below one thousand, digits beyond."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10)
    text = f"{_HAN[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _HAN[tens]) + "十"
    elif hundreds and units:
        text += "零"
    return text + (_HAN[units] if units else "")


_SHAPES: dict[str, Callable[[int], str]] = {
    "chineseCounting": han,
    "chineseCountingThousand": han,
    "japaneseCounting": han,
    "taiwaneseCounting": han,
    "ideographDigital": han,
    "decimalEnclosedCircle": lambda number: chr(0x245F + number) if 0 < number <= 20 else str(number),
    "decimalEnclosedCircleChinese": lambda number: chr(0x245F + number) if 0 < number <= 20 else str(number),
    "lowerLetter": lambda number: chr(0x60 + number) if 0 < number <= 26 else str(number),
    "upperLetter": lambda number: chr(0x40 + number) if 0 < number <= 26 else str(number),
    "none": lambda number: "",
    "bullet": lambda number: "",
}
