"""All measures of one subject over all of its rows: chunk by chunk, on every core."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from cewen.engine.backends.kernel.bind import Binder
from cewen.engine.backends.kernel.chunk import CHUNK, Chunk, Lane, Reader
from cewen.engine.backends.kernel.compile import compiled
from cewen.engine.backends.kernel.place import Place, Store
from cewen.engine.backends.kernel.slots import Slot
from cewen.engine.backends.kernel.source import MeasureCode, Program
from cewen.engine.backends.kernel.stack import RowRule, apply_rules


@dataclass(frozen=True, eq=False)
class Step:
    """One measure bound to a register (一步): its functions, and where their arguments stand in a chunk.

    `gaps` is None where the register has every fact the measure asks for.
    """

    at: int
    code: MeasureCode
    exact: Callable[..., None]
    gaps: Callable[..., None] | None
    tests: tuple[int, ...]
    values: tuple[int, ...]
    numbers: tuple[int, ...]
    earlier: tuple[int, ...]

    def evaluate(self, lane: Lane, chunk: Chunk, place: Place) -> None:
        """Write status, amounts, tier and needs of a chunk."""
        outputs, count = self.code.outputs, len(chunk)
        given = [*(chunk.truths[at] for at in self.tests), *(chunk.values[at] for at in self.values)]
        earlier = [chunk.known(at) for at in self.earlier]
        amount = [place.high] if outputs.amount else []
        tier = [place.tier] if outputs.tier else []
        self.exact(count, self.code.parameters, *given, *earlier, place.status, *amount, *tier)
        if self.gaps is None:
            return
        low = [place.low] if outputs.low else []
        if low and place.low is not place.high:
            place.low[:] = place.high
        place.needs.fill(0)
        known = [*(chunk.known(at) for at in self.numbers), *earlier]
        gap = lane.scratch(np.uint8, "gap")[:count]
        results = [place.status, *low, *amount, *tier, place.needs]
        self.gaps(count, self.code.parameters, *given, *known, gap, *results)


@dataclass(frozen=True, eq=False)
class Run:
    """The measures of one subject bound to a register (一次计算): `steps` in the order of the plan."""

    reader: Reader
    steps: tuple[Step, ...]
    rows: int

    def into(self, store: Store, rules: Sequence[RowRule], threads: int) -> None:
        """Evaluate every row into `store`, rules among measures of a row applied."""
        members = {at for rule in rules for at, _ in rule.members}
        starts: Iterator[int] = iter(range(0, self.rows, CHUNK))

        def work() -> None:
            lane = Lane()
            for start in starts:
                self._chunk(lane, self.reader.read(lane, start, min(start + CHUNK, self.rows)), store, rules, members)

        workers = min(threads, -(-self.rows // CHUNK))
        if workers < 2:
            work()
            return
        with ThreadPoolExecutor(workers) as pool:
            for future in [pool.submit(work) for _ in range(workers)]:
                future.result()

    def _chunk(self, lane: Lane, chunk: Chunk, store: Store, rules: Sequence[RowRule], members: set[int]) -> None:
        held: dict[int, Place] = {}
        for each in self.steps:
            place = store.place(lane, each.at, each.code, chunk)
            each.evaluate(lane, chunk, place)
            if each.at in members:
                held[each.at] = place
            else:
                store.finish(each.at, place, chunk)
        if held:
            apply_rules(lane, rules, held, len(chunk))
            for at, place in held.items():
                store.finish(at, place, chunk)


def bind(
    program: Program, positions: Sequence[int], binder: Binder, year: int, on: date, rows: int, workers: int
) -> Run:
    """Bind a program to a register and compile what it needs. `positions` of its measures in the plan."""
    slots = {slot: at for at, slot in enumerate(program.slots)}
    tests = {leaf: (test, slots[test.slot]) for leaf, test in program.tests.items()}
    bound = [binder.array(slot, year, on) for slot in slots]
    number_of = {leaf: at for at, leaf in enumerate(program.tests)}
    complete = [
        all(bound[slots[slot]].is_complete for slot in code.numbers)
        and all(bound[tests[leaf][1]].is_complete for leaf in code.tests)
        for code in program.codes
    ]
    sources = [("exact", code.exact) for code in program.codes]
    sources += [
        ("gaps", code.gaps) for code, is_complete in zip(program.codes, complete, strict=True) if not is_complete
    ]
    functions = iter(compiled(sources, workers) if rows else [_never] * len(sources))
    exact = [next(functions) for _ in program.codes]
    gaps = [None if is_complete else next(functions) for is_complete in complete]

    def places(chosen: Sequence[Slot]) -> tuple[int, ...]:
        return tuple(slots[slot] for slot in chosen)

    steps = tuple(
        Step(
            at,
            code,
            exact[number],
            gaps[number],
            tuple(number_of[leaf] for leaf in code.tests),
            places((*code.numbers, *code.awarded, *code.earlier)),
            places(code.numbers),
            places(code.earlier),
        )
        for number, (at, code) in enumerate(zip(positions, program.codes, strict=True))
    )
    is_object = program.subject != "enterprise"
    owner = binder.owner(program.subject) if is_object else None
    of_owner = [is_object and slot.subject == "enterprise" for slot in slots]
    return Run(Reader(bound, of_owner, owner, list(tests.values())), steps, rows)


def _never(*arguments: Any) -> None:
    raise AssertionError("there are no rows")
