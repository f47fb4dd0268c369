"""Units and their later names: a task follows its unit through a reorganisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cewen.base.errors import CewenError
from cewen.rules.load import policies_home
from cewen.rules.shape import shape_findings
from cewen.rules.yaml_file import read_yaml


class Renaming(BaseModel):
    """Renaming or merger of a unit (机构更名): from a day on another name answers for what was its."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    renamed_to: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Units:
    """Responsible units (责任单位) with their renamings."""

    renamings: tuple[Renaming, ...] = ()

    def name_on(self, name: str, on: date) -> str:
        """What a unit is called on a day; several renamings are followed in turn."""
        seen = {name}
        while True:
            following = next((each for each in self.renamings if each.name == name and each.on <= on), None)
            if following is None or following.renamed_to in seen:
                return name
            name = following.renamed_to
            seen.add(name)

    def same(self, one: str, other: str, on: date) -> bool:
        """Whether two names mean one unit on a day."""
        return self.name_on(one, on) == self.name_on(other, on)


def load_units(path: Path | None = None) -> Units:
    """The units of a file, by default `units.yaml` beside the policies; none where there is no such file."""
    path = path or policies_home() / "units.yaml"
    if not path.is_file():
        return Units()
    file = read_yaml(path)
    found: list[Renaming] = []
    try:
        for entry in file.data or ():
            found.append(Renaming.model_validate(entry))
    except ValidationError as error:
        raise CewenError(shape_findings(error, Renaming, file, (len(found),))) from None
    return Units(tuple(found))
