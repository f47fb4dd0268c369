"""The header of a table: each column a fact, a year, a unit, or a fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cewen.base.money import fold
from cewen.engine.read_facts import FIRST_YEAR, LAST_YEAR
from cewen.engine.register.findings import Findings
from cewen.engine.register.source import SHEETS
from cewen.engine.register.table import Row, Table, is_blank
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.types import Kind

CODE_KEY = "uscc"
FEN = "fen"

AWARD_FACTS: tuple[Fact, ...] = (
    Fact(label="措施", key="measure", subject="enterprise", type=Kind.TEXT, definition="政策编号#措施编号"),
    Fact(label="日期", key="on", subject="enterprise", type=Kind.DATE, definition="2022-11-01"),
    Fact(label="金额", key="amount", subject="enterprise", type=Kind.MONEY, unit="元", minimum="0元"),
    Fact(label="对象", key="object", subject="enterprise", type=Kind.TEXT, definition="项目、产品或园区名称"),
    Fact(label="档次", key="tier", subject="enterprise", type=Kind.TEXT, definition="档次名称"),
)
"""The columns of a list of awards already made (已获奖补), besides the code of the enterprise."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column (列): `index` from zero, `header` as printed, the fact it holds and, for an annual one, its year."""

    index: int
    header: str
    fact: Fact
    year: int | None = None
    in_fen: bool = False

    @property
    def key(self) -> tuple[str, int | None]:
        return self.fact.key, self.year


class Labels:
    """The labels a table may have: the facts of its subject and the code of the enterprise, in Chinese or by key."""

    def __init__(self, vocabulary: Vocabulary, subject: str) -> None:
        facts: Iterable[Fact] = AWARD_FACTS if subject == "awards" else vocabulary.of_subject(subject)
        code = vocabulary.by_key(CODE_KEY)
        self.vocabulary, self.subject = vocabulary, subject
        self.facts = {fact.key: fact for fact in (code, *facts)}
        self._named = {fold(fact.label): fact for fact in self.facts.values()} | self.facts

    def find(self, text: str) -> Fact | None:
        return self._named.get(fold(text))

    def is_label(self, text: str) -> bool:
        return self.find(fold(text).split(":")[0]) is not None

    def remedy(self, label: str) -> str:
        other = self.vocabulary.by_label(label)
        if other is not None:
            return f"它是{SHEETS[other.subject]}的事实，移到“{SHEETS[other.subject]}”表。"
        near = self.vocabulary.like(label, None if self.subject == "awards" else self.subject)
        if near in {fact.label for fact in self.facts.values()}:
            return f"是不是“{near}”？单位写在单元格里，不写在表头。"
        if self.subject == "awards":
            return f"可用的列：{'、'.join(fact.label for fact in self.facts.values())}。"
        return "用 cewen facts 查看可用的标签；不用的列删去。"


def parse_header(table: Table, header: Row, labels: Labels, findings: Findings) -> tuple[Column, ...]:
    """The columns that can be read; each other one is a finding. Blank headers are left out."""
    columns: dict[tuple[str, int | None], Column] = {}
    for index, cell in enumerate(header.cells):
        if is_blank(cell):
            continue
        column = _column(table, header, index, str(cell), labels, findings)
        if column is None:
            continue
        if column.key in columns:
            message = f"“{column.header}”与“{columns[column.key].header}”是同一列"
            findings.error("CW612", message, "只保留一列。", table.place(header.number, column.header))
            continue
        columns[column.key] = column
    if (CODE_KEY, None) not in columns:
        message = "没有“统一社会信用代码”这一列"
        findings.error("CW615", message, "补上这一列；每一行都要有所属企业的代码。", table.place(header.number))
    return tuple(columns.values())


def _column(table: Table, header: Row, index: int, text: str, labels: Labels, findings: Findings) -> Column | None:
    place = table.place(header.number, text.strip())
    label, *rest = (part.strip() for part in fold(text).split(":"))
    fact = labels.find(label)
    if fact is None:
        findings.error("CW601", f"没有登记“{label}”这个事实，或它不属于这张表", labels.remedy(label), place)
        return None
    in_fen = bool(rest) and rest[-1] == FEN
    if in_fen:
        rest.pop()
    if in_fen and fact.type is not Kind.MONEY:
        findings.error("CW604", f"“{fact.label}”不是金额，不能以分计", "去掉“:fen”。", place)
        return None
    year = _year(fact, rest)
    if isinstance(year, str):
        findings.error(
            "CW607", year, f"写成“{fact.label}:2023”。" if fact.is_annual else f"写成“{fact.label}”。", place
        )
        return None
    if fact.type is Kind.MONEY and index in table.inexact:
        message = f"“{text}”是浮点列，金额存不精确"
        findings.error("CW613", message, f"改存整数（列名加“:{FEN}”，以分计）或 decimal。", place)
        return None
    return Column(index, text.strip(), fact, year, in_fen)


def _year(fact: Fact, rest: list[str]) -> int | str | None:
    """The year after the label; a Chinese sentence where it is wrong."""
    if not fact.is_annual:
        return f"“{fact.label}”不分年度，表头多写了“{':'.join(rest)}”" if rest else None
    if not rest:
        return f"“{fact.label}”是年度事实，表头缺少年份"
    if len(rest) > 1 or not rest[0].isdecimal() or not FIRST_YEAR <= int(rest[0]) <= LAST_YEAR:
        return f"“{':'.join(rest)}”不是年份"
    return int(rest[0])
