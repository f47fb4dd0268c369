"""Register files to columns: parquet column by column, other formats by way of fact sheets; every fault with its row."""

from cewen.engine.columns.reading.keys import NAME, plan_keys
from cewen.engine.columns.reading.read import count_enterprises, read_columns

__all__ = ["NAME", "count_enterprises", "plan_keys", "read_columns"]
