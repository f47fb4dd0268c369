"""The parts of docs/reference/language.md that follow from the program: functions, kinds, types."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cewen.rules.kinds import DEFAULT_KIND, measure_kinds
from cewen.rules.measure import Measure
from cewen.rules.schema import measure_schema
from cewen.rules.types import Kind


@dataclass(frozen=True, slots=True)
class Function:
    """A function (函数) of the condition language, with one example that parses and lowers."""

    form: str
    meaning: str
    example: str


FUNCTIONS: dict[str, Function] = {
    "上年": Function("上年(年度事实)", "前一年的值", "上年(年营业收入) >= 500万元"),
    "增速": Function("增速(年度事实)", "（本年 − 上年）÷ 上年；上年为零时无从计算，条件不成立", "增速(年营业收入) >= 30%"),
    "增量": Function("增量(年度事实)", "本年 − 上年", "增量(年营业收入) > 0元"),
    "首次达到": Function("首次达到(年度事实, 门槛)", "本年达到（含本数），以前各年都没有；上年必须已知", "首次达到(年营业收入, 20亿元)"),
    "首次突破": Function("首次突破(年度事实, 门槛)", "本年超过（不含本数），以前各年都没有", "首次突破(年营业收入, 20亿元)"),
    "分档": Function(
        "分档(数, 门槛, 结果, 门槛, 结果…)", "达到的最高一档的结果，一档也没达到是零；门槛由低到高",
        "分档(年营业收入, 1亿元, 10万元, 10亿元, 50万元) > 0元",
    ),
    "最高": Function("最高(数, 数…)", "其中最大的", "最高(年研发投入, 100万元) >= 500万元"),
    "最低": Function("最低(数, 数…)", "其中最小的", "最低(年研发投入, 100万元) >= 50万元"),
}  # fmt: skip

_VALUES = {
    Kind.MONEY: ("500万元、1.5亿元、12345.67元", "比较、计算"),
    Kind.COUNT: ("10人、24个月、2年（即24个月）", "比较、计算"),
    Kind.INTEGER: ("3级、100名", "比较、计算"),
    Kind.RATIO: ("15%、3‰、2个百分点", "比较、计算"),
    Kind.BOOLEAN: ("是、否", "直接写名称，或 = 是、= 否"),
    Kind.TEXT: ("登记的文字", "属于"),
    Kind.ENUM: ("登记的取值", "属于、=、!="),
    Kind.SET: ("登记的取值，可多个", "包含"),
    Kind.REGION: ("行政区划名称或代码、功能区代码", "属于"),
    Kind.USCC: ("18 位统一社会信用代码", "不用于条件"),
    Kind.DATE: ("2024-06-30", "不用于条件"),
}


def render_functions() -> str:
    """A row for each function."""
    rows = [f"| `{each.form}` | {each.meaning} | `{each.example}` |" for each in FUNCTIONS.values()]
    return "\n".join(["| 写法 | 意思 | 例子 |", "| --- | --- | --- |", *rows])


def render_types() -> str:
    """A row for each type of fact."""
    rows = [f"| {kind.label} `{kind.value}` | {values} | {use} |" for kind, (values, use) in _VALUES.items()]
    return "\n".join(["| 类型 | 值的写法 | 在条件里 |", "| --- | --- | --- |", *rows])


def render_entries() -> str:
    """A row for each entry every measure has."""
    schema = measure_schema()["$defs"][measure_kinds()[DEFAULT_KIND].__name__]
    own = [name for name in Measure.model_fields if name in schema["properties"]]
    return _entry_table(schema, own)


def render_kinds() -> str:
    """For each kind its own entries."""
    definitions = measure_schema()["$defs"]
    parts = []
    for kind, model in measure_kinds().items():
        own = [name for name in model.model_fields if name not in Measure.model_fields and name != "kind"]
        said = "（默认，可不写 kind）" if kind == DEFAULT_KIND else ""
        heading = f"### `kind: {kind}`　{model.kind_label}{said}"
        parts.append(f"{heading}\n\n{_entry_table(definitions[model.__name__], own)}")
    return "\n\n".join(parts)


def _entry_table(schema: dict[str, object], names: list[str]) -> str:
    properties, required = schema["properties"], schema.get("required", [])
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    rows = [
        f"| `{name}` | {'必填' if name in required else ''} | {properties[name]['description']} |" for name in names
    ]
    return "\n".join(["| 项 | | 意思 |", "| --- | --- | --- |", *rows])


BLOCKS = {"functions": render_functions, "types": render_types, "entries": render_entries, "kinds": render_kinds}


def refresh(text: str) -> str:
    """The page with each generated block made anew: <!-- 生成：functions --> … <!-- 生成完 -->."""

    def block(match: re.Match[str]) -> str:
        return f"{match['open']}\n\n{BLOCKS[match['name']]()}\n\n{match['close']}"

    pattern = r"(?P<open><!-- 生成：(?P<name>\w+) -->).*?(?P<close><!-- 生成完 -->)"
    return re.sub(pattern, block, text, flags=re.DOTALL)
