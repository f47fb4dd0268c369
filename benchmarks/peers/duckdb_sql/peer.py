"""Hand-written DuckDB SQL in whole fen: a table in memory in, arrays out."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from benchmarks.exact import OUTPUTS
from benchmarks.peers.harness import run_peer

SQL = """
with amounts as (
  select
    case when revenue >= 500000000 and research * 100 >= revenue * 15
         then least((research + 5) // 10, 100000000) else 0 end::bigint as research,
    case when revenue >= 500000000 and (revenue - previous) * 10 >= previous * 3
         then least((revenue - previous + 50) // 100, 100000000) else 0 end::bigint as growth,
    case level when 3 then 20000000 when 4 then 30000000 when 5 then 50000000 else 0 end::bigint as level,
    case when equipment >= 500000000
         then least(((equipment + research) * 8 + 50) // 100, 1000000000) else 0 end::bigint as retrofit,
    ((support * 2 + 5) // 10)::bigint as match
  from enterprises
)
select *, greatest(research, growth) + level + retrofit + match as total from amounts
"""


def table(columns: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """The inputs as a table of DuckDB's own."""
    connection = duckdb.connect()
    connection.register("arrow", pa.table(columns))
    connection.execute("create table enterprises as select * from arrow")
    connection.unregister("arrow")
    return connection


def one(columns: dict[str, Any]) -> Any:
    """One enterprise, on one thread, the statement prepared once."""
    connection = table(columns)
    connection.execute("set threads = 1")
    connection.execute(f"prepare decision as {SQL}")
    return lambda: connection.execute("execute decision").fetchall()


if __name__ == "__main__":
    run_peer(
        table,
        lambda connection: connection.execute(SQL).fetchnumpy(),
        lambda found: (found[name] for name in OUTPUTS),
        totals=lambda connection: int(connection.execute(f"select sum(total) from ({SQL})").fetchall()[0][0]),
        one=one,
        about=lambda: {"version": duckdb.__version__},
    )
