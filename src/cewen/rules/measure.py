"""Measures as data: one file, one clause, one benefit. The kinds in `rules.kinds` add how the amount is formed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from cewen.base.certainty import Certainty
from cewen.rules import ops
from cewen.rules.facts import Subject

Dated = str | dict[date, str]
"""An expression, or what it was from each date on: `{2022-06-01: 100万元, 2024-01-01: 150万元}`."""


class ForYears(BaseModel):
    """Frequency (频次) of a benefit paid once a year for a number of years, no longer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: int = Field(ge=1, le=30, description="最多享受几年")


Frequency = Literal["one_off", "annual"] | ForYears


class Citation(BaseModel):
    """A further sentence the measure rests on (条文引用)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clause: str
    quote: str


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a benefit (档): when it applies (None: always) and its amount in fen before rounding."""

    name: str | None
    condition: ops.TruthOp | None
    amount: ops.NumberOp
    condition_text: str | None = None


class Scope(Protocol):
    """What a kind may ask while it lowers: expressions of the measure by where they stand."""

    def money(self, value: Dated, *pointer: str | int) -> ops.NumberOp: ...
    def number(self, value: Dated, *pointer: str | int) -> ops.NumberOp: ...
    def truth(self, value: str, *pointer: str | int) -> ops.TruthOp: ...


class Measure(BaseModel):
    """Support measure (措施): who gets what under which clause. Expressions are text until they are lowered.

    `open_conditions` are the words of the clause nobody can compute (依法依规, 服务企业效果好); they are shown with
    every result and never decided by a machine. `per` says what a once-only rule counts: the measure, each tier, or
    each object (project, product, park).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind_label: ClassVar[str] = ""

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", description="英文短名，不含条文编号与年份")
    title: str = Field(min_length=2, description="中文名称")
    clause: str = Field(description="条文路径，如 二/（六）")
    quote: str = Field(min_length=4, description="条文原句，逐字引用；全角半角、空格与换行不计")
    citations: tuple[Citation, ...] = Field((), description="除 quote 外还依据的原句")
    subject: Subject = Field(description="对象：enterprise 企业、project 项目、product 产品、park 园区")
    conditions: tuple[str, ...] = Field((), description="须同时成立的条件，每行一个")
    open_conditions: tuple[str, ...] = Field((), description="条文中无法计算、须由人判断的标准")
    parameters: dict[str, Dated] = Field({}, description="有名称的数值，可按日期变化，在条件与金额中引用")
    certainty: Certainty
    frequency: Frequency | None = Field(
        None, description="one_off 一次性、annual 每年、years: N 连续 N 年；条文未写则不填"
    )
    per: Literal["measure", "tier", "object"] | None = Field(None, description="一次性按什么计：措施、档次或对象")
    note: str | None = Field(None, description="解释与取舍，给复核的人看")

    @property
    def counts_per(self) -> str:
        """What a once-only rule counts; by default the measure for enterprises, the object for everything else."""
        return self.per or ("measure" if self.subject == "enterprise" else "object")

    @abstractmethod
    def lower_tiers(self, scope: Scope) -> tuple[Tier, ...]:
        """The steps of the benefit, lowest first; empty when the clause gives no number."""

    @abstractmethod
    def amount_sentence(self) -> str:
        """What is given, as the end of a Chinese sentence: "按 年研发投入 * 10% 给予最高100万元"."""

    def amount_expressions(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        """Every expression that forms the amount, with its pointer in the file; for checks."""
        return iter(())


def value_on(value: Dated, day: date) -> str:
    """What a dated value is on a day: the latest not after it; before the first date, the first."""
    if isinstance(value, str):
        return value
    begun = [start for start in value if start <= day]
    return value[max(begun)] if begun else value[min(value)]


def spellings(value: Dated) -> tuple[str, ...]:
    """All texts a dated value ever has."""
    return (value,) if isinstance(value, str) else tuple(value[start] for start in sorted(value))


def shown(value: Dated) -> str:
    """A dated value in a sentence: the text, or each text with its date."""
    if isinstance(value, str):
        return value
    return "、".join(f"{start} 起 {value[start]}" for start in sorted(value))
