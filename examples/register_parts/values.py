"""Numbers of the example register: a panel of years, correlated over time and between revenue and research."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from cewen.base.money import parse_money

SEED = "cewen example register"
REFERENCE_YEAR = 2023
"""The last full year before the demonstration, 2024-06-30."""
YEARS = (2021, 2022, 2023, 2024, 2025)


_Choice = TypeVar("_Choice", bound=tuple[Any, ...])


def draw(variable: str, index: int) -> Random:
    """The random numbers of one variable of one enterprise: nothing else moves when a variable is added."""
    return Random(f"{SEED}|{variable}|{index}")


def pick(choices: Sequence[_Choice], random: Random) -> _Choice:
    """One of tuples whose last entry is the weight."""
    return random.choices(choices, [choice[-1] for choice in choices])[0]


def yuan(value: float | int | Decimal, step: int = 100) -> str:
    """An amount rounded to `step` yuan, as a cell holds it."""
    return str(int(value) // step * step)


def panel(index: int, *, software: bool, maker: bool) -> dict[str, str]:
    """Annual facts by column: lognormal revenue, growth with fat tails, research share falling with size.

    Median revenue 0.3 (software) or 1.2 (manufacturing) 亿元, sd of the logarithm 1.4; growth is Laplace around the
    year's common shock; the logit of the research share is autoregressive (0.9); staff follow revenue with
    elasticity 0.77.
    """
    random = draw("panel", index)
    level = math.log(1.2e8 if maker else 3.0e7) + 1.4 * random.gauss(0, 1)
    lean = -0.3 * (level - math.log(3.0e7)) / 1.4
    share = (-2.9 if maker else -1.75) + lean + 0.5 * random.gauss(0, 1)
    part = 0.03 if maker else min(1.0, 0.55 + 0.45 * random.random())
    crowded = math.exp(0.5 * random.gauss(0, 1)) * (60 if not maker else 45)
    facts: dict[str, str] = {}
    for year, shock in zip(YEARS, (0.0, 0.02, 0.09, 0.07, 0.06), strict=True):
        if year != YEARS[0]:
            level += shock + random.choice((-1, 1)) * random.expovariate(1 / 0.16)
            share = 0.9 * share + 0.1 * (-2.9 if maker else -1.75) + 0.15 * random.gauss(0, 1)
        revenue = min(max(math.exp(level), 2.0e5), 6.0e9)
        spend = revenue / (1 + math.exp(-share))
        staff = max(3, round(crowded * (revenue / 3.0e7) ** 0.77 * math.exp(0.05 * random.gauss(0, 1))))
        facts[f"年营业收入:{year}"] = yuan(revenue)
        facts[f"软件业务收入:{year}"] = yuan(revenue * part) if software else yuan(0)
        facts[f"年研发投入:{year}"] = yuan(spend)
        facts[f"从业人员:{year}"] = str(staff)
    return facts


def rescale(facts: dict[str, str], edge: dict[str, str]) -> dict[str, str]:
    """The panel brought to the level of an edge, so that the years the edge leaves open suit those it gives."""
    for label, share in (("年营业收入", 1.0), ("软件业务收入", 1.15)):
        wanted = edge.get(f"{label}:{REFERENCE_YEAR}")
        if wanted:
            factor = share * parse_money(wanted) / parse_money(facts[f"年营业收入:{REFERENCE_YEAR}"])
            steps = {key: 1 if key.startswith("从业人员") else 100 for key in facts}
            scaled = {key: yuan(float(value) * factor, steps[key]) for key, value in facts.items()}
            return {key: str(max(3, int(value))) if steps[key] == 1 else value for key, value in scaled.items()}
    return facts


def size_class(facts: dict[str, str], *, maker: bool) -> str:
    """企业规模 by staff and revenue of the year before the demonstration (统计上大中小微型企业划分办法, 2017): the lower
    of the two decides. Manufacturing 1000 人 4亿元, 300 人 2000万元, 20 人 300万元; software 300 人 1亿元, 100 人
    1000万元, 10 人 50万元."""
    staff, revenue = int(facts["从业人员:2023"]), int(facts["年营业收入:2023"])
    bounds = (
        ((1000, 400_000_000), (300, 20_000_000), (20, 3_000_000))
        if maker
        else ((300, 100_000_000), (100, 10_000_000), (10, 500_000))
    )
    for name, (people, money) in zip(("大型", "中型", "小型"), bounds, strict=True):
        if staff >= people and revenue >= money:
            return name
    return "微型"
