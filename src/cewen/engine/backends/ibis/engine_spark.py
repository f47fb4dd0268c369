"""Spark: a session of its own on this machine, or the one that runs already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from cewen.base.errors import CewenError
from cewen.engine.backends.ibis.compile import ROWS, rows_table, sql_text
from cewen.engine.backends.ibis.engine_duckdb import gave_up, joined_files
from cewen.engine.backends.ibis.engines import Arrays, Build, arrays_of
from cewen.engine.backends.ibis.rows import FileRows, Rows


@dataclass(frozen=True, slots=True)
class Spark:
    """Spark SQL. Whether the order of rows is kept is no promise of it, so rows carry their number."""

    master: str
    name: str = "spark"
    keeps_order: bool = False

    def compile(self, build: Build, schema: pa.Schema) -> str:
        return sql_text(build(rows_table(schema)), "spark")

    def run(self, query: Any, rows: Rows) -> pa.Table:
        session = _session(self.master)
        try:
            if isinstance(rows, FileRows):
                files = joined_files(rows, "parquet.{}").replace("'", "`").replace('"', "`")
                session.sql(files).createOrReplaceTempView(ROWS)
            else:
                session.createDataFrame(rows).createOrReplaceTempView(ROWS)
            return session.sql(query).toArrow()
        except PySparkException as error:
            raise gave_up("Spark", error) from error

    def arrays(self, query: Any, rows: pa.Table) -> Arrays:
        return arrays_of(self.run(query, rows))


def _session(master: str) -> Any:
    """The running session, else one on `master` that says little and fails on overflow (ANSI)."""
    try:
        builder = SparkSession.builder.master(master).appName("cewen")
        for key, value in {
            "spark.ui.enabled": "false",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.execution.arrow.pyspark.enabled": "true",
            "spark.log.level": "ERROR",
        }.items():
            builder = builder.config(key, value)
        return builder.getOrCreate()
    except Exception as error:  # Java is missing, or too old
        message = f"Spark 没有启动：{' '.join(str(error).split())[:200]}"
        raise CewenError.of("CW639", message, "安装 Java 17 并设好 JAVA_HOME；或改用引擎 duckdb。") from error
