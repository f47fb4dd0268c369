"""A digest as a Word file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from cewen.indicators.assess import Assessment
from cewen.indicators.digest import Digest, Publication

FACE, SONG = "Microsoft YaHei", "SimSun"


def digest_docx(digest: Digest) -> bytes:
    """The digest in four parts, each with a sentence where there is nothing to tell."""
    document = Document()
    _dress(document, digest)
    document.add_heading(f"目标与督办周报　{digest.on.year}年{digest.on.month}月{digest.on.day}日", 0)
    document.add_paragraph(digest.summary)
    document.add_heading("一、有什么变化", 1)
    _table(
        document, ("目标", "原来", "现在", "理由"),
        ((_name(each.now), each.before.status.label, each.now.status.label, each.now.reason) for each in digest.changes),
        "没有目标的状态变化。",
    )  # fmt: skip
    document.add_heading("新公布的数", 2)
    _table(
        document, ("指标", "统计期", "数值", "公布日期", "来源"), (_published(each) for each in digest.published),
        "没有新公布的数。",
    )  # fmt: skip
    document.add_heading("二、逾期任务", 1)
    if not digest.late:
        document.add_paragraph("没有逾期的任务。")
    for unit, tasks in digest.late:
        document.add_heading(f"{unit}（{len(tasks)} 件）", 2)
        rows = (
            (t.title, f"{t.policy} {t.clause}", t.due.isoformat(), f"{t.days} 天", t.owner or "未定") for t in tasks
        )
        _table(document, ("任务", "依据", "到期", "逾期", "责任人"), rows, "")
    document.add_heading("三、有风险的目标", 1)
    _table(
        document, ("目标", "状态", "可能性", "依据条款", "凭据与理由"), (_risk(each) for each in digest.risks),
        "没有有风险或未达到的目标。",
    )  # fmt: skip
    document.add_heading("四、说明", 1)
    document.add_paragraph(
        "状态由截至当日已公布的数决定；没有到期数的按回测误差给出可能性：75% 以上为进度正常，不足 25% 为难以达到。"
        "没有数的写“无数据”，不猜。增速用公布的同比增速，不用两年公布数相除。"
    )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _dress(document: Any, digest: Digest) -> None:
    """A4, Chinese faces, and dates that are those of the digest, so that the same day gives the same file."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    for name, face, size in (
        ("Normal", SONG, 10.5),
        ("Heading 1", FACE, 14),
        ("Heading 2", FACE, 11),
        ("Title", FACE, 18),
    ):
        style = document.styles[name]
        style.font.name, style.font.size = face, Pt(size)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    properties = document.core_properties
    properties.title, properties.author, properties.language = "目标与督办周报", "策问", "zh-CN"
    properties.created = properties.modified = datetime(digest.on.year, digest.on.month, digest.on.day)


def _table(document: Any, head: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    found = list(rows)
    if not found:
        document.add_paragraph(empty)
        return
    table = document.add_table(1, len(head), style="Table Grid")
    for cell, word in zip(table.rows[0].cells, head, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(word).bold = True
    mark = table.rows[0]._tr.get_or_add_trPr()
    mark.append(mark.makeelement(qn("w:tblHeader"), {}))  # the head is said again on every page
    for row in found:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _name(each: Assessment) -> str:
    target = each.target
    due = f"{target.year}年" if target.year else ""
    return f"{target.region}{due}{target.indicator}{each.goal.words if each.goal else target.value}"


def _risk(each: Assessment) -> tuple[str, ...]:
    chance = f"{each.outlook.probability * 100:.0f}%" if each.outlook else "—"
    source = f"（{each.observed.source_title}，{each.observed.published_on} 公布）" if each.observed else ""
    return (
        _name(each),
        each.status.label,
        chance,
        f"{each.policy.header.title} {each.target.clause}",
        each.reason + source,
    )


def _published(each: Publication) -> tuple[str, ...]:
    one, earlier = each.observation, each.earlier
    value = f"{one.bound.label}{float(one.value):g} {one.unit}"
    if earlier is not None and earlier.value != one.value:
        value += f"（此前 {earlier.bound.label}{float(earlier.value):g} {earlier.unit}）"
    day = one.published_on.isoformat() + ("（估计）" if one.is_estimated else "")
    return each.label, f"{one.region}{one.period.label}", value, day, one.source_title
