"""`cewen digest`: the week as a Word file — what changed, who is late, what is at risk."""

from __future__ import annotations

import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

import click

from cewen.base.errors import CewenError
from cewen.cli.options import on_option, policies_options
from cewen.cli.tasks import JOURNAL
from cewen.cli.terminal import console
from cewen.indicators.all_targets import assess_targets
from cewen.indicators.definition import load_indicators
from cewen.indicators.digest import LateTask, make_digest
from cewen.indicators.digest_docx import digest_docx
from cewen.indicators.store import load_observations
from cewen.rules.load import Corpus, load_corpus
from cewen.supervision.event import Event
from cewen.supervision.journal import Journal, cases_on
from cewen.supervision.unit import Units, load_units
from cewen.supervision.workflow import shipped_workflow


@click.command()
@on_option
@policies_options
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="文件", help="写到哪里，.docx"
)
@click.option("--days", type=click.IntRange(1, 366), default=7, metavar="天数", help="与多少天以前相比；默认 7")
@click.option(
    "--journal", type=click.Path(path_type=Path, dir_okay=False), default=JOURNAL, metavar="文件", help="督办台账"
)
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="文件夹",
    help="门户的数据文件夹：用门户里的台账与公布数，不用 --journal",
)  # fmt: skip
def command(
    on: date, policy_ids: tuple[str, ...], home: Path | None, out: Path, days: int, journal: Path, data: Path | None
) -> None:
    """周报：有什么变化、谁的任务逾期、哪些目标有风险、凭什么。

    例：cewen digest --on 2026-11-22 --out 周报.docx
    """
    if out.suffix.lower() != ".docx":
        raise CewenError.of(
            "CW752", f"写不了“{out.suffix or out.name}”", "文件名以 .docx 结尾；要 PDF 的用 Word 另存。"
        )
    corpus = load_corpus(home, policy_ids)
    own = home / "indicators.yaml" if home is not None and (home / "indicators.yaml").is_file() else None
    indicators = load_indicators(own)
    units = load_units(home / "units.yaml" if home is not None else None)
    since = on - timedelta(days=days)
    if data is not None:
        from cewen.portal.installation import start

        start(data)

        from cewen.portal.indicators.selectors import knowledge
        from cewen.portal.tasks.selectors import events as portal_events

        observations, events = knowledge().observations, portal_events()
    else:
        observations, events = load_observations(indicators=indicators), Journal(journal).events()
    now, then = (assess_targets(corpus, observations, indicators, day) for day in (on, since))
    digest = make_digest(now, then, observations, indicators, late_tasks(corpus, events, units, on), on, since)
    _write(out, digest_docx(digest))
    console().print(f"{digest.summary}\n写入 {out}。")


def late_tasks(corpus: Corpus, events: tuple[Event, ...], units: Units, on: date) -> tuple[LateTask, ...]:
    """Open tasks past their day, under the unit that leads them."""
    cases = cases_on(corpus, events, shipped_workflow(), on, lambda case: case.is_open and case.due is not None)
    titles = {policy.id: policy.header.title for policy in corpus.policies}
    return tuple(
        LateTask(
            "、".join(units.name_on(unit, on) for unit in case.lead) or "无单位认领",
            case.task.title, titles[case.task.policy], case.task.clause, case.due, (on - case.due).days, case.owner,
        )
        for case in cases
        if case.due is not None and case.due < on
    )  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    """Written beside and then renamed: an interrupted run leaves the old file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
