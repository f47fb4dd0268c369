"""Promises out of tables: 奖补事项 | 级别 | 奖补标准（万元）, one a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.certainty import Certainty
from cewen.base.source import Span
from cewen.text.flow import fold_text
from cewen.text.quantities import Bound, Kind, Quantity, read_quantities
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.condition import read_conditions, read_limits
from cewen.text.readings.incentives.incentive import Amount, AmountKind, Condition, Incentive, Tier
from cewen.text.readings.passage import Passage
from cewen.text.rows import Row, rows_of

_AWARD_HEADER = re.compile(
    r"(?:奖|补|资助|扶持|支持|贴息|激励)[^|]{0,8}?(?:标准|金额|额度|资金|比例|限额|上限|额|价格|经费)|^(?:奖励|奖补|补助|补贴|资助)(?:$|\()"
)
_PLAIN_HEADER = re.compile(r"^(?:标准|金额|额度|比例|每[人户家件项个亩]标准)")
_NOT_AWARD = re.compile(r"条件|门槛|收入|投资额|项目名称|依据|来源|负担|承担|指标|现状|目标|预算|规模")
_UNIT = re.compile(
    r"\((?:单位:?)?(?P<unit>[^()]{0,4}(?:元|%|‰)[^()]{0,10})\)|单位:(?P<loose>[百千万亿]*元(?:/[^\s,;。]{1,8})?|%)"
)
_NUMBER = re.compile(r"(?P<low>\d+(?:\.\d+)?)(?:[-~至](?P<high>\d+(?:\.\d+)?))?")
_ORDINAL = re.compile(r"\d{1,3}|[一二三四五六七八九十]{1,3}|\([一二三四五六七八九十\d]{1,3}\)")
_GRADE = re.compile(r"[国省市区县州][家级]|[一二三四五六]等奖?|[一二三四五六甲乙丙丁ABC]级|[特金银铜]奖")
_HEADER_WORD = re.compile(
    r"^(?:序号|指标|单位|项目|事项|类别|级别|等级|对象|条件|备注)|(?:名称|标准|金额|额度|事项|对象|条件|类别|级别|项目|指标|目标)(?:\(|$)"
)
LONGEST_NAME = 16
LOOK_BACK = 120
"""Characters above a table in which it is said what the table is of."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of sums (金额列): counted from the right, since cells that span rows stand at the left."""

    from_right: int
    unit: str
    name: Span


def read_rows(passage: Passage) -> list[Incentive]:
    """One promise for each row below a header that names a sum to be given; rows that say more are left to the text."""
    found: list[Incentive] = []
    text = passage.document.text
    for table in rows_of(text, passage.document.body):
        columns: list[_Column] = []
        width = 0
        for at, row in enumerate(table):
            if at == 0 or _is_header(text, row):
                above = fold_text(text[max(0, row.span.start - LOOK_BACK) : row.span.start])
                columns, width = _columns(text, row, above), len(row.cells)
            elif columns:
                read = _row(passage, row, columns, width)
                found.extend([read] if read is not None else [])
    return found


def _is_header(text: str, row: Row) -> bool:
    """True for a row of names only, such as the first of a second table right below."""
    names = [fold_text(cell.of(text)) for cell in row.cells]
    if any(len(name) > LONGEST_NAME or re.search(r"\d", re.sub(r"\([^()]*\)", "", name)) for name in names[:-1]):
        return False
    return sum(_HEADER_WORD.search(name) is not None for name in names) >= 2


def _columns(text: str, header: Row, above: str) -> list[_Column]:
    names = [fold_text(cell.of(text)) for cell in header.cells]
    if any(read_quantities(re.sub(r"\([^()]*\)", "", name)) for name in names):
        return []
    said = _UNIT.search(above[-40:])
    of_table = (said["unit"] or said["loose"]) if said else ""
    promised = re.search(lexicon.STRONG_AWARD, above) is not None
    columns = []
    for at, name in enumerate(names):
        unit = _UNIT.search(name)
        graded = bool(promised and (unit or of_table) and _GRADE.match(name))
        if _AWARD_HEADER.search(name) or (promised and _PLAIN_HEADER.search(name)) or graded:
            if _NOT_AWARD.search(re.sub(r"\([^()]*\)", "", name)):
                continue
            printed = (unit["unit"] or unit["loose"]) if unit else of_table
            columns.append(_Column(len(names) - at, printed, header.cells[at]))
    return columns


def _row(passage: Passage, row: Row, columns: list[_Column], width: int) -> Incentive | None:
    text = passage.document.text
    cells = row.cells
    if len(cells) > width or len(cells) < columns[0].from_right:
        return None
    tiers: list[Tier] = []
    for column in columns:
        cell = cells[len(cells) - column.from_right]
        tier = _tier(passage, cell, column)
        if tier is None:
            return None
        if len(columns) > 1:
            name = Span(column.name.start, column.name.end)
            tier = Tier(name.of(text), name, tier.amount, tier.cap, tier.cap_span)
        tiers.append(tier)
    others = [cell for at, cell in enumerate(cells) if len(cells) - at not in {c.from_right for c in columns}]
    conditions: list[Condition] = []
    for cell in others:
        zone = passage.flow.index(cell.start), passage.flow.index(cell.end)
        conditions.extend(read_conditions(passage, read_limits(passage, zone), zone[0]))
    words = fold_text(row.span.of(text))
    who = next((cell for cell in others if not _ORDINAL.fullmatch(fold_text(cell.of(text)))), None)
    return Incentive(
        clause=passage.clause_path(passage.flow.index(row.span.start)),
        span=row.span,
        beneficiary="".join(who.of(text).split()) if who else None,
        beneficiary_span=who,
        tiers=tuple(tiers),
        conditions=tuple(conditions),
        certainty=_certainty(words, tiers),
        frequency="one_off" if lexicon.ONE_OFF.search(words) else "annual" if lexicon.ANNUAL.search(words) else None,
    )


def _certainty(words: str, tiers: list[Tier]) -> Certainty:
    kinds = {tier.amount.kind for tier in tiers}
    if kinds == {AmountKind.CASE_BY_CASE}:
        return Certainty.CASE_BY_CASE
    if lexicon.SELECTIVE.search(words):
        return Certainty.SELECTIVE
    if kinds & {AmountKind.UPTO, AmountKind.RANGE_YUAN, AmountKind.RANGE_PERCENT}:
        return Certainty.CEILING
    return Certainty.DEFINITE


def _tier(passage: Passage, cell: Span, column: _Column) -> Tier | None:
    """A cell that holds a number, a sum, or a rate with its cap; None for one that says more."""
    flow = passage.flow
    begin, end = flow.index(cell.start), flow.index(cell.end)
    words = flow.text[begin:end]
    number = _NUMBER.fullmatch(words)
    at_most = "最高" in fold_text(column.name.of(passage.document.text)) or "上限" in fold_text(
        column.name.of(passage.document.text)
    )
    if number and column.unit:
        low, high = (
            read_quantities(number["low"] + column.unit),
            read_quantities((number["high"] or number["low"]) + column.unit),
        )
        if len(low) != 1 or len(high) != 1:
            return None
        unit_span = column.name if low[0].per else None
        return Tier(None, None, _amount(low[0], high[0].high, cell, at_most, unit_span))
    if lexicon.CASE_BY_CASE.search(words):
        return Tier(None, None, Amount(AmountKind.CASE_BY_CASE, None, None, "", "", cell))
    sums = [q for q in passage.between(begin, end) if q.is_money_or_rate]
    if not sums or len(sums) > 2 or re.search(r"[;。]|其中|对于|每增", words):
        return None
    first = sums[0]
    span = passage.span(first.start, first.end)
    amount = _amount(first, first.high, span, at_most, passage.span(first.start, first.end) if first.per else None)
    if len(sums) == 1:
        each = re.match(
            r"(?:给予|奖励|补助|补贴)?每(?P<unit>[^,;。:\d每]{1,6}?)(?:给予|奖励|补助|补贴)?$",
            words[: first.left - begin],
        )
        if each and amount.kind is AmountKind.FIXED:
            unit = passage.span(begin + each.start("unit"), begin + each.end("unit"))
            amount = Amount(AmountKind.PER_UNIT, first.low, first.high, "", each["unit"], span, None, unit)
        return Tier(None, None, amount)
    cap = sums[1]
    is_cap = cap.kind is Kind.MONEY and (cap.bound is Bound.AT_MOST or "最高" in words[: cap.start - begin])
    if not is_cap or amount.kind not in (AmountKind.RATE, AmountKind.PER_UNIT):
        return None
    return Tier(None, None, amount, cap.high, passage.span(cap.start, cap.end))


def _amount(low: Quantity, high: Fraction, span: Span, at_most: bool, unit_span: Span | None) -> Amount:
    if low.kind is not Kind.MONEY:
        kind = AmountKind.RANGE_PERCENT if high != low.low else AmountKind.RATE
        times = 100 if low.kind is Kind.TIMES else 1
        return Amount(kind, low.low * times, high * times, "", "", span)
    if high != low.low:
        return Amount(AmountKind.RANGE_YUAN, low.low, high, "", "", span)
    if low.per and low.per not in ("年", "年度"):
        return Amount(AmountKind.PER_UNIT, low.low, high, "", low.per, span, None, unit_span)
    limited = at_most or low.bound in (Bound.AT_MOST, Bound.BELOW)
    return Amount(AmountKind.UPTO if limited else AmountKind.FIXED, low.low, high, "", "", span)
