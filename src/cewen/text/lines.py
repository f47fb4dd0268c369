"""Lines of a text and the paragraphs they once were.

A text taken from a PDF breaks its lines at the measure of the page, in the middle of words and numbers; a text taken
from a web page has one paragraph a line. `Layout` tells which, and `paragraphs` puts broken lines together again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cewen.base.source import Span

BLANK = " \t\u3000\xa0\u2002\u2003\u2009\u200b\ufeff"
"""Blanks inside a line, the invisible ones included."""

SENTENCE_END = "。！？!?；;：:…"
CLOSER = "”’）)】》〉〕]」』\"'"
_COMMA = "，,、（(“《〈"
_LINE = re.compile(r"[^\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029]+")
_FULL_SHARE = 84
"""Per cent of the measure from which a line counts as full: justified setting stretches and squeezes."""
_WIDEST_MEASURE = 120
_NEVER_FIRST = "，。、；：）》”’？！"
_LONG_SHARE = 40
"""Per cent of the measure from which an unfinished line is running text rather than a heading or a cell."""
_LONGEST_ALONE = 60
_LONGEST_ROW = 80
_LEADS_ON = "到达至的从为和约近超于过等自在及是由每第《（(“"
_ALONE = re.compile(
    r"[^。，]{1,30}[〔\[［(（﹝][ \u3000]*(?:(?:19|20)[0-9]{2}|[０-９]{4})[ \u3000]*[〕\]］)）﹞][ \u3000]*(?:第)?[ \u3000]*[0-9０-９]{1,5}[ \u3000]*号"
    r"|[0-9０-９]{4}[ \u3000]*年[ \u3000]*[0-9０-９]{1,2}[ \u3000]*月[ \u3000]*[0-9０-９]{1,2}[ \u3000]*日"
    r"|[\u4e00-\u9fff](?:[ \u3000]+[\u4e00-\u9fff]){3,}"
    r"|各[^。]{2,56}[：:]"
    r"|[（(].{0,6}此件.{2,8}[）)]"
)
_RUNNING_TEXT = 8
"""Characters from which unfinished text with commas is a sentence broken by chance."""
INDENT = 4
"""Columns of the indent of two characters with which a paragraph begins."""


@dataclass(frozen=True, slots=True)
class Line:
    """行: a line without its outer blanks; never empty. `gap` counts the line ends between it and the line before."""

    span: Span
    text: str
    width: int
    gap: int

    @property
    def is_finished(self) -> bool:
        """True when the line ends where a sentence may end."""
        return self.text.rstrip(CLOSER)[-1:] in SENTENCE_END or self.text[-1] in CLOSER


@dataclass(frozen=True, slots=True)
class Layout:
    """版面: `measure` is the usual width of a full line in half-width columns; None when lines are whole paragraphs."""

    measure: int | None
    usual_gap: int = 1

    @property
    def is_wrapped(self) -> bool:
        return self.measure is not None

    def is_full(self, line: Line) -> bool:
        return self.measure is not None and line.width * 100 >= self.measure * _FULL_SHARE

    def is_long(self, line: Line) -> bool:
        """True for a line too long to be a heading or a cell."""
        return self.measure is not None and line.width * 100 >= self.measure * _LONG_SHARE

    def is_indented(self, line: Line) -> bool:
        """True for a line that runs on though two characters (four columns) short: the first of a paragraph."""
        return self.measure is not None and not line.is_finished and abs(line.width + INDENT - self.measure) <= 1


def split_lines(text: str) -> list[Line]:
    """All lines that are not blank, in order."""
    lines: list[Line] = []
    before = 0
    for match in _LINE.finditer(text):
        raw = match.group()
        bare = raw.strip(BLANK).strip()
        if not bare:
            continue
        start = match.start() + raw.index(bare[0])
        # the first visible character may also occur among odd blanks before it, never visibly: index is exact
        width = len(bare) + (len(bare.encode("utf-8", "surrogatepass")) - len(bare)) // 2
        gap = text.count("\n", before, start) + text.count("\f", before, start)
        lines.append(Line(Span(start, start + len(bare)), bare, width, gap))
        before = start + len(bare)
    return lines


def layout_of(lines: list[Line]) -> Layout:
    """Wrapped when lines crowd at one width and most of them stop inside a sentence."""
    widths = sorted(line.width for line in lines if line.width >= 20)
    gaps = sorted(line.gap for line in lines[1:])
    usual_gap = gaps[len(gaps) // 2] if gaps else 1
    if len(widths) < 8:
        return Layout(None, usual_gap)
    upper = widths[len(widths) // 2 :]
    measure = Counter(upper).most_common(1)[0][0]
    unfinished = sum(1 for line in lines if line.width >= 20 and not line.is_finished)
    if widths[len(widths) * 9 // 10] > _WIDEST_MEASURE or unfinished * 2 < len(widths):
        return Layout(None, usual_gap)
    return Layout(measure, usual_gap)


def paragraphs(lines: Iterable[Line], layout: Layout, breaks: set[int]) -> list[list[Line]]:
    """Lines put together as paragraphs; a line that starts at an offset in `breaks` opens one."""
    result: list[list[Line]] = []
    for line in lines:
        opens = line.span.start in breaks or stands_alone(line)
        if result and not opens and _continues(result[-1], line, layout, breaks):
            result[-1].append(line)
        else:
            result.append([line])
    return result


def _continues(paragraph: list[Line], line: Line, layout: Layout, breaks: set[int]) -> bool:
    last = paragraph[-1]
    if stands_alone(last):
        return False
    if last.text[-1] in _COMMA or line.text[0] in _NEVER_FIRST:
        return True
    if last.text[-1] in "。！？" and layout.is_indented(line):
        return False
    if layout.is_full(last):
        return True
    is_heading = len(paragraph) == 1 and last.span.start in breaks
    if last.is_finished or is_heading:
        return False
    return layout.is_long(last) or _is_running(paragraph)


def _is_running(paragraph: list[Line]) -> bool:
    """Running text rather than a title or a name: it has commas or stops, and some length."""
    near = paragraph[:10]
    return sum(len(line.text) for line in near) >= _RUNNING_TEXT and any(
        mark in line.text for line in near for mark in "，。；,;"
    )


def stands_alone(line: Line) -> bool:
    """Whether a line is a paragraph by what it is: a table row, a date, a document number, a letter-spaced name."""
    return is_row(line) or (len(line.text) <= _LONGEST_ALONE and bool(_ALONE.fullmatch(line.text)))


def is_row(line: Line) -> bool:
    """Whether a line is a row of a table: cells with tabs between, or with blanks and a number in the last.

    Running text has blanks around its numbers too; it has commas or stops, or a word that leads on to the number.
    """
    if "\t" in line.text:
        return True
    if len(line.text) > _LONGEST_ROW or any(mark in line.text for mark in "，。；：、,;:"):
        return False
    cells = cells_of(line.text)
    if len(cells) < 3 or not _FIGURE.fullmatch(cells[-1]) or cells[-2][-1] in _LEADS_ON:
        return False
    return any(len(cell) > 1 for cell in cells[:-1])


def cells_of(text: str) -> list[str]:
    """The cells of a row."""
    return [cell for cell in text.split("\t") if cell.strip()] if "\t" in text else text.split()


def tidy(text: str) -> str:
    """Text for people: full-width letters and digits as half-width ones, blanks only where letters need them."""
    narrow = text.translate(_NARROW)
    return _NEEDLESS_BLANK.sub("", re.sub(r"\s+", " ", narrow)).strip()


_FIGURE = re.compile(r"[0-9０-９.．,，%％+-]+")
_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_NARROW |= {
    0xFF05: "%",
    0xFF0B: "+",
    0xFF0F: "/",
    0xFF06: "&",
    0xFF1D: "=",
    0x3000: " ",
    0xA0: " ",
    0xFEFF: " ",
    0x200B: " ",
}
_NEEDLESS_BLANK = re.compile(r"(?<![A-Za-z0-9,.&+/]) +| +(?![A-Za-z0-9&+/])")
