"""From syntax to operations: names become facts, literals get units, and what does not fit is reported in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

from cewen.base.diagnostic import Diagnostic
from cewen.base.source import Place
from cewen.rules import ops, syntax
from cewen.rules.facts import SUBJECTS, Fact, Vocabulary
from cewen.rules.placeholder import is_pending
from cewen.rules.regions import Regions
from cewen.rules.types import MONEY, RATIO, Kind, Quantity, parse_literal

_T = TypeVar("_T")


class Unfit(Exception):
    """An expression that cannot be lowered; carries its one diagnostic."""

    def __init__(self, code: str, message: str, remedy: str, at: int) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy, self.at = code, message, remedy, at


@dataclass(slots=True)
class Lowerer:
    """Lowers the expressions of one measure; collects a diagnostic for each that does not fit.

    `parameters` maps the measure's parameter names to their literal on the date of lowering.
    """

    vocabulary: Vocabulary
    regions: Regions
    subject: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def truth(self, text: str, place: Place) -> ops.TruthOp | None:
        """The truth operation of a condition; None, with a finding, when it does not fit."""
        return self._attempt(text, place, self._truth)

    def number(self, text: str, place: Place, wanted: Quantity | None = None) -> ops.NumberOp | None:
        """The number operation of an amount; `wanted` is the unit it must have. None, with a finding, otherwise."""

        def lower(node: syntax.Node) -> ops.NumberOp:
            op = self._number(node)
            if wanted is not None and op.quantity != wanted:
                message = f"这里要{wanted.label}，得到的是{op.quantity.label}"
                raise Unfit("CW201", message, "金额写成 100万元，或用金额事实乘以比例。", node.at)
            return op

        return self._attempt(text, place, lower)

    def _attempt(self, text: str, place: Place, lower: Callable[[syntax.Node], _T]) -> _T | None:
        try:
            if is_pending(text):
                raise Unfit("CW150", f"“{text}”里还有待定", "换成登记过的事实或数值；没有这一项的，删去。", 0)
            return lower(syntax.parse_expression(text))
        except syntax.SyntaxFailure as error:
            unfit = Unfit(
                "CW200", f"“{text}”{error}", "条件写成 “事实 比较 数值”，如 年营业收入 >= 500万元。", error.at
            )
        except Unfit as error:
            unfit = error
        column = None if place.column is None else place.column + unfit.at
        self.findings.append(Diagnostic(unfit.code, unfit.message, unfit.remedy, replace(place, column=column)))
        return None

    # --- truth -------------------------------------------------------------------------------------------------

    def _truth(self, node: syntax.Node) -> ops.TruthOp:
        match node:
            case syntax.Junction():
                parts = tuple(self._truth(part) for part in node.parts)
                return ops.All(parts) if node.operator == "且" else ops.Any(parts)
            case syntax.Negation():
                return ops.Not(self._truth(node.operand))
            case syntax.Comparison():
                return self._comparison(node)
            case syntax.Membership():
                return self._membership(node)
            case syntax.Call() if node.function in _FIRST_TIME:
                return self._first_time(node)
            case syntax.Name():
                fact = self._fact(node)
                if fact.type is Kind.BOOLEAN:
                    return ops.IsTrue(fact.key)
        raise Unfit(
            "CW206", "这里要一个成立或不成立的条件", "写成比较（>=、属于、包含），或一个“是否”类的事实。", node.at
        )

    def _comparison(self, node: syntax.Comparison) -> ops.TruthOp:
        if isinstance(node.left, syntax.Name) and node.left.text not in self.parameters:
            fact = self._fact(node.left)
            if not fact.type.is_number:
                return self._equality(node, fact)
        left, right = self._number(node.left), self._number(node.right)
        self._same_unit(left, right, node)
        return ops.Compare(node.operator, left, right)

    def _equality(self, node: syntax.Comparison, fact: Fact) -> ops.TruthOp:
        if node.operator not in ("=", "!="):
            message = f"“{fact.label}”是{fact.type.label}，不能比大小"
            raise Unfit("CW206", message, "用 = 、属于 或 包含。", node.at)
        if not isinstance(node.right, (syntax.Name, syntax.String)):
            message = f"“{fact.label}”是{fact.type.label}，不能与数比较"
            raise Unfit("CW206", message, "右边写它的一个取值。", node.right.at)
        value = node.right.text
        if fact.type is Kind.BOOLEAN:
            if value not in ("是", "否"):
                raise Unfit("CW205", f"“{fact.label}”只能是 是 或 否", "改成 = 是 或 = 否。", node.right.at)
            truth: ops.TruthOp = ops.IsTrue(fact.key) if value == "是" else ops.Not(ops.IsTrue(fact.key))
        elif fact.type is Kind.SET:
            raise Unfit("CW206", f"“{fact.label}”是多选，不能用 =", f"写成 {fact.label} 包含 {value}。", node.at)
        elif fact.type is Kind.REGION:
            truth = self._lies_in(fact, (syntax.String(node.right.at, value),))
        else:
            truth = ops.OneOf(fact.key, (self._value(fact, value, node.right.at),))
        return truth if node.operator == "=" else ops.Not(truth)

    def _membership(self, node: syntax.Membership) -> ops.TruthOp:
        if not isinstance(node.left, syntax.Name):
            raise Unfit("CW206", f"“{node.operator}”的左边要一个事实", "左边只写事实的名称。", node.left.at)
        fact = self._fact(node.left)
        if node.operator == "属于" and fact.type is Kind.REGION:
            return self._lies_in(fact, node.values)
        wanted = Kind.SET if node.operator == "包含" else Kind.ENUM
        if fact.type is not wanted and not (wanted is Kind.ENUM and fact.type is Kind.TEXT):
            message = f"“{fact.label}”是{fact.type.label}，不能用“{node.operator}”"
            remedy = "多选用 包含，单选和地区用 属于，是否类直接写名称，数值用比较。"
            raise Unfit("CW206", message, remedy, node.at)
        values = tuple(self._value(fact, value.text, value.at) for value in node.values)
        return ops.Holds(fact.key, values) if wanted is Kind.SET else ops.OneOf(fact.key, values)

    def _lies_in(self, fact: Fact, values: tuple[syntax.String, ...]) -> ops.TruthOp:
        codes: list[str] = []
        for value in values:
            region = self.regions.find(value.text)
            if region is None:
                message = f"没有登记名为“{value.text}”的地区"
                raise Unfit("CW205", message, "用行政区划全称或六位代码；功能区在 policies/regions 登记。", value.at)
            codes.append(region.code)
        return ops.LiesIn(fact.key, tuple(codes))

    def _value(self, fact: Fact, value: str, at: int) -> str:
        if fact.values and value not in fact.values:
            message = f"“{fact.label}”没有“{value}”这个取值"
            raise Unfit("CW205", message, f"可用的取值：{'、'.join(fact.values)}。", at)
        return value

    def _first_time(self, node: syntax.Call) -> ops.TruthOp:
        fact, threshold = self._arguments(node, 2)
        if not isinstance(fact, ops.FactNumber) or not self.vocabulary.by_key(fact.key).is_annual:
            message = f"“{node.function}”的第一项要一个年度事实"
            raise Unfit("CW207", message, f"写成 {node.function}(年度事实, 门槛)。", node.at)
        self._same_unit(fact, threshold, node)
        return ops.FirstTime(_FIRST_TIME[node.function], fact, threshold)

    # --- numbers -----------------------------------------------------------------------------------------------

    def _number(self, node: syntax.Node) -> ops.NumberOp:
        match node:
            case syntax.Number():
                return self._literal(node.value, node.suffix, node.at)
            case syntax.Name() if node.text in self.parameters:
                return self._parameter(node)
            case syntax.Name():
                fact = self._fact(node)
                if fact.quantity is None:
                    message = f"“{fact.label}”是{fact.type.label}，不能计算"
                    raise Unfit("CW206", message, "计算里只用金额、数量、整数或比例类的事实。", node.at)
                return ops.FactNumber(fact.quantity, fact.key)
            case syntax.Negative():
                operand = self._number(node.operand)
                return ops.Negate(operand.quantity, operand)
            case syntax.Arithmetic():
                return self._arithmetic(node)
            case syntax.Call():
                return self._call(node)
        raise Unfit("CW206", "这里要一个数", "写金额、比例、数量，或一个数值类的事实。", node.at)

    def _parameter(self, node: syntax.Name) -> ops.NumberOp:
        if node.text in self._open:
            message = f"参数循环引用：{' → '.join((*self._open, node.text))}"
            raise Unfit("CW305", message, "照原文的先后，去掉其中一处引用。", node.at)
        self._open.append(node.text)
        try:
            inner = syntax.parse_expression(self.parameters[node.text])
            return self._number(replace(inner, at=node.at))
        finally:
            self._open.pop()

    def _literal(self, number: Fraction, suffix: str, at: int) -> ops.NumberOp:
        try:
            value, quantity = parse_literal(number, suffix)
        except ValueError as error:
            raise Unfit("CW202", str(error), "单位写成 元、万元、亿元、%、级、人、个月 等。", at) from error
        return ops.Constant(quantity, value)

    def _arithmetic(self, node: syntax.Arithmetic) -> ops.NumberOp:
        left, right = self._number(node.left), self._number(node.right)
        if node.operator in "+-":
            self._same_unit(left, right, node)
            return (ops.Add if node.operator == "+" else ops.Subtract)(left.quantity, left, right)
        if node.operator == "*":
            return ops.Multiply(self._product(left.quantity, right.quantity, node.at), left, right)
        return ops.Divide(self._quotient(left.quantity, right.quantity, node.at), left, right)

    def _product(self, left: Quantity, right: Quantity, at: int) -> Quantity:
        if RATIO in (left, right):
            return right if left == RATIO else left
        if MONEY in (left, right) and left != right:
            return MONEY  # an amount for each person, item, square metre
        message = f"{left.label}不能乘以{right.label}"
        raise Unfit("CW201", message, "金额乘以比例或数量；两个金额不能相乘。", at)

    def _quotient(self, left: Quantity, right: Quantity, at: int) -> Quantity:
        if left == right:
            return RATIO
        if right == RATIO or left == MONEY:
            return left
        message = f"{left.label}不能除以{right.label}"
        raise Unfit("CW201", message, "同单位的两个数相除得比例；金额可除以数量。", at)

    def _call(self, node: syntax.Call) -> ops.NumberOp:
        if node.function in ("上年", "增速", "增量"):
            return self._annual(node)
        if node.function in ("最高", "最低"):
            parts = self._arguments(node, None)
            for part in parts[1:]:
                self._same_unit(parts[0], part, node)
            return (ops.Greatest if node.function == "最高" else ops.Least)(parts[0].quantity, parts)
        if node.function == "分档":
            return self._brackets(node)
        known = "上年、增速、增量、首次达到、首次突破、分档、最高、最低"
        raise Unfit("CW207", f"没有“{node.function}”这个函数", f"可用的函数：{known}。", node.at)

    def _annual(self, node: syntax.Call) -> ops.NumberOp:
        (fact,) = self._arguments(node, 1)
        if not isinstance(fact, ops.FactNumber) or not self.vocabulary.by_key(fact.key).is_annual:
            message = f"“{node.function}”里要一个年度事实"
            raise Unfit("CW207", message, f"写成 {node.function}(年营业收入) 这样。", node.at)
        before = replace(fact, years_back=fact.years_back + 1)
        if node.function == "上年":
            return before
        increase = ops.Subtract(fact.quantity, fact, before)
        return increase if node.function == "增量" else ops.Divide(RATIO, increase, before)

    def _brackets(self, node: syntax.Call) -> ops.NumberOp:
        value, *rest = self._arguments(node, None)
        if not rest or len(rest) % 2:
            raise Unfit(
                "CW207", "“分档”要成对的门槛与结果", "写成 分档(事实, 1亿元, 10万元, 10亿元, 50万元)。", node.at
            )
        branches: list[tuple[ops.TruthOp, ops.NumberOp]] = []
        for threshold, result in zip(rest[::2], rest[1::2], strict=True):
            self._same_unit(value, threshold, node)
            self._same_unit(rest[1], result, node)
            branches.append((ops.Compare(">=", value, threshold), result))
        return ops.Choose(rest[1].quantity, tuple(branches))

    def _arguments(self, node: syntax.Call, count: int | None) -> tuple[ops.NumberOp, ...]:
        if (count is None and not node.arguments) or (count is not None and len(node.arguments) != count):
            wanted = "至少一" if count is None else str(count)
            message = f"“{node.function}”要{wanted}项，写了{len(node.arguments)}项"
            raise Unfit("CW207", message, "各项之间用逗号分开。", node.at)
        return tuple(self._number(argument) for argument in node.arguments)

    def _same_unit(self, left: ops.NumberOp, right: ops.NumberOp, node: syntax.Node) -> None:
        if left.quantity == right.quantity:
            return
        unit = left.quantity.unit or "%"
        message = f"单位不一致：左边是{left.quantity.label}，右边是{right.quantity.label}"
        raise Unfit("CW202", message, f"两边用同一种单位；右边写成以“{unit}”计的数。", node.at)

    def _fact(self, node: syntax.Name) -> Fact:
        fact = self.vocabulary.by_label(node.text)
        if fact is None:
            near = self.vocabulary.like(node.text)
            remedy = f"是不是“{near}”？" if near else "先在 policies/facts 里登记这个事实。"
            raise Unfit("CW203", f"没有名为“{node.text}”的事实", remedy, node.at)
        if fact.subject not in (self.subject, "enterprise"):
            message = f"“{fact.label}”是{SUBJECTS[fact.subject]}的事实，本措施的对象是{SUBJECTS[self.subject]}"
            raise Unfit("CW204", message, "改用本对象或企业的事实，或改措施的对象。", node.at)
        return fact


_FIRST_TIME = {"首次达到": ">=", "首次突破": ">"}
