"""JSON Schema (draft 2020-12) of the YAML files of a policy folder, so that editors complete and mark them."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from cewen.rules.draft.lexicon import Entry
from cewen.rules.facts import Fact
from cewen.rules.kinds import DEFAULT_KIND, measure_kinds
from cewen.rules.policy import Header, Target, TaskEntry

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_TITLES = {
    "Citation": "条文引用", "ForYears": "连续若干年", "TierEntry": "档次", "StackingRule": "叠加规则", "Fact": "事实",
    "Header": "政策文件", "Target": "目标", "TaskEntry": "任务", "Entry": "说法", "Certainty": "确定性", "Kind": "事实的类型",
    "CaseFile": "算例文件", "Case": "算例", "Expectation": "期望的结果", "ExpectedGap": "期望的差距",
    "Reform": "改革方案", "MeasureChange": "改动的措施", "AddedMeasure": "新增的措施", "StackingChange": "叠加规则的改动",
    "ValidityChange": "有效期的改动",
}  # fmt: skip
_NAMES = {
    "id": "英文短名，文件夹内不重复", "title": "中文名称", "clause": "条文路径，如 二/（六）", "quote": "条文原句，逐字引用",
    "certainty": "确定性：definite 确定、ceiling 最高限额、selective 择优、case_by_case 一事一议",
    "cap": "最高不超过，如 100万元", "amount": "金额，如 20万元", "kind": "种类", "subject": "对象：enterprise、project、product、park",
    "type": "类型", "issuer": "发布机关", "issued_on": "印发日期", "document": "正文文件名", "stacking": "叠加规则",
    "rule": "highest_only 就高不重复、joint_cap 合计上限", "indicator": "指标名称", "op": "目标与实际的关系，about 为左右、range 为区间",
    "value": "目标值，照原文写成文字", "unit": "单位", "year": "年份", "frequency": "频次", "region": "适用地区",
    "aspirational": "是否力争、争取的目标", "note": "说明", "responsible": "责任单位", "period": "annual 年度、point 时点、event 事件",
    "definition": "定义与口径", "measure": "措施编号", "cases": "各个算例", "on": "结论的日期", "facts": "事实，与 cewen explain 的输入相同",
    "as_if_in_force": "按施行中模拟", "expect": "期望的结果", "status": "met 符合、not_met 不符合、unknown 待核实、not_in_force 未施行",
    "low": "最低金额；没有数额的写 null", "high": "最高金额；没有数额的写 null", "needs": "待补的事实", "gaps": "差距", "reason": "为何没有施行",
    "tier": "档次名称", "fact": "事实的名称", "missing": "还差多少，带单位", "name": "名称",
}  # fmt: skip
"""Descriptions for fields that have none of their own."""


def measure_schema() -> Schema:
    """A measure file: one branch a kind; `kind` may be left out for the default one only."""
    branches: list[Schema] = []
    definitions: Schema = {}
    for kind, model in measure_kinds().items():
        schema = _schema_of(model)
        definitions.update(schema.pop("$defs", {}))
        schema["title"] = f"{model.kind_label}（{kind}）"
        schema["properties"]["kind"] = {"const": kind, "description": f"种类：{model.kind_label}"}
        if kind == DEFAULT_KIND:
            schema["properties"]["kind"]["default"] = kind
        else:
            schema["required"] = ["kind", *schema["required"]]
        definitions[model.__name__] = schema
        branches.append({"$ref": f"#/$defs/{model.__name__}"})
    return _finished({"title": "措施", "description": "一个文件一条措施", "oneOf": branches, "$defs": definitions})


def file_schema(model: type[BaseModel], title: str) -> Schema:
    """A file that holds one `model`."""
    return _finished({**_schema_of(model), "title": title})


def list_schema(model: type[BaseModel], title: str) -> Schema:
    """A file that holds a list of `model`."""
    item = _schema_of(model)
    definitions = {**item.pop("$defs", {}), model.__name__: item}
    items = {"$ref": f"#/$defs/{model.__name__}"}
    return _finished({"title": title, "type": "array", "items": items, "$defs": definitions})


def rule_schemas() -> dict[str, Schema]:
    """The schemas of everything `rules` loads, by the name of their file."""
    return {
        "measure": measure_schema(),
        "policy": file_schema(Header, "政策文件"),
        "facts": list_schema(Fact, "事实"),
        "targets": list_schema(Target, "目标"),
        "tasks": list_schema(TaskEntry, "任务"),
        "lexicon": list_schema(Entry, "说法"),
    }


def render_schema(schema: Schema) -> str:
    """The text of a schema file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _schema_of(model: type[BaseModel]) -> Schema:
    schema = model.model_json_schema(mode="validation")
    for name, definition in (*schema.get("$defs", {}).items(), (model.__name__, schema)):
        _speak_chinese(name, definition)
    return schema


def _speak_chinese(name: str, definition: Schema) -> None:
    """Replace English docstrings and titles; every property gets a Chinese description."""
    definition.pop("description", None)
    definition.pop("title", None)
    if name in _TITLES:
        definition["title"] = _TITLES[name]
    for field, schema in definition.get("properties", {}).items():
        schema.pop("title", None)
        schema["description"] = schema.get("description") or _NAMES.get(field, field)


def _finished(schema: Schema) -> Schema:
    rest = {key: value for key, value in schema.items() if key not in ("title", "$schema")}
    return {"$schema": DIALECT, "title": schema["title"], **rest}
