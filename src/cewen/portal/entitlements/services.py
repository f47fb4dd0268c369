"""Facts taken over in one go; entitlements as files: a document, a workbook, JSON as the command line, a calendar."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, timedelta
from typing import Any

import docx
import xlsxwriter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from cewen.base.certainty import Certainty
from cewen.base.money import display_money, yuan_text
from cewen.engine.advise.worth import Worth
from cewen.engine.explain import explain_json
from cewen.portal.access import Actor
from cewen.portal.enterprises.services import add_object, change_fact, open_own_enterprise
from cewen.portal.entitlements.domain import Entitlements, Line, State
from cewen.rules.facts import COLLECTIONS

_BODY, _OFFICIAL = "Microsoft YaHei", "SimSun"
_NOTE = "金额为按条文与所填事实算出的结果，不是拨付决定。“最高”是上限，不与“确定”相加；“待核实”不等于没有。"


@transaction.atomic
def take_over(
    actor: Actor, *, uscc: str, slots: Iterable[tuple[str, str, str, str]], source: str, objects: Iterable[str] = ()
) -> int:
    """一次存入多项事实: all of them or none; gives how many changed.

    `slots` are (path, key, year, text). `objects` are subjects of which new ones are made first, and to which the
    paths of `slots` then count. Raises ValidationError naming the fact that does not fit.
    """
    open_own_enterprise(actor, uscc)
    paths: dict[str, str] = {}
    counts: dict[str, int] = {}
    for subject in objects:
        old = f"{COLLECTIONS[subject]}[{counts.get(subject, 0)}]"
        counts[subject] = counts.get(subject, 0) + 1
        paths[old] = add_object(actor, uscc=uscc, subject=subject)
    changed = 0
    for path, key, year, text in slots:
        try:
            changed += change_fact(
                actor, uscc=uscc, path=paths.get(path, path), key=key, year=year, text=text, source=source
            )
        except ValidationError as refused:
            raise ValidationError({"text": f"{key} {year}：{''.join(refused.messages)}"}) from refused
    return changed


def write_calendar(found: Entitlements, name: str) -> bytes:
    """When what is met ends, as a calendar (iCalendar, RFC 5545): a day's entry with a reminder thirty days before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//cewen//entitlements//ZH"]
    now = timezone.now().astimezone(UTC)
    for ends, policy, count in found.ending:
        uid = hashlib.sha256(f"{policy.id} {ends} {name}".encode()).hexdigest()[:32]
        lines += [
            "BEGIN:VEVENT", f"UID:{uid}@cewen", f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}", f"DTSTART;VALUE=DATE:{ends:%Y%m%d}",
            f"DTEND;VALUE=DATE:{ends + timedelta(days=1):%Y%m%d}",
            *_folded(f"SUMMARY:{_escaped(f'{policy.header.title}到期，{count} 条可享措施')}"),
            "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P30D", *_folded(f"DESCRIPTION:{_escaped(policy.header.title)}"),
            "END:VALARM", "END:VEVENT",
        ]  # fmt: skip
    return ("\r\n".join((*lines, "END:VCALENDAR")) + "\r\n").encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """At most 75 octets a line, the rest on lines that begin with a space."""
    parts, size = [""], 0
    for character in line:
        if size + len(character.encode()) > 73:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += len(character.encode())
    return parts


def amount_words(line: Line) -> str:
    """An amount with its certainty: 72.00 万元, 最高 100.00 万元, 一事一议, 待核实：还缺 …"""
    high = "" if line.high is None else display_money(line.high)
    if line.state is State.UNKNOWN:
        bound = f"，至多 {high}" if high else ""
        return f"待核实：还缺 {'、'.join(line.result.need_labels) or '人工判断'}{bound}"
    if line.state is State.NEAR:
        return "；".join(f"{each.label}差 {each.missing}" for each in line.gaps)
    if line.state is State.NOT_IN_FORCE:
        header = line.policy.header
        return line.result.reason.says(header.validity) if line.result.reason else "未施行"
    if line.state is State.NOT_MET:
        return "不符合"
    if not high:
        return "一事一议" if line.certainty is Certainty.CASE_BY_CASE else "文件未写明数额"
    words = {Certainty.DEFINITE: "", Certainty.SELECTIVE: "择优，最高 "}.get(line.certainty, "最高 ")
    return f"{words}{high}"


def worth_words(worth: Worth) -> str:
    """Both sums, side by side."""
    return f"确定 {display_money(worth.definite)}；另有上限 最高 {display_money(worth.ceiling)}（不相加）"


def write_json(found: Entitlements, name: str = "") -> bytes:
    """The contract of `cewen explain`, with the missing facts and the best choice of `cewen advise` beside it."""
    data: dict[str, Any] = explain_json(found.situation.evaluation)
    data["worth"] = found.worth.to_json()
    data["missing"] = [each.to_json() for each in found.missing]
    data["steps"] = [each.to_json() for each in found.steps]
    data["chosen"] = [each.measure.key for each in found.choice.chosen]
    return json.dumps(data, ensure_ascii=False, indent=2).encode()


_TITLES = ("状态", "措施", "对象", "确定性", "金额（元）", "说明", "条款", "文件", "文号", "原文", "有效期至", "被顶替")


def write_workbook(found: Entitlements, name: str = "") -> bytes:
    """One row for each measure; amounts in exact yuan as text, so that nothing is rounded."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"{name}可享措施", "author": "策问", "comments": f"{found.on} 的结论"})
    sheet, wrap = book.add_worksheet("可享"), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 2)
    for at, width in enumerate((9, 30, 16, 10, 16, 30, 10, 34, 20, 60, 12, 30)):
        sheet.set_column(at, at, width, wrap)
    sheet.write_row(0, 0, _TITLES, book.add_format({"bold": True}))
    row = 0
    for group in found.groups:
        for line in group.lines:
            row += 1
            header, suppressed = line.policy.header, line.result.suppressed_by
            ends = header.validity.expires_on
            cells = (group.word, line.title, line.object_name, line.certainty.label,
                     "" if line.high is None else yuan_text(line.high), amount_words(line), line.clause, header.title,
                     header.number or "", line.result.measure.measure.quote, ends.isoformat() if ends else "",
                     suppressed.reason if suppressed else "")  # fmt: skip
            for at, cell in enumerate(cells):
                sheet.write_string(row, at, cell)
    facts = book.add_worksheet("缺的事实")
    facts.write_row(0, 0, ("事实", "年度", "补上就能定", "还要配合别的", "来源"), book.add_format({"bold": True}))
    for at, each in enumerate(found.missing, start=1):
        year = "" if each.year is None else str(each.year)
        for column, cell in enumerate(
            (each.fact.label, year, "、".join(each.settles), "、".join(each.waits), each.fact.source)
        ):
            facts.write_string(at, column, cell)
    book.close()
    return buffer.getvalue()


def write_document(found: Entitlements, name: str) -> bytes:
    """A document: sums, then every measure that is met, near or open, with its clause in the official typeface."""
    document = docx.Document()
    _face(document.styles["Normal"], _BODY, 10.5)
    for level in (1, 2, 3):
        _face(document.styles[f"Heading {level}"], _BODY, {1: 18, 2: 14, 3: 11}[level])
    document.core_properties.author, document.core_properties.title = "策问", f"{name}可享措施"
    document.add_heading(f"{name}　可享措施", 1)
    how = "；假定未施行的也施行" if found.as_if_in_force else ""
    document.add_paragraph(f"{found.on} 的结论，年度事实取 {found.year} 年{how}。")
    if found.as_if_in_force or found.on != timezone.localdate():
        document.add_paragraph().add_run("这是试算，不能据以申报或拨付。").bold = True
    document.add_paragraph(worth_words(found.worth))
    if found.open_count:
        document.add_paragraph(f"另有 {found.open_count} 条符合，文件未写明数额。")
    if found.has_choice:
        chosen = "、".join(each.measure.measure.title for each in found.choice.chosen)
        document.add_paragraph(f"最佳组合：{chosen}。{worth_words(found.choice.worth)}")
    for group in found.groups:
        if group.state in (State.ENTITLED, State.NEAR, State.UNKNOWN) and group.lines:
            document.add_heading(f"{group.word}　{len(group.lines)} 条", 2)
            for line in group.lines:
                _add_line(document, line)
    if found.missing:
        document.add_heading("补上这些就能定", 2)
        for each in found.missing:
            settles = "、".join(each.settles) or "配合别的事实：" + "、".join(each.waits)
            document.add_paragraph(f"{each.words}：{settles}", style="List Number")
    if found.ending:
        document.add_heading("何时到期", 2)
        for ends, policy, count in found.ending:
            document.add_paragraph(f"{ends}　《{policy.header.title}》{count} 条")
    document.add_paragraph(_NOTE)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_line(document: Any, line: Line) -> None:
    whose = f"（{line.object_name}）" if line.object_name else ""
    document.add_heading(f"{line.title}{whose}　{amount_words(line)}", 3)
    if line.result.suppressed_by:
        document.add_paragraph(f"不计入合计：{line.result.suppressed_by.reason}")
    for each in line.conditions:
        gap = f"　差 {each.gap.missing}，到 {each.gap.required} 即可" if each.gap else ""
        document.add_paragraph(f"{each.truth.sign} {each.text}：{each.detail}{gap}")
    quote = document.add_paragraph()
    quote.paragraph_format.left_indent = Pt(21)
    for text, is_number in line.quote:
        run = quote.add_run(text)
        run.font.name, run.bold = _OFFICIAL, is_number
        run._element.rPr.rFonts.set(qn("w:eastAsia"), _OFFICIAL)
    header = line.policy.header
    ends = header.validity.expires_on
    until = f"，有效期至 {ends}" if ends else ""
    document.add_paragraph(f"《{header.title}》{header.number or ''} {line.clause}{until}")


def _face(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size, style.font.color.rgb = name, Pt(size), RGBColor(0x1B, 0x1F, 0x24)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITERS: dict[str, tuple[str, Callable[[Entitlements, str], bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", write_document),
    "xlsx": (SPREADSHEET, write_workbook),
    "json": ("application/json", write_json),
    "ics": ("text/calendar", write_calendar),
}
"""Kinds of files: their media type and what writes them for a name."""
