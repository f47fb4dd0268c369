"""`python -m benchmarks.mutation ENGINE`: every mutant of an engine's code, or a stated sample, against the battery."""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import click

import cewen
from benchmarks.environment import ROOT, cache_home

PACKAGE = Path(cewen.__file__).parent
FILES = {
    "kernel": ("exact", "interval", "writer", "spans"),
    "ibis": ("exact", "interval", "ratio", "spell", "term", "terms", "folding"),
}
ENGINE_OF = {"kernel": "kernel", "ibis": "duckdb"}
FOREIGN = ("ExactSpark", "ExactPostgres", "ExactClickHouse")
"""Classes of engines that the battery does not run."""


@click.command()
@click.argument("family", type=click.Choice(tuple(FILES)))
@click.option("--sample", type=click.IntRange(1), metavar="个数", help="只抽这么多个变异体；默认全部")
@click.option("--seed", default=1, help="抽样的种子")
@click.option("--file", "only", multiple=True, help="只变这些文件，如 ratio")
@click.option("--again", type=click.Path(path_type=Path, exists=True), help="只重跑这份结果（jsonl）里的幸存者")
@click.option("--every-nth", default=1, type=click.IntRange(1), help="只用每几组对照中的一组（快些）；默认全部")
@click.option("--out", default=ROOT / "benchmarks" / "results", type=click.Path(path_type=Path, file_okay=False))
def main(
    family: str, sample: int | None, seed: int, only: tuple[str, ...], again: Path | None, every_nth: int, out: Path
) -> None:
    """改动引擎代码的一处，看一致性测试发现得了几成。幸存者逐个列出。"""
    os.environ["NUMBA_DISABLE_JIT"] = "1"  # before Numba is read: generated code runs as plain Python
    from benchmarks.mutation.battery import items
    from benchmarks.mutation.judge import SURVIVED, Bench, judge
    from benchmarks.mutation.mutants import Mutant, mutants

    engine = ENGINE_OF[family]
    every: list[Mutant] = []
    for name in only or FILES[family]:
        path = PACKAGE / "engine" / "backends" / family / f"{name}.py"
        source = path.read_text(encoding="utf-8")
        foreign = _foreign_lines(source)
        file = str(path.relative_to(PACKAGE.parent))
        every += [each for each in mutants(file, source) if each.line not in foreign]
    # In random order, so that whatever is reached before a stop is a fair sample.
    chosen = random.Random(seed).sample(every, min(sample or len(every), len(every)))
    journal = cache_home() / "mutation" / f"{family}-{seed}-{len(every)}.jsonl"
    if again is not None:
        left = {each["name"] for each in _read(again) if each["verdict"] == SURVIVED}
        chosen, journal = [each for each in every if each.name in left], journal.with_suffix(".again.jsonl")
    click.echo(f"{family}：{len(every)} 个变异体，跑 {len(chosen)} 个", err=True)
    battery = sorted(items(every=every_nth), key=lambda item: _order(item.name))
    for item in battery:
        _ = item.expected
    scratch = cache_home() / "mutation"
    scratch.mkdir(parents=True, exist_ok=True)
    baseline, prints = _baseline(family, engine, battery)
    broken = {name: said for name, said in baseline.items() if said not in ("same", "refused")}
    for name, said in broken.items():
        click.echo(f"未改动的引擎已不一致，不作判据：{name}\n{said}", err=True)
    bench = Bench(family, engine, [item for item in battery if item.name not in broken], baseline, prints, scratch)
    said = {each["name"]: each for each in _read(journal)} if journal.is_file() else {}
    start = time.perf_counter()
    for at, mutant in enumerate(chosen, start=1):
        if mutant.name not in said:
            verdict, by = judge(mutant, bench)
            said[mutant.name] = {"name": mutant.name, "verdict": verdict, "by": by}
            with journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps(said[mutant.name], ensure_ascii=False) + "\n")
            if verdict == SURVIVED:
                click.echo(f"  幸存 {mutant.name}　{by}", err=True)
        if at % 25 == 0:
            click.echo(f"  {at}/{len(chosen)}，{time.perf_counter() - start:.0f} 秒", err=True)
    found = [said[mutant.name] for mutant in chosen]
    counts = Counter(each["verdict"] for each in found)
    result: dict[str, Any] = {
        "date": date.today().isoformat(), "family": family, "engine": engine, "all": len(every), "run": len(chosen),
        "counts": dict(counts), "unusable": broken, "mutants": found,
    }  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"mutation-{family}{'-again' if again else ''}-{result['date']}.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{family}：{dict(counts)}，已写出 {path.name}")


def _read(journal: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]


def _order(name: str) -> tuple[int, str]:
    """Small and telling comparisons first."""
    return (
        (
            "deep",
            "wide",
            "fractional",
            "absent",
            "shared",
            "products",
            "quotients",
            "singles",
            "pairs",
            "shipped",
            "chosen",
        ).index(name.partition("-")[0]),
        name,
    )


def _baseline(family: str, engine: str, battery: Any) -> tuple[dict[str, str], dict[str, str]]:
    """What the unchanged back-end says and runs, found in a process of its own: an engine's threads do not survive a fork."""
    from benchmarks.mutation.battery import outcome
    from benchmarks.mutation.fingerprint import fingerprint

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        found = {item.name: outcome(engine, item) for item in battery}
        usable = [item for item in battery if found[item.name] in ("same", "refused")]
        prints = {item.name: fingerprint(family, item) for item in usable}
        with os.fdopen(writing, "wb") as file:
            file.write(json.dumps([found, prints]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        outcomes, fingerprints = json.loads(answer.read())
    os.waitpid(child, 0)
    return outcomes, fingerprints


def _foreign_lines(source: str) -> frozenset[int]:
    import ast

    return frozenset(
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and node.name in FOREIGN
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    )


if __name__ == "__main__":
    main()
