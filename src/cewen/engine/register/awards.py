"""Awards already made, as rows of a register: what was given, when, for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from cewen.base.source import Place
from cewen.engine.factsheet import FactKey, PastAward, Record, Value
from cewen.engine.read_facts import tier_names
from cewen.engine.register.findings import Findings
from cewen.engine.register.source import SHEETS
from cewen.rules.load import Corpus


def read_award(values: Mapping[FactKey, Value], corpus: Corpus, findings: Findings, place: Place) -> PastAward | None:
    """A past award from the values of a row; None, with findings, when measure, date or amount is missing or wrong."""
    measure, on, amount = (values.get((key, None)) for key in ("measure", "on", "amount"))
    for label, value in (("措施", measure), ("日期", on), ("金额", amount)):
        if value is None:
            findings.error("CW608", f"已获奖补缺少{label}", f"补上“{label}”这一格。", place)
    if not (isinstance(measure, str) and isinstance(on, date) and isinstance(amount, Fraction)):
        return None
    if "#" not in measure:
        findings.error("CW608", f"“{measure}”不是措施编号", "写成 政策编号#措施编号。", place)
        return None
    if is_unknown_measure(measure, corpus):
        findings.error("CW608", f"没有措施“{measure}”", "核对措施编号。", place)
    found, tier = values.get(("object", None)), values.get(("tier", None))
    known = tier_names(corpus, measure)
    if tier is not None and known and tier not in known:
        findings.error("CW608", f"“{tier}”不是这条措施的档次", f"可用的档次：{'、'.join(known)}。", place)
    return PastAward(
        measure,
        on,
        int(amount),
        found if isinstance(found, str) else None,
        tier if isinstance(tier, str) else None,
    )


def is_unknown_measure(measure: str, corpus: Corpus) -> bool:
    """Whether the policy of an award is there but not its measure: register and policies do not fit together."""
    return corpus.policy(measure.partition("#")[0]) is not None and corpus.measure(measure) is None


def check_objects(
    awards: Sequence[PastAward],
    places: Sequence[Place],
    own: Mapping[str, Sequence[Record]],
    corpus: Corpus,
    findings: Findings,
) -> None:
    """An award that names none of several projects (whose claim is used up?), or one that is not there."""
    for award, place in zip(awards, places, strict=True):
        found = corpus.measure(award.measure)
        if found is None or found[1].subject == "enterprise":
            continue
        subject = found[1].subject
        records = own.get(subject, ())
        if award.object is None and len(records) > 1:
            message = "这笔已获奖补没有写明对应哪一个对象"
            findings.error("CW608", message, f"在“对象”一格写{SHEETS[subject]}的名称。", place)
        elif award.object is not None and award.object not in {record.name for record in records}:
            message = f"这家企业没有叫“{award.object}”的{SHEETS[subject]}，这笔已获奖补不会与任何一个相抵"
            findings.warn("CW608", message, "核对名称；项目已不在册的可以不管。", place)
