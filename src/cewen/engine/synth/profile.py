"""Column profile (名册概况): counts, missing cells, rounded quantiles, shares, rank correlations; never a row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.rules.facts import SUBJECTS, Fact
from cewen.rules.load import Corpus

LEAST = 5
"""Cells with fewer records are not shown, nor quantiles with fewer beyond them; counts are rounded to it."""
LEVELS = (1, 5, 10, 25, 50, 75, 90, 95, 99)
"""Percentiles, where there are records enough."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Part):
    """Records with one value."""

    value: str
    count: int


class ColumnProfile(_Part):
    """One column. Counts are rounded to five; `missing` and `zeros` are null where they are 1 to 4.

    Quantities are in the unit of the fact (元, 人); `quantiles` describe the values other than zero. `hidden`:
    records in cells too small to show.
    """

    label: str
    year: int | None = None
    kind: Literal["quantity", "category", "text"]
    missing: int | None
    zeros: int | None = 0
    quantiles: dict[str, float] = Field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    hidden: int = 0

    @property
    def header(self) -> str:
        return self.label if self.year is None else f"{self.label}:{self.year}"


class Ranks(_Part):
    """Spearman rank correlations, two decimals; null where fewer than 50 records have both."""

    columns: tuple[str, ...] = ()
    matrix: tuple[tuple[float | None, ...], ...] = ()


class SubjectProfile(_Part):
    """All columns of one table."""

    subject: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    ranks: Ranks = Ranks()

    @property
    def label(self) -> str:
        return SUBJECTS[self.subject]


class Profile(_Part):
    """Profile of a register."""

    format: Literal["cewen-profile-1"] = "cewen-profile-1"
    least: int = LEAST
    subjects: tuple[SubjectProfile, ...]

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def of_subject(self, subject: str) -> SubjectProfile | None:
        return next((each for each in self.subjects if each.subject == subject), None)


def read_profile(path: Path, corpus: Corpus) -> Profile:
    """Read a profile. Raises CewenError (CW675) for a file that is none, or one that names unknown facts."""
    try:
        found = Profile.model_validate(json.loads(path.read_bytes()))
    except (OSError, ValueError, ValidationError) as error:
        message = f"这不是名册概况：{str(error).splitlines()[0]}"
        raise CewenError.of("CW675", message, "用 cewen profile 名册 概况.json 生成。", Place(str(path))) from error
    for subject in found.subjects:
        for column in subject.columns:
            if fact_of(column, subject.subject, corpus) is None:
                message = (
                    f"没有登记“{column.label}”这个事实，或它不属于{SUBJECTS.get(subject.subject, subject.subject)}"
                )
                raise CewenError.of("CW675", message, "用同一套政策文件夹重新生成概况。", Place(str(path)))
    enterprises = found.of_subject("enterprise")
    if enterprises is None or enterprises.rows < 1:
        raise CewenError.of("CW675", "概况里没有企业", "用 cewen profile 名册 概况.json 生成。", Place(str(path)))
    return found


def fact_of(column: ColumnProfile, subject: str, corpus: Corpus) -> Fact | None:
    """The fact of a column, where it is declared for the subject."""
    fact = corpus.vocabulary.by_label(column.label)
    return fact if fact is not None and subject in SUBJECTS and (fact.subject == subject) else None
