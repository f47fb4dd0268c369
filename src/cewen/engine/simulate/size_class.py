"""Size of an enterprise by the statistical standard for software and information technology services.

统计上大中小微型企业划分办法（国统字〔2017〕213号；门槛与工信部联企业〔2011〕300号相同），软件和信息技术服务业: a class needs
both its staff and its revenue; who misses one falls to the class below.

| class | staff   | revenue        |
|-------|---------|----------------|
| 大型   | ≥ 300 人 | ≥ 1 亿元        |
| 中型   | ≥ 100 人 | ≥ 1000 万元     |
| 小型   | ≥ 10 人  | ≥ 50 万元       |
| 微型   | the rest |                |
"""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from cewen.base.money import parse_money
from cewen.engine.columns.layout import Columns

SIZE_NAMES = ("微型", "小型", "中型", "大型", "待核实（缺从业人员或营业收入）")
"""By class number; the last: not known."""

UNKNOWN_SIZE = 4
_STAFF = (10, 100, 300)
_REVENUE = tuple(parse_money(text) for text in ("50万元", "1000万元", "1亿元"))
STAFF_KEY, REVENUE_KEY = "employees", "revenue"


def size_classes(columns: Columns, year: int) -> NDArray[np.int64]:
    """Class number of each enterprise by the facts of `year`; a missing fact is no obstacle where the other decides."""
    staff, has_staff = _class(columns, f"{STAFF_KEY}_{year}", _STAFF)
    revenue, has_revenue = _class(columns, f"{REVENUE_KEY}_{year}", _REVENUE)
    lowest = (has_staff & (staff == 0)) | (has_revenue & (revenue == 0))
    both = has_staff & has_revenue
    return np.where(both, np.minimum(staff, revenue), np.where(lowest, 0, UNKNOWN_SIZE)).astype(np.int64)


def _class(columns: Columns, name: str, steps: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    table = columns.tables["enterprise"]
    if name not in table.column_names:
        return np.zeros(table.num_rows, np.int64), np.zeros(table.num_rows, np.bool_)
    column = table[name]
    values = pc.fill_null(column, 0).to_numpy()
    return np.searchsorted(np.array(steps), values, side="right"), pc.is_valid(column).to_numpy()
