"""Worked cases: sentences an officer can sign, run against the reference interpreter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.money import parse_money, yuan_text
from cewen.base.source import Place
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.read_facts import parse_factsheet
from cewen.engine.result import Result
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus
from cewen.rules.policy import Policy
from cewen.rules.shape import shape_findings
from cewen.rules.yaml_file import YamlFile

_MODEL = ConfigDict(extra="forbid", frozen=True)


class ExpectedGap(BaseModel):
    """What is still missing of one fact, as a case states it."""

    model_config = _MODEL

    fact: str
    missing: str


class Expectation(BaseModel):
    """What a case expects; what it does not mention is not looked at."""

    model_config = _MODEL

    status: Literal["met", "not_met", "unknown", "not_in_force"]
    low: str | None = Field(None, description="最低金额，如 20万元；没有数额的写 null")
    high: str | None = None
    needs: tuple[str, ...] | None = None
    gaps: tuple[ExpectedGap, ...] | None = None
    reason: Literal["draft", "expired", "not_yet", "repealed"] | None = None
    suppressed_by: str | None = Field(None, description="顶替它的措施，写 政策编号#措施编号")
    tier: str | None = None


class Case(BaseModel):
    """Worked case (算例): facts in, expected result out, named by a sentence."""

    model_config = _MODEL

    name: str = Field(min_length=6, description="一句话，经办人可以签字")
    kind: Literal["pays", "does_not", "unknown", "boundary", "history"]
    on: date
    year: int | None = None
    as_if_in_force: bool = False
    facts: dict[str, Any]
    subject: str = "enterprise"
    expect: Expectation


class CaseFile(BaseModel):
    """cases/NN-slug.yaml: the cases of one measure."""

    model_config = _MODEL

    measure: str
    cases: tuple[Case, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """A case that was run; `faults` are the differences, empty when it passed."""

    policy: str
    measure: str
    case: Case
    place: Place
    faults: tuple[str, ...]


def load_cases(policy: Policy, findings: list[Diagnostic]) -> Iterator[tuple[CaseFile, YamlFile]]:
    """The case files of a policy; faults of shape go to `findings`."""
    for name, file in policy.files.items():
        if not name.startswith("cases/"):
            continue
        try:
            yield CaseFile.model_validate(file.data), file
        except ValidationError as error:
            findings.extend(shape_findings(error, CaseFile, file))


def run_cases(corpus: Corpus, policy: Policy, findings: list[Diagnostic]) -> Iterator[CaseOutcome]:
    """Run every case of a policy on its own date."""
    plans: dict[date, Plan] = {}
    for file, source in load_cases(policy, findings):
        for index, case in enumerate(file.cases):
            if case.on not in plans:
                plans[case.on] = lower_corpus(corpus, case.on)
            place = source.place("cases", index)
            faults = tuple(_faults(plans[case.on], policy, file.measure, case))
            yield CaseOutcome(policy.id, file.measure, case, place, faults)


def _faults(plan: Plan, policy: Policy, measure: str, case: Case) -> Iterator[str]:
    try:
        sheet = parse_factsheet(_plain(case.facts), plan.corpus, case.name)
    except CewenError as error:
        yield from (f"{finding.message}（{finding.place.pointer}）" for finding in error.diagnostics)
        return
    evaluation = evaluate_factsheet(plan, sheet, year=case.year, as_if_in_force=case.as_if_in_force)
    key = f"{policy.id}#{measure}"
    found = [each for each in evaluation.results if each.measure.key == key and each.subject == case.subject]
    if not found:
        yield f"没有“{key}”对 {case.subject} 的结果"
        return
    yield from _differences(found[0], case.expect)


def _plain(facts: Any) -> Any:
    """YAML reads {2023: …} with whole numbers as keys; JSON has text there."""
    if isinstance(facts, dict):
        return {str(key): _plain(value) for key, value in facts.items()}
    if isinstance(facts, list):
        return [_plain(value) for value in facts]
    return facts.isoformat() if isinstance(facts, date) else facts


def _differences(result: Result, expect: Expectation) -> Iterator[str]:
    if result.status.value != expect.status:
        yield f"结论应为 {expect.status}，得到 {result.status.value}（{'；'.join(result.steps)}）"
    amount = result.amount
    for name, wanted in (("low", expect.low), ("high", expect.high)):
        got = None if amount is None else getattr(amount, name)
        if got != (None if wanted is None else parse_money(wanted)):
            yield f"{name} 应为 {wanted}，得到 {None if got is None else yuan_text(got)}"
    if expect.needs is not None and set(expect.needs) != set(result.need_labels):
        yield f"待补事实应为 {'、'.join(expect.needs) or '无'}，得到 {'、'.join(result.need_labels) or '无'}"
    if expect.gaps is not None:
        wanted_gaps = {(gap.fact, _number(gap.missing)) for gap in expect.gaps}
        got_gaps = {(gap.to_json()["fact"], gap.to_json()["missing"]) for gap in result.gaps}
        if wanted_gaps != got_gaps:
            yield f"差距应为 {sorted(wanted_gaps)}，得到 {sorted(got_gaps)}"
    if expect.reason is not None and (result.reason is None or result.reason.value != expect.reason):
        yield f"原因应为 {expect.reason}，得到 {result.reason}"
    suppressed = result.suppressed_by.measure if result.suppressed_by else None
    if suppressed != expect.suppressed_by:
        yield f"顶替它的应为 {expect.suppressed_by}，得到 {suppressed}"
    if expect.tier is not None and expect.tier != result.tier:
        yield f"档次应为 {expect.tier}，得到 {result.tier}"


def _number(text: str) -> str:
    """ "0.01元" and "23.4万元" as yuan with decimals; "1级" as "1"."""
    try:
        return yuan_text(parse_money(text)) if "元" in text else _PLAIN.sub("", text)
    except ValueError:
        return text


_PLAIN = re.compile(r"[^\d.]+$")
