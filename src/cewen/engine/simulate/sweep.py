"""A sweep: one number of one measure moved in equal steps, each point a reform of its own on the same warm register."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.money import SCALES, fold, round_half_up
from cewen.engine.simulate.apply import apply_reform
from cewen.engine.simulate.compare import Balance
from cewen.engine.simulate.difference import Difference
from cewen.engine.simulate.notices import reform_notices
from cewen.engine.simulate.reform import MeasureChange, Reform, ReformFile
from cewen.engine.simulate.shift import balance
from cewen.engine.simulate.simulate import Settings, Side, Simulator
from cewen.rules.yaml_file import YamlFile

_ENTRY = re.compile(r"(?P<measure>[^:=]+):(?P<path>[^=]+)=(?P<before>[^{}]*)\{(?P<span>[^{}]*)\}(?P<after>[^{}]*)")
_END = re.compile(r"(?P<number>-?\d[\d,]*(?:\.\d+)?)(?P<unit>\D*)")
_REMEDY = "写成 措施编号:cap={50万元..250万元}，条件写成 措施编号:conditions[3]=年研发投入 / 年营业收入 >= {5%..15%}。"
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Sweep:
    """Sweep (逐点试算): what `path` of `measure` is set to, point after point."""

    measure: str
    path: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One point of a sweep (试算点): the value, the totals under it, and who wins and loses against the rules as they are."""

    value: str
    after: Side
    balance: Balance


@dataclass(frozen=True, slots=True)
class Swept:
    """Result of a sweep (逐点试算结果): the totals as they are, and those of every point."""

    title: str
    settings: Settings
    sweep: Sweep
    before: Side
    points: tuple[SweepPoint, ...]
    findings: tuple[Diagnostic, ...]


OF_ONE_POINT = ("CW643", "CW645", "CW646", "CW655")
"""Notices that say of one point what its line in the table says: no effect, or how many are open."""


def parse_sweep(text: str, points: int) -> Sweep:
    """The sweep of "rd-subsidy:cap={50万元..250万元}" in `points` equal steps, both ends included.

    Raises CewenError (CW657) for text of another shape, ends in two units, or an empty span.
    """
    match = _ENTRY.fullmatch(fold(text))
    if match is None:
        raise CewenError.of("CW657", f"看不懂逐点试算“{text}”", _REMEDY)
    ends = [_END.fullmatch(part.strip()) for part in match["span"].split("..")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        raise CewenError.of("CW657", f"“{{{match['span']}}}”不是从一个数到另一个数", _REMEDY)
    first, last = ends[0], ends[1]
    units = [first["unit"].strip(), last["unit"].strip()]
    if units[0] != units[1]:
        message = f"逐点试算的两端单位不同：“{units[0] or '没有单位'}”与“{units[1] or '没有单位'}”"
        raise CewenError.of("CW657", message, "两端写同一个单位，如 {5000万元..10000万元}。")
    start, end = (Fraction(each["number"].replace(",", "")) for each in (first, last))
    if start == end:
        raise CewenError.of("CW657", f"逐点试算的两端一样，都是 {first.group()}", f"写不同的两个数。{_REMEDY}")
    steps = max(points, 2) - 1
    spaced = (_decimal_text(start + (end - start) * at / steps, units[0]) for at in range(steps + 1))
    values = dict.fromkeys(f"{match['before']}{number}{units[0]}{match['after']}" for number in spaced)
    return Sweep(match["measure"].strip(), match["path"].strip(), tuple(values))


def point_reform(sweep: Sweep, at: int, reform: ReformFile | None = None) -> ReformFile:
    """The reform of one point; `reform` holds besides."""
    file = reform or ReformFile(Reform(title="逐点试算"), YamlFile("--sweep", {}, {}))
    change = MeasureChange.model_validate({"measure": sweep.measure, "set": {sweep.path: sweep.values[at]}})
    measures = (*file.reform.measures, change)
    return ReformFile(file.reform.model_copy(update={"measures": measures}), file.file)


def run_sweep(simulator: Simulator, sweep: Sweep, reform: ReformFile | None = None) -> Swept:
    """Every point beside the rules as they are; `reform` holds besides at each of them.

    Raises CewenError as `apply_reform`, for the first point that cannot be.
    """
    points: list[SweepPoint] = []
    findings: dict[Diagnostic, None] = {}
    title = ""
    for at, value in enumerate(sweep.values):
        reformed = apply_reform(simulator.corpus, point_reform(sweep, at, reform), simulator.settings.on)
        results, after = simulator.reform(reformed)
        difference = Difference.between(simulator.tally, after)
        points.append(SweepPoint(value, Side.of(after), balance(difference)))
        notices = (*reformed.findings, *reform_notices(reformed, simulator.results, results))
        findings |= dict.fromkeys(each for each in notices if each.code not in OF_ONE_POINT)
        found = next((change for change in reformed.changes if change.path == sweep.path), None)
        title = title or (f"{found.title}（{found.clause}）{found.path}" if found else "")
    settings = simulator.settings
    return Swept(title or sweep.measure, settings, sweep, Side.of(simulator.tally), tuple(points), tuple(findings))


def _decimal_text(value: Fraction, unit: str) -> str:
    """A decimal, money to the fen and anything else to six places, rounded half up."""
    scale = SCALES.get(unit.removesuffix("元")) if unit.endswith("元") else None
    places = _DECIMALS if scale is None else len(str(scale)) + 1
    number = Decimal(round_half_up(value * 10**places)).scaleb(-places)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
