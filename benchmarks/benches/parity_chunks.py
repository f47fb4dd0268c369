"""Pieces of the bulk parity run: made-up registers, each with a plan, a reference year and a share of missing facts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import cewen
from benchmarks.ours.rules import six_rules
from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import Columns
from cewen.engine.edge_pack import edge_pack
from cewen.engine.edges import edge_register
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus

ON = date(2024, 6, 30)
SIZE = 5_000
MISSING = (0.0, 0.1, 0.5)
YEARS_BACK = (1, 2, 3)
PARTS = 5
WHOLE_EVERY = 10

JUDGE = ("base", "rules", "engine/reference.py", "engine/range.py", "engine/evaluate.py", "engine/stacking.py",
         "engine/factsheet.py", "engine/result.py", "engine/gap.py", "engine/edges.py", "engine/edge_pack.py",
         "engine/columns/encode.py", "engine/columns/layout.py", "engine/columns/needs.py")  # fmt: skip
"""What the reference's rows depend on: the judge, the generators, and the two shapes of a register."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A register and a plan (一块样本). `plan`: six, part-0 … or whole; `kind`: edges (random, on edges) or pack."""

    number: int
    plan: str
    kind: str
    missing: float
    years_back: int
    seed: int
    count: int

    @property
    def name(self) -> str:
        return f"{self.number:05d}-{self.plan}-{self.count}"

    def make(self) -> tuple[Plan, Columns, int]:
        """Plan, register and reference year; the same for the same chunk."""
        plan = plan_of(self.plan)
        year = plan.on.year - self.years_back
        if self.kind == "pack":
            sheets = edge_pack(plan, seed=self.seed, missing=self.missing, year=year)
            return plan, encode(sheets, plan.corpus), year
        return plan, edge_register(plan, self.count, seed=self.seed, missing=self.missing, year=year), year

    def to_json(self) -> dict[str, object]:
        return asdict(self)


@lru_cache
def plan_of(name: str) -> Plan:
    """The six common rules; all shipped measures; or every fifth of them with all that stacks with them by name."""
    if name == "six":
        return six_rules()
    whole = lower_corpus(require_sound(load_corpus(policies_home())), ON)
    if name == "whole":
        return whole
    part = int(name.removeprefix("part-"))
    return replace(whole, measures=whole.measures[part::PARTS])


def chunks(rows: int) -> Iterator[Chunk]:
    """The packs, then as many enterprise-years of the six rules and as many of the shipped measures as `rows` says.

    Each shipped chunk asks a fifth of the measures, in turn; every tenth asks all of them.
    """
    number = 0
    for plan in ("whole", "six"):
        for missing in MISSING:
            for back in YEARS_BACK:
                yield Chunk(number, plan, "pack", missing, back, number, 0)
                number += 1
    for at in range(-(-rows // SIZE)):
        missing, back = MISSING[at % 3], YEARS_BACK[at // 3 % 3]
        shipped = "whole" if at % WHOLE_EVERY == 0 else f"part-{at % PARTS}"
        for plan in (shipped, "six"):
            yield Chunk(number, plan, "edges", missing, back, number, min(SIZE, rows - at * SIZE))
            number += 1


def judge_digest() -> str:
    """Of everything the reference's rows depend on: code and shipped data."""
    found = hashlib.sha256()
    package = Path(cewen.__file__).parent
    homes = [package / each for each in JUDGE] + [policies_home(), Path(__file__).parents[1] / "policy"]
    for home in homes:
        for path in sorted(home.rglob("*")) if home.is_dir() else [home]:
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def engines_digest() -> str:
    """Of the back-ends and what they share."""
    found = hashlib.sha256()
    package = Path(cewen.__file__).parent / "engine"
    for folder in ("backends", "columns"):
        for path in sorted((package / folder).rglob("*.py")):
            found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]
