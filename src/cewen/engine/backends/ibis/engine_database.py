"""PostgreSQL and ClickHouse by their address: rows go into a temporary table, and only results come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
from ibis.common.exceptions import IbisError

from cewen.base.errors import CewenError
from cewen.engine.backends.ibis.compile import ROWS, rows_table, sql_text
from cewen.engine.backends.ibis.engine_duckdb import gave_up
from cewen.engine.backends.ibis.engines import Arrays, Build, arrays_of
from cewen.engine.backends.ibis.exact import COMPILERS
from cewen.engine.backends.ibis.rows import FileRows, Rows


@dataclass(frozen=True, slots=True)
class Database:
    """A database Ibis can connect to. `dialect` is a name of `exact.COMPILERS`; `address` as Ibis reads it."""

    address: str
    dialect: str
    keeps_order: bool = False

    @property
    def name(self) -> str:
        return self.dialect

    def compile(self, build: Build, schema: pa.Schema) -> tuple[str, Any]:
        expression = build(rows_table(schema))
        return sql_text(expression, self.dialect), expression.schema()

    def run(self, query: Any, rows: Rows) -> pa.Table:
        if isinstance(rows, FileRows):
            message = f"{self.name} 读不到这台机器上的 Parquet 文件"
            raise CewenError.of("CW639", message, "先把登记库读进内存，或改用引擎 duckdb、polars、spark。")
        text, schema = query
        connection = connect(self.address)
        try:
            connection.create_table(ROWS, obj=rows, temp=True, overwrite=True)
            answer = connection.sql(text, schema=schema, dialect=COMPILERS[self.dialect].dialect)
            return connection.to_pyarrow(answer)
        except IbisError as error:
            raise gave_up(self.name, error) from error
        finally:
            connection.disconnect()

    def arrays(self, query: Any, rows: pa.Table) -> Arrays:
        return arrays_of(self.run(query, rows))


def connect(address: str) -> Any:
    """A connection; CewenError (CW639) where there is none. The address may hold a password, so no message shows it."""
    try:
        return ibis.connect(address)
    except Exception as error:  # each driver has errors of its own
        scheme = address.partition("://")[0]
        said = type(error).__name__
        raise CewenError.of("CW639", f"连不上 {scheme} 数据库（{said}）", "检查地址、用户名与网络。") from error
