"""Forms of drafts: the start, the publication, and the files of a draft as fields one fills in instead of YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cewen.base.certainty import Certainty
from cewen.base.errors import CewenError
from cewen.portal.drafts.domain import HEADER, LISTS
from cewen.portal.submission import DayInput
from cewen.rules.draft.yaml_text import flow, render, render_list
from cewen.rules.types import Kind
from cewen.rules.yaml_file import parse_yaml


class StartForm(forms.Form):
    """Start of a draft (从文件起草): the document, and where the policy will stand."""

    document = forms.FileField(label=_("文件"), help_text=_("txt、md、html、docx 或有文字的 pdf，不超过 20 MB。"))
    policy_id = forms.CharField(
        label=_("编号"), max_length=120, help_text=_("地方/年份-短名，如 wuhan/2027-software-measures。")
    )
    region = forms.CharField(
        label=_("适用地区"), max_length=60, required=False, help_text=_("不填则按标题与发布机关推定。")
    )


class PublishForm(forms.Form):
    """Publication (发布): the day the policy appears in the library."""

    on = forms.DateField(label=_("发布日"), widget=DayInput)


# --- files as fields -------------------------------------------------------------------------------------------

MARK = "form:"
"""Begins the name of a field; the path of its file, a bar and the key in the file follow."""
REMOVE = "×"
"""Ends the name of the box that takes an entry of a list away."""

_LABELS = {
    "title": gettext_noop("标题"), "clause": gettext_noop("条款"), "quote": gettext_noop("原句，照抄"),
    "type": gettext_noop("文种"), "number": gettext_noop("发文字号"),
    "issuer": gettext_noop("发布机关"), "region": gettext_noop("适用地区"), "issued_on": gettext_noop("成文日期"),
    "consulted_on": gettext_noop("征求意见日期"), "effective_on": gettext_noop("施行日期"),
    "expires_on": gettext_noop("有效期至"), "source": gettext_noop("出处"), "conditions": gettext_noop("条件，每行一个"),
    "open_conditions": gettext_noop("须由人判断的条件，每行一个"), "amount": gettext_noop("金额"),
    "each": gettext_noop("每一单位"), "count": gettext_noop("按什么计数"), "most": gettext_noop("最多计"),
    "of": gettext_noop("上级支持金额"), "rate": gettext_noop("配套比例"), "less": gettext_noop("减去哪些措施"),
    "tiers": gettext_noop("档次，每行：名称 | 条件 | 金额"), "cap": gettext_noop("最高不超过"),
    "certainty": gettext_noop("确定性"), "frequency": gettext_noop("频次"),
    "parameters": gettext_noop("参数，每行：名称: 值"), "note": gettext_noop("说明"), "indicator": gettext_noop("指标"),
    "op": gettext_noop("比较"), "value": gettext_noop("值"), "unit": gettext_noop("单位"), "year": gettext_noop("年份"),
    "units": gettext_noop("责任单位，顿号分开"), "lead": gettext_noop("牵头单位，顿号分开"),
    "responsible": gettext_noop("责任单位，顿号分开"), "label": gettext_noop("名称"), "key": gettext_noop("英文名"),
    "fact.type": gettext_noop("类型"), "period": gettext_noop("时期"), "definition": gettext_noop("定义"), "values": gettext_noop("可选值，顿号分开"),
}  # fmt: skip
_HEADER = ("title", "type", "number", "issuer", "region", "consulted_on", "issued_on", "effective_on", "expires_on",
           "source")  # fmt: skip
_AMOUNTS = {
    "formula": ("amount",), "top_up": ("amount", "less"), "tiered": ("tiers",), "per_unit": ("each", "count", "most"),
    "co_funding": ("of", "rate"), "discretionary": (),
}  # fmt: skip
_ROWS = {
    "facts.yaml": ("label", "type", "unit", "period", "definition", "values", "source"),
    "targets.yaml": ("indicator", "op", "value", "unit", "year", "units"),
    "tasks.yaml": ("title", "lead", "responsible"),
}
_DATES = ("consulted_on", "issued_on", "effective_on", "expires_on")
_DATED = ("amount", "cap", "each", "most", "rate")
_LINES = ("conditions", "open_conditions", "less")
_WORDS = ("units", "lead", "responsible", "values")
_LONG = {*_LINES, "quote", "tiers", "parameters", "note", "definition"}
_CHOICES: dict[str, tuple[tuple[str, str], ...]] = {
    "certainty": tuple((each.value, each.label) for each in Certainty),
    "frequency": (("", gettext_noop("条文未写")), ("one_off", gettext_noop("一次性")), ("annual", gettext_noop("每年")),
                  ("years: 2", gettext_noop("连续两年")), ("years: 3", gettext_noop("连续三年")),
                  ("years: 5", gettext_noop("连续五年"))),
    "type": (("measures", gettext_noop("若干措施")), ("plan", gettext_noop("规划、计划、方案")),
             ("implementation_rules", gettext_noop("实施细则")), ("administrative_measures", gettext_noop("管理办法")),
             ("guidelines", gettext_noop("指南"))),
    "fact.type": tuple((each.value, each.label) for each in Kind),
    "fact.period": (("annual", gettext_noop("按年")), ("point", gettext_noop("时点")), ("event", gettext_noop("事件"))),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileField:
    """Field of a file of the draft (规则的一项): its name in the form, the key it fills in, what stands there now."""

    name: str
    key: str
    value: str

    @property
    def label(self) -> str:
        return label_of(self._known)

    @property
    def _known(self) -> str:
        """The key, told apart where facts and headers use one word for two things."""
        return f"fact.{self.key}" if f"{MARK}facts.yaml|" in self.name else self.key

    @property
    def is_long(self) -> bool:
        return self.key in _LONG

    @property
    def rows(self) -> int:
        return min(12, self.value.count("\n") + 2)

    @property
    def is_pending(self) -> bool:
        return "待定" in self.value

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What may be chosen; what stands there now always among it."""
        known = _CHOICES.get(self._known, ())
        return known if not known or self.value in dict(known) else ((self.value, self.value), *known)


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields of one entry (一组): a whole file, or one entry of a list with the box that takes it away."""

    title: str
    fields: tuple[FileField, ...]
    remove_name: str = ""
    clause: str = ""


def groups_of(file: str, text: str) -> tuple[FieldGroup, ...]:
    """The fields of a file; none where it cannot be read or is not filled in by fields (cases)."""
    data = _read(text)
    if isinstance(data, dict) and (file == HEADER or file.startswith("measures/")):
        fields = tuple(FileField(f"{MARK}{file}|{key}", key, _shown(key, data.get(key))) for key in _keys(file, data))
        return (FieldGroup("", fields),)
    if isinstance(data, list) and file in LISTS:
        return tuple(
            FieldGroup(
                str(entry.get("quote") or entry.get("title") or entry.get("label") or at + 1),
                tuple(
                    FileField(f"{MARK}{file}|{at}.{key}", key, _shown(key, entry.get(key)))
                    for key in _ROWS[file]
                    if key in entry or key not in ("values",)
                ),
                f"{MARK}{file}|{at}.{REMOVE}",
                str(entry.get("clause", "")),
            )
            for at, entry in enumerate(data)
            if isinstance(entry, dict)
        )
    return ()


def quote_of(text: str) -> str:
    """The sentence of the official text a measure rests on; "" where the file names none."""
    data = _read(text)
    return str(data.get("quote") or "") if isinstance(data, dict) else ""


def label_of(key: str) -> str:
    """The word a key of a file is shown by."""
    return _LABELS.get(key) or _LABELS.get(key.removeprefix("fact."), key)


def filled_in(file: str, text: str, base: str, given: Mapping[str, str]) -> str:
    """The text of a file with what the fields say, where that differs from what they showed of `base`.

    What is not YAML stays as it is: the check says so.
    """
    shown = {field.name: field.value for group in groups_of(file, base) for field in group.fields}
    turned = {name: value for name, value in given.items() if name in shown and _plain(value) != _plain(shown[name])}
    gone = sorted((int(name.partition("|")[2].partition(".")[0]) for name in given if name.startswith(f"{MARK}{file}|")
                   and name.endswith(f".{REMOVE}") and name.partition("|")[2].partition(".")[0].isdecimal()),
                  reverse=True)  # fmt: skip
    data = _read(text)
    if not isinstance(data, (dict, list)) or not (turned or gone):
        return text
    for name, value in turned.items():
        key = name.partition("|")[2]
        if isinstance(data, dict):
            _put(data, key, _plain(value))
        else:
            number, _dot, key = key.partition(".")
            if int(number) < len(data) and isinstance(data[int(number)], dict):
                _put(data[int(number)], key, _plain(value))
    if isinstance(data, list):
        for place in gone:
            if place < len(data):
                del data[place]
    head = "".join(f"{line}\n" for line in text.splitlines() if line.startswith("#"))
    if isinstance(data, list):
        return head + render_list(data) if data else ""
    return head + render(data)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def _read(text: str) -> Any:
    try:
        return parse_yaml(text, "").data
    except CewenError:
        return None


def _keys(file: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    if file == HEADER:
        return _HEADER
    amount = _AMOUNTS.get(str(data.get("kind", "formula")), ())
    cap = ("cap",) if amount else ()
    return (
        "title",
        "clause",
        "quote",
        "conditions",
        "open_conditions",
        *amount,
        *cap,
        "certainty",
        "frequency",
        "parameters",
        "note",
    )


def _shown(key: str, value: Any) -> str:
    """A value as its field shows it."""
    match value:
        case None:
            return ""
        case list() if key == "tiers":
            return "\n".join(" | ".join(str(tier.get(each, "")) if not isinstance(tier.get(each), dict)
                             else flow(tier[each]) for each in ("name", "when", "amount"))
                             for tier in value if isinstance(tier, dict))  # fmt: skip
        case list():
            return ("\n" if key in _LINES else "、").join(map(str, value))
        case dict() if key == "parameters":
            return "\n".join(
                f"{name}: {flow(each) if isinstance(each, dict) else each}" for name, each in value.items()
            )
        case dict() if key == "frequency":
            return f"years: {value.get('years')}"
        case dict():
            return flow(value)
    return str(value)


def _put(data: dict[str, Any], key: str, text: str) -> None:
    """A field's text into the data; nothing takes the key away."""
    if not text:
        data.pop(key, None)
        return
    value: Any = text
    if key == "tiers":
        parts = [[part.strip() for part in line.split("|")] for line in text.split("\n") if line.strip()]
        value = [dict(zip(("name", "when", "amount"), map(_dated, each), strict=False)) for each in parts]
    elif key in _LINES:
        value = [line.strip() for line in text.split("\n") if line.strip()]
    elif key in _WORDS:
        value = [word.strip() for word in text.replace("，", "、").replace(",", "、").split("、") if word.strip()]
    elif key == "parameters":
        pairs = [line.replace("：", ":", 1).partition(":") for line in text.split("\n") if line.strip()]
        value = {name.strip(): _dated(rest.strip()) for name, _colon, rest in pairs}
    elif key == "frequency" and text.removeprefix("years: ").isdecimal():
        value = {"years": int(text.removeprefix("years: "))}
    elif key in _DATES:
        value = _date(text)
    elif key in _DATED:
        value = _dated(text)
    elif key == "year" and text.isdecimal():
        value = int(text)
    data[key] = value


def _date(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _dated(text: str) -> Any:
    """A value, or what it is from each date on: {2027-01-01: 100万元, 2028-01-01: 150万元}."""
    if not (text.startswith("{") and text.endswith("}")):
        return text
    pairs = [part.partition(":") for part in text[1:-1].split(",")]
    return {_date(day.strip()): value.strip() for day, _colon, value in pairs}
