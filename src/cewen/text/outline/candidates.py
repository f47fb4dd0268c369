"""Where a heading may stand: labels at line starts, and labels after the end of a sentence inside a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cewen.base.source import Span
from cewen.text.lines import BLANK, CLOSER, Layout, Line
from cewen.text.outline.labels import Kind, Label, is_citation, read_label

_INNER = re.compile(
    rf"(?:(?<=[。！？!?])|(?<=[。！？!?][{re.escape(CLOSER)}])|(?<=[）)]))[{BLANK}]*"
    rf"(?=[（(][一二三四五六七八九十]{{1,4}}[）)]|[一二三四五六七八九十]{{1,4}}、|第[一二三四五六七八九十百]{{1,5}}[条章节]|[0-9０-９]{{1,2}}[.．﹒](?![0-9０-９]))"
)
_RUN_ON = re.compile(r"[（(][一二三四五六七八九十]{1,4}[）)]")
_CONTENTS_ENTRY = re.compile(r"(?:[.…·．\s]{3}|\t)[0-9０-９]{1,4}$")
_CONTENTS = re.compile(rf"目[{BLANK}]*[录次]")
_ANNEX_LIST = re.compile(rf"附[{BLANK}]*[件表][{BLANK}]*[：:]")
_ANNEX_ENTRY = re.compile(rf"[0-9０-９]{{1,2}}[{BLANK}]*[.．、]")
_LONGEST_HEADING = 40
_ALIKE = 8
"""Characters in which an entry of the contents and its heading agree."""
_UNITS_BRACKET = 400
"""Characters back in which the bracket of responsible units opens."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """候选标题: a label that may open a clause. `is_sure` when it stands where a paragraph begins."""

    label: Label
    start: int
    line: int
    is_line_start: bool
    is_sure: bool

    @property
    def end(self) -> int:
        """Where the label ends and the title begins."""
        return self.start + self.label.length


def find_candidates(text: str, lines: Sequence[Line], layout: Layout, noise: Sequence[Span]) -> list[Candidate]:
    """All candidates in order; a label cited in running text (（二）项) or counted (三、四、五级) is none."""
    silent = {span.start for span in noise}
    found: list[Candidate] = []
    before: Line | None = None
    in_annex_list = False
    noisy = iter(noise)
    hush = next(noisy, None)
    for index, line in enumerate(lines):
        while hush is not None and hush.end <= line.span.start:
            hush = next(noisy, None)
        if line.span.start in silent or (hush is not None and hush.start <= line.span.start):
            continue
        if _ANNEX_LIST.match(line.text):
            in_annex_list = True
            before = line
            continue
        in_annex_list = in_annex_list and bool(_ANNEX_ENTRY.match(line.text))
        label = None if in_annex_list or _CONTENTS_ENTRY.search(line.text[-12:]) else read_label(line.text)
        if (
            label is not None
            and label.kind is Kind.CLOSING
            and found
            and found[-1].end == lines[found[-1].line].span.end == _end(before)
        ):
            label = None  # 第六章 / 附则: the title of the label alone on the line before
        if label is not None:
            sure = _opens_paragraph(text, before, layout)
            if sure or not is_citation(line.text[label.length :].lstrip(BLANK)):
                found.append(Candidate(label, line.span.start, index, True, sure))
        found += _inner_candidates(text, line, index, label)
        before = line
    return _without_contents(lines, found)


def _end(line: Line | None) -> int:
    return line.span.end if line else -1


def _opens_paragraph(text: str, before: Line | None, layout: Layout) -> bool:
    """Whether the line after `before` begins a paragraph, as far as the end of `before` tells."""
    if before is None or not layout.is_full(before):
        return before is None or before.text[-1] not in "，,、（(第《“〈"
    if before.text[-1] in "）)":
        return _closes_units(text, before.span.end)
    return before.is_finished


def _closes_units(text: str, end: int) -> bool:
    """Whether the bracket that closes just before `end` opened after a sentence: 。（责任单位：…）."""
    depth = 0
    for at in range(end - 1, max(-1, end - _UNITS_BRACKET), -1):
        if text[at] in "）)":
            depth += 1
        elif text[at] in "（(":
            depth -= 1
            if depth == 0:
                return text[max(0, at - 20) : at].rstrip().endswith(("。", "；", "！"))
    return False


def _inner_candidates(text: str, line: Line, index: int, opening: Label | None) -> list[Candidate]:
    found: list[Candidate] = []
    if opening is not None and opening.kind in (Kind.HAN, Kind.CHAPTER):
        match = _RUN_ON.search(line.text, opening.length, opening.length + _LONGEST_HEADING)
        if match and not any(mark in line.text[opening.length : match.start()] for mark in "，。；："):
            _add(found, line, index, match.start(), match.start() > opening.length)
    for match in _INNER.finditer(line.text):
        at = match.end()
        if at == 0 or (found and line.span.start + at <= found[-1].start):
            continue
        after_bracket = line.text[max(0, match.start() - 1) : match.start()] in ("）", ")")
        ended = not after_bracket or _closes_units(text, line.span.start + match.start())
        _add(found, line, index, at, ended)
        if found and line.text[at] in "一二三四五六七八九十":
            run_on = _RUN_ON.search(line.text, at + 2, at + _LONGEST_HEADING)
            if run_on and not any(mark in line.text[at + 2 : run_on.start()] for mark in "，。；："):
                _add(found, line, index, run_on.start(), True)
    return found


def _add(found: list[Candidate], line: Line, index: int, at: int, is_allowed: bool) -> None:
    if not is_allowed:
        return
    label = read_label(line.text[at : at + 40])
    if label is not None and not is_citation(line.text[at + label.length : at + label.length + 4]):
        found.append(Candidate(label, line.span.start + at, index, False, False))


def _without_contents(lines: Sequence[Line], found: list[Candidate]) -> list[Candidate]:
    """Leaves out a table of contents: after the line 目录, up to where its first entry is met again."""
    heading = next((index for index, line in enumerate(lines) if _CONTENTS.fullmatch(line.text)), None)
    if heading is None:
        return found
    listed = next(_labeled(lines, heading + 1), None)
    if listed is None:
        return found
    entry = lines[listed[0]].text
    for candidate in found:
        if candidate.line > listed[0] and candidate.is_line_start and candidate.label.path == listed[1].path:
            text = lines[candidate.line].text
            if text[:_ALIKE] == entry[: len(text[:_ALIKE])]:
                return [each for each in found if each.line < heading or each.line >= candidate.line]
    return found


def _labeled(lines: Sequence[Line], start: int) -> Iterator[tuple[int, Label]]:
    for index in range(start, len(lines)):
        label = read_label(lines[index].text)
        if label is not None:
            yield index, label
