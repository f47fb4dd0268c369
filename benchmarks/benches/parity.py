"""`python -m benchmarks.benches.parity`: every back-end against the reference over a million enterprise-years.

The reference's rows are kept on disk by what they depend on, so that a run goes on where it stopped, and a changed
back-end is compared again in minutes.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.benches.parity_chunks import Chunk, chunks, engines_digest, judge_digest
from benchmarks.benches.parity_page import render
from benchmarks.environment import ROOT, cache_home
from benchmarks.machine import describe_machine, load_average
from cewen.base.errors import CewenError
from cewen.engine.backends.base import Backend, load_backend
from cewen.engine.parity import Rows, compare_rows, reference_rows

ENGINES = ("kernel", "duckdb", "polars", "spark")


@click.command()
@click.option("--rows", default=1_000_000, type=click.IntRange(1), help="六条规则与随附措施各多少家·年；默认 1000000")
@click.option("--engine", "engines", multiple=True, type=click.Choice(ENGINES), help="只比这些；默认全部")
@click.option("--spark-every", default=20, type=click.IntRange(1), help="每几块给 Spark 一块；默认 20")
@click.option("--processes", default=2, type=click.IntRange(1), help="参照解释器用几个进程")
@click.option("--expected-from", type=click.Path(path_type=Path, file_okay=False), help="用另一版参照已存的结果")
@click.option("--out", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path, file_okay=False))
@click.option("--reference-only", is_flag=True, help="只算参照并存下")
def main(
    rows: int,
    engines: tuple[str, ...],
    spark_every: int,
    processes: int,
    expected_from: Path | None,
    out: Path,
    reference_only: bool,
) -> None:
    """百万家·年：各引擎逐行逐项与参照解释器比较。可中断，再运行即接着算。"""
    home = cache_home() / "parity"
    expected = expected_from or home / judge_digest()
    done = home / f"{expected.name}-{engines_digest()}"
    for folder in (expected, done):
        folder.mkdir(parents=True, exist_ok=True)
    plan = list(chunks(rows))
    backends = {} if reference_only else dict(_backends(engines or ENGINES))
    start = time.perf_counter()
    for at, chunk in enumerate(_judged(plan, expected, processes)):
        wanted = [name for name in backends if name != "spark" or at % spark_every == 0]
        left = [name for name in wanted if not (done / f"{chunk.name}.{name}.json").is_file()]
        if left:
            for name, found in _compare(chunk, expected, {name: backends[name] for name in left}):
                _write(done / f"{chunk.name}.{name}.json", json.dumps(found, ensure_ascii=False).encode())
                if found["different"]:
                    click.echo(f"✗ {chunk.name}\n{found['said']}", err=True)
        if (at + 1) % 20 == 0:
            click.echo(f"  {at + 1}/{len(plan)} 块，{time.perf_counter() - start:.0f} 秒", err=True)
    if not reference_only:
        _report(plan, expected, done, out)


def _backends(names: tuple[str, ...]) -> Iterator[tuple[str, Backend]]:
    for name in names:
        try:
            yield name, load_backend(name)
        except CewenError as error:
            click.echo(f"跳过 {name}：{error}", err=True)


def _judged(plan: list[Chunk], expected: Path, processes: int) -> Iterator[Chunk]:
    """Chunks in order, each when the reference's rows are on disk."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_judge, plan, [expected] * len(plan))


def _judge(chunk: Chunk, expected: Path) -> Chunk:
    path = expected / f"{chunk.name}.npz"
    if not path.is_file():
        plan, columns, year = chunk.make()
        rows = reference_rows(plan, columns, year=year)
        handle, scratch = tempfile.mkstemp(dir=expected, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, *rows)
        Path(scratch).replace(path)
    return chunk


def _compare(chunk: Chunk, expected: Path, backends: dict[str, Backend]) -> Iterator[tuple[str, dict[str, Any]]]:
    plan, columns, year = chunk.make()
    with np.load(expected / f"{chunk.name}.npz") as stored:
        rows: list[Rows] = [stored[f"arr_{at}"] for at in range(len(plan.measures))]
    for name, backend in backends.items():
        start = time.perf_counter()
        found = backend.evaluate(plan, columns, year=year, as_if_in_force=True)
        seconds = time.perf_counter() - start
        parity = compare_rows(name, found, rows)
        yield (
            name,
            {
                "chunk": chunk.to_json(),
                "engine": name,
                "measures": len(plan.measures),
                "enterprises": parity.enterprises,
                "compared": parity.compared,
                "different": parity.different,
                "seconds": round(seconds, 3),
                "statuses": np.sum([np.bincount(each[:, 0], minlength=4) for each in rows], axis=0).tolist(),
                "suppressed": int(sum(np.count_nonzero(each[:, 5] >= 0) for each in rows)),
                "said": str(parity),
            },
        )


def _write(path: Path, data: bytes) -> None:
    handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(scratch).chmod(0o644)  # a scratch file is its owner's alone
    Path(scratch).replace(path)


def _report(plan: list[Chunk], expected: Path, done: Path, out: Path) -> None:
    """Sum up what is on disk: what was really reached, whatever was asked."""
    names = {chunk.name for chunk in plan}
    files = [path for path in sorted(done.glob("*.json")) if path.name.rsplit(".", 2)[0] in names]
    found = {
        "date": date.today().isoformat(),
        "machine": describe_machine(),
        "load": load_average(),
        "judge": expected.name,
        "engines": done.name.rpartition("-")[2],
        "chunks": [json.loads(path.read_text(encoding="utf-8")) for path in files],
    }
    out.mkdir(parents=True, exist_ok=True)
    page = out / f"parity-{found['date']}.md"
    page.write_text(render(found), encoding="utf-8")
    for each in found["chunks"]:
        if not each["different"]:
            del each["said"]
    _write(page.with_suffix(".json"), (json.dumps(found, ensure_ascii=False) + "\n").encode())
    click.echo(render(found))


if __name__ == "__main__":
    main()
