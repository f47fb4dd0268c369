"""From measures as text to operations on a date: what back-ends and the reference interpreter evaluate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from cewen.base.diagnostic import Diagnostic, has_errors
from cewen.base.errors import CewenError
from cewen.base.money import parse_money
from cewen.base.source import Place, Span
from cewen.rules import ops
from cewen.rules.load import Corpus
from cewen.rules.measure import Dated, Measure, Tier, value_on
from cewen.rules.policy import Policy, StackingRule
from cewen.rules.types import MONEY
from cewen.rules.yaml_file import YamlFile

if TYPE_CHECKING:  # the grammar is built when an expression is first read
    from cewen.rules.expression import Lowerer


@dataclass(frozen=True, slots=True)
class LoweredCondition:
    """One condition as written and as an operation."""

    text: str
    op: ops.TruthOp


@dataclass(frozen=True)
class LoweredMeasure:
    """A measure ready to evaluate on a date. `key` is `policy#measure`; no `tiers`: the clause gives no number."""

    key: str
    policy: Policy
    measure: Measure
    conditions: tuple[LoweredCondition, ...]
    tiers: tuple[Tier, ...]
    span: Span | None


@dataclass(frozen=True)
class LoweredRule:
    """A stacking rule with its members as measure keys and its limit in fen."""

    policy: Policy
    rule: StackingRule
    members: tuple[str, ...]
    limit: int | None


@dataclass(frozen=True)
class Plan:
    """Every measure of a corpus lowered for one date, with the stacking rules."""

    corpus: Corpus
    on: date
    measures: tuple[LoweredMeasure, ...]
    rules: tuple[LoweredRule, ...]

    def measure(self, key: str) -> LoweredMeasure | None:
        return next((measure for measure in self.measures if measure.key == key), None)


class _Scope:
    """The `Scope` kinds lower with: finds the place of each expression and keeps going after a fault."""

    def __init__(self, lowerer: Lowerer, file: YamlFile | None, on: date) -> None:
        self.lowerer, self.file, self.on = lowerer, file, on

    def money(self, value: Dated, *pointer: str | int) -> ops.NumberOp:
        op = self.lowerer.number(value_on(value, self.on), self.place(value, *pointer), MONEY)
        return op or ops.Constant(MONEY, Fraction(0))

    def number(self, value: Dated, *pointer: str | int) -> ops.NumberOp:
        op = self.lowerer.number(value_on(value, self.on), self.place(value, *pointer))
        return op or ops.Constant(MONEY, Fraction(0))

    def truth(self, value: str, *pointer: str | int) -> ops.TruthOp:
        return self.lowerer.truth(value, self.place(value, *pointer)) or ops.Certain(False)

    def place(self, value: Dated, *pointer: str | int) -> Place:
        return self.file.place(*pointer) if self.file else Place()


def lower_measure(
    corpus: Corpus, policy: Policy, measure: Measure, on: date, findings: list[Diagnostic] | None = None
) -> LoweredMeasure:
    """Lower one measure for a date. Faults go to `findings` where given (the result is then not to be evaluated);
    otherwise they are raised as CewenError."""
    from cewen.rules.expression import Lowerer

    file = policy.files.get(policy.measure_files.get(measure.id, ""))
    parameters = {name: value_on(value, on) for name, value in measure.parameters.items()}
    lowerer = Lowerer(corpus.vocabulary, corpus.regions, measure.subject, parameters)
    scope = _Scope(lowerer, file, on)
    conditions = tuple(
        LoweredCondition(text, scope.truth(text, "conditions", index)) for index, text in enumerate(measure.conditions)
    )
    tiers = measure.lower_tiers(scope)
    if findings is not None:
        findings.extend(lowerer.findings)
    elif has_errors(lowerer.findings):
        raise CewenError(lowerer.findings)
    return LoweredMeasure(f"{policy.id}#{measure.id}", policy, measure, conditions, tiers, policy.find(measure.quote))


def lower_corpus(corpus: Corpus, on: date) -> Plan:
    """Lower every measure and stacking rule; raises CewenError with all faults together."""
    findings: list[Diagnostic] = []
    measures = tuple(
        lower_measure(corpus, policy, measure, on, findings)
        for policy in corpus.policies
        for measure in policy.measures
    )
    rules = tuple(
        lower_rule(corpus, policy, rule, index, findings)
        for policy in corpus.policies
        for index, rule in enumerate(policy.header.stacking)
    )
    if has_errors(findings):
        raise CewenError(findings)
    return Plan(corpus, on, measures, rules)


def lower_rule(
    corpus: Corpus, policy: Policy, rule: StackingRule, index: int, findings: list[Diagnostic]
) -> LoweredRule:
    """Resolve members and limit of a stacking rule; unknown members and a missing limit are findings (CW400)."""
    file = policy.files.get("policy.yaml")
    place = file.place("stacking", index) if file else Place()
    for member in rule.members:
        if policy.measure(member) is None:
            message = f"叠加规则“{rule.id}”的成员“{member}”不是本政策的措施"
            findings.append(Diagnostic("CW400", message, "改成已有措施的编号。", place))
    members = tuple(f"{policy.id}#{member}" for member in rule.members)
    if rule.across == "issuer":
        members = tuple(
            f"{other.id}#{measure.id}"
            for other in corpus.policies
            if other.header.issuer == policy.header.issuer
            for measure in other.measures
        )
    limit: int | None = None
    if rule.rule == "joint_cap":
        try:
            limit = parse_money(rule.limit or "")
        except ValueError as error:
            message = f"合计上限“{rule.id}”缺少可读的 limit：{error}"
            findings.append(Diagnostic("CW400", message, "写成 limit: 1000万元。", place))
    return LoweredRule(policy, rule, members, limit)
