"""Reading targets and figures: worked out once for each state of the data and day, and kept. Targets are public."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from threading import Lock

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from cewen.indicators.all_targets import assess_targets
from cewen.indicators.assess import evidence
from cewen.indicators.contract import targets_json
from cewen.indicators.definition import Indicators, load_indicators
from cewen.indicators.derive import with_derived
from cewen.indicators.forecast.backtest import Backtest
from cewen.indicators.forecast.known import Known
from cewen.indicators.forecast.project import NATION, backtest_of
from cewen.indicators.growth import GrowthCheck, growth_checks
from cewen.indicators.methods import PublicReadings, public_readings
from cewen.indicators.observation import Basis, Bound, Maturity, Observation, Trust
from cewen.indicators.reporting_period import parse_period
from cewen.indicators.store import Observations, load_observations
from cewen.portal.access import Role
from cewen.portal.indicators.domain import ORDER, TargetShown, show
from cewen.portal.indicators.models import Alert, AlertRound, ScoreCardEntry
from cewen.portal.indicators.models import Observation as ObservationRow
from cewen.portal.policies.selectors import edition

STATISTICIANS = frozenset({Role.STATISTICIAN, Role.ADMINISTRATOR})
WATCHERS = frozenset({Role.STATISTICIAN, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Who answers alerts and keeps score cards."""
KEPT_DAYS = 32
"""Days whose assessments are kept in a process."""


@dataclass(frozen=True)
class Knowledge:
    """Everything published and brought in (已有观测), under the digest of the files and the last row brought in."""

    observations: Observations
    indicators: Indicators
    digest: str


@dataclass(frozen=True)
class Board:
    """All targets on a day (目标总览) and the figures known then, derived ones included."""

    on: date
    rows: tuple[TargetShown, ...]
    known: Observations
    knowledge: Knowledge

    def find(self, policy_id: str, target_id: str) -> TargetShown | None:
        return next((row for row in self.rows if row.policy_id == policy_id and row.target_id == target_id), None)


_boards: OrderedDict[tuple[str, date], Board] = OrderedDict()
_computing = Lock()


def knowledge() -> Knowledge:
    """The figures as they stand now: those of the policy folder and those brought in here."""
    last = ObservationRow.objects.aggregate(last=Max("id"))["last"] or 0
    return _knowledge(edition().digest, last)


@lru_cache(maxsize=2)
def _knowledge(digest: str, last: int) -> Knowledge:
    indicators = load_indicators()
    shipped = load_observations(indicators=indicators)
    rows = ObservationRow.objects.filter(id__lte=last).iterator(2000)
    return Knowledge(shipped.add(observation_of(row) for row in rows), indicators, f"{digest}:{last}")


def observation_of(row: ObservationRow) -> Observation:
    """The observation of a row."""
    return Observation(
        row.indicator, row.region, row.region_code, parse_period(row.period), Fraction(row.value), row.unit,
        next(each for each in Bound if each.code == row.bound), next(each for each in Trust if each.code == row.trust),
        next(each for each in Maturity if each.code == row.maturity),
        next(each for each in Basis if each.code == row.basis),
        row.published_on, row.published_estimated, row.source_title, row.source_url, row.note,
    )  # fmt: skip


def board(on: date | None = None) -> Board:
    """Every target on a day (today; a later day is read as today)."""
    today = timezone.localdate()
    day = min(on or today, today)
    known = knowledge()
    key = (known.digest, day)
    found = _boards.get(key)
    if found is not None:
        return found
    with _computing:
        found = _boards.get(key)
        if found is None:
            found = _boards[key] = _work_out(known, day)
            while len(_boards) > KEPT_DAYS:
                _boards.popitem(last=False)
    return found


def _work_out(found: Knowledge, on: date) -> Board:
    assessed = assess_targets(edition().corpus, found.observations, found.indicators, on)
    known = with_derived(found.observations.as_of(on), found.indicators)
    return Board(on, tuple(show(each, known, found.indicators) for each in assessed), known, found)


FILTERS = ("policy", "unit", "region", "status", "kind")
SORTS = ("status", "name", "due", "chance", "policy")


def targets(board: Board, wanted: dict[str, str], words: str = "", sort: str = "") -> tuple[TargetShown, ...]:
    """Rows that fit every filter and hold every word in name, quote, region or unit; sorted, `-` first for descending."""
    parts = words.lower().split()
    found = []
    for row in board.rows:
        target = row.each.target
        values = {
            "policy": (row.policy_id,), "unit": target.units or ("",), "region": (target.region,),
            "status": (row.each.status.code,), "kind": (target.kind,),
        }  # fmt: skip
        if any(wanted.get(name) and wanted[name] not in values[name] for name in FILTERS):
            continue
        text = " ".join((target.indicator, target.quote, target.region, target.clause, *target.units)).lower()
        if all(part in text for part in parts):
            found.append(row)
    name = sort.removeprefix("-")
    keys = {
        "status": lambda row: (ORDER.index(row.each.status), row.likelihood),
        "name": lambda row: row.each.target.indicator,
        "due": lambda row: row.each.target.year or 9999,
        "chance": lambda row: row.likelihood,
        "policy": lambda row: row.policy_id,
    }
    found.sort(key=keys.get(name, keys["status"]), reverse=sort.startswith("-"))
    return tuple(found)


def choices(board: Board) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the filters offer, value and word, each once and in order."""
    rows = board.rows
    return {
        "policy": tuple({row.policy_id: row.each.policy.header.title for row in rows}.items()),
        "unit": _same(unit for row in rows for unit in row.each.target.units),
        "region": _same(row.each.target.region for row in rows),
        "status": tuple({row.each.status.code: row.each.status.label for row in rows}.items()),
        "kind": tuple({row.each.target.kind: row.kind for row in rows}.items()),
    }


def _same(values: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((value, value) for value in dict.fromkeys(values))


@dataclass(frozen=True)
class Evidence:
    """What a target's page rests on (目标的凭据)."""

    vintages: tuple[Observation, ...]
    best: frozenset[str]
    growth: tuple[GrowthCheck, ...]
    conflicts: tuple[tuple[Observation, ...], ...]
    revisions: tuple[tuple[Observation, ...], ...]
    readings: PublicReadings | None
    backtests: tuple[tuple[str, Backtest], ...]


def evidence_of(row: TargetShown, found: Board) -> Evidence:
    """Every figure of the target's series and what follows from them."""
    each, known, indicators = row.each, found.known, found.knowledge.indicators
    indicator = each.indicator
    if indicator is None or each.goal is None:
        return Evidence((), frozenset(), (), (), (), None, ())
    levels = indicators.find(indicator.of) if indicator.measure == "average_growth" and indicator.of else indicator
    levels = levels or indicator
    best, region, _ = evidence(known, levels, each.target.region)
    vintages = known.vintages(levels.key, region)
    by_period: dict[tuple[str, str], list[Observation]] = {}
    for one in vintages:
        by_period.setdefault((one.period.text, one.basis.code), []).append(one)
    revisions = tuple(
        tuple(group)
        for group in by_period.values()
        if len({one.maturity for one in group}) > 1 and len({one.value for one in group}) > 1
    )
    tested: list[tuple[str, Backtest]] = []
    if each.outlook is not None and levels is indicator:
        for name in dict.fromkeys((region, NATION)):
            test = backtest_of(Known(known, indicators, levels.key, name, each.goal.unit))
            if test.trials:
                tested.append((name, test))
    return Evidence(
        vintages,
        frozenset(one.id for one in best),
        growth_checks(known, indicators, levels.key, region),
        known.conflicts(levels.key, region),
        revisions,
        public_readings(each, known, indicators),
        tuple(tested),
    )


def observations(on: date, words: str = "") -> tuple[Observation, ...]:
    """Every figure published by a day, the newest first; `words` must all occur in indicator, region or source."""
    found = knowledge()
    parts = words.lower().split()
    kept = []
    for each in found.observations.as_of(on).entries:
        indicator = found.indicators.find(each.indicator)
        label = indicator.label if indicator else each.indicator
        text = f"{label} {each.indicator} {each.region} {each.period.text} {each.source_title}".lower()
        if all(part in text for part in parts):
            kept.append(each)
    return tuple(sorted(kept, key=lambda each: (each.published_on, each.id), reverse=True))


def latest_round() -> AlertRound | None:
    """The last round of alerts."""
    return AlertRound.objects.first()


def alerts(found: AlertRound | None, show_which: str = "", words: str = "") -> QuerySet[Alert]:
    """Records of a round: `open`, `fired`, `silent`, or all; `words` in subject, reason or owner. None without one."""
    rows = Alert.objects.filter(round=found) if found else Alert.objects.none()
    rows = {
        "open": rows.filter(fired=True, closed_at__isnull=True), "fired": rows.filter(fired=True),
        "silent": rows.filter(fired=False),
    }.get(show_which, rows)  # fmt: skip
    if words:
        rows = rows.filter(Q(subject__icontains=words) | Q(because__icontains=words) | Q(owner__icontains=words))
    return rows


def name_subjects(found: Iterable[Alert]) -> list[tuple[Alert, TargetShown | None, str]]:
    """Alerts with the target they are about, or the words for a series: 武汉市 2024年 软件业务收入."""
    rows = {row.each.id: row for row in board().rows}
    indicators = knowledge().indicators
    named: list[tuple[Alert, TargetShown | None, str]] = []
    for alert in found:
        row = rows.get(alert.subject)
        key, _, rest = alert.subject.partition("|")
        region, _, period = rest.partition("|")
        indicator = indicators.find(key)
        words = f"{region} {parse_period(period).label} {indicator.label}" if indicator and period else alert.subject
        named.append((alert, row, words))
    return named


def score_cards(words: str = "") -> QuerySet[ScoreCardEntry]:
    """All score cards, the newest first; all of `words` in title, version or whoever put it in."""
    found = ScoreCardEntry.objects.select_related("made_by")
    for word in words.split():
        held = Q(title__icontains=word) | Q(version__icontains=word) | Q(made_by__name__icontains=word)
        found = found.filter(held)
    return found


@lru_cache(maxsize=4)
def _open_files(digest: str, on: date) -> dict[str, bytes]:
    import json

    from cewen.indicators.opendata.package import package_files
    from cewen.indicators.opendata.rows import open_data
    from cewen.indicators.opendata.sdmx import sdmx_files

    found = board(on)
    data = open_data(found.known, found.knowledge.indicators, found.on)
    content = targets_json(found.on, [row.each for row in found.rows])
    files = package_files(data)
    files["targets.json"] = (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
    return files | {f"sdmx/{name}": text for name, text in sdmx_files(data).items()}


def open_files(on: date) -> dict[str, bytes]:
    """Files of the open data of a day, by name; those of SDMX under `sdmx/`."""
    return _open_files(board(on).knowledge.digest, board(on).on)
