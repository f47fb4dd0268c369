"""The week in a Word file: what changed, who is late, what is at risk, each with its evidence."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

from docx import Document

from cewen.cli.digest import late_tasks
from cewen.indicators.digest import RISKS, Digest, make_digest
from cewen.indicators.digest_docx import digest_docx
from cewen.supervision.unit import load_units
from cli_support import cewen
from indicator_support import TODAY, assessed, shipped

SINCE = date(2026, 1, 22)


def digest() -> Digest:
    corpus, observations, indicators = shipped()
    late = late_tasks(corpus, (), load_units(), TODAY)
    return make_digest(assessed().values(), assessed(SINCE).values(), observations, indicators, late, TODAY, SINCE)


def words(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def test_it_holds_every_change_every_late_task_and_every_target_at_risk() -> None:
    found, text = digest(), words(digest_docx(digest()))
    assert {each.now.id for each in found.changes} == {
        key for key, each in assessed().items() if each.status is not assessed(SINCE)[key].status
    }
    assert {each.id for each in found.risks} == {key for key, each in assessed().items() if each.status in RISKS}
    assert found.risks
    for risk in found.risks:
        assert risk.reason in text
    for unit, tasks in found.late:
        assert f"{unit}（{len(tasks)} 件）" in text
        assert all(task.days == (TODAY - task.due).days > 0 for task in tasks)
    assert {each.observation.published_on > SINCE for each in found.published} == {True}


def test_a_figure_that_takes_the_place_of_another_names_it() -> None:
    revised = [each for each in digest().published if each.earlier and each.earlier.value != each.observation.value]
    text = words(digest_docx(digest()))
    assert all(
        f"此前 {each.earlier.bound.label}{float(each.earlier.value):g}" in text for each in revised if each.earlier
    )


def test_a_quiet_day_says_so() -> None:
    _, observations, indicators = shipped()
    now = assessed().values()
    quiet = make_digest(now, now, observations, indicators, (), TODAY, TODAY)
    text = words(digest_docx(quiet))
    assert "没有目标的状态变化。" in text
    assert "没有新公布的数。" in text
    assert "没有逾期的任务。" in text


def test_the_command_writes_the_file_and_refuses_another_kind(tmp_path: Path) -> None:
    out = tmp_path / "weekly.docx"
    done = cewen("digest", "--on", "2026-11-22", "--out", str(out))
    assert done.returncode == 0
    assert "目标与督办周报" in words(out.read_bytes())
    refused = cewen("digest", "--on", "2026-11-22", "--out", str(tmp_path / "weekly.pdf"))
    assert refused.returncode == 1
    assert "CW752" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["weekly.docx"]
