"""The operations Ibis has no exact spelling for, and how each engine says them.

Ibis turns `//` into FLOOR of a floating quotient, exact only below 2^53; every engine has a whole division of its own.
Whole numbers of 128 bits have no type in Ibis; here they are DECIMAL(38, 0) by name, whatever the engine calls them.
"""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ibis_ops
import ibis.expr.rules as rules
import sqlglot.expressions as sql
from ibis.backends.sql.compilers import ClickHouseCompiler, DuckDBCompiler, PostgresCompiler, PySparkCompiler

WIDE = dt.Decimal(38, 0)


class WholeQuotient(ibis_ops.Value):  # type: ignore[misc]
    """The whole part of a quotient of two numbers that are not negative."""

    left: ibis_ops.Value[dt.Numeric]
    right: ibis_ops.Value[dt.Numeric]
    shape = rules.shape_like("args")
    dtype = rules.dtype_like("left")


class Widened(ibis_ops.Value):  # type: ignore[misc]
    """The same whole number in 128 bits."""

    arg: ibis_ops.Value[dt.Numeric]
    shape = rules.shape_like("arg")
    dtype = WIDE


class Narrowed(ibis_ops.Value):  # type: ignore[misc]
    """The same whole number in 64 bits, in which it is known to fit."""

    arg: ibis_ops.Value[dt.Numeric]
    shape = rules.shape_like("arg")
    dtype = dt.int64


def _cast(arg: Any, to: str, dialect: str) -> Any:
    return sql.Cast(this=arg, to=sql.DataType.build(to, dialect=dialect))


class ExactDuckDB(DuckDBCompiler):  # type: ignore[misc]
    """`//` of HUGEINT and BIGINT is exact; `/` would be DOUBLE, and `//` of DECIMAL too."""

    def visit_WholeQuotient(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        return sql.Paren(this=sql.IntDiv(this=sql.Paren(this=left), expression=sql.Paren(this=right)))

    def visit_Widened(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return _cast(arg, "HUGEINT", "duckdb")

    def visit_Narrowed(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return _cast(arg, "BIGINT", "duckdb")


class ExactSpark(PySparkCompiler):  # type: ignore[misc]
    """`div` of integers and of DECIMAL(38, 0) is exact and gives BIGINT."""

    def visit_WholeQuotient(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        return sql.Paren(this=sql.IntDiv(this=sql.Paren(this=left), expression=sql.Paren(this=right)))

    def visit_Widened(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return _cast(arg, "DECIMAL(38, 0)", "spark")

    def visit_Narrowed(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return _cast(arg, "BIGINT", "spark")


class ExactPostgres(PostgresCompiler):  # type: ignore[misc]
    """`/` of integers cuts off, `div` of NUMERIC too."""

    def visit_WholeQuotient(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        if op.left.dtype.is_decimal():
            return self.f.anon.div(left, right)
        return sql.Paren(this=sql.Div(this=sql.Paren(this=left), expression=sql.Paren(this=right), typed=True))

    def visit_Widened(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return _cast(arg, "DECIMAL(38, 0)", "postgres")

    def visit_Narrowed(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return _cast(arg, "BIGINT", "postgres")


class ExactClickHouse(ClickHouseCompiler):  # type: ignore[misc]
    """`intDiv` is exact for Int64 and Int128."""

    def visit_WholeQuotient(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802
        return self.f.anon.intDiv(left, right)

    def visit_Widened(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return _cast(arg, "Nullable(Int128)", "clickhouse")

    def visit_Narrowed(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
        return _cast(arg, "Nullable(Int64)", "clickhouse")


COMPILERS: dict[str, Any] = {
    "duckdb": ExactDuckDB,
    "spark": ExactSpark,
    "postgres": ExactPostgres,
    "clickhouse": ExactClickHouse,
}
"""Compilers of Ibis that know these operations, by the name of the engine."""
