"""One value of one fact: from what a person wrote to its exact base unit, or a sentence that says why not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from cewen.base.money import LARGEST_FEN, display_money, fold, parse_money, whole_fen
from cewen.engine.factsheet import Value
from cewen.rules.facts import Fact
from cewen.rules.regions import Regions
from cewen.rules.types import Kind, Quantity, parse_literal

_YES = {"是": True, "否": False, "true": True, "false": False, "有": True, "无": False, "1": True, "0": False}
_NUMBER = re.compile(r"([+-]?\d[\d,]*(?:\.\d+)?)(.*)")
_LARGEST_EXPONENT = 25


class ValueFault(ValueError):
    """A value that does not fit its fact; `code` is a CW6xx, `remedy` says what to write instead."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code, self.message, self.remedy = code, message, remedy


def read_value(fact: Fact, raw: object, regions: Regions) -> Value | None:
    """The value of `raw` (text, number, boolean, list; money in yuan or with a unit) in the base unit of `fact`.

    None, "" and "—" mean not known. Raises ValueFault.
    """
    if raw is None or (isinstance(raw, str) and fold(raw) in ("", "-", "—", "/", "N/A")):
        return None
    if fact.type.is_number:
        value = _number(fact, raw)
        _check_bounds(fact, value)
        return value
    match fact.type:
        case Kind.BOOLEAN:
            return _boolean(fact, raw)
        case Kind.SET:
            return _set(fact, raw)
        case Kind.ENUM:
            return _one_of(fact, fold(_text(fact, raw)))
        case Kind.REGION:
            return _region(fact, raw, regions)
        case Kind.USCC:
            return _uscc(fact, raw)
        case Kind.DATE:
            return _date(fact, raw)
        case _:
            return _text(fact, raw).strip()


def _number(fact: Fact, raw: object) -> Fraction:
    money = fact.type is Kind.MONEY
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal, str)):
        raise _wrong_type(fact, raw)
    if isinstance(raw, str):
        return _money_text(fact, raw) if money else _number_text(fact, raw)
    if isinstance(raw, Decimal) and (not raw.is_finite() or abs(raw.adjusted()) > _LARGEST_EXPONENT):
        raise ValueFault("CW603", f"“{fact.label}”不是可用的数：{_short(raw)}", "填写有限的数，金额以元为单位。")
    if money:
        try:
            return Fraction(whole_fen(Fraction(raw)))
        except ValueError as error:
            raise ValueFault(
                "CW603", f"“{fact.label}”{error}：{_short(raw)}", "金额写到分为止，以元为单位。"
            ) from error
    return _whole(fact, Fraction(raw))


def _money_text(fact: Fact, raw: str) -> Fraction:
    try:
        return Fraction(parse_money(raw))
    except ValueError as error:
        code = "CW604" if _NUMBER.match(fold(raw)) else "CW602"
        remedy = "写成元（12345.67）或带单位（500万元、1.5亿元）；外币先折算成人民币。"
        raise ValueFault(code, f"“{fact.label}”{error}", remedy) from error


def _number_text(fact: Fact, raw: str) -> Fraction:
    match = _NUMBER.fullmatch(fold(raw).replace(" ", ""))
    if not match:
        raise _wrong_type(fact, raw)
    number, suffix = Fraction(Decimal(match[1].replace(",", ""))), match[2]
    if suffix:
        try:
            number, quantity = parse_literal(number, suffix)
        except ValueError as error:
            raise ValueFault("CW604", f"“{fact.label}”{error}", f"以“{fact.unit}”为单位。") from error
        if quantity != (fact.quantity or Quantity(fact.unit)):
            message = f"“{fact.label}”的单位应是“{fact.unit or '%'}”，写的是“{suffix}”"
            raise ValueFault("CW604", message, f"换算成“{fact.unit or '%'}”再填。")
    return _whole(fact, number)


def _whole(fact: Fact, number: Fraction) -> Fraction:
    if fact.type is not Kind.RATIO and number.denominator != 1:
        raise ValueFault("CW602", f"“{fact.label}”应是整数", f"填写整数，以“{fact.unit}”为单位。")
    if abs(number) > LARGEST_FEN:
        raise ValueFault("CW603", f"“{fact.label}”超出可表示的范围", "检查是否多写了位数。")
    return number


def _check_bounds(fact: Fact, value: Fraction) -> None:
    low, high = fact.bounds()
    if abs(value) > fact.largest:
        raise ValueFault("CW603", f"“{fact.label}”大得不像真的", "检查单位与位数；单项金额至多 10 万亿元。")
    if low is not None and value < low:
        raise ValueFault("CW603", f"“{fact.label}”不能小于 {fact.minimum}，写的是 {_said(fact, value)}", "核对后重填。")
    if high is not None and value > high:
        raise ValueFault("CW603", f"“{fact.label}”不能大于 {fact.maximum}，写的是 {_said(fact, value)}", "核对后重填。")


def _said(fact: Fact, value: Fraction) -> str:
    return display_money(int(value)) if fact.type is Kind.MONEY else f"{value}{fact.unit}"


def _boolean(fact: Fact, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, (str, int)) and fold(str(raw)).lower() in _YES:
        return _YES[fold(str(raw)).lower()]
    raise ValueFault("CW602", f"“{fact.label}”应是 是 或 否，写的是“{_short(raw)}”", "填 是 或 否。")


def _set(fact: Fact, raw: object) -> frozenset[str]:
    if isinstance(raw, str):
        items: Iterable[object] = [part for part in re.split(r"[、,，;；]", raw) if part.strip()]
    elif isinstance(raw, (list, tuple)):
        items = raw
    else:
        raise _wrong_type(fact, raw)
    return frozenset(_one_of(fact, _text(fact, item).strip()) for item in items)


def _one_of(fact: Fact, value: str) -> str:
    if not fact.values or value in fact.values:
        return value
    folded = {fold(known): known for known in fact.values}
    if fold(value) in folded:
        return folded[fold(value)]
    message = f"“{fact.label}”没有“{value}”这个取值"
    raise ValueFault("CW605", message, f"可用的取值：{'、'.join(fact.values)}。")


def _region(fact: Fact, raw: object, regions: Regions) -> str:
    text = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else _text(fact, raw)
    found = regions.find(fold(text))
    if found is None:
        message = f"“{fact.label}”“{text}”不是登记的地区"
        raise ValueFault("CW605", message, "写六位行政区划代码（420111）、全称（武汉市洪山区）或功能区代码。")
    return found.code


def _uscc(fact: Fact, raw: object) -> str:
    text = fold(_text(fact, raw)).upper()
    try:
        return str(uscc.validate(text))
    except ValidationError as error:
        message = f"“{text}”不是有效的统一社会信用代码（{_USCC_FAULTS.get(type(error).__name__, '格式不符')}）"
        raise ValueFault("CW606", message, "照营业执照重填 18 位代码（GB 32100-2015）。") from error


_USCC_FAULTS = {"InvalidChecksum": "校验位不符", "InvalidLength": "应为 18 位", "InvalidFormat": "有不允许的字符"}


def _date(fact: Fact, raw: object) -> date:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(fold(_text(fact, raw)))
    except ValueError as error:
        raise ValueFault("CW602", f"“{fact.label}”应是日期，写的是“{_short(raw)}”", "写成 2024-06-30。") from error


def _text(fact: Fact, raw: object) -> str:
    if isinstance(raw, str):
        return raw
    raise _wrong_type(fact, raw)


def _wrong_type(fact: Fact, raw: object) -> ValueFault:
    message = f"“{fact.label}”应是{fact.type.label}，写的是“{_short(raw)}”"
    example = {"money": "500万元 或 5000000", "set": "软件企业、制造业企业", "count": f"100{fact.unit}"}
    return ValueFault(
        "CW602", message, f"照这样填：{example.get(fact.type.value, fact.definition or fact.type.label)}。"
    )


def _short(raw: object) -> str:
    text = str(raw)
    return text if len(text) <= 40 else text[:37] + "…"
