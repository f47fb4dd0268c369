"""The same benefit in several documents: promises put together by what they are for and by what they are measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from cewen.base.source import Span
from cewen.rules.draft.lexicon import Lexicon
from cewen.rules.library.entry import LibraryDocument
from cewen.rules.library.promise import Figure, Promise
from cewen.rules.policy import Policy
from cewen.rules.types import MONEY
from cewen.text.flow import fold_text
from cewen.text.readings.incentives import AmountKind

UNSORTED = "未归类"
FIXED, OPEN = "定额", "未写明数额"


@dataclass(frozen=True, slots=True)
class Benefit:
    """One promise in the comparison (同类奖补). `measure` is the measure an officer made of it, `sentence` what that
    measure gives where the clause names no number."""

    document: LibraryDocument
    promise: Promise
    purpose: str
    base: str
    measure: str | None = None
    sentence: str = ""

    @property
    def figure_texts(self) -> tuple[str, ...]:
        """What is given, a text a step."""
        texts = tuple(figure.text(self.promise.certainty) for figure in self.promise.figures)
        return texts or (self.sentence,)

    @property
    def highest_rate(self) -> tuple[Fraction, bool] | None:
        """The highest rate in percent, and whether it is only a ceiling; None where none is given."""
        certainty = self.promise.certainty
        rates = [
            (each.high, each.is_ceiling(certainty))
            for each in self.promise.figures
            if each.is_rate and each.high is not None
        ]
        return max(rates, default=None)

    @property
    def highest_sum(self) -> tuple[Fraction, bool] | None:
        """The greatest sum in yuan, caps among them, and whether it is only a ceiling; None where none is given."""
        certainty = self.promise.certainty
        sums = [
            (each.high, each.is_ceiling(certainty))
            for each in self.promise.figures
            if not each.is_rate and each.kind is not AmountKind.PER_UNIT and each.high is not None
        ]
        caps = [(each.cap, True) for each in self.promise.figures if each.cap is not None]
        return max([*sums, *caps], default=None)


@dataclass(frozen=True)
class BenefitGroup:
    """Benefits for one purpose (一组同类奖补): those on one base beside each other, then by document."""

    purpose: str
    benefits: tuple[Benefit, ...]

    @cached_property
    def document_count(self) -> int:
        return len({benefit.document.id for benefit in self.benefits})


def compare_benefits(
    documents: Iterable[LibraryDocument], policies: Iterable[Policy], lexicon: Lexicon
) -> tuple[BenefitGroup, ...]:
    """Every promise of the documents in groups; those most documents share first, the unsorted last.

    The figures are those read from the text. Measures of `policies` whose clause names no number are added.
    """
    by_policy = {policy.id: policy for policy in policies}
    groups: dict[str, list[Benefit]] = {}
    for document in documents:
        for benefit in _benefits(document, by_policy.get(document.id), lexicon):
            groups.setdefault(benefit.purpose, []).append(benefit)
    made = [BenefitGroup(purpose, tuple(sorted(benefits, key=_order))) for purpose, benefits in groups.items()]
    return tuple(sorted(made, key=lambda group: (group.purpose == UNSORTED, -group.document_count, group.purpose)))


def _order(benefit: Benefit) -> tuple[int, str]:
    """Rates, sums for each unit, sums, and what has no number; within these by base. The sort keeps documents in order."""
    kinds = ("按", "每", FIXED, OPEN)
    return next(index for index, kind in enumerate(kinds) if benefit.base.startswith(kind)), benefit.base


def _benefits(document: LibraryDocument, policy: Policy | None, lexicon: Lexicon) -> Iterator[Benefit]:
    spans = [
        (span, measure) for measure in (policy.measures if policy else ()) if (span := _find(policy, measure.quote))
    ]
    told = set()
    for promise in document.promises:
        own = next((measure for span, measure in spans if span.meets(promise.span)), None)
        told |= {measure.id for span, measure in spans if span.meets(promise.span)}
        purpose = purpose_of(promise.quote + promise.beneficiary, promise.heading, lexicon)
        yield Benefit(document, promise, purpose, _base(promise.figures, lexicon), own.id if own else None)
    for span, measure in spans:
        if measure.id not in told:
            entry = next((entry for entry in document.entries if entry.path == measure.clause), None)
            heading = entry.trail[-1] if entry and entry.trail else ""
            promise = Promise(
                measure.clause, heading, measure.quote, span, measure.title, (), measure.certainty,
                measure.frequency if isinstance(measure.frequency, str) else None,
            )  # fmt: skip
            purpose = purpose_of(measure.quote + measure.title, heading, lexicon)
            yield Benefit(document, promise, purpose, OPEN, measure.id, measure.amount_sentence())


def _find(policy: Policy | None, quote: str) -> Span | None:
    return policy.find(quote) if policy is not None else None


def purpose_of(words: str, heading: str, lexicon: Lexicon) -> str:
    """What a promise is for: the longest word for a purpose in its own words, else in its heading."""
    for text in (fold_text(words), fold_text(heading)):
        found = [
            (len(folded), -text.find(folded), entry.purpose)
            for entry in lexicon.entries
            if entry.purpose is not None
            for word in entry.words
            if (folded := fold_text(word)) in text
        ]
        if found:
            return str(max(found)[2])
    return UNSORTED


def _base(figures: tuple[Figure, ...], lexicon: Lexicon) -> str:
    """By what a promise is measured: the base of a rate as the declared fact, what a sum is paid for each of, or 定额."""
    first = next((figure for figure in figures if figure.kind is not AmountKind.CASE_BY_CASE), None)
    if first is None:
        return OPEN
    if first.is_rate:
        words = fold_text(first.of)
        known = lexicon.expression(words, MONEY, None, words) if words else None
        is_fact = known is not None and (" " in known or lexicon.is_exactly(words, known))
        return f"按{known if is_fact else first.of or '比例'}的比例"
    return f"每{first.of}" if first.kind is AmountKind.PER_UNIT else FIXED
