"""Expressions in Chinese words, built from their syntax: 年研发投入 / 年营业收入 >= 15% is 年研发投入÷年营业收入不低于15%."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from cewen.rules import syntax
from cewen.rules.facts import Vocabulary
from cewen.rules.measure import Dated, shown
from cewen.rules.types import Kind

_AMOUNTS = {">=": "不少于", "<=": "不超过", ">": "超过", "<": "少于", "=": "为", "!=": "不是"}
_LEVELS = {**_AMOUNTS, ">=": "不低于", "<": "低于"}
"""Shares and levels are high or low, not many or few."""

_OPPOSITE = {">=": "<", "<=": ">", ">": "<=", "<": ">=", "=": "!=", "!=": "="}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says expressions of one measure (读法). `parameters` are said by name with their value."""

    vocabulary: Vocabulary
    parameters: Mapping[str, Dated]

    def say(self, text: str) -> str:
        """The words of an expression; the text itself where it cannot be read."""
        try:
            return self.words(syntax.parse_expression(text))
        except syntax.SyntaxFailure:
            return text

    def say_dated(self, value: Dated) -> str:
        """The words of a value that may change from date to date, each with its date."""
        if isinstance(value, str):
            return self.say(value)
        steps = "，".join(f"自{start}起{self.say(value[start])}" for start in sorted(value))
        return f"（{steps}）"

    def words(self, node: syntax.Node) -> str:
        match node:
            case syntax.Number():
                return number_words(node)
            case syntax.Name():
                return self._name(node.text)
            case syntax.String():
                return node.text
            case syntax.Negative():
                return f"负{self.words(node.operand)}"
            case syntax.Arithmetic():
                return self._arithmetic(node)
            case syntax.Call():
                return self._call(node)
            case syntax.Comparison():
                return self._comparison(node, node.operator)
            case syntax.Membership():
                return self._membership(node, "")
            case syntax.Junction():
                return self._junction(node)
            case syntax.Negation():
                return self._negation(node.operand)
        raise TypeError(f"no words for {type(node).__name__}")

    def _name(self, text: str) -> str:
        if text in self.parameters:
            return f"“{text}”（{shown(self.parameters[text])}）"
        fact = self.vocabulary.by_label(text)
        return f"“{text}”为是" if fact is not None and fact.type is Kind.BOOLEAN else text

    # --- conditions --------------------------------------------------------------------------------------------

    def _comparison(self, node: syntax.Comparison, operator: str) -> str:
        left = self._boolean_label(node.left) or self.words(node.left)
        words = _LEVELS if self._is_level(node.right) or self._is_level(node.left) else _AMOUNTS
        return f"{left}{words[operator]}{self.words(node.right)}"

    def _boolean_label(self, node: syntax.Node) -> str | None:
        """“认定通过”, where `= 是` follows in its own words."""
        fact = self.vocabulary.by_label(node.text) if isinstance(node, syntax.Name) else None
        return f"“{fact.label}”" if fact is not None and fact.type is Kind.BOOLEAN else None

    def _is_level(self, node: syntax.Node) -> bool:
        if isinstance(node, syntax.Number):
            return node.suffix in ("%", "‰", "级", "星", "个百分点", "")
        fact = self.vocabulary.by_label(node.text) if isinstance(node, syntax.Name) else None
        return fact is not None and fact.type in (Kind.RATIO, Kind.INTEGER)

    def _membership(self, node: syntax.Membership, no: str) -> str:
        values = [value.text for value in node.values]
        left = self.words(node.left)
        if node.operator == "包含":
            every = "同时" if len(values) > 1 else ""
            return f"{left}{no}{every}包含{'、'.join(values)}"
        fact = self.vocabulary.by_label(node.left.text) if isinstance(node.left, syntax.Name) else None
        if fact is not None and fact.type is Kind.REGION:
            return f"{left}{no}属于{'或'.join(values)}"
        return f"{left}{no}是{'、'.join(values)}" + ("之一" if len(values) > 1 else "")

    def _junction(self, node: syntax.Junction) -> str:
        if node.operator == "或" and (either := self._either(node)):
            return either
        parts = [
            f"（{self.words(part)}）" if isinstance(part, syntax.Junction) else self.words(part) for part in node.parts
        ]
        return ("，且" if node.operator == "且" else "，或者").join(parts)

    def _either(self, node: syntax.Junction) -> str | None:
        """企业类型包含A、B之一: alternatives that ask one fact for one value each."""
        parts = [part for part in node.parts if isinstance(part, syntax.Membership) and len(part.values) == 1]
        asked = {(part.operator, self.words(part.left)) for part in parts}
        if len(parts) < len(node.parts) or len(asked) > 1 or parts[0].operator != "包含":
            return None
        return f"{self.words(parts[0].left)}包含{'、'.join(part.values[0].text for part in parts)}之一"

    def _negation(self, operand: syntax.Node) -> str:
        match operand:
            case syntax.Comparison():
                return self._comparison(operand, _OPPOSITE[operand.operator])
            case syntax.Membership():
                return self._membership(operand, "不")
            case syntax.Negation():
                return self.words(operand.operand)
            case syntax.Name():
                return f"“{operand.text}”为否"
        return f"不满足（{self.words(operand)}）"

    # --- numbers -----------------------------------------------------------------------------------------------

    def _arithmetic(self, node: syntax.Arithmetic) -> str:
        left, right = node.left, node.right
        match node.operator:
            case "+":
                return f"{self._part(left, '-')}与{self._part(right, '-')}之和"
            case "-":
                return f"{self.words(left)}减去{self._part(right, '+-')}"
            case "/":
                return f"{self._part(left, '+-')}÷{self._part(right, '+-*/')}"
        for share, base in ((right, left), (left, right)):
            if isinstance(share, syntax.Number) and share.suffix in ("%", "‰"):
                return f"{self._part(base, '-/')}的{self.words(share)}"
        return f"{self._part(left, '+-')}×{self._part(right, '+-/')}"

    def _part(self, node: syntax.Node, loose: str) -> str:
        """The words of an operand; in brackets where it is itself a calculation by one of the operators in `loose`."""
        words = self.words(node)
        is_loose = isinstance(node, syntax.Arithmetic) and node.operator in loose
        return f"（{words}）" if is_loose else words

    def _call(self, node: syntax.Call) -> str:
        parts = [self.words(argument) for argument in node.arguments]
        match node.function, parts:
            case "上年", [fact]:
                return f"上一年{fact}"
            case "增速", [fact]:
                return f"{fact}比上年的增长率"
            case "增量", [fact]:
                return f"{fact}比上年的增加额"
            case "首次达到" | "首次突破", [fact, threshold]:
                beyond = "（不含本数）" if node.function == "首次突破" else ""
                return f"{fact}{node.function}{threshold}{beyond}"
            case "最高", _:
                return f"{'、'.join(parts)}中最高的"
            case "最低", _:
                return f"{'、'.join(parts)}中最低的"
            case "分档", [fact, *steps] if steps and len(steps) % 2 == 0:
                pairs = zip(steps[::2], steps[1::2], strict=True)
                return f"按{fact}分档的数额（" + "，".join(f"达到{one}的{other}" for one, other in pairs) + "）"
        return f"{node.function}（{'，'.join(parts)}）"


def number_words(node: syntax.Number) -> str:
    """A literal as a person writes it: 500万元, 1.5亿元."""
    return f"{plain_number(node.value)}{node.suffix}"


def plain_number(value: Fraction) -> str:
    """A number read from decimals, as decimals, exactly."""
    if value.denominator == 1:
        return str(value.numerator)
    places = next(count for count in range(1, 400) if (value * 10**count).denominator == 1)
    digits = str(abs((value * 10**places).numerator)).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
