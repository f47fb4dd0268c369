"""Reforms without a database: the numbers of a measure one may turn, the changes made to them, the reform they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import Any

import yaml
from django.utils.translation import gettext_noop

from cewen.base.money import fold
from cewen.engine.simulate.reform import ReformFile, parse_reform
from cewen.rules.kinds.co_funding import CoFundingMeasure
from cewen.rules.kinds.formula import FormulaMeasure
from cewen.rules.kinds.per_unit import PerUnitMeasure
from cewen.rules.kinds.tiered import TieredMeasure
from cewen.rules.kinds.top_up import TopUpMeasure
from cewen.rules.measure import Dated, Measure, value_on
from cewen.rules.yaml_file import parse_yaml

NUMBER = re.compile(r"(?P<number>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)(?P<unit>‰|%|[一-鿿]*)")
"""A number with its unit as the condition language writes it."""
_PIECES = re.compile(r'"[^"]*"|“[^”]*”|[A-Za-z_一-鿿][0-9A-Za-z_一-鿿]*|' + NUMBER.pattern)
TYPED = re.compile(r"\d{1,12}(?:\.\d{1,4})?")
"""What a field takes."""
MOST_EDITS = 40
MOST_COMPARED = 4
REMOVED = ""
"""Text of an edit that takes away what its path names."""


ADDED = "conditions[+]"
"""Path of a condition that is added."""
LONGEST_TEXT = 400

_PATHS = {
    "amount": gettext_noop("金额"), "cap": gettext_noop("最高不超过"), "each": gettext_noop("每一单位"),
    "most": gettext_noop("最多计"), "rate": gettext_noop("配套比例"), "conditions": gettext_noop("条件"),
    "tiers": gettext_noop("档次"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """Change of one expression (一处改动): the measure's key, the path in it, the new text; REMOVED takes it away."""

    key: str
    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.key}|{self.path}|{self.text}"

    @property
    def label(self) -> str:
        """What the path names, as a word; for a parameter its own name."""
        if self.path == ADDED:
            return gettext_noop("增加条件")
        first, _, rest = self.path.partition(".")
        return rest if first == "parameters" else _PATHS.get(first.partition("[")[0], self.path)

    @classmethod
    def parse(cls, text: str) -> Edit | None:
        """As an address carries it; None for anything else."""
        key, mark, rest = text.partition("|")
        path, second, new = rest.partition("|")
        return cls(key, path, new) if mark and second and "#" in key and path else None


@dataclass(frozen=True, slots=True)
class Expression:
    """Expression of a measure (表达式) on a day: where it stands, what it says, under which heading it is shown."""

    path: str
    section: str
    label: str
    text: str | None

    @property
    def is_removable(self) -> bool:
        return self.path.startswith("conditions[") and self.path != ADDED


@dataclass(frozen=True, slots=True)
class Knob:
    """Number of a measure one may turn (可调数值): `name` in the form, its value as written, its unit, its slider."""

    name: str
    value: str
    original: str
    unit: str
    least: str
    most: str
    step: str

    @property
    def is_changed(self) -> bool:
        return self.value != self.original


@dataclass(frozen=True, slots=True)
class Line:
    """Expression as the form shows it (表单的一行): words and knobs in turn, as they stand in the clause.

    `written` is what its text field holds: the expression as it is, or as somebody wrote it anew.
    """

    expression: Expression
    pieces: tuple[str | Knob, ...]
    is_removed: bool
    remove_name: str
    text_name: str
    written: str
    is_rewritten: bool = False

    @property
    def is_added(self) -> bool:
        return self.expression.path == ADDED

    @property
    def knobs(self) -> tuple[Knob, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Knob))

    @property
    def is_changed(self) -> bool:
        return self.is_removed or self.is_rewritten or any(knob.is_changed for knob in self.knobs)


_SECTIONS = {
    "amount": gettext_noop("给多少"),
    "cap": gettext_noop("上限"),
    "conditions": gettext_noop("给谁"),
    "parameters": gettext_noop("参数"),
}


def expressions(measure: Measure, on: date) -> tuple[Expression, ...]:
    """All a reform may change of a measure, as it reads on a day: what holds a number, every condition, a cap and a
    condition that are not there yet."""
    found = [
        each for each in _expressions(measure, on) if each.text is None or each.is_removable or _has_number(each.text)
    ]
    order = list(_SECTIONS)
    return tuple(sorted(found, key=lambda each: order.index(each.section)))


def _expressions(measure: Measure, on: date) -> Iterator[Expression]:
    def said(value: Dated) -> str:
        return value_on(value, on)

    match measure:
        case FormulaMeasure() | TopUpMeasure():
            yield Expression("amount", "amount", gettext_noop("金额"), said(measure.amount))
        case TieredMeasure():
            for at, tier in enumerate(measure.tiers):
                yield Expression(f"tiers[{at}].amount", "amount", tier.name, said(tier.amount))
                yield Expression(f"tiers[{at}].when", "conditions", tier.name, tier.when)
        case PerUnitMeasure():
            yield Expression("each", "amount", gettext_noop("每一单位"), said(measure.each))
            if measure.most is not None:
                yield Expression("most", "cap", gettext_noop("最多计"), said(measure.most))
        case CoFundingMeasure():
            yield Expression("rate", "amount", gettext_noop("配套比例"), said(measure.rate))
        case _:
            return
    cap = measure.cap
    yield Expression("cap", "cap", gettext_noop("最高不超过"), None if cap is None else said(cap))
    for at, condition in enumerate(measure.conditions):
        yield Expression(f"conditions[{at}]", "conditions", "", condition)
    yield Expression(ADDED, "conditions", gettext_noop("再加一个条件"), None)
    for name, value in measure.parameters.items():
        yield Expression(f"parameters.{name}", "parameters", name, said(value))


def section_label(section: str) -> str:
    """The heading a section is shown under."""
    return _SECTIONS[section]


def _has_number(text: str) -> bool:
    return any(match["number"] for match in _PIECES.finditer(text))


def lines(measure: Measure, on: date, edits: Mapping[str, str]) -> tuple[Line, ...]:
    """The form of a measure; `edits` are texts by path that stand in place of what the measure says."""
    found = []
    for at, each in enumerate(expressions(measure, on)):
        new = edits.get(each.path)
        is_removed = new == REMOVED and each.text is not None
        before = each.text or ""
        after = before if new is None or is_removed else new
        is_rewritten = _shape(after) != _shape(before) and each.text is not None
        if each.path == ADDED:
            pieces: tuple[str | Knob, ...] = ()
            is_rewritten = bool(after)
        elif each.text is None:
            pieces = (_absent_cap(f"f{at}-0", after),)
        else:
            pieces = (after,) if is_rewritten else _pieces(f"f{at}", before, after)
        written = after if is_rewritten else before
        found.append(Line(each, pieces, is_removed, f"x{at}", f"t{at}", written, is_rewritten))
    return tuple(found)


def _absent_cap(name: str, after: str) -> Knob:
    match = NUMBER.match(after)
    return Knob(name, match["number"] if match else "", "", "万元", "0", "1000", "10")


def _shape(text: str) -> list[str]:
    """The words of an expression without its numbers, by which an edit of the numbers alone is known."""
    shape, end = list[str](), 0
    for match in _PIECES.finditer(text):
        if match["number"]:
            shape += [text[end : match.start()], match["unit"]]
            end = match.end()
    return [*shape, text[end:]]


def _pieces(name: str, before: str, after: str) -> tuple[str | Knob, ...]:
    old = [match["number"] for match in _PIECES.finditer(before) if match["number"]]
    pieces, end, count = list[str | Knob](), 0, 0
    for match in _PIECES.finditer(after):
        if not match["number"]:
            continue
        if after[end : match.start()].strip():
            pieces.append(after[end : match.start()].strip())
        pieces.append(_knob(f"{name}-{count}", match["number"], old[count], match["unit"]))
        end, count = match.end(), count + 1
    if after[end:].strip():
        pieces.append(after[end:].strip())
    return tuple(pieces)


def _knob(name: str, value: str, original: str, unit: str) -> Knob:
    """A slider from nothing to about three times what the clause says, in steps of a hundredth of that."""
    plain = value.replace(",", "")
    known = Decimal(original.replace(",", ""))
    greatest = max(known * 3, Decimal(plain), Decimal(5 if unit in ("级", "星") else 10))
    magnitude = Decimal(1).scaleb(greatest.adjusted())
    most = (greatest / magnitude).to_integral_value(ROUND_CEILING) * magnitude
    if unit == "%" and known <= 100:
        most = min(most, Decimal(100))
    step = min(magnitude / 100, Decimal(1) if known < 100 else magnitude / 10)
    if unit not in ("%", "‰") and known == known.to_integral_value():
        step = max(step, Decimal(1))
    return Knob(name, plain, original.replace(",", ""), unit, "0", f"{most:f}", f"{step.normalize():f}")


def edits_of(key: str, measure: Measure, on: date, given: Mapping[str, str]) -> tuple[Edit, ...]:
    """The edits a submitted form makes; what is left as the measure says makes none.

    Raises ValueError, naming it in Chinese, for a value that is no number.
    """
    found = []
    for line in lines(measure, on, {}):
        each = line.expression
        written = " ".join(given.get(line.text_name, "").split())[:LONGEST_TEXT]
        if each.path == ADDED:
            if written:
                found.append(Edit(key, each.path, written))
            continue
        if each.text is None:
            number = given.get(line.knobs[0].name, "").strip()
            if number:
                found.append(Edit(key, each.path, f"{_typed(number)}{line.knobs[0].unit}"))
            continue
        if each.is_removable and line.remove_name in given:
            found.append(Edit(key, each.path, REMOVED))
            continue
        if written and written != " ".join(each.text.split()):
            found.append(Edit(key, each.path, written))
            continue
        values = {knob.name: _typed(given.get(knob.name, knob.original)) for knob in line.knobs}
        if any(values[knob.name] != knob.original for knob in line.knobs):
            found.append(Edit(key, each.path, _rewritten(each.text, list(values.values()))))
    return tuple(found)


def _typed(text: str) -> str:
    number = fold(text).replace(",", "")
    if not TYPED.fullmatch(number):
        raise ValueError(f"“{text}”不是数；写不带单位的数，最多四位小数")
    whole, point, decimals = number.partition(".")
    decimals = decimals.rstrip("0")
    return f"{int(whole)}{point if decimals else ''}{decimals}"


def _rewritten(text: str, numbers: list[str]) -> str:
    """The expression with its numbers replaced, in order."""
    out, end = list[str](), 0
    left = iter(numbers)
    for match in _PIECES.finditer(text):
        if match["number"]:
            out += [text[end : match.start()], next(left), match["unit"]]
            end = match.end()
    return "".join([*out, text[end:]])


FACTORS = tuple(Fraction(quarters, 4) for quarters in (2, 3, 4, 5, 6, 7, 8))
"""Of what the clause says: the steps a number is tried at."""


def sweep_values(line: Line, knob: Knob, text: str) -> tuple[str, ...]:
    """What an expression says with one of its numbers from half to twice what the clause says; the rest as in `text`."""
    known = Decimal(knob.original or knob.value or "100")
    numbers = [match["number"] for match in _PIECES.finditer(text) if match["number"]]
    place = int(knob.name.rpartition("-")[2])
    whole = knob.unit not in ("%", "‰") and known == known.to_integral_value() and known >= 4
    steps = [known * factor.numerator / factor.denominator for factor in FACTORS]
    steps = [step.to_integral_value(ROUND_CEILING) if whole else round(step, 4) for step in steps]
    found = []
    for value in sorted({*steps, Decimal(knob.value or knob.original)}):
        numbers[place : place + 1] = [f"{value.normalize():f}"]
        found.append(_rewritten(text, numbers) if line.expression.text is not None else f"{numbers[place]}{knob.unit}")
    return tuple(dict.fromkeys(found))


def reform_data(title: str, edits: Iterable[Edit], note: str = "", begins_on: date | None = None) -> dict[str, Any]:
    """The edits as the data of a reform file; from `begins_on` on, where a day is given."""
    changes: dict[str, dict[str, str | None]] = {}
    for each in edits:
        changes.setdefault(each.key, {})[each.path] = None if each.text == REMOVED else each.text
    data: dict[str, Any] = {"title": title}
    if note:
        data["note"] = note
    begins = {"from": begins_on.isoformat()} if begins_on else {}
    data["measures"] = [{"measure": key, **begins, "set": texts} for key, texts in changes.items()]
    return data


def reform_file(data: dict[str, Any]) -> ReformFile:
    """The reform of such data. Raises CewenError where its shape does not fit."""
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=10**6)
    return parse_reform(parse_yaml(text, "reform.yaml"))  # with lines, so that a fault names the change it stands in


# --- the curve -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Axis:
    """Fact a curve is drawn over (横轴)."""

    key: str
    label: str
    is_money: bool
    unit: str


@dataclass(frozen=True, slots=True)
class Bin:
    """Enterprises whose fact lies from `least` to below `most` (区间): how many, who gets an award, how much on average.

    Money is whole fen; the average is per recipient, rounded down.
    """

    least: int
    most: int | None
    enterprises: int
    recipients_before: int
    mean_before: int
    recipients_after: int
    mean_after: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Award against a fact (奖补曲线) before and after, with the thresholds of the fact on either side."""

    axis: Axis
    axes: tuple[Axis, ...]
    bins: tuple[Bin, ...]
    limits_before: tuple[tuple[int, str], ...]
    limits_after: tuple[tuple[int, str], ...]
    unknown: int

    @property
    def greatest(self) -> int:
        return max((max(each.mean_before, each.mean_after) for each in self.bins), default=0)


def bin_edges(greatest: int, limits: Iterable[int]) -> list[int]:
    """Left edges of bins from 0 on in steps of 1, 2, 5 a decade, and at every limit; up to the greatest value.

    >>> bin_edges(60, [7])[:6]
    [0, 1, 2, 5, 7, 10]
    """
    found, power = {0, *limits}, 1
    while power <= max(greatest, 1):
        found |= {power, 2 * power, 5 * power}
        power *= 10
    return sorted(edge for edge in found if edge <= max(greatest, 1))
