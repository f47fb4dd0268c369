"""Use cases: bring figures in, run a round of alerts, answer one, put a score card in, record an appeal."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.indicators.alert_rules import shipped_alert_rules
from cewen.indicators.alerts import Alert as AlertOutcome
from cewen.indicators.alerts import Situation, evaluate_alerts
from cewen.indicators.observation import Observation, read_observations
from cewen.indicators.scorecard import ScoreCard
from cewen.indicators.scorecard_files import appeal_of, card_content, card_of, read_card
from cewen.portal import uploads
from cewen.portal.access import Actor, require
from cewen.portal.audit.services import record
from cewen.portal.indicators.models import Alert, AlertRound, AppealEntry, ScoreCardEntry
from cewen.portal.indicators.models import Observation as ObservationRow
from cewen.portal.indicators.selectors import STATISTICIANS, WATCHERS, board, knowledge

MOST_BYTES = 5 * 1024 * 1024
MOST_DEFINITION, MOST_BRACKETS = 64 * 1024, 500
DOOR = uploads.Door(kind="CW751", size="CW751", path="CW751", unpacked=60 * 1024 * 1024)
FIRST_ROUND_LOOKS_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did (导入结果): rows added, rows known before, and what is wrong with the rest."""

    added: int
    known: int
    findings: tuple[Diagnostic, ...]


def read_upload(name: str, content: bytes) -> tuple[tuple[Observation, ...], tuple[Diagnostic, ...]]:
    """Figures of an uploaded csv or xlsx file and a finding for each faulty row.

    Raises CewenError: CW751 for a file that is too large or of another kind, CW805 for missing columns.
    """
    suffix = Path(name).suffix.lower()
    _check_file(name, suffix, content)
    with tempfile.TemporaryDirectory(prefix="cewen-import-") as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(content)
        try:
            return read_observations(path, knowledge().indicators)
        except CewenError:
            raise
        except Exception as error:  # the readers of spreadsheets raise whatever a broken file makes them
            raise CewenError.of("CW751", f"“{name}”读不出来", "用 Excel 另存为 xlsx，或存为 UTF-8 的 csv。") from error


def _check_file(name: str, suffix: str, content: bytes) -> None:
    uploads.check_name(name, DOOR)
    if suffix not in (".csv", ".xlsx"):
        raise CewenError.of("CW751", f"“{name}”不是 csv 或 xlsx 文件", "另存为 csv 或 xlsx，不收带宏的文件。")
    if len(content) > MOST_BYTES:
        raise CewenError.of("CW751", f"“{name}”超过 {MOST_BYTES // 1024 // 1024} MB", "分成几个文件导入。")
    if suffix == ".csv":
        uploads.check_delimited(io.BytesIO(content), name, DOOR)
    else:
        uploads.check_package(io.BytesIO(content), name, DOOR, uploads.WORKBOOK)


@transaction.atomic
def import_observations(actor: Actor, *, name: str, content: bytes, keep_sound: bool = False) -> Imported:
    """导入公布数. Nothing is stored while a row is faulty, unless `keep_sound`; a figure known already is not said twice.

    Raises CewenError as `read_upload` does.
    """
    require(actor, STATISTICIANS, _("导入公布数"))
    found, findings = read_upload(name, content)
    if findings and not keep_sound:
        return Imported(0, 0, findings)
    known = {each.id for each in knowledge().observations.entries}
    fresh = [each for each in found if each.id not in known]
    ObservationRow.objects.bulk_create([_row(each, actor, name) for each in fresh], batch_size=200)
    if fresh:
        data = {"file": name[:200], "added": len(fresh), "known": len(found) - len(fresh), "left_out": len(findings),
                "series": sorted({f"{each.indicator}|{each.region}" for each in fresh})[:50]}  # fmt: skip
        record(actor, "indicators.observations.imported", f"file:{name[:150]}", data)
    return Imported(len(fresh), len(found) - len(fresh), findings)


def _row(each: Observation, actor: Actor, name: str) -> ObservationRow:
    return ObservationRow(
        digest=each.id, indicator=each.indicator, region=each.region, region_code=each.region_code,
        period=each.period.text, basis=each.basis.code, value=str(each.value), unit=each.unit, bound=each.bound.code,
        trust=each.trust.code, maturity=each.maturity.code, published_on=each.published_on,
        published_estimated=each.is_estimated, source_title=each.source_title[:300], source_url=each.source_url[:500],
        note=each.note[:500], recorded_by_id=actor.row_id, file_name=name[:200],
    )  # fmt: skip


def run_alerts(actor: Actor, *, on: date | None = None) -> AlertRound:
    """检查预警: every rule on every target and series, logged whether it fired or not. A second round of a day changes
    nothing."""
    require(actor, WATCHERS, _("检查预警"))
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError({"on": _("只能检查今天或以前的日期。")})
    existing = AlertRound.objects.filter(on=day).first()
    if existing is not None:
        return existing
    last = AlertRound.objects.filter(on__lt=day).first()
    before = last.on if last else day - FIRST_ROUND_LOOKS_BACK
    # Whoever was named answers on; what was closed with a reason stays closed until it no longer fires.
    earlier = {(each.rule, each.subject): each for each in last.alerts.filter(fired=True)} if last else {}
    now, then = board(day), board(before)  # takes seconds for a new day: worked out before the transaction
    found = evaluate_alerts(
        shipped_alert_rules(),
        Situation(
            day, before, tuple(row.each for row in now.rows), tuple(row.each for row in then.rows),
            now.knowledge.observations, now.knowledge.indicators,
        ),
    )  # fmt: skip
    with transaction.atomic():
        made, is_new = AlertRound.objects.get_or_create(on=day, defaults={"before": before, "run_by": actor.name})
        if is_new:
            rows = [_alert(made, each, earlier.get((each.rule.rule, each.subject[:300]))) for each in found]
            Alert.objects.bulk_create(rows, batch_size=100)
            data = {"on": day, "before": before, "tried": len(found), "fired": sum(each.fired for each in found)}
            record(actor, "indicators.alerts.run", f"alert_round:{made.pk}", data)
    return made


def _alert(made: AlertRound, each: AlertOutcome, earlier: Alert | None) -> Alert:
    row = Alert(
        round=made, rule=each.rule.rule, label=each.rule.label, severity=each.rule.severity,
        subject=each.subject[:300], fired=each.fired, because=each.because, owner=each.owner[:200],
    )  # fmt: skip
    if earlier is not None and each.fired:
        row.owner = earlier.owner
        row.closed_at, row.closed_by = earlier.closed_at, earlier.closed_by
        row.closing_reason = earlier.closing_reason
    return row


@transaction.atomic
def close_alert(actor: Actor, *, alert_id: int, reason: str) -> Alert:
    """关闭预警: with a reason, once."""
    require(actor, WATCHERS, _("关闭预警"))
    found = Alert.objects.select_for_update().get(pk=alert_id, fired=True)
    if found.closed_at is not None:
        raise ValidationError(_("这条预警已由%(name)s关闭。") % {"name": found.closed_by})
    if not reason.strip():
        raise ValidationError({"reason": _("写明关闭的理由。")})
    found.closed_at, found.closed_by, found.closing_reason = timezone.now(), actor.name, reason.strip()
    found.save(update_fields=["closed_at", "closed_by", "closing_reason"])
    record(actor, "indicators.alert.closed", f"alert:{found.pk}", {"subject": found.subject, "reason": reason.strip()})
    return found


@transaction.atomic
def give_alert(actor: Actor, *, alert_id: int, owner: str) -> Alert:
    """指定预警责任单位: who answers for it from now on."""
    require(actor, WATCHERS, _("指定责任单位"))
    found = Alert.objects.select_for_update().get(pk=alert_id, fired=True)
    if not owner.strip():
        raise ValidationError({"owner": _("写明责任单位。")})
    data = {"from": found.owner, "to": owner.strip()}
    found.owner = owner.strip()[:200]
    found.save(update_fields=["owner"])
    record(actor, "indicators.alert.given", f"alert:{found.pk}", data)
    return found


def _check_definition(content: bytes) -> None:
    """A definition is short and says everything once: aliases (&, *) could make it unfold without end."""
    if len(content) > MOST_DEFINITION:
        message = f"考核定义超过 {MOST_DEFINITION // 1024} KB"
        raise CewenError.of("CW751", message, "定义只写考核项；各格的数放在 csv。")
    if content.count(b"[") + content.count(b"{") > MOST_BRACKETS:  # the scanner's time grows with the square of these
        raise CewenError.of("CW751", "考核定义里的括号太多", "每个考核项写成几行，不用括号。")
    try:
        tokens = list(yaml.scan(content.decode("utf-8-sig"), Loader=yaml.SafeLoader))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise CewenError.of("CW753", "考核定义不是 UTF-8 的 YAML 文件", "用文本编辑器存为 UTF-8。") from error
    if any(isinstance(each, (yaml.AliasToken, yaml.TagToken)) for each in tokens):
        raise CewenError.of("CW751", "考核定义里有引用（*）或标签（!）", "把引用的内容照写一遍。")


@transaction.atomic
def put_score_card(actor: Actor, *, definition: bytes, cells: bytes) -> ScoreCardEntry:
    """录入记分卡: definition (yaml) and cells (csv), scored at once so that a faulty one is refused.

    Raises CewenError (CW001, CW002, CW753, CW809).
    """
    require(actor, WATCHERS, _("录入记分卡"))
    _check_definition(definition)
    uploads.check_delimited(io.BytesIO(cells), "cells.csv", DOOR)
    try:
        content = read_card(definition, cells)
    except (csv.Error, RecursionError, ValueError) as error:
        raise CewenError.of("CW753", "考核定义或各格的数读不出来", "对照示例改好再传。") from error
    card = card_of(content)
    made = ScoreCardEntry.objects.create(
        version=content.version, title=content.title, content=content.to_json(), digest=card.digest,
        made_by_id=actor.row_id,
    )  # fmt: skip
    data = {"version": content.version, "title": content.title, "digest": card.digest}
    record(actor, "indicators.score_card.put", f"score_card:{made.pk}", data)
    return made


@transaction.atomic
def add_appeal(
    actor: Actor, *, card_id: int, district: str, item: str, on: date, text: str, decision: str, result: str = ""
) -> AppealEntry:
    """记录申诉: what was asked and decided. The cells as put in stay; the score follows from both."""
    require(actor, WATCHERS, _("记录申诉"))
    card = ScoreCardEntry.objects.select_for_update().get(pk=card_id)
    appeal = AppealEntry(
        card=card, district=district, item=item, on=on, text=text, decision=decision, result=result.strip(),
        made_by_id=actor.row_id,
    )  # fmt: skip
    score_of(card, [*card.appeals.all(), appeal])  # refuses a cell that is not there or a result that is no number
    appeal.save()
    data: dict[str, Any] = {"district": district, "item": item, "on": on, "decision": decision, "result": result}
    record(actor, "indicators.score_card.appealed", f"score_card:{card.pk}", data)
    return appeal


def score_of(card: ScoreCardEntry, appeals: Iterable[AppealEntry]) -> ScoreCard:
    """The card scored with its appeals. Raises CewenError (CW753, CW809)."""
    decided = [appeal_of(each.district, each.item, each.on, each.text, each.decision, each.result) for each in appeals]
    return card_of(card_content(card.content), decided)
