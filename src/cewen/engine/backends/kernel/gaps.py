"""The source of the second loop of a measure: rows in which a fact is missing, by ranges and three-valued truths."""

from __future__ import annotations

from cewen.engine.backends.kernel.interval import Interval
from cewen.engine.backends.kernel.loop import HEAD, Scope
from cewen.engine.backends.kernel.spans import Span, Spans
from cewen.engine.backends.kernel.writer import Arithmetic, Writer
from cewen.engine.bits import fact_bound

OUTPUTS = {"status": "S", "low": "L", "amount": "H", "tier": "R", "needs": "N"}
"""The array of each result."""

NOT_MET = {"status": "1", "low": "-1", "amount": "-1", "tier": "-1", "needs": "0"}
"""Results of a row that is not met."""


def write_gaps(scope: Scope) -> str:
    """`gaps(n, P, truths, values, whether values and earlier ones are known, G, S, L, H, R, N)`.

    Finds the rows with a gap (marked in the scratch array G) and writes status, least and greatest amount, tier and
    needs there; all others are left as they are. A row that fails a condition known by itself has no gap that matters.
    """
    writer = Writer()
    known = [*scope.numbers, *scope.earlier]
    kinds = {"status": "int8", "low": "int64", "amount": "int64", "tier": "int8", "needs": scope.outputs.needs}
    present = [name for name in OUTPUTS if getattr(scope.outputs, name, True)]
    scope.open(writer, "gaps", known, {"G": "uint8", **{OUTPUTS[name]: kinds[name] for name in present}})
    with writer.block("for i in range(n):"):
        writer.line("j = np.uintp(i)")
        writer.line(f"G[j] = {_has_gap(scope)}")
    with writer.block("for i in range(n):"):
        writer.line("j = np.uintp(i)")
        writer.line("if G[j] == 0: continue")
        for at in range(len(scope.tests)):
            writer.line(f"t{at} = a{at}[j]")
        for slot in known:
            writer.line(f"k{slot} = b{slot}[j] != 0")
        for slot in scope.values:
            writer.line(f"x{slot} = {_value(scope, slot, slot not in scope.awarded)}")
        writer.line("; ".join(f"{OUTPUTS[name]}[j] = {NOT_MET[name]}" for name in present))
        spans = Spans(writer, Arithmetic(writer, scope.prover))
        _settle(scope, writer, Interval(scope.leaves, scope.literals, writer, spans, scope.bits))
        values = {name: name for name in OUTPUTS} | {"amount": "high"}
        writer.line("; ".join(f"{OUTPUTS[name]}[j] = {values[name]}" for name in present))
    return "\n".join([HEAD, "", *writer.lines, ""])


def _has_gap(scope: Scope) -> str:
    gaps = [f"(a{at}[j] == 1)" for at in range(len(scope.tests))]
    gaps += [f"(b{slot}[j] == 0)" for slot in scope.numbers]
    conditions = {condition.op for condition in scope.measure.conditions}
    passed = [f"(a{at}[j] != 0)" for at, leaf in enumerate(scope.tests) if leaf in conditions]
    return " & ".join([f"({' | '.join(gaps) or 'False'})", *passed])


def _value(scope: Scope, slot: int, may_lack: bool) -> str:
    """The value of a slot, or one inside the bounds of the fact, as code reads it before it asks whether it is known."""
    if not may_lack:
        return f"v{slot}[j]"
    bound = fact_bound(scope.layout.vocabulary.by_key(str(scope.found([slot])[0].key)))
    return f"(v{slot}[j] if k{slot} else {min(max(0, bound.low), bound.high)})"


def _settle(scope: Scope, writer: Writer, interval: Interval) -> None:
    eligible = []
    for condition in scope.measure.conditions:
        name = writer.keep("t", interval.truth(condition.op))
        eligible.append(name)
        writer.line(f"if {name} == 0: continue")
    tiers = [(tier, interval.truth(tier.condition) if tier.condition else "2") for tier in scope.measure.tiers]
    if tiers:
        eligible.append(writer.keep("t", f"max({', '.join(['0', *(truth for _, truth in tiers)])})"))
        writer.line(f"if {eligible[-1]} == 0: continue")
    truth = writer.keep("t", f"min({', '.join(['2', *eligible])})")
    writer.line("low = -1; high = -1; tier = -1; needs = 0")
    if tiers:
        parts = [(said, interval.number(tier.amount)) for tier, said in tiers]
        span = parts[0][1] if tiers[0][1] == "2" and len(tiers) == 1 else None
        span = span or interval.spans.hull(parts, begin_with_zero=False)[0]
        settled = interval.spans.closed_and_equal(span)
        if span.defined != "2":
            writer.line(f"if {span.defined} == 0: continue")
            settled = f"({settled} and {span.defined} == 2)"
        writer.line(f"status = 3 if {truth} == 2 and {settled} else 2")
        _amount(scope, writer, interval, span, truth)
        for number, (tier, said) in enumerate(tiers):
            if tier.name is not None:
                writer.line(f"if {said} == 2 and status == 3: tier = {number}")
            elif len(tiers) > 1:
                writer.line(f"if {said} == 2: tier = -1")
    else:
        writer.line(f"status = 3 if {truth} == 2 else 2")
    with writer.block("if status == 2:"):
        for condition in scope.measure.conditions:
            interval.needs(condition.op)
        for tier, said in tiers:
            if tier.condition is not None:
                interval.needs(tier.condition)
            with writer.block(f"if {said} != 0:"):
                interval.needs(tier.amount)


def _amount(scope: Scope, writer: Writer, interval: Interval, span: Span, truth: str) -> None:
    if span.high_open is True:
        return
    with writer.block(f"if not {span.high_open}:"):
        writer.line(f"high = {interval.spans.arithmetic.round_half_up(span.high)}")
        writer.line("low = 0")
        if scope.outputs.low and span.low_open is not True:
            sure = f"{truth} == 2 and {span.defined} == 2 and not {span.low_open}"
            with writer.block(f"if {sure}:"):
                writer.line(f"low = {interval.spans.arithmetic.round_half_up(span.low)}")
