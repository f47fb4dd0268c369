"""Listed companies registered in Wuhan, as public facts: revenue, research expense and staff of their annual reports.

Their 统一社会信用代码 are not among the sources used here, so they carry invented codes of the same kind as the rest
of the register, and say so in `sources.csv`. What the reports do not say of the facts of the register stays blank.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Source:
    """One published figure."""

    COLUMNS: ClassVar[tuple[str, ...]] = ("统一社会信用代码", "名称", "事实", "年度", "值", "来源", "备注")

    label: str
    year: int
    value: str


@dataclass(frozen=True, slots=True)
class ListedCompany:
    """A listed company; `reports` gives the day each annual report was published."""

    name: str
    stock: str
    reports: dict[int, str]
    sources: tuple[Source, ...]

    def rows(self, code: str) -> Iterator[dict[str, str]]:
        for source in self.sources:
            note = "统一社会信用代码为合成代码，不是该公司的真实代码"
            if source.label == "年研发投入":
                note += "；取利润表的研发费用，不含资本化部分"
            yield {
                "统一社会信用代码": code,
                "名称": self.name,
                "事实": source.label,
                "年度": str(source.year),
                "值": source.value,
                "来源": f"{self.name}（{self.stock}）{source.year}年年度报告，{self.reports[source.year]} 披露",
                "备注": note,
            }


def _figures(year: int, revenue: str, research: str, staff: str) -> tuple[Source, ...]:
    labels = ("年营业收入", "年研发投入", "从业人员")
    return tuple(Source(label, year, value) for label, value in zip(labels, (revenue, research, staff), strict=True))


LISTED: tuple[ListedCompany, ...] = (
    ListedCompany(
        "武汉光庭信息技术股份有限公司", "301221", {2021: "2022-04-18"},
        _figures(2021, "432196967.82", "35772061.24", "1904"),
    ),
    ListedCompany(
        "武汉中科通达高新技术股份有限公司", "688038", {2021: "2022-04-22"},
        _figures(2021, "427905657.64", "33357444.53", "474"),
    ),
    ListedCompany(
        "中贝通信集团股份有限公司", "603220", {2019: "2020-04-29", 2020: "2021-03-26", 2021: "2022-04-15"},
        (*_figures(2019, "1831741052.09", "53177516.73", "2910"), *_figures(2020, "2066527463.61", "65348773.96", "3760"),
         *_figures(2021, "2641461851.75", "109197743.93", "3976"),),
    ),
    ListedCompany(
        "湖北省广播电视信息网络股份有限公司", "000665", {2019: "2020-04-30", 2020: "2021-04-16", 2021: "2022-04-26"},
        (*_figures(2019, "2624932423.53", "79532884.63", "7855"), *_figures(2020, "2383677070.04", "68704624.45", "7726"),
         *_figures(2021, "2171956939.12", "69557141.38", "7346"),),
    ),
)  # fmt: skip
