"""From outputs to a query an engine can run: SQL text, or for Polars an Ibis expression. Compiled once, kept by content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import pyarrow as pa

from cewen.engine.backends.ibis.exact import COMPILERS, Narrowed
from cewen.engine.backends.ibis.query import Output
from cewen.engine.backends.ibis.spell import Expression, spell_stages
from cewen.engine.backends.ibis.stages import plan_stages

ROWS = "register_rows"
"""The table every query reads."""

ROW_NUMBER = "row_number"
"""A column that restores the order where an engine keeps none."""

COUNT = "count_rows"
OWNED = "owner_code"
"""A column that is not null where the enterprise of an object was found; its count in an answer."""


def rows_table(schema: pa.Schema) -> Expression:
    """The table as Ibis sees it before there is one."""
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=ROWS)


def row_expression(table: Expression, outputs: Mapping[str, Output], keep: tuple[str, ...]) -> Expression:
    """One row for each of the table, outputs in their types; `keep` are columns handed through."""
    stages = plan_stages({name: output.term for name, output in outputs.items()}, keep)
    spelled = spell_stages(table, stages)
    return spelled.select(*keep, *(_typed(spelled[name], output).name(name) for name, output in outputs.items()))


def sum_expression(table: Expression, outputs: Mapping[str, Output], by: str | None, owned: str | None) -> Expression:
    """One row for each district with the sums of the outputs and the number of rows.

    `owned` is a column that is not null where the enterprise of the row was found.
    """
    keep = tuple(dict.fromkeys(name for name in (by, owned) if name is not None))
    stages = plan_stages({name: output.term for name, output in outputs.items()}, keep)
    spelled = spell_stages(table, stages) if outputs or keep else table
    # DuckDB sums into 128 bits, which Arrow has no whole number for.
    sums = {name: Narrowed(spelled[name].sum().op()).to_expr().name(name) for name in outputs}
    counts = {COUNT: spelled.count().name(COUNT)}
    if owned is not None:
        counts[OWNED] = spelled[owned].count().name(OWNED)
    return spelled.aggregate([*counts.values(), *sums.values()], by=[] if by is None else [by])


def _typed(spelled: Expression, output: Output) -> Expression:
    if output.term.is_wide:
        return Narrowed(spelled.op()).to_expr()
    return spelled if output.kind == "int64" else spelled.cast(output.kind)


def sql_text(expression: Expression, engine: str) -> str:
    """The SQL of an expression in the dialect of an engine. Layers stay layers: Ibis would otherwise write what they
    share once for each use."""
    compiler: Any = COMPILERS[engine]()
    fused = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        return str(compiler.to_sqlglot(expression.unbind()).sql(compiler.dialect))
    finally:
        ibis.options.sql.fuse_selects = fused
