"""YAML with places: every value knows its line, a repeated key is an error, a bare decimal is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.source import Place

Pointer = tuple[str | int, ...]
Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """Plain data of one file and, for each pointer into it, the place where the value starts."""

    path: str
    data: Any
    places: dict[Pointer, Place] = field(repr=False)

    def place(self, *pointer: str | int) -> Place:
        """The place of a value, or of the nearest value around it."""
        for length in range(len(pointer), -1, -1):
            if pointer[:length] in self.places:
                return self.places[pointer[:length]]
        return Place(file=self.path, line=1, column=1)


def read_yaml(path: Path, shown_as: str | None = None) -> YamlFile:
    """Read one YAML file; raises CewenError (CW001) for bad syntax, repeated keys, decimals and non-UTF-8 bytes."""
    name = shown_as or path.as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CewenError.of(
            "CW001", f"文件不是 UTF-8 编码：{error.reason}", "另存为 UTF-8 后再试。", Place(name)
        ) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> YamlFile:
    """As `read_yaml`, from text."""
    try:
        root = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        message = f"YAML 写法有误：{error.problem or error.context}"
        raise CewenError.of("CW001", message, "检查缩进、冒号后的空格和引号。", place) from error
    except yaml.YAMLError as error:
        raise CewenError.of("CW001", f"YAML 写法有误：{error}", "检查是否有不可见字符。", Place(name)) from error
    builder = _Builder(name)
    data = builder.build(root, ()) if root is not None else None
    if builder.findings:
        raise CewenError(builder.findings)
    return YamlFile(name, data, builder.places)


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Pointer, Place] = {}
        self.findings: list[Diagnostic] = []
        self.constructor = yaml.SafeLoader("")

    def build(self, node: yaml.Node, pointer: Pointer) -> Any:
        place = Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)
        self.places[pointer] = place
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*pointer, index)) for index, child in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:bool" and node.value not in ("true", "false"):
            return node.value  # YAML 1.1 takes on, off, yes and no for truth; here they are words
        if node.tag == "tag:yaml.org,2002:float":
            message = f"“{node.value}”是小数，无法保证精确"
            self._report(message, "比例写成 15%，金额写成 1.5亿元，或加引号写成文字。", place)
            return None
        try:
            return self.constructor.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            self._report(f"值“{node.value}”无法识别：{error}", "改写成日期 2024-06-30、整数或加引号的文字。", place)
            return None

    def _mapping(self, node: yaml.MappingNode, pointer: Pointer) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.build(key_node, (*pointer, "\0key"))
            if not isinstance(key, (str, int)) and not hasattr(key, "isoformat"):
                key = str(key_node.value)
            shown = key if isinstance(key, (str, int)) else key.isoformat()
            if key in result:
                place = Place(self.name, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
                self._report(f"“{shown}”写了两次", "删去其中一个。", place)
            result[key] = self.build(value_node, (*pointer, shown))
        return result

    def _report(self, message: str, remedy: str, place: Place) -> None:
        self.findings.append(Diagnostic("CW001", message, remedy, place))
