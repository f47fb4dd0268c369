"""One reading as a measure file: known words as rules, every number kept, 待定 for what a person must decide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cewen.base.certainty import Certainty
from cewen.rules.draft.amount import Given, read_amount
from cewen.rules.draft.condition import Written, facts_of, known_phrases, noun_after, read_conditions
from cewen.rules.draft.leftover import joined, leftovers
from cewen.rules.draft.lexicon import Hit, Lexicon
from cewen.rules.draft.proposal import SHORTEST_NAME, Proposer, label_of
from cewen.rules.draft.quote import Quoted, citations_of, clause_of, quote_of, quote_text
from cewen.rules.draft.yaml_text import Noted
from cewen.rules.placeholder import PENDING, is_pending
from cewen.text.clause import Document
from cewen.text.flow import fold_text
from cewen.text.readings.incentives import Incentive
from cewen.text.readings.passage import Passage

_YEARS = re.compile(r"years:(\d+)")
_POINTS_BACK = re.compile(r"其(?!他|它|余|中)|上述|该[类等]?")
_WEIGHED = re.compile(r"视|根据|依据|综合|结合|参照|酌情")
"""Opens words that say what is weighed when the amount is set: a person does that."""
_PART_END = re.compile(r"[,;。:]")
_GIVEN_TO = re.compile(r"[对向给]")
_NO_REGION = "总部新落户"


@dataclass(frozen=True)
class DraftedMeasure:
    """A measure as drafted (措施草稿): its file's entries in order, the reading behind it, what was not understood."""

    id: str
    reading: Incentive
    quoted: Quoted
    entries: dict[str, Any]
    unknown: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether its rule needs nothing but declared facts."""
        return not self.has_pending and not self.proposed

    @property
    def has_pending(self) -> bool:
        """Whether a person must fill something in, beyond confirming the proposed facts."""
        return any(is_pending(text) for text in _texts(self.entries))


class Namer:
    """Gives each measure an id of its own: reward-01, subsidy-02."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def name(self, slug: str) -> str:
        self._given[slug] += 1
        return f"{slug}-{self._given[slug]:02d}"


def draft_measure(
    incentive: Incentive,
    others: Sequence[Incentive],
    document: Document,
    passage: Passage,
    lexicon: Lexicon,
    region: str | None,
    namer: Namer,
    proposer: Proposer,
) -> DraftedMeasure:
    """The measure of one reading. `others` are the document's other readings, whose words are theirs; `region` is
    where the policy applies; None: it has to be filled in."""
    quoted = quote_of(incentive, passage, lexicon.words_of("open"))
    inner = [quoted.local(passage, each.span) for each in others if quoted.span.holds(each.span)]
    taken = [*_ranges(incentive, quoted, passage), *inner]
    hits = known_phrases(quoted, lexicon, [*_selecting(incentive, quoted, passage), *inner])
    subject = _subject(incentive, quoted, hits, lexicon)
    clause = clause_of(document, quoted.span)
    title = _title(incentive, document, clause, quoted, lexicon)
    proposer.open(subject, clause)
    given = read_amount(incentive, quoted, passage, lexicon, proposer, title)
    written = read_conditions(incentive, quoted, passage, lexicon, proposer)
    fitting = [hit for hit in hits if _fits(hit, subject, lexicon)]
    written += [
        Written(hit.start, rule) for hit in fitting for rule in (hit.entry.condition or "").split(" 且 ") if rule
    ]
    if _POINTS_BACK.match(fold_text(incentive.beneficiary or "")):
        written.append(Written(0, PENDING, f"{incentive.beneficiary}（指前文）"))
    told = _told(incentive, quoted, passage, written, given)
    named = _benefit_names(incentive, quoted, passage, lexicon)
    covered = [*taken, *told, *named, *((hit.start, hit.end) for hit in fitting), *lexicon.fact_words(quoted.flow)]

    def words_of(start: int, end: int) -> str:
        return quote_text(document, passage.span(quoted.start + start, quoted.start + end))

    left = leftovers(quoted.flow, covered, lexicon)
    weighed: list[str] = []
    for each, ranges in joined(quoted.flow, left, [*taken, *told, *named]):
        words = "".join(words_of(*part) for part in ranges)
        if _WEIGHED.match(words_of(each.start, each.end)):
            weighed.append(words_of(each.start, each.end))
        elif label_of(words) not in lexicon.words_of("bare"):
            written.append(Written(each.start, proposer.truth(words), words_of(each.start, each.end)))
    if given.when is not None:
        is_known = not is_pending(given.when)
        rule = given.when if is_known else proposer.truth(incentive.tiers[0].when or "")
        written.append(Written(len(quoted.flow), rule, None if is_known else incentive.tiers[0].when))
    written.sort(key=lambda each: each.at)
    conditions: list[str | Noted] = list(_region(region, written))
    conditions += _distinct(written)
    totals = [f"各档合计{quote_text(document, span)}" for span in incentive.totals]
    judged = dict.fromkeys(
        [*(words_of(each.start, each.end) for each in left if each.is_open), *weighed, *totals, *given.open_words]
    )
    unknown = [each.unknown for each in written if each.unknown] + [words for words, _ in given.unknown]
    quote = quote_text(document, quoted.span)
    benefit = lexicon.benefit(quoted.flow[-40:]) or lexicon.benefit(quoted.flow)
    identity = namer.name(str(benefit.slug) if benefit else "measure")
    certainty = _certainty(incentive, given)
    frequency = _frequency(incentive, quote)
    years = frequency["years"] if isinstance(frequency, dict) else None
    entries: dict[str, Any] = {
        "id": identity,
        "title": title,
        "clause": clause,
        "quote": quote,
        "citations": citations_of(incentive, quoted, document, passage, years),
        "subject": subject,
        "kind": given.entries.get("kind"),
        "conditions": conditions,
        "open_conditions": list(judged),
        **{key: value for key, value in given.entries.items() if key != "kind"},
        "certainty": certainty.value,
        "frequency": frequency,
        "note": _note(unknown),
    }
    proposed = tuple(dict.fromkeys(proposer.asked))
    return DraftedMeasure(identity, incentive, quoted, entries, tuple(dict.fromkeys(unknown)), proposed)


def _subject(incentive: Incentive, quoted: Quoted, hits: list[Hit], lexicon: Lexicon) -> str:
    """Who the measure is about: what known conditions and bases ask, else the receiver's own word."""
    asked: Counter[str] = Counter()
    for hit in hits:
        asked.update(facts_of(hit.entry.condition or "", lexicon.vocabulary) - {"enterprise"})
    if asked:
        return min(asked, key=lambda subject: (-asked[subject], subject))
    named = lexicon.subject_of(fold_text(incentive.beneficiary or ""))
    if named is not None and named != "enterprise":
        return named
    for words in filter(None, (fold_text(tier.amount.of) for tier in incentive.tiers)):
        others = facts_of(lexicon.expression(words, None, None, quoted.flow) or "", lexicon.vocabulary)
        if others - {"enterprise"} and lexicon.expression(words, None, "enterprise", quoted.flow) is None:
            return min(others - {"enterprise"})
    return "enterprise"


def _fits(hit: Hit, subject: str, lexicon: Lexicon) -> bool:
    if hit.entry.condition is None:
        return True
    return facts_of(hit.entry.condition, lexicon.vocabulary) <= {subject, "enterprise"}


def _ranges(incentive: Incentive, quoted: Quoted, passage: Passage) -> list[tuple[int, int]]:
    """Where numbers and steps stand in the quote. The words for what is measured, and for the base of a rate, are not
    among them: each of those has to be known by itself, or a person must look."""
    spans = [condition.span for condition in incentive.conditions] + list(incentive.totals)
    for tier in incentive.tiers:
        threshold = tier.threshold.span if tier.threshold else None
        wanted = (tier.amount.span, tier.cap_span, tier.when_span, threshold, tier.amount.unit_span)
        spans += [span for span in wanted if span is not None]
    return [quoted.local(passage, span) for span in spans]


def _told(
    incentive: Incentive, quoted: Quoted, passage: Passage, written: list[Written], given: Given
) -> list[tuple[int, int]]:
    """Words a placeholder beside their number already names; they are not told twice."""
    found: list[tuple[int, int]] = []
    for condition, rule in zip(incentive.conditions, written, strict=False):
        words = fold_text(condition.quantity)
        at = quoted.flow.rfind(words, 0, quoted.local(passage, condition.span)[0] + 1) if words else -1
        if rule.unknown is not None and at >= 0:
            found.append((at, at + len(words)))
            end = quoted.local(passage, condition.span)[1]
            after = noun_after(quoted, end)
            if len(words) <= SHORTEST_NAME and after:
                found.append((end, end + len(after)))
    if given.unknown:
        bases = (tier.amount.of_span for tier in incentive.tiers)
        found += [quoted.local(passage, span) for span in bases if span is not None]
    return found


def _benefit_names(incentive: Incentive, quoted: Quoted, passage: Passage, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Words between a sum and the word for the benefit that ends the same part: 1500元一次性吸纳就业补贴 names what is
    given and asks nothing."""
    found: list[tuple[int, int]] = []
    ends = [tier.amount.span for tier in incentive.tiers] + [tier.cap_span for tier in incentive.tiers if tier.cap_span]
    for span in ends:
        if span is None:
            continue
        _, end = quoted.local(passage, span)
        stop = _PART_END.search(quoted.flow, end)
        part = quoted.flow[end : stop.start() if stop else len(quoted.flow)]
        benefit = lexicon.benefit(part)
        if benefit is not None and not _GIVEN_TO.search(part):
            found.append((end, end + max(part.rfind(fold_text(word)) for word in benefit.words)))
    return [(start, end) for start, end in found if end > start]


def _selecting(incentive: Incentive, quoted: Quoted, passage: Passage) -> list[tuple[int, int]]:
    """Where steps are named and bases of rates stand: their words are no conditions of the whole measure."""
    spans = [span for tier in incentive.tiers for span in (tier.when_span, tier.amount.of_span) if span is not None]
    return [quoted.local(passage, span) for span in spans]


def _region(region: str | None, written: list[Written]) -> list[str | Noted]:
    if region == "中国" or any(each.rule.startswith(_NO_REGION) for each in written):
        return []
    return [f"注册地 属于 {region}"] if region else [Noted(f"注册地 属于 {PENDING}", "本政策适用的地区")]


def _distinct(written: list[Written]) -> list[str | Noted]:
    """Each rule once; a placeholder keeps the words it stands for as a comment."""
    found: dict[tuple[str, str | None], str | Noted] = {}
    for each in written:
        value = each.rule if each.unknown is None else Noted(each.rule, f"原文：{each.unknown}")
        found.setdefault((each.rule, each.unknown), value)
    return list(found.values())


def _title(incentive: Incentive, document: Document, clause: str, quoted: Quoted, lexicon: Lexicon) -> str:
    benefit = lexicon.benefit(quoted.flow[-40:])
    word = next((word for word in benefit.words if fold_text(word) in quoted.flow), "支持") if benefit else "支持"
    heading = found.title if (found := document.clause(clause)) else ""
    who = incentive.beneficiary if incentive.beneficiary and len(incentive.beneficiary) > 2 else heading
    return f"{''.join((who or '').split()).removeprefix('其')[:30]}{word}"


def _certainty(incentive: Incentive, given: Given) -> Certainty:
    if given.entries.get("kind") == "discretionary":
        is_choice = incentive.certainty is Certainty.SELECTIVE
        return Certainty.SELECTIVE if is_choice else Certainty.CASE_BY_CASE
    if given.open_words and incentive.certainty is Certainty.DEFINITE:
        return Certainty.CEILING
    return incentive.certainty


def _frequency(incentive: Incentive, quote: str) -> Any:
    if incentive.frequency in ("one_off", "annual"):
        return incentive.frequency
    years = _YEARS.fullmatch(incentive.frequency or "")
    if years is not None:
        return {"years": min(30, max(1, int(years[1])))}
    return "one_off" if "一次性" in quote else None


def _note(unknown: list[str]) -> str:
    words = "、".join(dict.fromkeys("".join(word.split()) for word in unknown))
    return f"由原文起草，尚未有人核对。未读懂的词语：{words}。" if words else "由原文起草，尚未有人核对。"


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, inner in value.items() if key not in ("quote", "note", "title") for text in _texts(inner)]
    if isinstance(value, (list, tuple)):
        return [text for inner in value for text in _texts(inner)]
    return [value.value if isinstance(value, Noted) else value] if isinstance(value, (str, Noted)) else []
