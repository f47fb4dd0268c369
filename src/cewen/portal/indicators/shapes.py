"""What goes in and comes out of the calls on targets and figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from cewen.portal.calls import Json, Words


class TargetFilter(Words):
    """Which targets (目标筛选)."""

    policy: str = Field("", max_length=120)
    region: str = Field("", max_length=40)
    status: str = Field("", max_length=20)
    on: date | None = None


class TargetFull(Schema):
    """Target with what it rests on (目标及其凭据)."""

    on: date
    target: Json
    figures: list[Json]
    conflicts: list[list[Json]]
    revisions: list[list[Json]]


class FigureFilter(Words):
    """Which figures (公布数筛选)."""

    on: date | None = Field(None, description="到哪一天为止公布的；默认今天")


class ImportedOut(Schema):
    """What an import did (导入结果)."""

    added: int
    known: int
    findings: list[Json]


class AlertFilter(Words):
    """Which alerts (预警筛选)."""

    show: Literal["open", "fired", "silent", "all"] = "open"


class AlertOut(Schema):
    """Alert (预警)."""

    id: int
    on: date
    rule: str
    label: str
    severity: str
    subject: str
    fired: bool
    because: str
    owner: str
    closed_at: datetime | None
    closed_by: str
    closing_reason: str


class RoundOut(Schema):
    """Round of alerts (预警检查)."""

    on: date
    before: date
    tried: int
    fired: int


class CloseIn(Schema):
    """Why an alert is closed (关闭理由)."""

    reason: str = Field(min_length=1, max_length=2000)


class GiveIn(Schema):
    """Who answers for an alert (责任单位)."""

    owner: str = Field(min_length=1, max_length=200)


class CardOut(Schema):
    """Score card (记分卡)."""

    id: int
    version: str
    title: str
    digest: str
    made_at: datetime


class ScoreOut(Schema):
    """Score of a district (得分), exact as fractions of whole numbers."""

    rank: int | None
    district: str
    low: str
    high: str
    is_settled: bool
    notes: list[str]


class CardFull(CardOut):
    """Score card with scores and appeals (记分卡及得分)."""

    content: Json
    scores: list[ScoreOut]
    appeals: list[Json]


class AppealIn(Schema):
    """Appeal and what was decided (申诉)."""

    district: str = Field(max_length=100)
    item: str = Field(max_length=60)
    on: date
    text: str = Field(min_length=1, max_length=2000)
    decision: str = Field(min_length=1, max_length=2000)
    result: str = Field("", max_length=60)
