"""The worker of runs: takes one after another from the table, evaluates block by block, and leaves nothing half-done."""

from __future__ import annotations

import logging
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection

from cewen.base.errors import CewenError
from cewen.engine.backends.base import is_installed
from cewen.engine.columns.blocks import split
from cewen.engine.columns.results import ColumnResults
from cewen.engine.columns.summary import ColumnSummary
from cewen.engine.columns.write import count_rows, open_writer
from cewen.engine.export import whole_file
from cewen.engine.result import Status
from cewen.engine.simulate.evaluate import FAST, REFERENCE, open_engine
from cewen.engine.simulate.grouping import Grouping, by_field, by_size
from cewen.engine.simulate.tally import Applicants, tally
from cewen.portal.accounts.selectors import actor_of_person, region_codes
from cewen.portal.policies.selectors import edition
from cewen.portal.processes import own_mark
from cewen.portal.runs.models import Run
from cewen.portal.runs.selectors import EVALUATORS, register_columns
from cewen.portal.runs.services import beat, claim_run, finish_run, stop_run
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus

STEP = 1 << 15
"""Enterprises between two signs of life."""

LOST_AFTER = 24 * 3600.0
"""Seconds after which a file that no run names belongs to nobody."""

_log = logging.getLogger(__name__)
_state: dict[str, Thread] = {}
_starting = Lock()


class Stopped(Exception):
    """The run was cancelled, or another worker has it (测算已停)."""


def runs_folder() -> Path:
    """Where result files are."""
    return Path(settings.MEDIA_ROOT) / "runs"


def wake() -> None:
    """See that a worker of this process is at work; it ends when nothing waits."""
    with _starting:
        known = _state.get("worker")
        if known is None or not known.is_alive():
            _state["worker"] = Thread(target=_work, name="cewen-runs", daemon=True)
            _state["worker"].start()


def _work() -> None:
    close_old_connections()
    try:
        while work_once():
            pass
    except Exception:
        _log.exception("the worker of runs stopped")
    finally:
        connection.close()  # of this thread, which ends: an open one would stay until it is collected


def wait() -> None:
    """Until the worker of this process has nothing left to do."""
    if (known := _state.get("worker")) is not None:
        known.join()


def remove_lost_files() -> int:
    """Files of results that no run names: what a worker that was killed had begun. How many."""
    named = set(Run.objects.exclude(result="").values_list("result", flat=True))
    oldest, found = time.time() - LOST_AFTER, 0
    for path in runs_folder().iterdir() if runs_folder().is_dir() else ():
        if path.name not in named and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            found += 1
    return found


def work_once() -> bool:
    """Take one run and bring it to an end; False when none waits."""
    run = claim_run(f"{own_mark()}.{secrets.token_hex(4)}"[:36])
    if run is None:
        return False
    try:
        _evaluate(run)
    except Stopped:
        stop_run(run)
    except CewenError as error:
        stop_run(run, "；".join(f"{each.message}（{each.code}）。{each.remedy}" for each in error.diagnostics[:10]))
    except Exception as error:
        _log.exception("run %s failed", run.pk)
        stop_run(run, f"计算出错：{type(error).__name__}。请把测算编号告诉管理员。")
    return True


def _evaluate(run: Run) -> None:
    actor = actor_of_person(run.author)
    codes = region_codes(actor, EVALUATORS)
    if not actor.may(EVALUATORS) or (codes is not None and (run.scope is None or not set(run.scope) <= codes)):
        raise CewenError.of("CW731", "发起人的角色或区域已经改变", "按现在的范围重新发起测算。")
    kept, columns = edition(), register_columns(actor)
    if not columns.enterprise_count:
        raise CewenError.of("CW730", "您的范围里没有登记的企业", "先导入企业名册，或请管理员核对您的区域。")
    engine = next((name for name in FAST if is_installed(name)), REFERENCE)
    backend = open_engine(engine)
    plan = lower_corpus(_chosen(kept.corpus, run.policies), run.on)
    _step(run, done_count=0, total_count=columns.enterprise_count)
    summary = ColumnSummary(plan, as_if_in_force=run.as_if_in_force)
    groups = _Groups(run.year)
    rows = 0
    runs_folder().mkdir(parents=True, exist_ok=True)
    path = runs_folder() / f"run-{run.pk}-{run.worker.rpartition('.')[2]}.parquet"
    with (
        whole_file(path) as table,
        open_writer(table, ".parquet", summary, show_all=False, simulated=run.as_if_in_force) as writer,
    ):
        for block in split(columns, STEP):
            results = backend.evaluate(plan, block, year=run.year, as_if_in_force=run.as_if_in_force)
            summary.add_columns(results)
            groups.add(results)
            writer.write(results)
            rows += count_rows(results, show_all=False)
            _step(run, done_count=summary.enterprises)
    shape = summary_shape(summary) | groups.shape()
    if not finish_run(run, summary=shape, result=path.name, row_count=rows, engine=engine, digest=kept.digest):
        path.unlink(missing_ok=True)
        raise Stopped
    for pattern in (f"run-{run.pk}-*", f".run-{run.pk}-*"):  # what attempts that were broken off left
        for old in runs_folder().glob(pattern):
            if old != path:
                old.unlink(missing_ok=True)


def _step(run: Run, **known: int) -> None:
    if not beat(run, **known):
        raise Stopped


def _chosen(corpus: Corpus, policies: list[str]) -> Corpus:
    if not policies:
        return corpus
    return replace(corpus, policies=tuple(each for each in corpus.policies if each.id in policies))


class _Groups:
    """Sums by size and by field (按规模、按企业类型), block after block."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.found: dict[str, dict[str, list[int]]] = {"sizes": {}, "fields": {}}

    def add(self, results: ColumnResults) -> None:
        found = tally(results, Applicants(results.columns))
        makers: dict[str, Callable[[], Grouping | None]] = {
            "sizes": lambda: by_size(results.columns, self.year), "fields": lambda: by_field(results.columns),
        }  # fmt: skip
        for name, make in makers.items():
            grouping = make()
            if grouping is None:
                continue
            known = defaultdict(lambda: [0, 0, 0, 0], self.found[name])
            for label, count, sums in zip(grouping.names, grouping.enterprises, grouping.sums(found), strict=True):
                own = (count, sums.entitled, sums.cost.definite, sums.cost.ceiling)
                known[label] = [old + new for old, new in zip(known[label], own, strict=True)]
            self.found[name] = dict(known)

    def shape(self) -> dict[str, Any]:
        names = ("enterprises", "entitled", "definite", "ceiling")
        return {
            group: [{"name": label, **dict(zip(names, sums, strict=True))} for label, sums in known.items()]
            for group, known in self.found.items()
        }


def summary_shape(summary: ColumnSummary) -> dict[str, Any]:
    """Sums as a run keeps them: money in whole fen, definite and ceiling apart."""
    return {
        "enterprises": summary.enterprises,
        "entitled": summary.entitled,
        "definite": summary.sums.definite,
        "ceiling": summary.sums.ceiling,
        "open_count": summary.sums.open_count,
        "measures": [
            {
                "key": key, "title": each.measure.measure.title, "policy": each.measure.policy.id,
                "clause": each.measure.measure.clause, "certainty": each.measure.measure.certainty.value,
                "in_force": each.in_force.value, "met": each.results[Status.MET], "unknown": each.results[Status.UNKNOWN],
                "not_met": each.results[Status.NOT_MET], "suppressed": each.suppressed, "definite": each.sums.definite,
                "ceiling": each.sums.ceiling, "open_count": each.sums.open_count,
            }
            for key, each in summary.measures.items()
        ],
        "districts": [
            {
                "code": each.code, "name": each.name, "enterprises": each.enterprises, "entitled": each.entitled,
                "definite": each.sums.definite, "ceiling": each.sums.ceiling,
            }
            for each in summary.districts
        ],
        "needs": [
            {"label": each.label, "enterprises": each.enterprises, "results": each.results} for each in summary.needs[:30]
        ],
    }  # fmt: skip
