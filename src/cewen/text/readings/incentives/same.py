"""Whether a promise only goes on with another one: the next bracket, the next years, the part beyond."""

from __future__ import annotations

import re

from cewen.text.quantities import Quantity
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.draft import Draft
from cewen.text.readings.passage import Passage


def is_same_quantity(passage: Passage, first: Draft, second: Draft) -> bool:
    """True when `second` gives the same thing to the same beneficiary for another bracket of the same quantity."""
    if _goes_on_by_year(passage, first, second) or _goes_beyond(passage, first, second):
        return True
    apart = first.sentence == second.sentence and (first.part != second.part or _is_bare_bracket(passage, second))
    if not (apart or _are_items(passage, first, second)) or first.is_case or second.is_case:
        return False
    if first.last.group.is_rate != second.last.group.is_rate or (first.last.per is None) != (second.last.per is None):
        return False
    if len(second.last.group.members) != 1 or len(first.last.group.members) != 1:
        return False
    text = passage.flow.text
    before = _bracket_numbers(passage, first.last.zone)
    after = _bracket_numbers(passage, second.zone)
    if not before or not after or not {q.unit for q in before} & {q.unit for q in after}:
        return False
    words = text[second.zone[0] : second.zone[1]]
    if re.match(r"如(?!果)|若", words) or _adjoin(text, before, after):
        return True
    shape_before, shape_after = _shape(passage, first.last.zone), _shape(passage, second.zone)
    if lexicon.SUBJECT_START.match(words):
        return shape_before == shape_after or _drops_middle(shape_before, shape_after)
    return len(shape_after) <= 2 or shape_before.endswith(shape_after) or shape_after in shape_before


_YEAR_OF = re.compile(
    r"(?:其中)?(?:第[一二三四五六七八九十\d]+(?:年|个)|[前后头][一二两三四五六七八九十\d]+(?:个)?年|次年|此后|之后|其后)"
)
_FIRST_YEAR = re.compile(r"当年(?=按|给予|奖励|补助|补贴)|首年|第一年|[前头][一二两三四五六七八九十\d]+(?:个)?年")
_BEYOND = re.compile(r"(?:对)?(?:超过|超出|高于|大于|突破)[^,;。:]{0,16}?部分")


def _goes_on_by_year(passage: Passage, first: Draft, second: Draft) -> bool:
    """前两年按80%给予奖励，第三年至第五年按50%给予奖励: one promise with a rate for each stretch of years."""
    if first.sentence != second.sentence or first.is_case or second.is_case:
        return False
    if first.last.group.is_rate != second.last.group.is_rate or not second.last.group.members:
        return False
    text = passage.flow.text
    if text[first.end : second.start].count(";") > 1 or not _YEAR_OF.match(text, second.start):
        return False
    return _FIRST_YEAR.search(text, first.start, first.end) is not None


def _goes_beyond(passage: Passage, first: Draft, second: Draft) -> bool:
    """1万元以内的部分全额补助，超过1万元的部分按50%补助: one promise with a rate for each part of the quantity."""
    if (first.sentence, first.part) != (second.sentence, second.part) or first.is_case or second.is_case:
        return False
    if not (first.last.group.is_rate and second.last.group.is_rate):
        return False
    text = passage.flow.text
    if not _BEYOND.match(text, second.start):
        return False
    bounds = {q.low for q in passage.between(first.start, first.end)}
    return any(q.low in bounds for q in passage.between(second.start, second.last.group.left))


def _adjoin(text: str, before: list[Quantity], after: list[Quantity]) -> bool:
    """True for brackets of one quantity where the one ends where the other begins, named with the same words."""
    for one in before:
        for other in after:
            if one.unit != other.unit or one.kind is not other.kind:
                continue
            meets = (
                (one.is_range and one.high == other.low)
                or (other.is_range and other.high == one.low)
                or (one.low == other.low and {str(one.bound)[0], str(other.bound)[0]} == {"<", ">"})
            )
            names = [re.split(r"[,;。:、的]", text[max(0, q.left - 14) : q.left])[-1][-4:] for q in (one, other)]
            if meets and (not names[1] or names[0].endswith(names[1]) or (names[0] and names[1].endswith(names[0]))):
                return True
    return False


def _is_bare_bracket(passage: Passage, draft: Draft) -> bool:
    """首次突破1亿元的 with nothing before it: the next bracket after a mere comma."""
    numbers = _bracket_numbers(passage, draft.zone)
    if not numbers or numbers[0].left - draft.zone[0] > 4:
        return False
    return re.fullmatch(r"(?:年)?(?:首次|在|为|其中)?", passage.flow.text[draft.zone[0] : numbers[0].left]) is not None


def _are_items(passage: Passage, first: Draft, second: Draft) -> bool:
    """True for two numbered items, one right after the other, that begin with the bare number of a bracket."""
    one, two = passage.sentences[first.sentence], passage.sentences[second.sentence]
    if not (
        one.label and two.label and two.starts_paragraph and first.start == one.start and second.start == two.start
    ):
        return False
    begins = [_bracket_numbers(passage, draft.zone) for draft in (first, second)]
    return all(
        numbers and numbers[0].left == draft.start for numbers, draft in zip(begins, (first, second), strict=True)
    )


def _drops_middle(longer: str, shorter: str) -> bool:
    """True when `shorter` is `longer` without a stretch in the middle."""
    if not 6 <= len(shorter) <= len(longer):
        return False
    same = next((at for at, (one, two) in enumerate(zip(longer, shorter, strict=False)) if one != two), len(shorter))
    return same >= 3 and longer.endswith(shorter[same:])


def _bracket_numbers(passage: Passage, zone: tuple[int, int]) -> list[Quantity]:
    return [q for q in passage.between(*zone) if q.bound is not None or q.is_range]


def _shape(passage: Passage, zone: tuple[int, int]) -> str:
    """The words of a zone without numbers, bounds, brackets and connecting words."""
    text = passage.flow.text
    pieces, at = [], zone[0]
    for quantity in passage.between(*zone):
        if quantity.left >= at:
            pieces.append(text[at : quantity.left])
        at = max(at, quantity.right)
    pieces.append(text[at : zone[1]])
    bare = re.sub(r"\([^()]*\)|[,、的()]|/年|首次|如果?|若|(?:按照?|再|再?增加)$", "", "".join(pieces))
    return re.sub(r"(?:达到?|突破|超过|分别|一次性|给予|予以)+$", "", bare)
