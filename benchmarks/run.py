"""Run the benches one after another, each measurement in a process of its own, and gather what they say."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines import ENGINES, Engine
from benchmarks.environment import Unavailable, cache_home, python_for
from benchmarks.exact import prove
from benchmarks.judge import judge
from benchmarks.machine import load_average
from benchmarks.population import load_columns, stored_population
from benchmarks.process import run_module

Tell = Callable[[str], None]
HERE = Path(sys.executable)
CORPUS_ENGINES = ("kernel", "duckdb", "polars")
MOST_FOR_ALL = 10_000_000
"""Enterprises up to which every engine is asked; beyond, the first alone."""


@lru_cache
def inputs_of(count: int) -> Path:
    """The inputs of `count` enterprises, made where needed and checked against the fractions."""
    folder = stored_population(cache_home() / "inputs", count)
    prove(load_columns(folder), np.load(folder / "edge.npy"))
    return folder


def bench_engines(sizes: Iterable[int], runs: int, names: Iterable[str], tell: Tell) -> list[dict[str, Any]]:
    """Every engine at every size. An engine with a limit below the size is asked for its limit, once."""
    chosen = set(names)
    found: list[dict[str, Any]] = []
    done: set[tuple[str, int]] = set()
    for size in sizes:
        for engine in ENGINES:
            count = min(size, engine.most or size)
            if (chosen and engine.name not in chosen) or (engine.name, count) in done:
                continue
            done.add((engine.name, count))
            found.append(_measure(engine, count, runs, tell))
    return found


def _measure(engine: Engine, count: int, runs: int, tell: Tell) -> dict[str, Any]:
    row: dict[str, Any] = {"engine": engine.name, "label": engine.label, "rows": count, "load": load_average()}
    amounts = cache_home() / "amounts" / engine.name
    try:
        inputs = inputs_of(count)
        said = run_module(python_for(engine.folder), engine.module, str(inputs), str(amounts), "--runs", str(runs))
        verdict = judge(inputs, amounts)
    except Unavailable as reason:
        tell(f"✗ 跳过 {engine.label}（{count:,} 家）：{reason}")
        return {**row, "skipped": str(reason)}
    finally:
        shutil.rmtree(amounts, ignore_errors=True)
    said["median"] = statistics.median(said["seconds"])
    said["best"] = min(said["seconds"])
    if "total_seconds" in said:
        said["total_median"] = statistics.median(said["total_seconds"])
    tell(f"  {engine.label}（{count:,} 家）：{said['median']:.4f} 秒，错 {verdict.wrong_totals:,} 行")
    return {**row, **said, "verdict": verdict.to_json()}


def bench_floor(sizes: Iterable[int], runs: int, tell: Tell) -> list[dict[str, Any]]:
    """The kernel beside merely reading its columns."""
    return [_said("floor", tell, str(inputs_of(size)), str(runs)) for size in sizes]


def bench_corpus(sizes: Iterable[int], runs: int, workers: int, tell: Tell) -> list[dict[str, Any]]:
    """All shipped measures over a register, by engine and size."""
    home = str(cache_home() / "inputs")
    found = []
    for size in sizes:
        made = _said("corpus", tell, home, "prepare", str(size), str(workers))
        if "skipped" in made:
            found.append({**made, "rows": size})
            continue
        for engine in CORPUS_ENGINES if size <= MOST_FOR_ALL else CORPUS_ENGINES[:1]:
            found.append({"engine": engine, "rows": size, **_said("corpus", tell, home, engine, str(size), str(runs))})
    return found


def bench_one(runs: int, tell: Tell) -> dict[str, Any]:
    """One enterprise."""
    return _said("one", tell, str(runs))


def bench_budget(count: int, runs: int, tell: Tell) -> dict[str, Any]:
    """One shared budget."""
    return _said("budget", tell, str(count), str(runs))


def _said(bench: str, tell: Tell, *arguments: str) -> dict[str, Any]:
    load = load_average()
    try:
        said = run_module(HERE, f"benchmarks.benches.{bench}", *arguments)
    except Unavailable as reason:
        tell(f"✗ 跳过 {bench} {' '.join(arguments[1:])}：{reason}")
        return {"load": load, "skipped": str(reason)}
    tell(f"  {bench} {' '.join(arguments[1:])}：完成")
    return {"load": load, **said}
