"""The source of one subject's loop: every measure inline for rows that are fully known, a function each for the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cewen.base.certainty import Certainty
from cewen.base.errors import CewenError
from cewen.engine.backends.kernel.exact import Exact, Leaves, Selection, no_meaning
from cewen.engine.backends.kernel.interval import Interval
from cewen.engine.backends.kernel.reads import (
    LEAF,
    as_needed,
    awarded_measures,
    constants,
    first_times,
    folded,
    leaf_truths,
    number_facts,
    walk,
)
from cewen.engine.backends.kernel.slots import ROOM, Parameters, Slots
from cewen.engine.backends.kernel.spans import Span, Spans
from cewen.engine.backends.kernel.writer import ZERO, Arithmetic, Number, Writer
from cewen.engine.bits import Proof, Prover, fact_bound
from cewen.engine.columns.layout import LARGEST_SET, Layout
from cewen.engine.columns.needs import leaves as fact_leaves
from cewen.engine.columns.needs import measure_ops
from cewen.rules import ops
from cewen.rules.lower import LoweredMeasure


@dataclass(slots=True)
class MeasureCode:
    """Lines of one measure: the function for rows with gaps, and what stands in the loop. `largest` award in fen."""

    function: list[str]
    inline: list[str]
    proofs: list[Proof]
    largest: int


@dataclass(slots=True)
class Loop:
    """Collects what the measures of one subject need, and writes their code. `shared` truths are tested once a row."""

    subject: str
    layout: Layout
    slots: Slots = field(init=False)
    parameters: Parameters = field(default_factory=Parameters)
    shared: dict[ops.TruthOp, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.slots = Slots(self.subject, self.layout)

    def share(self, measures: Iterable[LoweredMeasure]) -> None:
        """Give a name to every test that stands in two measures or more."""
        seen: dict[ops.TruthOp, int] = {}
        for measure in measures:
            for leaf in leaf_truths(measure):
                seen[leaf] = seen.get(leaf, 0) + 1
        for leaf, count in seen.items():
            if count > 1:
                self.shared[leaf] = f"t{len(self.shared)}"

    def shared_lines(self) -> list[str]:
        """The shared tests, as they stand at the head of the loop."""
        return [f"{name} = {self.test(leaf)}" for leaf, name in self.shared.items()]

    def test(self, leaf: ops.TruthOp) -> str:
        """Code of a test of a fact that is no number: 0 no, 1 not known, 2 yes."""
        if not isinstance(leaf, LEAF):
            raise no_meaning(leaf)
        slot = self.slots.fact(leaf.key)
        return f"(2 if {self._says_yes(leaf, self.value(slot))} else 0) if {self.known(slot)} else 1"

    def _says_yes(self, leaf: ops.IsTrue | ops.OneOf | ops.Holds | ops.LiesIn, value: str) -> str:
        fact = self.layout.vocabulary.by_key(leaf.key)
        match leaf:
            case ops.IsTrue():
                return f"{value} == 1"
            case ops.Holds():
                mask = self.parameters.mask(self.layout.mask(fact, leaf.values))
                return f"({value} & {mask}) == {mask}"
            case ops.LiesIn():
                return f"T[{self.parameters.table(self.layout.positions_within(leaf.codes))}, {value}] != 0"
            case _:
                codes = tuple(sorted({self.layout.code(fact, value) for value in leaf.values}))
                if len(fact.values) > LARGEST_SET:
                    return f"T[{self.parameters.table(codes)}, {value}] != 0"
                return f"(({self.parameters.mask(sum(1 << code for code in codes))} >> {value}) & 1) != 0"

    def value(self, slot: int) -> str:
        return f"value(v{slot}, {self.slots.row(slot)})"

    def known(self, slot: int) -> str:
        return f"known(b{slot}, {self.slots.row(slot)})"

    def measure(self, at: int, measure: LoweredMeasure) -> MeasureCode:
        """Code of a measure, with the most room for its literals whose proofs hold; CewenError (CW631) when none do."""
        failure: CewenError | None = None
        for room in ROOM:
            mark = self.parameters.mark()
            try:
                return _MeasureWriter(self, at, measure, room).write()
            except CewenError as error:
                if error.diagnostics[0].code != "CW631":
                    raise
                failure = error
                self.parameters.reset(mark)
        assert failure is not None
        raise failure


class _MeasureWriter:
    def __init__(self, loop: Loop, at: int, measure: LoweredMeasure, room: tuple[int, bool]) -> None:
        self.loop, self.at, self.measure = loop, at, measure
        self.prover = Prover(measure.key)
        self.largest = 0
        own = [leaf for leaf in dict.fromkeys(leaf_truths(measure)) if leaf not in loop.shared]
        self.own = {leaf: f"w{at}_{number}" for number, leaf in enumerate(own)}
        self.leaves = Leaves(loop.slots, loop.parameters, room, {**loop.shared, **self.own})
        self.literals: dict[int, Number] = {id(op): self.leaves.literal(op) for op in constants(measure)}
        numbers = dict.fromkeys(pair for op in measure_ops(measure) for pair in number_facts(op))
        self.numbers = [loop.slots.fact(key, back) for key, back in numbers]
        self.earlier = [loop.slots.earlier(key, back) for key, back in dict.fromkeys(first_times(measure))]
        self.awarded = [loop.slots.awarded(each) for each in dict.fromkeys(awarded_measures(measure))]
        needed = dict.fromkeys(pair for op in measure_ops(measure) for pair in fact_leaves(op))
        self.bits = {pair: bit for bit, pair in enumerate(as_needed(needed, loop.layout))}
        self.bits |= {pair: self.bits[folded(pair, loop.layout)] for pair in needed}
        self.truths = [self.leaves.truths[leaf] for leaf in dict.fromkeys(leaf_truths(measure))]

    def write(self) -> MeasureCode:
        if not self.measure.tiers and not self.numbers and not self.awarded:
            return MeasureCode([], self._tests_alone(), self.prover.proofs, 0)
        return MeasureCode(self._function(), self._inline(), self.prover.proofs, self.largest)

    def _tests_alone(self) -> list[str]:
        """A measure without numbers: the same few lines whether facts are missing or not."""
        writer = Writer()
        writer.line("status = 1; low = -1; high = -1; tier = -1; needs = 0")
        spans = Spans(writer, Arithmetic(writer, self.prover))
        interval = Interval(self.leaves, self.literals, writer, spans, self.bits)
        depth, written, eligible = writer.depth, set[ops.TruthOp](), ["2"]
        conditions = [condition.op for condition in self.measure.conditions]
        for condition in sorted(conditions, key=lambda op: op not in self.loop.shared):
            for leaf in dict.fromkeys(each for each in walk(condition) if isinstance(each, LEAF)):
                self._own(writer, leaf, written)
            eligible.append(interval.truth(condition))
            writer.line(f"if {eligible[-1]} != 0:")
            writer.depth += 1
        writer.line(f"status = 1 + min({', '.join(eligible)})")
        with writer.block("if status == 2:"):
            for condition in conditions:
                interval.needs(condition)
        writer.depth = depth
        return writer.lines

    # --- rows with gaps -------------------------------------------------------------------------------------------

    def _function(self) -> list[str]:
        slots = [*self.numbers, *self.earlier]
        arguments = [
            "P",
            *self.truths,
            *(f"x{slot}" for slot in [*slots, *self.awarded]),
            *(f"k{slot}" for slot in slots),
        ]
        writer = Writer()
        with writer.block(f"def gaps_{self.at}({', '.join(arguments)}):"):
            self._parameters(writer)
            spans = Spans(writer, Arithmetic(writer, self.prover))
            interval = Interval(self.leaves, self.literals, writer, spans, self.bits)
            self._settle(writer, interval)
        return writer.lines

    def _parameters(self, writer: Writer) -> None:
        """Locals for the literals of this measure; those nobody reads cost nothing once compiled."""
        for number in self.literals.values():
            if number.code != "0":
                writer.line(f"{number.code} = P[{number.code[1:]}]")

    def _settle(self, writer: Writer, interval: Interval) -> None:
        eligible = []
        for condition in self.measure.conditions:
            name = writer.keep("t", interval.truth(condition.op))
            eligible.append(name)
            writer.line(f"if {name} == 0: return 1, -1, -1, -1, 0")
        tiers = [(tier, interval.truth(tier.condition) if tier.condition else "2") for tier in self.measure.tiers]
        if tiers:
            eligible.append(writer.keep("t", f"max({', '.join(['0', *(truth for _, truth in tiers)])})"))
            writer.line(f"if {eligible[-1]} == 0: return 1, -1, -1, -1, 0")
        truth = writer.keep("t", f"min({', '.join(['2', *eligible])})")
        writer.line("low = -1; high = -1; tier = -1; needs = 0")
        if tiers:
            parts = [(said, interval.number(tier.amount)) for tier, said in tiers]
            span = parts[0][1] if tiers[0][1] == "2" and len(tiers) == 1 else None
            span = span or interval.spans.hull(parts, begin_with_zero=False)[0]
            settled = interval.spans.closed_and_equal(span)
            if span.defined != "2":
                writer.line(f"if {span.defined} == 0: return 1, -1, -1, -1, 0")
                settled = f"({settled} and {span.defined} == 2)"
            writer.line(f"status = 3 if {truth} == 2 and {settled} else 2")
            self._amount(writer, interval, span, truth)
            for number, (tier, said) in enumerate(tiers):
                if tier.name is not None:
                    writer.line(f"if {said} == 2 and status == 3: tier = {number}")
                elif len(tiers) > 1:
                    writer.line(f"if {said} == 2: tier = -1")
        else:
            writer.line(f"status = 3 if {truth} == 2 else 2")
        with writer.block("if status == 2:"):
            for condition in self.measure.conditions:
                interval.needs(condition.op)
            for tier, said in tiers:
                if tier.condition is not None:
                    interval.needs(tier.condition)
                with writer.block(f"if {said} != 0:"):
                    interval.needs(tier.amount)
        writer.line("return status, low, high, tier, needs")

    def _amount(self, writer: Writer, interval: Interval, span: Span, truth: str) -> None:
        if span.high_open is True:
            return
        with writer.block(f"if not {span.high_open}:"):
            writer.line(f"high = {interval.spans.arithmetic.round_half_up(span.high)}")
            self._note(span.high)
            writer.line("low = 0")
            if self.measure.measure.certainty is Certainty.DEFINITE and span.low_open is not True:
                sure = f"{truth} == 2 and {span.defined} == 2 and not {span.low_open}"
                with writer.block(f"if {sure}:"):
                    writer.line(f"low = {interval.spans.arithmetic.round_half_up(span.low)}")

    # --- rows that are known --------------------------------------------------------------------------------------

    def _inline(self) -> list[str]:
        writer = Writer()
        writer.line("status = 1; low = -1; high = -1; tier = -1; needs = 0")
        guards = [condition.op for condition in self.measure.conditions if isinstance(condition.op, LEAF)]
        guards.sort(key=lambda op: op not in self.loop.shared)
        depth = writer.depth
        written: set[ops.TruthOp] = set()
        for guard in guards:
            self._own(writer, guard, written)
            writer.line(f"if {self.leaves.truths[guard]} != 0:")
            writer.depth += 1
        for leaf in self.own:
            self._own(writer, leaf, written)
        for slot in self.earlier:
            writer.line(f"known_{slot} = {self.loop.known(slot)}")
        tests = [
            *(
                f"{name} {'== 2' if leaf in guards else '!= 1'}"
                for leaf, name in self.leaves.truths.items()
                if name in self.truths
            ),
            *(self.loop.known(slot) for slot in self.numbers),
        ]
        with writer.block(f"if {' and '.join(tests) or 'True'}:"):
            self._known(writer, guards)
        with writer.block("else:"):
            self._call(writer)
        writer.depth = depth
        return writer.lines

    def _own(self, writer: Writer, leaf: ops.TruthOp, written: set[ops.TruthOp]) -> None:
        if leaf in self.own and leaf not in written:
            writer.line(f"{self.own[leaf]} = {self.loop.test(leaf)}")
            written.add(leaf)

    def _call(self, writer: Writer) -> None:
        arguments = ["P", *self.truths]
        known: list[str] = []
        for slot in [*self.numbers, *self.earlier]:
            flag = writer.keep("k", self.loop.known(slot))
            known.append(flag)
            arguments.append(f"({self.loop.value(slot)} if {flag} else {self._stand_in(slot)})")
        arguments += [self.loop.value(slot) for slot in self.awarded]
        writer.line(f"status, low, high, tier, needs = gaps_{self.at}({', '.join([*arguments, *known])})")

    def _stand_in(self, slot: int) -> int:
        """A value inside the bounds of a fact, for code that reads it before it asks whether it is known."""
        bound = fact_bound(self.loop.layout.vocabulary.by_key(str(list(self.loop.slots.found)[slot].key)))
        return min(max(0, bound.low), bound.high)

    def _known(self, writer: Writer, guards: Sequence[ops.TruthOp]) -> None:
        arithmetic = Arithmetic(writer, self.prover)
        exact = Exact(self.leaves, self.literals, writer, arithmetic, self.loop.value)
        depth = writer.depth
        rest = [exact.truth(condition.op) for condition in self.measure.conditions if condition.op not in guards]
        if rest:  # one branch for all of them: which one fails is hard to foresee
            writer.line(f"if {' & '.join(f'({each})' for each in rest)}:")
            writer.depth += 1
        if not self.measure.tiers:
            writer.line("status = 3")
        else:
            self._tiers(writer, exact, arithmetic)
        writer.depth = depth

    def _tiers(self, writer: Writer, exact: Exact, arithmetic: Arithmetic) -> None:
        tiers = self.measure.tiers
        if len(tiers) == 1 and tiers[0].condition is None:
            number, undefined = exact.number(tiers[0].amount)
            with writer.block(f"if not {undefined or False}:"):
                self._pay(writer, arithmetic, number)
                if tiers[0].name is not None:
                    writer.line("tier = 0")
            return
        writer.line("chosen = -1")
        choice = Selection(writer, arithmetic)
        choice.begin(ZERO, None)
        depth = writer.depth
        for at in reversed(range(len(tiers))):
            condition = tiers[at].condition
            with writer.block(f"if {exact.truth(condition) if condition else 'True'}:"):
                choice.take(*exact.number(tiers[at].amount))
                writer.line(f"chosen = {at}")
            if at:
                writer.line("else:")
                writer.depth += 1
        writer.depth = depth
        number, undefined = choice.end()
        with writer.block(f"if chosen >= 0{f' and not {undefined}' if undefined else ''}:"):
            self._pay(writer, arithmetic, number)
            named = [at for at, tier in enumerate(tiers) if tier.name is not None]
            if len(named) == len(tiers):
                writer.line("tier = chosen")
            for at in named if len(named) < len(tiers) else ():
                writer.line(f"if chosen == {at}: tier = {at}")

    def _note(self, number: Number) -> None:
        self.largest = max(self.largest, number.bound.high // number.form.denominator + 1)

    def _pay(self, writer: Writer, arithmetic: Arithmetic, number: Number) -> None:
        writer.line("status = 3")
        writer.line(f"high = {arithmetic.round_half_up(number)}")
        self._note(number)
        writer.line("low = high" if self.measure.measure.certainty is Certainty.DEFINITE else "low = 0")
