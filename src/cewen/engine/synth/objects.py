"""Columns of what belongs to enterprises: projects, products, parks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from cewen.engine.synth.codes import object_names
from cewen.engine.synth.frame import NOTHING, Field, header_of, strings
from cewen.engine.synth.points import Enterprises, money
from cewen.engine.synth.scenario import Rates
from cewen.engine.synth.seed import Floats, Integers
from cewen.rules.facts import Fact
from cewen.rules.types import Kind

SCENARIO_KIND = "优秀工业软件应用场景"
"""Projects of this kind have a role; others have none."""


@dataclass(frozen=True)
class Batch:
    """Objects of one kind (a kind of project, products, parks): rows of their enterprises, and values by fact key.

    A value is an array of numbers, of flags, or of positions in the declared values of the fact.
    """

    subject: str
    kind: str
    rows: Integers
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.rows)

    def names(self, enterprises: Enterprises) -> pa.Array:
        return strings(object_names(self.kind, enterprises.latent.serial[self.rows] + 1, np.ones_like(self.rows)))


class Objects:
    """All objects of a chunk of enterprises."""

    def __init__(self, enterprises: Enterprises) -> None:
        self.enterprises = enterprises
        self.scenario = enterprises.model.basis.scenario
        self.vocabulary = enterprises.vocabulary
        kinds = self.vocabulary.by_key("project_kinds").values
        self.projects = tuple(
            self._project(name, kinds.index(name)) for name in self.scenario.projects if name in kinds
        )
        self.products = (self._product(),)
        self.parks = (self._park(),)

    def batches(self, subject: str) -> tuple[Batch, ...]:
        return {"project": self.projects, "product": self.products, "park": self.parks}[subject]

    def fields(self, subject: str) -> list[Field]:
        """Code of the enterprise, name, and the facts, by enterprise."""
        batches = self.batches(subject)
        rows = np.concatenate([batch.rows for batch in batches])
        order = np.argsort(rows, kind="stable")
        code = self.vocabulary.by_key("uscc")
        found = [Field(header_of(code), self.enterprises.codes.take(pa.array(rows[order])))]
        for fact in self.vocabulary.of_subject(subject):
            if fact.type is Kind.TEXT:
                names = pa.concat_arrays([batch.names(self.enterprises) for batch in batches])
                found.append(Field(header_of(fact), names.take(pa.array(order))))
            elif any(fact.key in batch.values for batch in batches):
                found.append(self._field(fact, batches, order))
        return found

    def _field(self, fact: Fact, batches: tuple[Batch, ...], order: Integers) -> Field:
        """A column over all kinds; blank where a kind has no such fact, and where it is missing."""
        dtype = bool if fact.type is Kind.BOOLEAN else np.int64
        values = np.concatenate([batch.values.get(fact.key, np.zeros(batch.count, dtype)) for batch in batches])
        absent = np.concatenate([np.full(batch.count, fact.key not in batch.values) for batch in batches])
        part, whole = self.scenario.missing_ratio
        streams, chunk = self.enterprises.model.streams, self.enterprises.chunk
        blank = absent | streams.rare(f"missing:{fact.key}", chunk, part / whole, len(values))
        texts = (*fact.values, NOTHING) if fact.type in (Kind.SET, Kind.ENUM) else ()
        return Field(header_of(fact), values[order], texts, blank[order])

    def _rows(self, name: str, rates: Rates) -> Integers:
        return np.flatnonzero(self.enterprises.chance(name, rates))

    def _uniform(self, name: str, count: int) -> Floats:
        return self.enterprises.model.streams.uniform(name, self.enterprises.chunk, count)

    def _money(self, name: str, median: int, deviation: float, count: int) -> Integers:
        return money(median, deviation, self.enterprises.model.streams.normal(name, self.enterprises.chunk, count))

    def _project(self, name: str, position: int) -> Batch:
        kind, shared = self.scenario.projects[name], self.scenario.project
        rows = self._rows(f"project:{name}", kind.rates)
        count = len(rows)
        score = self.enterprises.model.streams.normal(f"{name}:months", self.enterprises.chunk, count)
        months = np.exp(math.log(shared.months.median) + shared.months.deviation * score)
        levels = self.vocabulary.by_key("recognition_level").values
        shares = np.cumsum([shared.levels.get(level, 0.0) for level in levels])
        supported = self._uniform(f"{name}:support", count) < shared.provincial_support.rate
        values: dict[str, Any] = {
            "project_kinds": np.full(count, position),
            "construction_months": np.clip(np.rint(months), 2, 60).astype(np.int64),
            "recognition_level": np.minimum(
                np.searchsorted(shares, self._uniform(f"{name}:level", count), side="right"), len(levels) - 1
            ),
            "accepted": self._uniform(f"{name}:accepted", count) < shared.accepted,
            "provincial_support": supported
            * self._money(f"{name}:support-amount", *shared.provincial_support.money, count),
        }
        for key, (median, deviation) in kind.money.items():
            values[key] = self._money(f"{name}:{key}", median, deviation, count)
        if name == SCENARIO_KIND:
            values["scenario_role"] = (self._uniform(f"{name}:role", count) >= shared.builder).astype(np.int64)
        return Batch("project", name, rows, values)

    def _product(self) -> Batch:
        product = self.scenario.product
        rows = self._rows("product", product.rates)
        count = len(rows)
        values = {
            "first_version": self._uniform("first-version", count) < product.first_version,
            "development_cost": self._money("development-cost", *product.cost, count),
            "unit_price": self._money("unit-price", *product.price, count),
            "first_version_role": (self._uniform("product-role", count) >= product.developer).astype(np.int64),
            "in_recommended_catalogue": self._uniform("catalogue", count) < product.recommended,
        }
        return Batch("product", "软件产品", rows, values)

    def _park(self) -> Batch:
        park = self.scenario.park
        rows = self._rows("park", park.rates)
        count = len(rows)
        titles = self.vocabulary.by_key("park_titles").values
        titled = self._uniform("park-title", count) < park.titled
        values = {
            "park_titles": np.where(titled, 0, len(titles)),  # the place after the last value is 无
            "park_stars": np.searchsorted(np.cumsum(park.stars)[:-1], self._uniform("park-stars", count), side="right"),
        }
        return Batch("park", "园区", rows, values)
