"""Calls that work out what an enterprise can get: from facts that come along, from the register, and what if."""

from __future__ import annotations

import json
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query

from cewen.base.errors import CewenError
from cewen.base.money import yuan_text
from cewen.engine.advise.missing import MissingFact
from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.engine.factsheet import FactSheet
from cewen.engine.read_facts import load_json, parse_factsheet
from cewen.portal.access import EVERYONE, SIGNED_IN
from cewen.portal.calls import Calls, Json, contract, day, file, known
from cewen.portal.enterprises.domain import sheet_of
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.enterprises.selectors import READERS, enterprise_in_scope, factsheet_of, own_organizations
from cewen.portal.enterprises.services import EDITORS
from cewen.portal.entitlements import selectors, services
from cewen.portal.entitlements.domain import Entitlements, Line, question_of
from cewen.portal.entitlements.shapes import (
    AskedIn,
    EvaluateOut,
    ExplainOut,
    FactOut,
    NextOut,
    SheetIn,
    SheetsIn,
    WhatIfIn,
    WhatIfOut,
    When,
)
from cewen.portal.policies.selectors import corpus
from cewen.portal.request import PortalRequest

_OPEN = READERS | EDITORS
_FACTS = {"enterprise": {"名称": "示例软件公司", "注册地": "洪山区", "年营业收入": {"2023": "6800万元"}}}

calls = Calls("测算")


@calls.get("/facts", roles=EVERYONE, response=list[FactOut], summary="可填的事实")
def facts(request: HttpRequest) -> Any:
    names = ("key", "label", "subject", "type", "unit", "period", "definition", "minimum", "maximum", "source")
    return [
        {name: getattr(fact, name) for name in names} | {"type": fact.type.value, "values": list(fact.values)}
        for fact in corpus().vocabulary
    ]


def _body(request: HttpRequest) -> Any:
    """The body with exact decimals. Raises CewenError (CW600) for what is no JSON."""
    try:
        return load_json(request.body.decode("utf-8-sig"), "facts")
    except UnicodeDecodeError as error:
        raise CewenError.of("CW600", "内容不是 UTF-8 编码", "用 UTF-8 发送。") from error


def _evaluated(found: FactSheet, when: When) -> Evaluation:
    plan = selectors.plan_on(day(when.on))
    return evaluate_factsheet(plan, found, year=when.year, as_if_in_force=when.as_if_in_force)


@calls.post(
    "/explain", roles=EVERYONE, changes=False, response=ExplainOut, example=_FACTS,
    summary="一家企业：能得什么、多少、依据哪一条、还缺什么",
)  # fmt: skip
def explain(request: HttpRequest, body: SheetIn, when: Query[When]) -> Any:
    return contract(explain_json(_evaluated(parse_factsheet(_body(request), corpus()), when)))


@calls.post(
    "/evaluate", roles=EVERYONE, changes=False, response=EvaluateOut, summary="一册企业（至多一百家）逐家测算",
    example={"enterprises": [_FACTS]},
)  # fmt: skip
def evaluate(request: HttpRequest, body: SheetsIn, when: Query[When]) -> Any:
    entries = _body(request)["enterprises"]
    found = [_evaluated(parse_factsheet(entry, corpus()), when) for entry in entries]
    low, high = sum(each.total.low for each in found), sum(each.total.high for each in found)
    shape = {
        "on": day(when.on).isoformat(),
        "enterprises": [explain_json(each) for each in found],
        "total": {"low": yuan_text(low), "high": yuan_text(high)},
    }
    return contract(shape)


@calls.post(
    "/question", roles=EVERYONE, changes=False, response=NextOut, summary="接着该问什么：最能定下结果的一问",
    example={"facts": _FACTS, "skipped": []},
)  # fmt: skip
def question(request: HttpRequest, body: AskedIn, when: Query[When]) -> Any:
    sheet = parse_factsheet(_body(request)["facts"], corpus())
    found = Entitlements(selectors.plan_on(day(when.on)), sheet, when.as_if_in_force)
    left = [each for each in found.missing if question_of(each).id not in body.skipped]
    first = _question_json(left[0]) if left else None
    return {"on": found.on, "question": first, "open": len(left), "worth": found.worth.to_json()}


def _question_json(missing: MissingFact) -> Json:
    asked, fact = question_of(missing), missing.fact
    return {
        "id": asked.id, "path": asked.path, "key": fact.key, "year": asked.year, "label": fact.label,
        "control": asked.control, "unit": fact.unit, "options": list(asked.options), "source": fact.source,
        "settles": list(missing.settles), "waits": list(missing.waits),
    }  # fmt: skip


@calls.get("/mine", roles=SIGNED_IN, response=list[dict[str, str]], summary="我的企业")
def own_enterprises(request: PortalRequest) -> Any:
    return [{"uscc": each.uscc or "", "name": each.name} for each in own_organizations(request.actor)]


@calls.get(
    "/enterprises/{uscc}/entitlements", roles=_OPEN, response=ExplainOut,
    summary="库里一家企业（或自己的企业）能得什么",
)  # fmt: skip
def entitlements(request: PortalRequest, uscc: str, when: Query[When]) -> Any:
    enterprise = _enterprise(request, uscc)
    sheet = factsheet_of(enterprise) if enterprise.pk else _first_sheet(enterprise)
    return contract(explain_json(_evaluated(sheet, when)))


@calls.get(
    "/enterprises/{uscc}/entitlements/export", roles=_OPEN, files=["json", "xlsx", "docx"],
    summary="能得什么，成文件：json 带还缺的事实与最佳组合",
)  # fmt: skip
def export_entitlements(
    request: PortalRequest, uscc: str, when: Query[When], format: Literal["json", "xlsx", "docx"] = "json"
) -> HttpResponse:
    enterprise = _enterprise(request, uscc)
    found = selectors.entitlements_of(enterprise, day(when.on), when.as_if_in_force)
    if format == "json":
        return contract(json.loads(services.write_json(found)))
    name = f"entitlements-{enterprise.uscc}-{found.on}"
    if format == "xlsx":
        return file(services.write_workbook(found), name, "xlsx")
    return file(services.write_document(found, enterprise.name or enterprise.uscc), name, "docx")


@calls.post(
    "/enterprises/{uscc}/what-if", roles=_OPEN, changes=False, response=WhatIfOut,
    summary="假如事实不同：变了什么，什么也不保存",
    example={"changes": [{"key": "rd_spend", "year": "2023", "text": "800万元"}]},
)  # fmt: skip
def what_if(request: PortalRequest, uscc: str, body: WhatIfIn, when: Query[When]) -> Any:
    before = selectors.entitlements_of(_enterprise(request, uscc), day(when.on), when.as_if_in_force)
    changes = {(each.key, each.year): each.text for each in body.changes}
    sheet, faults = selectors.with_changes(before.sheet, changes)
    if faults:
        raise ValidationError({key: [sentence] for key, sentence in faults.items()})
    after = Entitlements(before.plan, sheet, before.as_if_in_force)
    shifts = [
        {"measure": line.result.measure.key, "title": each.title, "subject": line.result.subject,
         "before": _state(each.before), "after": _state(each.after), "before_high": _high(each.before),
         "after_high": _high(each.after)}
        for each in selectors.shifts(before, after)
        if (line := each.after or each.before) is not None
    ]  # fmt: skip
    return {"before": before.worth.to_json(), "after": after.worth.to_json(), "shifts": shifts}


def _state(line: Line | None) -> str | None:
    return line.state.value if line else None


def _high(line: Line | None) -> str | None:
    return None if line is None or line.high is None else yuan_text(line.high)


def _enterprise(request: PortalRequest, uscc: str) -> Enterprise:
    """One of the register in scope, or one's own that has not given a fact yet."""
    own, _all = selectors.own_enterprise(request.actor, uscc)
    return known(own or enterprise_in_scope(request.actor, uscc), _("没有这家企业，或不在您的范围内。"))


def _first_sheet(enterprise: Enterprise) -> FactSheet:
    facts = {"registered_in": {"": enterprise.region_code}}
    return sheet_of(enterprise.uscc, enterprise.name, facts, (), (), corpus())
