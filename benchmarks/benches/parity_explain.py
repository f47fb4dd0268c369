"""`python -m benchmarks.benches.parity_explain`: sampled rows of a register say the same by columns and one by one.

By columns: the long table that `cewen evaluate --out` writes. One by one: what `cewen explain --json` says.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cewen.engine.backends.base import load_backend
from cewen.engine.columns.encode import decode
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.edges import edge_register
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus

ON = date(2024, 6, 30)
FIELDS = ("status", "certainty", "low", "high", "needs", "suppressed_by")
EnterpriseRows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was compared (对照结果): sampled rows, and the first that say something else."""

    rows: int
    enterprises: int
    statuses: dict[str, int]
    with_needs: int
    suppressed: int
    different: tuple[str, ...]


def agreement(plan: Plan, columns: Columns, engine: str, rows: int, seed: int = 0) -> Agreement:
    """Compare `rows` sampled results; every result of an enterprise has its turn with the same chance."""
    results = load_backend(engine).evaluate(plan, columns, as_if_in_force=True)
    table = results.sparse(show_all=True)
    chosen = np.sort(np.random.default_rng(seed).permutation(table.num_rows)[:rows])
    sampled = table.take(pa.array(chosen))
    codes = pc.unique(sampled["uscc"])
    said = dict(_explained(results, codes.to_pylist()))
    found, statuses = [], Counter[str]()
    place = _places(table, chosen)
    for row, at in zip(sampled.to_pylist(), place, strict=True):
        candidates = said[row["uscc"]][row["measure"]]
        other = candidates[at]
        own = {name: row[name] for name in FIELDS}
        own["low"], own["high"] = (None if row[name] is None else f"{row[name]:.2f}" for name in ("low", "high"))
        statuses[row["status"]] += 1
        if own != other:
            found.append(f"{row['uscc']} {row['measure']} {row['subject']}：按列 {own}，逐家 {other}")
    return Agreement(
        len(chosen),
        len(codes),
        dict(statuses),
        sampled.num_rows - sampled["needs"].null_count,
        sampled.num_rows - sampled["suppressed_by"].null_count,
        tuple(found[:5]),
    )


def _places(table: pa.Table, chosen: np.ndarray) -> list[int]:
    """For each chosen row its place among the rows of the same enterprise and measure: the table keeps their order."""
    keys = list(zip(table["uscc"].to_pylist(), table["measure"].to_pylist(), strict=True))
    counts: Counter[tuple[str, str]] = Counter()
    places = []
    for key in keys:
        places.append(counts[key])
        counts[key] += 1
    return [places[at] for at in chosen.tolist()]


def _explained(results: ColumnResults, codes: list[str]) -> Iterator[tuple[str, dict[str, EnterpriseRows]]]:
    """The answer of `explain` for each enterprise, by measure, in the order of its objects."""
    wanted = set(codes)
    for sheet in decode(results.columns):
        code = str(sheet.enterprise.values["uscc", None])
        if code in wanted:
            shape = explain_json(evaluate_factsheet(results.plan, sheet, as_if_in_force=True))
            by_measure: dict[str, EnterpriseRows] = {}
            for each in json.loads(json.dumps(shape, ensure_ascii=False))["results"]:
                amount = each["amount"] or {"low": None, "high": None}
                by_measure.setdefault(each["measure"], []).append(
                    {
                        "status": each["status"],
                        "certainty": each["certainty"],
                        "low": amount["low"],
                        "high": amount["high"],
                        "needs": "、".join(each["needs"]) or None,
                        "suppressed_by": each["suppressed_by"]["measure"] if each["suppressed_by"] else None,
                    }
                )
            yield code, by_measure


def main() -> None:
    """Compare 10 000 rows (or as many as asked) for each engine; print what was compared."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    engines = sys.argv[2:] or ["kernel", "duckdb", "polars"]
    plan = lower_corpus(require_sound(load_corpus(policies_home())), ON)
    columns = edge_register(plan, max(50, rows // 20), seed=20, missing=0.1)
    for engine in engines:
        found = agreement(plan, columns, engine, rows)
        said = {name: getattr(found, name) for name in Agreement.__slots__}
        print(json.dumps({"engine": engine, **said}, ensure_ascii=False))


if __name__ == "__main__":
    main()
