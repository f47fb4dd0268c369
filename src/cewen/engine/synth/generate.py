"""A population from seed to file: allocate, fit on a first pass, draw and write on a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.engine.synth.awards import Awards
from cewen.engine.synth.cells import YUAN, allocate, fit_sizes, tail_mean
from cewen.engine.synth.codes import LARGEST_SERIAL
from cewen.engine.synth.fit import candidates, fit, tally
from cewen.engine.synth.frame import to_batch
from cewen.engine.synth.latent import Latent, Model, join
from cewen.engine.synth.objects import Objects
from cewen.engine.synth.ordered import in_order
from cewen.engine.synth.panel import Adjustment, annual_facts
from cewen.engine.synth.points import Enterprises
from cewen.engine.synth.report import Report, dependence
from cewen.engine.synth.scenario import Basis, load_basis
from cewen.engine.synth.seed import Streams
from cewen.engine.synth.targets import Outcome, Reader, Tally, Target, load_targets, missed, published
from cewen.engine.synth.write import Tables, register_writer
from cewen.rules.load import Corpus

CHUNK = 1 << 16
"""Enterprises drawn together; part of the key of every random number, so it never changes."""

_YI = 10**8
Progress = Callable[[str, int], None]
"""Called with the name of the stage and the number of enterprises done."""


@dataclass(frozen=True)
class Population:
    """A synthetic population (合成企业库) of `count` enterprises, ready to be drawn. Raises CewenError (CW671, CW674)."""

    corpus: Corpus
    count: int
    seed: int
    years: tuple[int, ...]
    basis: Basis

    def __post_init__(self) -> None:
        if not 1 <= self.count <= LARGEST_SERIAL:
            raise CewenError.of("CW674", f"不能生成 {self.count} 家企业", f"写 1 到 {LARGEST_SERIAL} 之间的整数。")

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """Targets of the years drawn."""
        return tuple(each for each in load_targets(self.basis.home) if each.year in self.span)

    @cached_property
    def span(self) -> tuple[int, ...]:
        """All years from the first to the last asked for, the base year among them."""
        base = self.basis.scenario.base_year
        return tuple(range(min(*self.years, base), max(*self.years, base) + 1))

    @cached_property
    def model(self) -> Model:
        streams = Streams(self.seed)
        wanted = {}
        for variable in ("designated_count", "giant_count"):
            value = published(self.targets, variable, "all", self.basis.scenario.base_year)
            if value is None:
                message = f"校准目标里没有基年的“{variable}”"
                raise CewenError.of("CW670", message, "照随软件附带的 targets.csv 补上。")
            wanted[variable] = value
        sizes = fit_sizes(self.basis, self._mean(wanted))
        return Model(self.basis, streams, allocate(self.basis, streams, self.count, sizes, wanted), sizes, self.span)

    def _mean(self, wanted: dict[str, float]) -> float | None:
        """Mean software revenue (yuan) of designated enterprises below the giants that the totals imply."""
        base = self.basis.scenario.base_year
        city = published(self.targets, "software_revenue", "city", base)
        share = published(self.targets, "revenue_share", "city", base)
        if city is None or share is None:
            return None
        scenario = self.basis.scenario
        giants = wanted["giant_count"] * tail_mean(
            scenario.size.tail_exponent, scenario.giant_revenue / YUAN, scenario.largest_revenue / YUAN
        )
        return (city * _YI / share * 100 - giants) / (wanted["designated_count"] - wanted["giant_count"])

    @property
    def chunks(self) -> range:
        return range(-(-self.count // CHUNK))

    def latent(self, chunk: int) -> Latent:
        return self.model.draw(chunk, chunk * CHUNK, min((chunk + 1) * CHUNK, self.count))

    def tables(self, chunk: int, adjustment: Adjustment) -> tuple[Tables, Tally]:
        """The rows of a chunk for every subject, and its sums."""
        latent = self.latent(chunk)
        panel = annual_facts(self.model, latent, adjustment)
        enterprises = Enterprises(self.model, self.corpus.vocabulary, self.years, chunk, latent, panel)
        objects = Objects(enterprises)
        found = {"enterprise": to_batch(enterprises.fields())}
        for subject in ("project", "product", "park"):
            found[subject] = to_batch(objects.fields(subject))
        found["awards"] = to_batch(Awards(enterprises, objects, self.corpus.regions).fields())
        return found, tally(self.model, latent, panel)

    def outcomes(self, sums: Tally) -> tuple[Outcome, ...]:
        reader = Reader(self.basis, self.span, self.model.cells.scale)
        return tuple(reader.outcome(target, sums) for target in self.targets)


def synthesize(
    corpus: Corpus,
    out: Path,
    *,
    count: int,
    seed: int,
    years: tuple[int, ...],
    workers: int = 1,
    form: str = "parquet",
    basis: Basis | None = None,
    progress: Progress | None = None,
) -> Report:
    """Write a register of `count` synthetic enterprises to `out`.

    The same seed gives the same rows for any number of workers. The report says whether every used target was met;
    where one was not, nothing is written. Raises CewenError (CW670 to CW674).
    """
    tell = progress or (lambda stage, done: None)
    population = Population(corpus, count, seed, years, basis or load_basis())
    model = population.model

    def first(chunk: int) -> Latent:
        return candidates(model, population.latent(chunk))

    drawn = []
    for part in in_order(first, population.chunks, workers):
        drawn.append(part)
        tell("校准", min(len(drawn) * CHUNK, count))
    latent = join(drawn)
    adjustment = fit(model, latent, population.targets)
    panel = annual_facts(model, latent, adjustment)
    outcomes = population.outcomes(tally(model, latent, panel))
    ranks = dependence(model, latent, panel)
    if missed(outcomes):
        return Report(population.basis.scenario, count, seed, years, model.cells.scale, outcomes, ranks, {})
    sums: list[Tally] = []
    rows: dict[str, int] = {}
    with register_writer(out, form) as writer:
        for tables, part_sums in in_order(
            lambda chunk: population.tables(chunk, adjustment), population.chunks, workers
        ):
            writer.write(tables)
            sums.append(part_sums)
            for subject, batch in tables.items():
                rows[subject] = rows.get(subject, 0) + batch.num_rows
            tell("生成", min(len(sums) * CHUNK, count))
        outcomes = population.outcomes(reduce(Tally.plus, sums))  # measured on what was written
    return Report(population.basis.scenario, count, seed, years, model.cells.scale, outcomes, ranks, rows)
