"""What a synthetic population rests on: published figures and stated assumptions, read from `data/synth`."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from cewen.base.errors import CewenError
from cewen.base.money import parse_money
from cewen.base.source import Place
from cewen.engine.synth.seed import Floats

Fen = Annotated[int, BeforeValidator(lambda text: int(parse_money(text)))]
Ratio = tuple[int, int]
Rates = tuple[float, float, float]
"""A probability for small, designated and manufacturing enterprises."""
Spread = tuple[Fen, float]
"""Median and deviation of the logarithm."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shape(_Part):
    """A lognormal marginal."""

    median: Fen
    deviation: float


class SizeShape(_Part):
    """Marginals of software revenue (软件业务收入)."""

    small: Shape
    small_bound: Fen
    designated_deviation: float
    designated_bounds: tuple[Fen, Fen]
    fallback_mean: Fen
    tail_exponent: float
    manufacturing: Shape


class SectorType(_Part):
    """Field of business (业务类型): share of enterprises, multiple of R&D intensity, kinds it registers as."""

    share: float
    rd: float
    kinds: tuple[str, ...]


class Growth(_Part):
    """Yearly growth (增速): a shock common to all, and a Laplace part of each enterprise."""

    published_shock: dict[int, float]
    shock: float
    designated_scale: float
    small_scale: float
    small_shock_share: float
    manufacturing_scale: float
    autocorrelation: float
    floor: float


class Research(_Part):
    """R&D spending over revenue (研发强度)."""

    mean: float
    deviation: float
    small_multiple: float
    manufacturing_multiple: float
    designated_none: float
    small_none: float
    autocorrelation: float
    most: float


class Staff(_Part):
    """Employees given revenue (从业人员)."""

    elasticity: float
    deviation: float
    at_revenue: Fen
    level: float
    autocorrelation: float


class SoftwareShare(_Part):
    """Software revenue over revenue: least + (1 - least) · Beta(first, second)."""

    least: float
    first: float
    second: float
    size_slope: float
    autocorrelation: float


class Age(_Part):
    """Years since founding (企业年龄), lognormal."""

    median: float
    deviation: float


class Certificate(_Part):
    """Ordered logit of a certificate's level (等级证书)."""

    intercept: float
    revenue: float
    age: float
    rd: float
    levels: dict[int, float]


class ProjectKind(_Part):
    """Probability of a project of this kind (项目类型) and its amounts."""

    rates: Rates
    money: dict[str, Spread]


class Support(_Part):
    """Provincial support of a project (省级支持)."""

    rate: float
    money: Spread


class Months(_Part):
    """Length of construction (建设期)."""

    median: float
    deviation: float


class ProjectFacts(_Part):
    """What all projects (项目) share."""

    provincial_support: Support
    accepted: float
    builder: float
    months: Months
    levels: dict[str, float]


class ProductFacts(_Part):
    """Software products (产品)."""

    rates: Rates
    first_version: float
    developer: float
    recommended: float
    cost: Spread
    price: Spread


class ParkFacts(_Part):
    """Parks (园区)."""

    rates: Rates
    titled: float
    stars: tuple[float, ...]


class SizeClass(_Part):
    """Lower bounds of 大型, 中型, 小型: persons and revenue."""

    employees: tuple[int, int, int]
    revenue: tuple[Fen, Fen, Fen]


class Condition(_Part):
    """One condition of a past award: least or most, a ratio to another fact, growth, or a yes."""

    fact: str
    least: Fen | None = None
    most: int | None = None
    of: str | None = None
    ratio: Ratio | None = None
    growth: Ratio | None = None
    is_true: bool = Field(False, alias="is")


class Amount(_Part):
    """Amount of a past award: a ratio of a sum of facts, or of a fact's increase over the year before, capped."""

    facts: tuple[str, ...] = ()
    increase: str | None = None
    ratio: Ratio
    cap: Fen


class Levels(_Part):
    """Amount by the level of a fact: level -> name of the tier and amount."""

    fact: str
    tiers: dict[int, tuple[str, Fen]]


class AwardRule(_Part):
    """How past awards (已获奖补) of a measure came about."""

    measure: str
    subject: Literal["enterprise", "project"]
    region: str
    kind: str
    take_up: float
    dates: tuple[date, ...]
    once: bool = False
    conditions: tuple[Condition, ...] = ()
    amount: Amount | None = None
    levels: Levels | None = None
    paid: tuple[float, float] = (1.0, 1.0)


class Scenario(_Part):
    """The assumptions (设定) as written in `scenario.yaml`."""

    base_year: int
    designated_revenue: Fen
    giant_revenue: Fen
    largest_revenue: Fen
    designated_share: Ratio
    manufacturing_share: Ratio
    dormant_share: Ratio
    missing_ratio: Ratio
    size: SizeShape
    types: dict[str, SectorType]
    growth: Growth
    rd: Research
    employees: Staff
    software_share: SoftwareShare
    age: Age
    certificates: dict[str, Certificate]
    rates: dict[str, Rates]
    projects: dict[str, ProjectKind]
    project: ProjectFacts
    product: ProductFacts
    park: ParkFacts
    sizes: dict[str, SizeClass]
    awards: tuple[AwardRule, ...]

    def shock(self, year: int) -> float:
        """Common growth of a year over the year before."""
        return self.growth.published_shock.get(year, self.growth.shock)


@dataclass(frozen=True, slots=True)
class Location:
    """Where enterprises are registered (注册地): weights for small, designated, large, giant, manufacturing."""

    code: str
    group: str
    weights: tuple[float, float, float, float, float]


@dataclass(frozen=True)
class Basis:
    """Everything read from the folder of a population."""

    home: Path
    scenario: Scenario
    locations: tuple[Location, ...]
    spearman: Floats

    @cached_property
    def type_names(self) -> tuple[str, ...]:
        return tuple(self.scenario.types)

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """Groups of places that have totals of their own, in the order they appear."""
        return tuple(dict.fromkeys(location.group for location in self.locations))

    def with_missing(self, ratio: float) -> Basis:
        """The same with another share of missing cells."""
        scenario = self.scenario.model_copy(update={"missing_ratio": (round(ratio * 10_000), 10_000)})
        return replace(self, scenario=scenario)


def synth_home() -> Path:
    """The folder of the population's data: $CEWEN_SYNTH, else the one shipped, else the one of this checkout."""
    named = os.environ.get("CEWEN_SYNTH")
    if named:
        return Path(named)
    package = Path(__file__).resolve().parents[2]
    shipped = package / "_data" / "synth"
    return shipped if shipped.is_dir() else package.parent.parent / "data" / "synth"


def load_basis(home: Path | None = None) -> Basis:
    """Read scenario, locations and rank correlations. Raises CewenError (CW670) where a file is missing or wrong."""
    home = home or synth_home()
    if not home.is_dir():
        raise CewenError.of("CW670", f"没有合成企业库的数据文件夹“{home}”", "重新安装，或用环境变量 CEWEN_SYNTH 指明。")
    try:
        # Not the reader of policies: it refuses decimals, and shapes of distributions are decimals.
        scenario = Scenario.model_validate(yaml.safe_load((home / "scenario.yaml").read_text(encoding="utf-8-sig")))
        locations = tuple(_location(row) for row in read_rows(home / "locations.csv"))
        spearman = np.array(
            [[float(row[name]) for name in SPEARMAN] for row in read_rows(home / "spearman.csv")], np.float64
        )
    except (ValidationError, ValueError, KeyError, OSError, yaml.YAMLError) as error:
        message = f"合成企业库的设定不合用：{str(error).splitlines()[0]}"
        raise CewenError.of("CW670", message, "照随软件附带的文件改。", Place(str(home))) from error
    return Basis(home, scenario, locations, spearman)


SPEARMAN = ("revenue", "employees", "rd_ratio", "growth")
"""Order of the published rank correlations."""


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a csv file of the population's data."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _location(row: dict[str, Any]) -> Location:
    small, designated, large, giant, manufacturing = (
        float(row[name]) for name in ("small", "designated", "large", "giant", "manufacturing")
    )
    return Location(row["code"], row["group"], (small, designated, large, giant, manufacturing))
