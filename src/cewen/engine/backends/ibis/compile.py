"""From outputs to a query an engine can run: SQL text, or for Polars an Ibis expression. Compiled once, kept by content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import pyarrow as pa

from cewen.engine.backends.ibis.exact import COMPILERS, Narrowed
from cewen.engine.backends.ibis.query import EVERY_ROW, Output
from cewen.engine.backends.ibis.spell import Expression, spell_stages
from cewen.engine.backends.ibis.stages import plan_stages

ROWS = "register_rows"
"""The table every query reads."""

ROW_NUMBER = "row_number"
"""A column that restores the order where an engine keeps none."""

OWNED = "owner_code"
"""A column that is not null where the enterprise of an object was found; its count in an answer."""


def rows_table(schema: pa.Schema) -> Expression:
    """The table as Ibis sees it before there is one."""
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=ROWS)


def row_expression(table: Expression, outputs: Mapping[str, Output], keep: tuple[str, ...]) -> Expression:
    """One row for each of the table, outputs in their types; `keep` are columns handed through."""
    stages = plan_stages({name: output.term for name, output in outputs.items()}, keep)
    return spell_stages(table, stages, {name: output.kind for name, output in outputs.items()})


def sum_expression(table: Expression, outputs: Mapping[str, Output], by: str | None, owned: str | None) -> Expression:
    """One row for each district with the sums of the outputs and the number of rows.

    `owned` is a column that is not null where the enterprise of the row was found.
    """
    keep = tuple(dict.fromkeys(name for name in (by, owned) if name is not None))
    stages = plan_stages({name: output.term for name, output in outputs.items()}, keep)
    spelled = spell_stages(table, stages) if outputs or keep else table
    # DuckDB sums into 128 bits, which Arrow has no whole number for. The sum of truths is how many are true.
    sums = {name: Narrowed(spelled[name].sum().op()).to_expr().name(name) for name in outputs}
    counts = {EVERY_ROW: spelled.count().name(EVERY_ROW)}
    if owned is not None:
        counts[OWNED] = spelled[owned].count().name(OWNED)
    return spelled.aggregate([*counts.values(), *sums.values()], by=[] if by is None else [by])


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
