"""Register files to columns: parquet column by column, other formats by way of fact sheets; every fault with its row."""

from cewen.engine.columns.reading.ahead import ahead
from cewen.engine.columns.reading.keys import NAME, plan_keys
from cewen.engine.columns.reading.read import count_enterprises, is_columnar, read_columns
from cewen.engine.columns.reading.stored import StoredRegister
from cewen.engine.columns.reading.stream import RegisterStream

__all__ = [
    "NAME", "RegisterStream", "StoredRegister", "ahead", "count_enterprises", "is_columnar", "plan_keys", "read_columns",
]  # fmt: skip
