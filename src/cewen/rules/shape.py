"""What is wrong with the shape of a file, in Chinese and with the line: missing, unknown or mistyped entries."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cewen.base.diagnostic import Diagnostic
from cewen.rules.yaml_file import Pointer, YamlFile


def shape_findings(
    error: ValidationError, model: type[BaseModel], file: YamlFile, pointer: Pointer = ()
) -> Iterator[Diagnostic]:
    """One CW002 diagnostic for each fault pydantic found."""
    seen: set[tuple[Pointer, str]] = set()
    for detail in error.errors():
        where = tuple(part for part in detail["loc"] if isinstance(part, int) or not _is_branch(part))
        message, remedy = _say(detail, model)
        if (where, message) not in seen:
            seen.add((where, message))
            yield Diagnostic("CW002", message, remedy, file.place(*pointer, *where))


def _is_branch(part: object) -> bool:
    """pydantic names the branch of a union in the location; it is no key of the file."""
    return isinstance(part, str) and (part in ("str", "ForYears") or part.startswith(("dict[", "literal[")))


def _say(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    names = [str(part) for part in detail["loc"] if isinstance(part, str) and not _is_branch(part)]
    name = names[-1] if names else "文件"
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            field = model.model_fields.get(name)
            hint = f"：{field.description}" if field and field.description else ""
            return f"缺少“{name}”", f"补上 {name}{hint}。"
        case "extra_forbidden":
            near = difflib.get_close_matches(name, list(model.model_fields), n=1)
            known = f"是不是“{near[0]}”？" if near else f"可用的项：{'、'.join(model.model_fields)}。"
            return f"不认识“{name}”这一项", known
        case "string_type":
            return f"“{name}”应是文字，写的是 {detail['input']!r}", "带上单位，或加引号。"
        case "literal_error" | "enum":
            return f"“{name}”不能是 {detail['input']!r}", f"可用的值：{context.get('expected', '')}。"
        case "string_pattern_mismatch":
            return f"“{name}”的写法不符：{detail['input']!r}", f"应符合 {context.get('pattern', '')}。"
        case "value_error":
            return str(context.get("error", detail["msg"])), "照提示改写。"
        case "model_type" | "dict_type" | "list_type" | "tuple_type":
            return f"“{name}”的结构不对", "对照 docs/reference 里的格式与同类文件。"
        case "date_from_datetime_parsing" | "date_type" | "date_parsing":
            return f"“{name}”应是日期，写的是 {detail['input']!r}", "写成 2022-06-01。"
        case _:
            return f"“{name}”不符合要求：{detail['msg']}", "对照 docs/reference 里的格式。"
