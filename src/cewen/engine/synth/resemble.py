"""A population that resembles a profile: the same marginals and rank correlations, made-up names and codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cewen.base.errors import CewenError
from cewen.engine.synth.codes import LARGEST_SERIAL, codes, enterprise_names, object_names
from cewen.engine.synth.curve import Curve, copula, normal_share, quantile_curve
from cewen.engine.synth.frame import NOTHING, Field, header_of, strings, to_batch
from cewen.engine.synth.ordered import in_order
from cewen.engine.synth.profile import ColumnProfile, Profile, SubjectProfile, fact_of
from cewen.engine.synth.seed import Floats, Integers, Streams
from cewen.engine.synth.write import Tables, register_writer
from cewen.rules.facts import Fact
from cewen.rules.load import Corpus
from cewen.rules.types import Kind

CHUNK = 1 << 16
_BELOW, _ABOVE = 0.5, 2.0
"""How far values go beyond the outermost quantiles shown."""


@dataclass(frozen=True)
class _Column:
    fact: Fact
    profile: ColumnProfile
    subject: SubjectProfile

    @cached_property
    def missing(self) -> float:
        """Share of missing cells; a count too small to show counts as two and a half."""
        count = 2.5 if self.profile.missing is None else self.profile.missing
        return min(count / self.subject.rows, 1.0)

    @cached_property
    def curve(self) -> Curve | None:
        """Values by score; None where nothing could be shown."""
        known = self.subject.rows * (1 - self.missing)
        zeros = 2.5 if self.profile.zeros is None else self.profile.zeros
        share = min(zeros / known, 1.0) if known else 1.0
        points = sorted((int(name[1:]) / 100, value) for name, value in self.profile.quantiles.items())
        if not points:
            return None
        shares = [0.0, *(at for at, _ in points), 1.0]
        values = [points[0][1] * _BELOW, *(value for _, value in points), points[-1][1] * _ABOVE]
        placed = [share + (1 - share) * at for at in shares]
        if share > 0:
            placed, values = [0.0, share, *placed], [0.0, 0.0, *values]
        return quantile_curve(np.array(placed), np.array(values))

    def quantity(self, score: Floats) -> Integers:
        """Whole numbers in the base unit of the fact."""
        if self.curve is None:
            return np.zeros(len(score), np.int64)
        values = self.curve(score) * (100 if self.fact.type is Kind.MONEY else 1)
        low, high = self.fact.bounds()
        lowest = -self.fact.largest if low is None else int(low)
        highest = self.fact.largest if high is None else int(high)
        return np.clip(np.rint(values), lowest, highest).astype(np.int64)

    @cached_property
    def _edges(self) -> Floats:
        counts = np.array([cell.count for cell in self.profile.cells], np.float64)
        found: Floats = np.cumsum(counts) / max(counts.sum(), 1.0)
        return found

    def category(self, share: Floats) -> Integers:
        """Positions of cells; hidden ones are spread over those shown."""
        return np.minimum(np.searchsorted(self._edges, share, side="right"), len(self._edges) - 1)

    @property
    def is_empty(self) -> bool:
        """Nothing could be shown of it: all cells stay blank."""
        return self.profile.kind == "category" and not self.profile.cells


@dataclass(frozen=True)
class _Maker:
    corpus: Corpus
    profile: Profile
    count: int
    streams: Streams

    def subject(self, subject: str) -> SubjectProfile | None:
        return self.profile.of_subject(subject)

    def columns(self, subject: SubjectProfile) -> list[_Column]:
        found = []
        for column in subject.columns:
            fact = fact_of(column, subject.subject, self.corpus)
            if fact is not None and column.kind != "text":
                found.append(_Column(fact, column, subject))
        return found

    def scores(self, subject: SubjectProfile, chunk: int, count: int) -> dict[str, Floats]:
        """Correlated scores for the columns with rank correlations."""
        ranks = subject.ranks
        if not ranks.columns:
            return {}
        matrix = np.array([[0.0 if cell is None else cell for cell in row] for row in ranks.matrix], np.float64)
        factor = copula(matrix)
        drawn = self.streams.generator(f"{subject.subject}:scores", chunk).standard_normal((len(matrix), count))
        return dict(zip(ranks.columns, factor @ drawn, strict=True))

    def fields(self, subject: SubjectProfile, chunk: int, count: int) -> list[Field]:
        """All columns but identity."""
        scores = self.scores(subject, chunk, count)
        ceilings: dict[int | None, Integers] = {}
        found = []
        for column in self.columns(subject):
            name = f"{subject.subject}:{column.profile.header}"
            blank = self.streams.chance(f"{name}:missing", chunk, column.missing, count)
            header = header_of(column.fact, column.profile.year)
            if column.is_empty:
                blank = np.ones(count, bool)
            if column.profile.kind == "quantity":
                score = scores.get(column.profile.header)
                drawn = self.streams.normal(name, chunk, count) if score is None else score
                values = column.quantity(drawn)
                if column.fact.key == "revenue":
                    ceilings[column.profile.year] = values
                elif column.fact.key == "software_revenue" and column.profile.year in ceilings:
                    values = np.minimum(values, ceilings[column.profile.year])  # a part of the other
                found.append(Field(header, values, blank=blank))
            else:
                found.append(self._category(column, header, chunk, blank, scores.get(column.profile.header), count))
        return found

    def _category(
        self, column: _Column, header: str, chunk: int, blank: Any, score: Floats | None, count: int
    ) -> Field:
        fact, cells = column.fact, sorted(column.profile.cells, key=lambda cell: _order(column.fact, cell.value))
        ordered = _Column(fact, column.profile.model_copy(update={"cells": tuple(cells)}), column.subject)
        if column.is_empty:
            empty = np.zeros(count, bool if fact.type is Kind.BOOLEAN else np.int64)
            return Field(header, empty, () if fact.type in (Kind.BOOLEAN, Kind.INTEGER) else (NOTHING,), blank)
        if score is not None:
            share = np.interp(score, _SCORES, _SHARES)
        else:
            share = self.streams.uniform(f"{column.subject.subject}:{column.profile.header}", chunk, count)
        place = ordered.category(share)
        texts = tuple(cell.value for cell in cells)
        if fact.type is Kind.BOOLEAN:
            return Field(header, np.array([text == "是" for text in texts])[place], blank=blank)
        if fact.type.is_number:
            return Field(header, np.array([int(float(text)) for text in texts])[place], blank=blank)
        return Field(header, place, texts, blank)

    def tables(self, chunk: int) -> Tables:
        start, stop = chunk * CHUNK, min((chunk + 1) * CHUNK, self.count)
        found = {}
        for subject in self.profile.subjects:
            all_of_them = subject.subject == "enterprise"
            serials = np.arange(start, stop) + 1 if all_of_them else self._owners(subject, start, stop)
            identity = self._identity(subject, chunk, serials)
            found[subject.subject] = to_batch([*identity, *self.fields(subject, chunk, len(serials))])
        return found

    def _owners(self, subject: SubjectProfile, start: int, stop: int) -> Integers:
        """Enterprises of a chunk that the objects belong to, so that their number is as in the profile."""
        whole = self.profile.of_subject("enterprise")
        assert whole is not None
        ratio = subject.rows / whole.rows
        number = round(stop * ratio) - round(start * ratio)
        drawn = self.streams.generator(f"{subject.subject}:owner", start // CHUNK).integers(start, stop, number)
        return np.sort(drawn) + 1

    def _identity(self, subject: SubjectProfile, chunk: int, serials: Integers) -> list[Field]:
        vocabulary = self.corpus.vocabulary
        code = Field(header_of(vocabulary.by_key("uscc")), strings(codes(serials)))
        if subject.subject == "enterprise":
            made = np.zeros(len(serials), bool)
            names = strings(enterprise_names(self.streams, chunk, serials, made))
            return [Field(header_of(vocabulary.by_key("name")), names), code]
        fact = vocabulary.by_key(f"{subject.subject}_name")
        # The running number of an object makes its name unique where an enterprise has several.
        first = np.searchsorted(serials, serials)
        numbers = np.arange(len(serials)) - first
        names = strings(object_names(subject.label, serials, numbers + 1))
        return [code, Field(header_of(fact), names)]


def _order(fact: Fact, value: str) -> tuple[float, str]:
    """Numbers by size, choices as declared."""
    if fact.type.is_number:
        return float(value), value
    return (fact.values.index(value) if value in fact.values else len(fact.values)), value


_SCORES = np.linspace(-8, 8, 4097)
_SHARES = np.array([normal_share(score) for score in _SCORES])


def resemble(
    corpus: Corpus,
    profile: Profile,
    out: Path,
    *,
    count: int,
    seed: int,
    workers: int = 1,
    form: str = "parquet",
    progress: Callable[[str, int], None] | None = None,
) -> dict[str, int]:
    """Write `count` enterprises, and as many objects for each as in the profile; rows written by subject.

    The same seed gives the same rows for any number of workers. Raises CewenError (CW673, CW674).
    """
    if not 1 <= count <= LARGEST_SERIAL:
        raise CewenError.of("CW674", f"不能生成 {count} 家企业", f"写 1 到 {LARGEST_SERIAL} 之间的整数。")
    maker = _Maker(corpus, profile, count, Streams(seed))
    rows: dict[str, int] = {}
    with register_writer(out, form) as writer:
        for tables in in_order(maker.tables, range(-(-count // CHUNK)), workers):
            writer.write(tables)
            for subject, batch in tables.items():
                rows[subject] = rows.get(subject, 0) + batch.num_rows
            if progress:
                progress("生成", min(rows["enterprise"], count))
    return rows
