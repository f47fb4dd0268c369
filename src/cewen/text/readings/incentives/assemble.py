"""Walk the sentences and gather sums, rates and limits into promises."""

from __future__ import annotations

import re

from cewen.text.quantities import Bound, Kind
from cewen.text.readings.cover import SpanCover
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.draft import Draft, Step
from cewen.text.readings.incentives.group import Group, Role, read_groups
from cewen.text.readings.incentives.joining import (
    TRAILING_CAP,
    is_listed,
    is_named_before,
    is_next_bracket,
    is_overall_limit,
    limits_promise,
    turns,
)
from cewen.text.readings.incentives.opening import read_start, zone_end
from cewen.text.readings.incentives.per import read_per
from cewen.text.readings.passage import Passage, Segment, Sentence

_LOAN = re.compile(r"贷款(?!贴息|利息)|信贷|信用贷|授信|担保额|融资额")
_COUNT_LIMIT = re.compile(
    r"(?:且|但|并)?(?:(?:同一|每家|每个|每人|每名|单个|单家|每户|一个|每)[^,;。:]{0,16}?)?(?:最多|不超过|不高于|最高|不得超过|仅限|限)"
)


def assemble(passage: Passage, taken: SpanCover | None = None) -> list[Draft]:
    """All promises in the order of the text, but for sentences that `taken` covers (rows of tables)."""
    drafts: list[Draft] = []
    carried: list[tuple[int, int]] = []
    listed_in = ""
    for number, sentence in enumerate(passage.sentences):
        inside = bool(listed_in) and (passage.clause_path(sentence.start) + "/").startswith(listed_in + "/")
        if sentence.starts_paragraph and not (inside or (not listed_in and sentence.label.startswith("("))):
            carried = []
        if len(passage.between(sentence.start, sentence.end)) > MOST_QUANTITIES:
            continue
        if taken is not None and taken.meets(passage.span(sentence.start, sentence.end)):
            continue
        walker = _Walker(passage, number, sentence, drafts, list(carried))
        found = walker.walk()
        drafts.extend(found)
        if walker.colon is not None and walker.lists_items:
            carried = [walker.colon]
            listed_in = passage.clause_path(sentence.start)
    return drafts


MOST_QUANTITIES = 400
"""A sentence with more numbers is a table or noise: no promise is looked for, and its sums stay in 未读出."""
LONGEST_UMBRELLA = 40
"""No 给予…奖励 at the end of a segment is longer."""
LONGEST_CASE = 60
"""Characters after 一事一议 within which the giving words still belong to it."""


class _Walker:
    """One sentence. `colon` is the zone before a colon, whose conditions hold for all that follows it."""

    def __init__(
        self, passage: Passage, number: int, sentence: Sentence, before: list[Draft], carried: list[tuple[int, int]]
    ) -> None:
        self.passage, self.number, self.sentence, self.before = passage, number, sentence, before
        self.text = passage.flow.text
        self.carried = carried
        self.colon: tuple[int, int] | None = None
        self.lists_items = False
        self.found: list[Draft] = []
        self.current: Draft | None = None
        self.pending: list[Segment] = []
        self.part = 0
        self.part_start = sentence.start
        self.umbrella = False
        self.sub = False
        self.trails = False

    def walk(self) -> list[Draft]:
        for segment in self.sentence.segments:
            self._open(segment)
            self.pending.append(segment)
            groups = read_groups(self.passage, segment)
            words = self.text[segment.start : segment.end]
            if re.match(r"其中", words):
                self.sub = True
            gave = False
            for group in groups:
                gave = self._take(segment, group) or gave
            if not gave:
                self._without_sum(segment, words)
        return self.found

    def _open(self, segment: Segment) -> None:
        if segment.opener == ";":
            self.part += 1
            self.part_start = segment.start
            self.pending = []
            if not self.umbrella:
                self.current = None
        elif segment.opener == ":" and self.pending:
            self.colon = (self.pending[0].start, self.pending[-1].end)
            before = self.text[self.colon[0] : self.colon[1]]
            self.lists_items = bool(re.search(r"享受|如下|以下|下列", before[-20:])) or self.text.startswith(
                "(", segment.start
            )
            self.carried = [*self.carried, self.colon]

    def _without_sum(self, segment: Segment, words: str) -> None:
        """A segment that gives nothing: an umbrella, a 减半, or words that belong to what comes next or came before."""
        if lexicon.UMBRELLA.search(words[-LONGEST_UMBRELLA:]):
            self.umbrella = True
        half = lexicon.HALF.search(words) if "减半" in words else None
        last = self.found[-1] if self.found else None
        if half and last is not None and not lexicon.CHARGE.search(words):
            group = Group((), Role.GRANT, segment.start + half.start(), segment.start + half.end(),
                          segment.start + half.start(), segment.start + half.end(), segment.start + half.start())  # fmt: skip
            last.steps.append(Step((segment.start, segment.start), group, when=re.sub("^其中", "", half["label"])))
            last.end = segment.start + half.end()
        if last is not None and last.part == self.part:
            last.tail = segment.end
            counted = self.passage.between(segment.start, segment.end)
            if counted and _COUNT_LIMIT.match(words) and len(self.pending) == 1:
                last.end = counted[-1].right
                self.pending = []

    def _take(self, segment: Segment, group: Group) -> bool:
        """Put one list of sums where it belongs; False when it gives nothing."""
        if group.role is Role.CASE:
            return self._case(segment, group)
        role = group.role
        at_end = segment.end - group.right <= 1
        if role in (Role.OTHER, Role.THRESHOLD) and self.umbrella and at_end and not group.is_rate:
            role = Role.GRANT
        if (
            role is Role.OTHER
            and not group.is_rate
            and is_next_bracket(self.passage, self.current, self.pending, segment, group)
        ):
            self._grant(segment, group, self.current.last.per if self.current else None)
            return True
        if (
            role is Role.OTHER
            and group.is_rate
            and limits_promise(self.text, self.current, self.pending, segment, group)
        ):
            role = Role.GRANT
        if role not in (Role.GRANT, Role.CAP):
            return False
        if not group.is_rate and (role is Role.CAP or group.is_limit) and self._cap(segment, group, role):
            return True
        if role is Role.CAP:
            before = self.text[self.pending[0].start : group.start]
            promised = re.search(f"{lexicon.GIVE}|支持|扶持", before)
            if not promised or _LOAN.search(before[-60:]) or self.current is not None or not self.pending:
                return False
            if lexicon.NOT_PROMISED.search(before[-30:]) or re.search(r"享受", before[-24:]):
                return False
            if self.pending[0] is segment and TRAILING_CAP.match(self.text, segment.start):
                return False
        elif is_overall_limit(self.text, self.current, self.sentence, segment, group) or lexicon.NOT_PROMISED.search(
            self.text, max(segment.start, group.left - 14), group.left
        ):
            return False
        self._grant(segment, group)
        return True

    def _cap(self, segment: Segment, group: Group, role: Role) -> bool:
        """True when the sum limits what was promised before it."""
        current = self.current
        if current is not None:
            between = self.text[current.end : group.left]
            if len(between) > 90 or any(lexicon.SUBJECT_START.match(self.text, piece.start) for piece in self.pending):
                return False
            if current.last.takes_cap:
                for step in current.steps if current.is_umbrella else current.steps[-1:]:
                    if step is current.last or not step.caps:
                        step.caps.append(group)
            elif role is not Role.CAP and not lexicon.LIMIT_SUBJECT.match(self.text, segment.start):
                return False
            else:
                current.last.caps.append(group)
            if re.match(r"双边|双方|两项|两者|合计|上述|以上", self.text[segment.start : segment.start + 2]):
                self._cap_all(group)
            current.end = max(current.end, group.end)
            current.tail = max(current.tail, segment.end)
            self.pending = []
            return True
        if (
            self.found
            and segment.opener == ";"
            and re.match(
                r"上述|以上|最高|最多|累计|合计|单|每家|每户|同一", self.text[segment.start : segment.start + 2]
            )
        ):
            return self._cap_of_parts_before(group)
        if self.found or self.part:
            return False
        if not self.trails and (
            segment.start != self.sentence.start or not TRAILING_CAP.match(self.text, segment.start)
        ):
            return False
        self.trails = self._cap_of_sentence_before(group)
        return self.trails

    def _cap_all(self, group: Group) -> None:
        """双边奖补最高…: the limit of all promises of this part."""
        for draft in self.found:
            if draft.part == self.part and draft.last.takes_cap and not draft.last.caps:
                draft.last.caps.append(group)
                draft.end = group.end

    def _cap_of_parts_before(self, group: Group) -> bool:
        """…；…；最高补助500万元: the limit of every promise of the sentence that has none."""
        open_steps = [step for draft in self.found for step in draft.steps if step.takes_cap and not step.caps]
        for step in open_steps:
            step.caps.append(group)
        if open_steps:
            self.found[-1].end = group.end
        return bool(open_steps)

    def _cap_of_sentence_before(self, group: Group) -> bool:
        """每家机构每年不超过500万元。 as a sentence of its own limits the promises of the sentence before."""
        near = [draft for draft in self.before[-12:] if self.number - draft.sentence <= 1]
        if not near or self.sentence.starts_paragraph:
            return False
        for draft in near:
            for step in draft.steps:
                if step.takes_cap and (not step.caps or self.trails):
                    step.caps.append(group)
        near[-1].end = group.end
        return True

    def _case(self, segment: Segment, group: Group) -> bool:
        words = self.text[max(self.part_start, segment.start - 60) : segment.end]
        after = re.match(
            r",(?:给予|予以)[^,;。:]{0,24}", self.text[segment.end : min(segment.end + 28, self.sentence.end)]
        )
        near = self.text[max(segment.start, group.start - 30) : segment.end] + (after[0] if after else "")
        named = self.text[group.start : group.end].strip('"')
        if lexicon.NOT_PROMISED.search(near) or not (
            lexicon.CASE_PROMISE.search(near) or lexicon.CASE_FOR.search(words)
        ):
            return False
        if re.search(r"评审|审批|申报|协调|办理", near) and not re.search(r"支持|奖|补|资助|扶持|资金|经费|费用", near):
            return False
        if not named.startswith("一事一议") and (
            lexicon.CASE_OTHER_WAY.search(near) or not re.search(lexicon.GIVE + "|资金", near)
        ):
            return False
        draft = self._new(segment, group)
        draft.is_case = True
        draft.end = draft.tail = self._case_end(segment, group)
        return True

    def _case_end(self, segment: Segment, group: Group) -> int:
        """按“一事一议”原则，在…等方面给予支持: up to the words that give, when no sum stands between."""
        for piece in self.sentence.segments:
            if piece.start < segment.start:
                continue
            if (piece is not segment and piece.opener != ",") or piece.end - group.end > LONGEST_CASE:
                break
            if self.passage.between(max(piece.start, group.end), piece.end):
                break
            if re.search(rf"(?:给予|予以)[^,;。:]{{0,20}}{lexicon.AWARD}$", self.text[piece.start : piece.end]):
                return piece.end
        return group.end

    def _grant(self, segment: Segment, group: Group, same_per: tuple[int, int] | None = None) -> None:
        since = self.pending[0].start if self.pending else segment.start
        per = read_per(self.passage, segment, group, since) or same_per
        joins = self._joins(segment, group, per)
        if joins and self.current is not None:
            begin = self.pending[0].start if self.pending else segment.start
            begin = max(begin, self.current.last.group.right) if self.current.last.group.right < group.phrase else begin
            begin += self.text[begin] in "、和及"
            self.current.steps.append(Step((begin, max(begin, group.phrase)), group, per))
            self.current.is_umbrella = True
            self.current.end, self.current.tail = group.end, segment.end
            self.pending = []
            return
        draft = self._new(segment, group, per)
        self._cap_in_brackets(draft, segment)
        if (
            re.search(r"分别为[^,;。:\d]{0,16}$", self.text[max(segment.start, group.left - 24) : group.left])
            and len(group.members) == 1
        ):
            self.umbrella = draft.is_umbrella = True

    def _joins(self, segment: Segment, group: Group, per: tuple[int, int] | None) -> bool:
        """True when the list of sums is a further step of the promise before it."""
        current = self.current
        if current is None:
            return False
        if current.is_umbrella and self.umbrella and not turns(self.text, self.pending, segment):
            return True
        return current.part == self.part and (
            is_named_before(self.text, current, self.pending, segment, group)
            or is_listed(self.text, current, segment, group, per)
        )

    def _cap_in_brackets(self, draft: Draft, segment: Segment) -> None:
        """给予保费30%的补助(单个企业最高30万元): a limit in brackets right after the rate."""
        if not draft.last.takes_cap:
            return
        remark = re.compile(r"[^,;。:()\d]{0,12}\((?P<words>[^()]{0,40})\)").match(
            self.text, draft.last.group.right, segment.end
        )
        if remark is None or not lexicon.LIMIT_SUBJECT.match(remark["words"]):
            return
        limits = self.passage.between(*remark.span("words"))
        if len(limits) == 1 and limits[0].kind is Kind.MONEY and limits[0].bound is Bound.AT_MOST:
            limit = limits[0]
            draft.last.caps.append(
                Group((limit,), Role.CAP, limit.start, limit.end, limit.left, limit.right, limit.left)
            )
            draft.end = max(draft.end, limit.end)

    def _new(self, segment: Segment, group: Group, per: tuple[int, int] | None = None) -> Draft:
        start = read_start(self.passage, self.pending or [segment], group)
        if self.current is not None and self.current.part == self.part and start < self.current.end:
            start = max(segment.start, min(self.current.end, group.phrase))
        zone = (start, zone_end(self.passage, self.pending, start, group))
        draft = Draft(
            self.number, self.part, self._free_from(start), start, group.end, segment.end, [Step(zone, group, per)],
            is_umbrella=self.umbrella, is_sub=self.sub, carried=[zone for zone in self.carried if not zone[0] <= start < zone[1]],
        )  # fmt: skip
        chained = self.current
        is_subject = lexicon.SUBJECT_START.match(self.text, start) is not None
        continues = chained is not None and chained.part == self.part and not is_subject and start != group.phrase
        if continues and chained is not None and chained.subject_zone:
            draft.carried.append(chained.subject_zone)
        if is_subject:
            first = next((piece for piece in self.pending if piece.start <= start < piece.end), segment)
            draft.subject_zone = (start, min(first.end, zone[1]))
        self.found.append(draft)
        self.current = draft
        self.pending = []
        return draft

    def _free_from(self, start: int) -> int:
        chained = self.current
        if chained is None or chained.part != self.part:
            return self.part_start
        if re.match(r"(?:其中)?(?:对于|对)?其", self.text[start : start + 5]):
            return chained.free_from
        return chained.end
