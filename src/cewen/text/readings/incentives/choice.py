"""What tells the tiers of a list apart: the numbers or the words of the list before the sums."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cewen.text.quantities import Kind, Quantity
from cewen.text.readings.incentives.condition import LABEL_UNITS
from cewen.text.readings.incentives.draft import Step
from cewen.text.readings.passage import Passage

_VERBS = re.compile(
    r"^.*(?:首次获评|首次获得|新获批|新认定(?:为|的)?|认定为|评定为|评为|获评|获得|通过|晋升为|取得|列入|入选|创建(?:为)?|成功|引进|新建成|对于|对(?!外|口)|给予|起草|的)"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What tells the tiers of a list apart: words, and the threshold where the words are numbers."""

    start: int
    end: int
    quantity: Quantity | None = None


def read_choices(passage: Passage, step: Step, wanted: int) -> tuple[list[Choice], set[Quantity]]:
    """The list of `wanted` items that tells the tiers apart: numbers in the zone, else words."""
    if wanted < 2:
        return [], set()
    labelled = _labels_between(passage, step, wanted)
    if labelled:
        return labelled, set()
    for numbers in reversed(_number_lists(passage, step.zone)):
        if len(numbers) == 1 and _counts_to(numbers[0], wanted):
            return [Choice(numbers[0].left, numbers[0].right)] * wanted, set(numbers)
        if len(numbers) == wanted:
            return [Choice(number.left, number.right, number) for number in numbers], set(numbers)
    return _word_list(passage, step, wanted), set()


def _counts_to(quantity: Quantity, wanted: int) -> bool:
    """二到五级 names four grades."""
    steps = quantity.high - quantity.low + 1
    return quantity.is_range and quantity.unit in LABEL_UNITS and steps == wanted


def _labels_between(passage: Passage, step: Step, wanted: int) -> list[Choice]:
    """初级1000元、中级1500元: the words before each sum name its tier."""
    members = step.group.members
    if len(members) != wanted:
        return []
    text = passage.flow.text
    choices = []
    for previous, member in zip((None, *members), members, strict=False):
        start = previous.right if previous else max(step.group.phrase, member.left - 24)
        words = text[start : member.left]
        head = re.match(r"(?:、|和|及|以及|,|按照|按|分别|给予|予以|的标准|标准|为)*", words)
        start += head.end() if head else 0
        tail = re.search(r"(?:的|按照|按|各|最高|不超过|每[人家个户件项张]?)+$", text[start : member.left])
        end = start + tail.start() if tail else member.left
        if end - start < 1:
            return []
        choices.append(Choice(start, end))
    return choices


def _number_lists(passage: Passage, zone: tuple[int, int]) -> list[list[Quantity]]:
    text = passage.flow.text
    lists: list[list[Quantity]] = []
    for quantity in passage.between(*zone):
        if quantity.kind is Kind.DATE or passage.inside[quantity.start]:
            continue
        last = lists[-1][-1] if lists else None
        joined = (
            last is not None
            and last.unit == quantity.unit
            and re.fullmatch(
                r"(?:\([^()]{0,20}\))?(?:、|,|和|及|或|与)(?:达到?|超过|突破)?", text[last.right : quantity.left]
            )
        )
        if joined:
            lists[-1].append(quantity)
        else:
            lists.append([quantity])
    return lists


def _word_list(passage: Passage, step: Step, wanted: int) -> list[Choice]:
    """A、B和C with as many items as there are sums, the nearest one before them."""
    text = passage.flow.text
    first = step.group.left
    stretches = [(step.group.phrase, first)]
    at = step.zone[1]
    for cut in re.finditer(r"[,;:]", text[step.zone[0] : step.zone[1]][::-1]):
        begin = step.zone[1] - cut.start()
        stretches.append((begin, at))
        at = begin - 1
    stretches.append((step.zone[0], at))
    for begin, end in stretches:
        pieces = _pieces(passage, begin, end)
        for separators in (pieces, _pieces(passage, begin, end, words=True)):
            if len(separators) == wanted:
                return _trimmed(text, separators)
            if len(separators) > wanted > 1 and separators is pieces:
                return _trimmed(text, separators[:wanted])
    return []


def _pieces(passage: Passage, start: int, end: int, *, words: bool = False) -> list[tuple[int, int]]:
    """A stretch cut at 、 (and at 和, 及, 或) outside brackets."""
    text = passage.flow.text
    pieces, begin = [], start
    for at in range(start, end):
        is_word = words and text[at] in "和及或与" and text[at + 1 : at + 2] not in "以其"
        if (text[at] == "、" or is_word) and not passage.inside[at]:
            if at > begin:
                pieces.append((begin, at))
            begin = at + 1
    if end > begin:
        pieces.append((begin, end))
    return pieces


def _trimmed(text: str, pieces: list[tuple[int, int]]) -> list[Choice]:
    choices = []
    for position, (start, end) in enumerate(pieces):
        if position == 0:
            head = _VERBS.match(text[start:end])
            if head and head.end() < end - start:
                start += head.end()
        if position == len(pieces) - 1:
            tail = re.search(r"(?:的|等|称号|的单位|的企业|,)+$", text[start:end])
            if tail and tail.start() > 0:
                end = start + tail.start()
        choices.append(Choice(start, end))
    return choices
