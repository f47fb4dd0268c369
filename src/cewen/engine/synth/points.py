"""Columns of the enterprises themselves: identity, kinds, annual facts, certificates, titles, promises."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from cewen.engine.synth.cells import YUAN
from cewen.engine.synth.codes import codes, enterprise_names
from cewen.engine.synth.frame import Field, header_of, members, strings
from cewen.engine.synth.latent import DESIGNATED_BAND, MANUFACTURING_BAND, Latent, Model
from cewen.engine.synth.panel import Panel
from cewen.engine.synth.scenario import Certificate
from cewen.engine.synth.seed import Flags, Floats, Integers
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.types import Kind

SOFTWARE_KIND, SERVICE_KIND, MADE_KIND = "软件企业", "软件和信息技术服务企业", "制造业企业"
_ANNUAL = {"software_revenue": "software", "revenue": "revenue", "rd_spend": "rd", "employees": "employees"}
"""Fact key -> part of the panel."""


@dataclass(frozen=True)
class Enterprises:
    """One chunk of enterprises (企业) with what its columns and its past awards are made of."""

    model: Model
    vocabulary: Vocabulary
    years: tuple[int, ...]
    chunk: int
    latent: Latent
    panel: Panel

    @property
    def count(self) -> int:
        return len(self.latent.serial)

    @cached_property
    def codes(self) -> pa.Array:
        return strings(codes(self.latent.serial + 1))

    def chance(self, variable: str, rates: tuple[float, float, float]) -> Flags:
        """Coins by band."""
        if not any(rates):
            return np.zeros(self.count, bool)
        probability = np.array(rates)[self.latent.band]
        return self.model.streams.chance(variable, self.chunk, probability, self.count)

    @cached_property
    def kinds(self) -> dict[str, Flags]:
        """Kinds of enterprise (企业类型) by name."""
        scenario, latent = self.model.basis.scenario, self.latent
        made = latent.band == MANUFACTURING_BAND
        found = {name: self.chance(name, rates) for name, rates in scenario.rates.items()}
        found[MADE_KIND], found[SERVICE_KIND] = made, np.zeros(self.count, bool)
        for at, sector in enumerate(scenario.types.values()):
            for name in sector.kinds:
                found[name] = found[name] | (latent.kind == at)
        return found

    @cached_property
    def levels(self) -> dict[str, Integers]:
        """Levels of certificates by fact key; 0 for none."""
        certificates = self.model.basis.scenario.certificates
        return {f"{name}_level": self._level(name, each) for name, each in certificates.items()}

    def _level(self, name: str, certificate: Certificate) -> Integers:
        latent, panel = self.latent, self.panel
        base = self.model.span.index(self.model.basis.scenario.base_year)
        revenue = np.log(np.maximum(panel.revenue[base], YUAN) / (YUAN * 1e8))
        age = self.model.basis.scenario.base_year - latent.founded
        score = (
            certificate.intercept
            + certificate.revenue * revenue
            + certificate.age * np.log1p(age)
            + certificate.rd * latent.rd_score[base]
        )
        drawn = self.model.streams.uniform(name, self.chunk, self.count)
        score += np.log(np.maximum(drawn, 1e-12) / (1 - drawn))
        reached = np.array([0, *certificate.levels])
        levels = reached[np.searchsorted(np.array(list(certificate.levels.values())), score, side="right")]
        return np.where(latent.is_dormant | (latent.band == MANUFACTURING_BAND), 0, levels)

    def fields(self) -> list[Field]:
        """The columns, in the order of the vocabulary."""
        found = []
        for fact in self.vocabulary.of_subject("enterprise"):
            if fact.is_annual:
                found += [field for year in self.years if (field := self._annual(fact, year))]
            elif field := self._point(fact):
                found.append(field)
        return found

    def blank(self, name: str) -> Flags:
        """Missing cells of a column."""
        part, whole = self.model.basis.scenario.missing_ratio
        return self.model.streams.rare(f"missing:{name}", self.chunk, part / whole, self.count)

    def _annual(self, fact: Fact, year: int) -> Field | None:
        if fact.key not in _ANNUAL:
            return None
        at = self.model.span.index(year)
        values = getattr(self.panel, _ANNUAL[fact.key])[at]
        blank = self.blank(f"{fact.key}:{year}") | (self.latent.founded > year)
        return Field(header_of(fact, year), values, blank=blank)

    def _point(self, fact: Fact) -> Field | None:
        header = header_of(fact)
        match fact.key:
            case "uscc":
                return Field(header, self.codes)
            case "name":
                made = self.latent.band == MANUFACTURING_BAND
                serials = self.latent.serial + 1
                return Field(header, strings(enterprise_names(self.model.streams, self.chunk, serials, made)))
            case "registered_in":
                places = tuple(location.code for location in self.model.basis.locations)
                return Field(header, self.latent.place, places, self.blank(fact.key))
            case "enterprise_size":
                return Field(header, self._size(), fact.values, self.blank(fact.key))
            case "national_revenue_rank":
                rank, known = self._rank()
                return Field(header, rank, blank=~known)
            case "headquarters_investment":
                return Field(header, self._investment(), blank=self.blank(fact.key))
        if fact.key in self.levels:
            return Field(header, self.levels[fact.key], blank=self.blank(fact.key))
        return self._rated(fact, header)

    def _rated(self, fact: Fact, header: str) -> Field | None:
        """Facts that come by a rate: sets by the rates of their members, yes/no and counts by their own."""
        rates = self.model.basis.scenario.rates
        if fact.type is Kind.SET:
            names = [value for value in fact.values if value in self.kinds]
            if not names:
                return None
            masks = np.zeros(self.count, np.int16)
            for at, name in enumerate(names):
                masks |= self.kinds[name].astype(np.int16) << at
            return Field(header, masks, members(names), self.blank(fact.key))
        if fact.key not in rates:
            return None
        flags = self.kinds[fact.key]
        return Field(header, flags if fact.type is Kind.BOOLEAN else flags.astype(np.int64), blank=self.blank(fact.key))

    def _size(self) -> Integers:
        """统计上大中小微: the class of persons or of revenue, whichever is lower, in the last year; 0 is 大型."""
        at = self.model.span.index(self.years[-1])
        revenue, employees = self.panel.revenue[at], self.panel.employees[at]
        found = np.zeros(self.count, np.int64)
        for name, rows in (("software", self.latent.is_software), ("manufacturing", ~self.latent.is_software)):
            bounds = self.model.basis.scenario.sizes[name]
            by_revenue = sum((revenue < bound).astype(np.int64) for bound in bounds.revenue)
            by_staff = sum((employees < bound).astype(np.int64) for bound in bounds.employees)
            np.copyto(found, np.maximum(by_revenue, by_staff), where=rows)
        return found

    def _rank(self) -> tuple[Integers, Flags]:
        """National rank: the hundredth had 16.2 亿元 in the published list; ranks fall with the tail exponent."""
        at = self.model.span.index(self.years[-1])
        software = np.maximum(self.panel.software[at], YUAN) / (YUAN * 16.2e8)
        rank = np.ceil(100 * software**-self.model.sizes.tail_exponent)
        known = (self.latent.band == DESIGNATED_BAND) & (rank < 10_000)
        return np.where(known, rank, 1).astype(np.int64), known

    def _investment(self) -> Integers:
        moved = np.flatnonzero(self.kinds["new_headquarters"])
        found = np.zeros(self.count, np.int64)
        score = self.model.streams.normal("headquarters", self.chunk, len(moved))
        found[moved] = money(50_000_000 * YUAN, 1.0, score)
        return found


def money(median: int, deviation: float, score: Floats) -> Integers:
    """Lognormal amounts in fen, whole yuan: what people write in applications."""
    yuan: Integers = np.rint(np.exp(math.log(median / YUAN) + deviation * score)).astype(np.int64)
    return yuan * YUAN
