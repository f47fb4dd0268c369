"""reform.yaml: the same corpus with a difference, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.rules.policy import StackingRule
from cewen.rules.shape import shape_findings
from cewen.rules.yaml_file import YamlFile, read_yaml

_MODEL = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class MeasureChange(BaseModel):
    """Change (改动) of one measure. A path names what changes: `cap`, `conditions[3]`, `tiers[五级].amount`,
    `parameters.门槛`. `conditions[+]` adds a condition; the value null removes what the path names."""

    model_config = _MODEL

    measure: str = Field(description="政策编号#措施编号；措施编号不重复时可只写它")
    begins_on: date | None = Field(
        None, alias="from", description="从哪一天起改，之前照旧；不写则一直按新值。只用于可按日期变化的数值"
    )
    set: dict[str, Any] = Field(
        min_length=1, description="路径: 新值，如 cap: 200万元、conditions[3]: 年营业收入 >= 300万元"
    )


class AddedMeasure(BaseModel):
    """Added measure (新增措施). `clause` and `quote` may be left out: a reform has no official text yet."""

    model_config = _MODEL

    policy: str = Field(description="加到哪一份政策，写政策编号")
    measure: dict[str, Any] = Field(description="与措施文件同样的内容；clause、quote 可不写")


class StackingChange(BaseModel):
    """Change of stacking rules (叠加规则的改动) of one policy."""

    model_config = _MODEL

    policy: str = Field(description="政策编号")
    set: dict[str, Any] = Field({}, description="规则编号.项: 新值，如 joint-limit.limit: 800万元")
    add: tuple[StackingRule, ...] = Field((), description="新增的规则")
    remove: tuple[str, ...] = Field((), description="取消的规则编号")


class ValidityChange(BaseModel):
    """Change of validity (有效期的改动): an extension, an earlier end, a draft taken as issued."""

    model_config = _MODEL

    policy: str = Field(description="政策编号")
    effective_on: date | None = Field(None, description="施行第一天")
    expires_on: date | None = Field(None, description="有效期最后一天")
    repealed_on: date | None = Field(None, description="废止生效日")


class Reform(BaseModel):
    """Reform (改革方案): what is different from the corpus as it is. Nothing in a policy folder is touched."""

    model_config = _MODEL

    title: str = Field(min_length=1, description="方案名称")
    note: str | None = Field(None, description="说明")
    measures: tuple[MeasureChange, ...] = Field((), description="改动的措施")
    add: tuple[AddedMeasure, ...] = Field((), description="新增的措施")
    remove: tuple[str, ...] = Field((), description="取消的措施，写 政策编号#措施编号")
    stacking: tuple[StackingChange, ...] = Field((), description="叠加规则的改动")
    validity: tuple[ValidityChange, ...] = Field((), description="有效期的改动")


@dataclass(frozen=True, slots=True)
class ReformFile:
    """A reform with the places of its parts, so that findings name line and column."""

    reform: Reform
    file: YamlFile = field(default_factory=lambda: YamlFile("reform.yaml", {}, {}))

    def place(self, *pointer: str | int) -> Place:
        return self.file.place(*pointer)


def read_reform(path: Path) -> ReformFile:
    """Read a reform. Raises CewenError: CW001 for YAML that cannot be read, CW002 for each entry of wrong shape."""
    try:
        file = read_yaml(path)
    except OSError as error:
        message = f"读不到文件：{error.strerror}"
        raise CewenError.of("CW001", message, "检查路径与权限。", Place(str(path))) from error
    return parse_reform(file)


def parse_reform(file: YamlFile) -> ReformFile:
    """As `read_reform`, from a file already read."""
    if not isinstance(file.data, dict):
        raise CewenError.of("CW002", "改革方案的最外层应是各项设置", "至少写 title 与 measures 两项。", file.place())
    try:
        return ReformFile(Reform.model_validate(file.data), file)
    except ValidationError as error:
        raise CewenError(shape_findings(error, Reform, file)) from error
