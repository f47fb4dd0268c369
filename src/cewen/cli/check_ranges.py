"""`cewen check --ranges`: the proof, measure by measure, that no whole number outgrows its width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from rich.markup import escape
from rich.table import Table

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.cli.terminal import console, print_json
from cewen.engine.backends.kernel.source import write_program
from cewen.engine.bits import DOUBLE_WORD, WORD, Bound, Proof
from cewen.engine.columns.layout import Layout
from cewen.rules.load import Corpus, require_sound
from cewen.rules.lower import LoweredMeasure, Plan, lower_corpus

_LAST_WRITTEN_OUT = 10**15
"""From here a bound is told as a power of two: nobody counts the digits."""


@dataclass(frozen=True, slots=True)
class Width:
    """One kind of operation in one measure (位宽): how often, between which bounds, and the integers that hold it."""

    measure: str
    operation: str
    count: int
    bound: Bound

    @property
    def bits(self) -> int:
        return self.bound.bits

    @property
    def width(self) -> int:
        return WORD if self.bits <= WORD else DOUBLE_WORD

    def to_json(self) -> dict[str, object]:
        return {
            "measure": self.measure,
            "operation": self.operation,
            "count": self.count,
            "low": str(self.bound.low),
            "high": str(self.bound.high),
            "bits": self.bits,
            "width": self.width,
        }


def show_ranges(corpus: Corpus, only: tuple[str, ...], on: date, *, as_json: bool) -> bool:
    """Print the proofs of the measures of some policies (none named: of all). False when one cannot be proven."""
    plan = lower_corpus(require_sound(corpus), on)
    widths: list[Width] = []
    unproven: list[Diagnostic] = []
    numberless = 0
    for measure in plan.measures:
        if only and measure.policy.id not in only:
            continue
        try:
            found = tuple(width_proofs(plan, measure))
        except CewenError as error:
            unproven.extend(error.diagnostics)
            continue
        widths.extend(found)
        numberless += not found
    if as_json:
        findings = [finding.to_json() for finding in unproven]
        print_json({"ranges": [width.to_json() for width in widths], "findings": findings})
    else:
        _show(plan, widths, unproven, numberless)
    return not unproven


def width_proofs(plan: Plan, measure: LoweredMeasure) -> Iterator[Width]:
    """The proofs of one measure, those of one operation put together. CewenError (CW631, CW636) where there is none."""
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    by_operation: dict[tuple[str, bool], list[Proof]] = {}
    for proof in write_program(measure.measure.subject, [measure], layout).proofs:
        by_operation.setdefault((proof.operation, proof.bits > WORD), []).append(proof)
    for (operation, _), proofs in by_operation.items():
        bound = proofs[0].bound
        for proof in proofs[1:]:
            bound = bound | proof.bound
        yield Width(measure.key, operation, len(proofs), bound)


def _show(plan: Plan, widths: list[Width], unproven: list[Diagnostic], numberless: int) -> None:
    out = console()
    titles = {measure.key: measure.measure.title for measure in plan.measures}
    for number, (key, group) in enumerate(groupby(widths, key=lambda each: each.measure)):
        out.print(f"[bold]{escape(titles[key])}[/] [muted]{escape(key)}[/]")
        table = Table(box=None, padding=(0, 1), header_style="muted", show_header=not number)
        table.add_column("  运算", width=14, no_wrap=True)
        for name, width in (("次数", 6), ("最小", 24), ("最大", 24), ("需要", 8), ("整数", 8)):
            table.add_column(name, justify="right", no_wrap=True, width=width)
        for each in group:
            style = "ceiling" if each.width > WORD else "met"
            numbers = (str(each.count), _number(each.bound.low), _number(each.bound.high))
            table.add_row(f"  {each.operation}", *numbers, f"{each.bits} 位", f"[{style}]{each.width} 位[/]")
        out.print(table)
    for finding in unproven:
        out.print(f"[overdue]✗[/] {escape(str(finding))}")
    measures = len({width.measure for width in widths})
    most = max((width.bits for width in widths), default=0)
    double = len({width.measure for width in widths if width.width > WORD})
    line = f"\n{measures} 条措施的运算都已证明不会溢出，最多用 {most} 位"
    line += f"，其中 {double} 条有 {DOUBLE_WORD} 位的比较" if double else f"，全部在 {WORD} 位以内"
    line += f"；{numberless} 条没有数的运算" if numberless else ""
    line += f"；[overdue]{len(unproven)} 条证明不了[/]" if unproven else ""
    out.print(f"{line}。")
    out.print(
        "[muted]依据：事实登记的最小值与最大值、一格可填的最大值，以及字面数值可以调整的余地（engine/bits.py）。[/]"
    )


def _number(value: int) -> str:
    """Digits up to 10^15, beyond it the next power of two."""
    if abs(value) <= _LAST_WRITTEN_OUT:
        return f"{value:,}"
    power = f"2^{abs(value).bit_length()}"
    return f"> -{power}" if value < 0 else f"< {power}"
