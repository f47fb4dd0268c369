"""What goes in and comes out of the calls on the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from cewen.portal.calls import Json, Words
from cewen.portal.enterprises.models import Enterprise, EnterpriseClaim, FactImport


class EnterpriseOut(Schema):
    """Enterprise of the register (企业); money in fen, null where nothing is known."""

    uscc: str
    name: str
    region_code: str
    size: str
    fields: str
    revenue_fen: int | None
    revenue_year: int | None
    employees: int | None
    employees_year: int | None
    award_count: int


class EnterprisePage(Schema):
    """A page of the register (企业列表); `after` is the mark of the next page, as quick at the end as at the beginning."""

    items: list[EnterpriseOut]
    count: int
    next_offset: int | None
    after: str | None


class EnterpriseFilter(Words):
    """Which enterprises (企业筛选)."""

    region: str = Field("", max_length=40, description="注册地的名称或代码")
    size: str = Field("", max_length=10, description="规模")
    field: str = Field("", max_length=60, description="企业类型")
    awards: Literal["", "yes", "no"] = Field("", description="有没有获过奖补")
    sort: Literal["name", "-revenue", "revenue", "-employees", "employees", "uscc"] = "name"
    after: str = Field("", max_length=400, description="上一页给的记号；长名册用它翻页，不用 offset")


class FactsOut(Schema):
    """Everything known of an enterprise (事实): texts by fact and year ("" for what has no year), where each is from."""

    uscc: str
    version: int
    facts: dict[str, dict[str, str]]
    sources: dict[str, dict[str, list[str]]]
    objects: list[Json]


class FactIn(Schema):
    """One fact to be changed (改一项事实); an empty text says that it is not known."""

    key: str = Field(max_length=60)
    path: str = Field("enterprise", max_length=30)
    year: str = Field("", max_length=4)
    text: str = Field(max_length=2000)
    source: str = Field("", max_length=200)


class ObjectIn(Schema):
    """A project, product or park to be added (新增对象)."""

    subject: Literal["project", "product", "park"]


class ChangeOut(Schema):
    """Change of a fact (事实变更); "" where nothing was known."""

    at: datetime
    path: str
    key: str
    label: str
    year: str
    old: str
    new: str
    source: str
    person: str


class AwardOut(Schema):
    """Award already made (已获奖补)."""

    measure: str
    title: str
    on: date
    amount_fen: int
    object: str
    tier: str


class ImportOut(Schema):
    """Import of a file (导入批次): how far it is, and what was found."""

    id: int
    file_name: str
    source: str
    size: int
    sha256: str
    stage: Literal["received", "clean", "faulty", "loading", "loaded", "failed"]
    row_count: int
    new_count: int
    changed_count: int
    finding_count: int
    created_at: datetime
    finished_at: datetime | None


class ViewIn(Schema):
    """A query to be kept (保存查询)."""

    name: str = Field(min_length=1, max_length=60)
    query: str = Field(max_length=500, description="查询串，如 region=420111&sort=-revenue")


class ViewOut(ViewIn):
    """Kept query (保存的查询)."""

    id: int


class ClaimIn(Schema):
    """Claim on an enterprise (认领企业)."""

    uscc: str = Field(min_length=18, max_length=18)
    name: str = Field(min_length=1, max_length=200)
    region_code: str = Field(min_length=1, max_length=20, description="注册地的名称或代码")
    grounds: str = Field(min_length=1, max_length=300, description="职务与可供核实的联系方式")


class ClaimOut(Schema):
    """Claim (认领): whose, on what, what was decided."""

    id: int
    person: str
    uscc: str
    name: str
    region_code: str
    grounds: str
    stage: Literal["open", "approved", "refused"]
    reason: str
    created_at: datetime
    decided_at: datetime | None


class DecisionIn(Schema):
    """What is decided on a claim (核实认领); a refusal says why."""

    approve: bool
    reason: str = Field("", max_length=300)


def enterprise_json(row: Enterprise) -> Json:
    """An enterprise as the interface gives it."""
    names = (
        "uscc", "name", "region_code", "size", "fields", "revenue_year", "employees", "employees_year", "award_count"
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"revenue_fen": row.revenue}


def import_json(found: FactImport) -> Json:
    """An import as the interface gives it."""
    names = [name for name in ImportOut.model_fields if name != "finding_count"]
    return {name: getattr(found, name) for name in names} | {"finding_count": len(found.findings)}


def claim_json(found: EnterpriseClaim) -> Json:
    """A claim as the interface gives it."""
    names = [name for name in ClaimOut.model_fields if name != "person"]
    return {name: getattr(found, name) for name in names} | {"person": str(found.person)}
