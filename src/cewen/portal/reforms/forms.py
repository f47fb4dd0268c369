"""What an address of the reform builder says (the address is the state), and the rows its tables and charts show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from cewen.base.period import InForce
from cewen.engine.simulate.compare import MoneyKind
from cewen.engine.simulate.distribution import Distribution
from cewen.engine.simulate.simulate import Side, Simulation
from cewen.engine.simulate.sweep import SweepPoint, Swept
from cewen.engine.simulate.threshold import Threshold
from cewen.engine.summary import region_name
from cewen.portal.access import Actor
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms.domain import MOST_EDITS, REMOVED, Curve, Edit, edits_of, reform_data
from cewen.portal.reforms.models import Scenario
from cewen.portal.reforms.selectors import Asked, NearRow, usual_day
from cewen.portal.runs.domain import WIDTH, Column, Tile, column_pairs, short_money, step_path, tile_map
from cewen.portal.runs.selectors import usual_year
from cewen.portal.template_tags import yuan
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.rules.types import RATIO


@dataclass(frozen=True)
class State:
    """State of the builder (方案页的状态), all of it in the address: it can be kept, shared and gone back to."""

    policy: Policy
    measure: Measure
    asked: Asked
    edits: tuple[Edit, ...]
    axis: str = ""
    faults: tuple[str, ...] = ()
    begins_on: date | None = None

    @property
    def key(self) -> str:
        return f"{self.policy.id}#{self.measure.id}"

    @property
    def own_edits(self) -> dict[str, str]:
        """Texts by path of the measure shown."""
        return {each.path: each.text for each in self.edits if each.key == self.key}

    @property
    def other_edits(self) -> tuple[Edit, ...]:
        """Edits of other measures, which the form carries along."""
        return tuple(each for each in self.edits if each.key != self.key)

    @property
    def query(self) -> str:
        """The address that gives this state, from "?" on."""
        pairs = [("m", self.key), ("on", self.asked.on.isoformat()), ("year", str(self.asked.year))]
        if self.asked.as_if_in_force:
            pairs.append(("assume", "1"))
        if self.begins_on:
            pairs.append(("from", self.begins_on.isoformat()))
        if self.axis:
            pairs.append(("axis", self.axis))
        return "?" + urlencode([*pairs, *(("c", str(each)) for each in self.edits)])

    @property
    def title(self) -> str:
        """What the reform is called until somebody names it."""
        return f"{self.measure.title}等" if self.other_edits else self.measure.title

    @property
    def reform(self) -> dict[str, Any]:
        """The edits as the data of a reform file."""
        return reform_data(self.title, self.edits, begins_on=self.begins_on)

    def without(self, edit: Edit) -> State:
        """The state with one edit taken back."""
        return replace(self, edits=tuple(each for each in self.edits if each != edit))


def read_state(given: QueryDict, actor: Actor, today: date) -> State | None:
    """The state an address or a submitted form says; None when it names no measure there is."""
    found = corpus().measure(given.get("m", ""))
    if found is None:
        return None
    policy, measure = found
    key = f"{policy.id}#{measure.id}"
    day, is_assumed = usual_day(policy, today)
    on = _day(given.get("on", ""), day)
    if "on" in given:
        is_assumed = given.get("assume") == "1"
    written = given.get("year", "")
    year = int(written) if re.fullmatch("[0-9]{4}", written) else usual_year(actor, on)
    edits = tuple(filter(None, map(Edit.parse, given.getlist("c")[:MOST_EDITS])))
    faults: tuple[str, ...] = ()
    if "form" in given:
        try:
            own = edits_of(key, measure, on, given)
            edits = (*(each for each in edits if each.key != key), *own)
        except ValueError as error:
            faults = (str(error),)
    begins = given.get("from", "")
    return State(policy, measure, Asked(on, year, is_assumed), _last_of_each(edits), given.get("axis", ""), faults,
                 _day(begins, on) if begins else None)  # fmt: skip


def state_of(scenario: Scenario) -> State | None:
    """The state a scenario was saved in; None when its measure is gone from the policies."""
    edits = edits_in(scenario.reform)
    key = scenario.measure_key or (edits[0].key if edits else "")
    found = corpus().measure(key)
    if found is None:
        return None
    begins = next((str(change["from"]) for change in scenario.reform.get("measures", ()) if change.get("from")), "")
    asked = Asked(scenario.on, scenario.year, scenario.as_if_in_force)
    return State(*found, asked, edits, begins_on=_day(begins, scenario.on) if begins else None)


def edits_in(reform: dict[str, Any]) -> tuple[Edit, ...]:
    """The edits a reform's data is made of."""
    return tuple(
        Edit(change["measure"], path, REMOVED if text is None else str(text))
        for change in reform.get("measures", ())
        for path, text in change["set"].items()
    )


def _last_of_each(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple({(each.key, each.path): each for each in edits}.values())


def _day(text: str, usual: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return usual
    return found if 1990 <= found.year <= 2100 else usual


SHARE_DAYS = ((7, _("一周")), (30, _("一个月")), (90, _("三个月")), (365, _("一年")))
"""How long a link may open."""


class ScenarioForm(forms.Form):
    """Name and note of a scenario to save (方案名称与说明)."""

    title = forms.CharField(label=_("方案名称"), max_length=120)
    note = forms.CharField(label=_("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


# --- rows of tables and charts ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SweepBar:
    """Point of a sweep as drawn (试算点): its value, its bar and the marks on it, and the point itself."""

    value: str
    bar: Column
    is_now: bool
    is_asked: bool
    point: SweepPoint

    @property
    def short(self) -> str:
        """The amount as it fits above a bar."""
        return short_money(self.bar.amount)


def draw_sweep(found: Swept, now: str, asked: str) -> tuple[MoneyKind, tuple[SweepBar, ...]]:
    """The kind of money that moves most, and a bar from zero for each point; `now` and `asked` are marked."""
    costs = {kind: [_cost(each.after, kind) for each in found.points] for kind in MoneyKind}
    kind = max(MoneyKind, key=lambda each: max(costs[each], default=0) - min(costs[each], default=0))
    bars = column_pairs([("", cost, 0) for cost in costs[kind]])[::2]
    if not bars:
        return kind, ()
    return kind, tuple(
        SweepBar(each.value, replace(bar, width=bar.width * 2), each.value == now, each.value == asked, each)
        for each, bar in zip(found.points, bars, strict=True)
    )


def _cost(side: Side, kind: MoneyKind) -> int:
    return side.cost.definite if kind is MoneyKind.DEFINITE else side.cost.ceiling


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """Row of a comparison (对比的一行): a figure or a changed text of each scenario, None where there is none."""

    label: str
    cells: tuple[Any, ...]
    is_money: bool = False

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


def compared_rows(found: Sequence[Simulation | None]) -> tuple[ComparedRow, ...]:
    """What every change is in each scenario, then the figures; what is the same in all is not marked."""
    changed: dict[tuple[str, str], str] = {}
    for each in found:
        for change in each.changes if each else ():
            changed.setdefault(
                (change.key, change.path),
                f"{change.title} {gettext(Edit(change.key, change.path, '').label)}（{change.before}）",
            )
    said = [{(each.key, each.path): each.after for each in one.changes} if one else {} for one in found]
    rows = [ComparedRow(label, tuple(side.get(place) for side in said)) for place, label in changed.items()]
    for label, is_money, figure in _FIGURES:
        rows.append(ComparedRow(gettext(label), tuple(figure(each) if each else None for each in found), is_money))
    return tuple(rows)


_FIGURES: tuple[tuple[str, bool, Callable[[Simulation], int]], ...] = (
    (gettext_noop("确定 现行"), True, lambda found: found.before.cost.definite),
    (gettext_noop("确定 改后"), True, lambda found: found.after.cost.definite),
    (gettext_noop("最高 现行"), True, lambda found: found.before.cost.ceiling),
    (gettext_noop("最高 改后"), True, lambda found: found.after.cost.ceiling),
    (gettext_noop("可享企业 现行"), False, lambda found: found.before.entitled),
    (gettext_noop("可享企业 改后"), False, lambda found: found.after.entitled),
    (gettext_noop("受益企业"), False, lambda found: found.balance.winners),
    (gettext_noop("受损企业"), False, lambda found: found.balance.losers),
    (gettext_noop("有得有失"), False, lambda found: found.balance.mixed),
)


CHOICE_ORDERS: dict[str, Any] = {
    "policy": lambda row: row[0].header.title, "title": lambda row: row[1].title, "clause": lambda row: row[1].clause,
    "status": lambda row: list(InForce).index(row[2]),
}  # fmt: skip
STATUS_WORDS = {
    InForce.IN_FORCE: gettext_noop("施行中"), InForce.NOT_YET: gettext_noop("尚未施行"),
    InForce.DRAFT: gettext_noop("征求意见稿"), InForce.EXPIRED: gettext_noop("已失效"),
    InForce.REPEALED: gettext_noop("已废止"),
}  # fmt: skip


def says(words: str, policy: Policy, measure: Measure) -> bool:
    """Whether a measure, its document or its sentence holds every one of the words."""
    text = " ".join((measure.title, policy.header.title, measure.clause, measure.quote, measure.amount_sentence()))
    return all(word in text.lower() for word in words.lower().split())


def choice_row(policy: Policy, measure: Measure, status: InForce) -> dict[str, Any]:
    """A measure as a row of a file."""
    return {
        gettext("措施"): measure.title, gettext("政策"): policy.header.title, gettext("条款"): measure.clause,
        gettext("给多少"): measure.amount_sentence(), gettext("状态"): gettext(STATUS_WORDS[status]), gettext("编号"): f"{policy.id}#{measure.id}",
    }  # fmt: skip


MOST_TICKS = 6
"""Words under a curve."""


@dataclass(frozen=True, slots=True)
class CurveDrawing:
    """A curve as paths (曲线图): `ticks` and `limits` are (x, words); a limit also says on which side it stands."""

    curve: Curve
    before: str
    after: str
    greatest: str
    ticks: tuple[tuple[int, str], ...]
    limits: tuple[tuple[int, str, str], ...]


def draw_curve(curve: Curve) -> CurveDrawing | None:
    """The lines of a curve; None where nobody gets anything on either side."""
    bins = curve.bins
    if not curve.greatest:
        return None
    before = [each.mean_before if each.recipients_before else None for each in bins]
    after = [each.mean_after if each.recipients_after else None for each in bins]
    edges = [each.least for each in bins]

    def place(value: int) -> int | None:
        return edges.index(value) * WIDTH // len(bins) if value in edges else None

    step = max(1, -(-len(bins) // MOST_TICKS))
    ticks = tuple(
        (at * WIDTH // len(bins), short_money(least) if curve.axis.is_money else f"{least} {curve.axis.unit}")
        for at, least in enumerate(edges)
        if at % step == 0
    )
    old, new = set(curve.limits_before), set(curve.limits_after)
    limits = [
        (place(value), words, "before" if (value, words) not in new else "after") for value, words in sorted(old | new)
    ]
    shown = tuple((x, words, style) for x, words, style in limits if x is not None)
    return CurveDrawing(
        curve,
        step_path(before, curve.greatest),
        step_path(after, curve.greatest),
        short_money(curve.greatest),
        ticks,
        shown,
    )


@dataclass(frozen=True, slots=True)
class Deciles:
    """Tenths of the recipients of one kind of money (十分位) as columns, with their table."""

    kind: MoneyKind
    columns: tuple[Column, ...]
    before: Distribution
    after: Distribution

    @property
    def rows(self) -> tuple[tuple[int, int, int], ...]:
        """Number of the tenth, fen before, fen after."""
        both = zip(self.before.deciles, self.after.deciles, strict=True)
        return tuple((at + 1, old, new) for at, (old, new) in enumerate(both))


def draw_deciles(found: Simulation) -> tuple[Deciles, ...]:
    """Both kinds of money, without a kind nobody gets."""
    drawn = []
    for kind in MoneyKind:
        before, after = found.distributions[kind]
        pairs = [
            (str(at + 1), old, new) for at, (old, new) in enumerate(zip(before.deciles, after.deciles, strict=True))
        ]
        columns = column_pairs(pairs)
        if columns:
            drawn.append(Deciles(kind, columns, before, after))
    return tuple(drawn)


def draw_tiles(found: Simulation) -> tuple[MoneyKind, tuple[Tile, ...]]:
    """The district tiles of the kind of money that moves most: what each district gets more or less."""
    moved = {kind: _moved(found, kind) for kind in MoneyKind}
    kind = max(MoneyKind, key=lambda each: sum(map(abs, moved[each].values())))
    return kind, tile_map(corpus().regions, moved[kind])


def _moved(found: Simulation, kind: MoneyKind) -> dict[str, int]:
    regions = corpus().regions
    codes = {region_name(regions, code): code for code in regions.codes()}
    moved = {codes[line.name]: line.after - line.before for line in found.districts if line.name in codes}
    return {code: cost.definite if kind is MoneyKind.DEFINITE else cost.ceiling for code, cost in moved.items()}


def value_text(threshold: Threshold, value: Fraction) -> str:
    """A value with the unit of the threshold it is compared with; quotients to a hundredth of a per cent."""
    if threshold.expression.quantity == RATIO:
        return f"{Decimal(round(value * 10000)) / 100:f}%"
    return replace(threshold, value=value).value_text


def near_line(row: NearRow, words: str) -> dict[str, Any]:
    """An enterprise near a threshold as a row of a file."""
    return {
        gettext("企业"): row.name, gettext("统一社会信用代码"): row.uscc, gettext("门槛上的值"): words,
        gettext("达到"): gettext("是") if row.is_reached else gettext("否"), gettext("现行（元）"): yuan(row.before),
        gettext("改后（元）"): yuan(row.after),
    }  # fmt: skip


def scenario_line(each: Scenario, edit: Edit, titles: dict[str, str]) -> dict[str, Any]:
    """A change of a saved scenario as a row of a file."""
    return {
        gettext("名称"): each.title, gettext("说明"): each.note, gettext("哪一天"): each.on, gettext("事实年度"): each.year,
        gettext("保存"): f"{timezone.localtime(each.created_at):%Y-%m-%d}", gettext("措施"): titles.get(edit.key, edit.key),
        gettext("哪一项"): edit.path, gettext("改成"): edit.text or gettext("取消"),
    }  # fmt: skip
