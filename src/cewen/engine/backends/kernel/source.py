"""The generated code of all measures of one subject, and what has to be bound to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cewen.base.errors import CewenError
from cewen.engine.backends.kernel.exact import no_meaning
from cewen.engine.backends.kernel.gaps import write_gaps
from cewen.engine.backends.kernel.loop import Outputs, Scope, write_exact
from cewen.engine.backends.kernel.slots import ROOM, Slot
from cewen.engine.bits import Bound, Proof
from cewen.engine.columns.layout import LARGEST_SET, Layout
from cewen.rules import ops
from cewen.rules.lower import LoweredMeasure

YES = 2
"""How a truth says yes; 0 is no, 1 not known."""


@dataclass(frozen=True, eq=False)
class Test:
    """A test of a fact that is no number (判定), by the name of the step that makes it.

    `holds`: `said` is the bits that must be set in a set. `is_in`: the bits of the codes that say yes. `look_up`: a table
    of truths by code, for facts with more codes than bits.
    """

    slot: Slot
    step: str
    said: int | NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class MeasureCode:
    """The two loops of a measure (一条措施的代码): see `write_exact` and `write_gaps` for their arguments.

    `parameters` may change within `limits` without another compilation.
    """

    measure: LoweredMeasure
    exact: str
    gaps: str
    outputs: Outputs
    tests: tuple[ops.TruthOp, ...]
    numbers: tuple[Slot, ...]
    awarded: tuple[Slot, ...]
    earlier: tuple[Slot, ...]
    parameters: NDArray[np.int64]
    limits: tuple[Bound, ...]
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, eq=False)
class Program:
    """Generated code of the measures of one subject (编译后的措施); each is compiled by itself."""

    subject: str
    codes: tuple[MeasureCode, ...]
    tests: dict[ops.TruthOp, Test]

    @property
    def measures(self) -> tuple[LoweredMeasure, ...]:
        return tuple(code.measure for code in self.codes)

    @property
    def parameters(self) -> NDArray[np.int64]:
        return np.concatenate([np.zeros(0, np.int64), *(code.parameters for code in self.codes)])

    @property
    def proofs(self) -> tuple[Proof, ...]:
        return tuple(proof for code in self.codes for proof in code.proofs)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """Every column the measures read: those of the tests first."""
        numbers = (slot for code in self.codes for slot in (*code.numbers, *code.awarded, *code.earlier))
        return tuple(dict.fromkeys([*(test.slot for test in self.tests.values()), *numbers]))

    @property
    def outputs(self) -> tuple[Outputs, ...]:
        return tuple(code.outputs for code in self.codes)

    @property
    def tables(self) -> NDArray[np.int64]:
        """What the tests compare with, one after another: tables of truths and bits of sets."""
        tables = [[test.said] if isinstance(test.said, int) else test.said.tolist() for test in self.tests.values()]
        return np.array([entry for table in tables for entry in table], np.int64)

    @property
    def source(self) -> str:
        """The text of all loops."""
        return "\n".join(part for code in self.codes for part in (code.exact, code.gaps))

    @property
    def digest(self) -> str:
        """Content hash of the code: the same for every value the parameters may take."""
        return hashlib.sha256(self.source.encode()).hexdigest()


def write_program(subject: str, measures: Sequence[LoweredMeasure], layout: Layout) -> Program:
    """Write the code of all measures of a subject. Raises CewenError (CW637, CW631, CW636) naming the measure."""
    codes = tuple(write_measure(measure, layout) for measure in measures)
    leaves = dict.fromkeys(leaf for code in codes for leaf in code.tests)
    return Program(subject, codes, {leaf: _test(leaf, layout) for leaf in leaves})


def write_measure(measure: LoweredMeasure, layout: Layout) -> MeasureCode:
    """Code of a measure, with the most room for its literals whose proofs hold; CewenError (CW631) when none do."""
    failure: CewenError | None = None
    for room in ROOM:
        try:
            return _written(Scope(measure, layout, room))
        except CewenError as error:
            if error.diagnostics[0].code != "CW631":
                raise
            failure = error
    assert failure is not None
    raise failure


def _written(scope: Scope) -> MeasureCode:
    exact, gaps = write_exact(scope), write_gaps(scope)
    return MeasureCode(
        scope.measure,
        exact,
        gaps,
        scope.outputs,
        scope.tests,
        scope.found(scope.numbers),
        scope.found(scope.awarded),
        scope.found(scope.earlier),
        np.array(scope.parameters.values, np.int64),
        tuple(scope.parameters.limits),
        tuple(scope.prover.proofs),
    )


def _test(leaf: ops.TruthOp, layout: Layout) -> Test:
    if not isinstance(leaf, ops.IsTrue | ops.OneOf | ops.Holds | ops.LiesIn):
        raise no_meaning(leaf)
    fact = layout.vocabulary.by_key(leaf.key)
    layout.column_type(fact)
    slot = Slot("fact", leaf.key, 0, fact.subject)
    match leaf:
        case ops.Holds():
            return Test(slot, "holds", layout.mask(fact, leaf.values))
        case ops.IsTrue():
            return _coded(slot, {1}, 2)
        case ops.LiesIn():
            return _coded(slot, set(layout.positions_within(leaf.codes)), len(layout.region_codes))
    return _coded(slot, {layout.code(fact, value) for value in leaf.values}, len(fact.values))


def _coded(slot: Slot, codes: set[int], size: int) -> Test:
    """Yes at some of the codes below `size`. A table is as long as a power of two that holds all codes."""
    if size <= LARGEST_SET:
        return Test(slot, "is_in", sum(1 << code for code in codes))
    table = np.zeros(1 << max(1, size - 1).bit_length(), np.uint8)
    table[list(codes)] = YES
    return Test(slot, "look_up", table)
