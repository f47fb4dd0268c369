"""Reforms over a synthetic register: the whole command with page, workbook and JSON; a parameter moved again; a sweep.

`python -m benchmarks.benches.simulate HOME COUNT RUNS`. The register is what `cewen synth` writes, drawn where it is
not there yet. What is re-simulated stands beside evaluating everything anew, in one process, and has to give the same.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.peers.harness import memory, timed
from benchmarks.process import seconds_of
from cewen.engine.columns.reading import read_columns
from cewen.engine.simulate.apply import Reformed, apply_reform
from cewen.engine.simulate.contract import simulation_json
from cewen.engine.simulate.evaluate import AUTO
from cewen.engine.simulate.reform import parse_reform
from cewen.engine.simulate.simulate import Settings, Simulator
from cewen.engine.simulate.sweep import parse_sweep, run_sweep
from cewen.engine.synth import synthesize
from cewen.rules.load import Corpus, load_corpus, policies_home, require_sound
from cewen.rules.yaml_file import parse_yaml

ON = date(2024, 6, 30)
SEED = 1
YEARS = (2021, 2022, 2023)
POINTS = 21
SWEEP = "rd-subsidy:cap={50万元..250万元}"
ONE = "title: 一处\nmeasures:\n- measure: rd-subsidy\n  set: {{cap: {}万元}}\n"
SEVERAL = (
    "title: 三条\nmeasures:\n- measure: rd-subsidy\n  set: {{cap: {}万元, 'conditions[3]': 年研发投入 / 年营业收入 >= 10%}}\n"
    "- measure: growth-award\n  set: {{cap: 100万元}}\n- measure: dcmm-award\n  set: {{'tiers[0].amount': 30万元}}\n"
)


def main(home: Path, count: int, runs: int) -> dict[str, Any]:
    """Seconds, and processor seconds of this process, of each stage; `different` counts results that are not the same."""
    corpus = require_sound(load_corpus(policies_home()))
    register = drawn(corpus, home, count)
    found = {"enterprises": count, "points": POINTS, "command": command(register, runs)}
    started = time.process_time(), time.perf_counter()
    columns, _ = read_columns(register, corpus)
    found["read"] = {"seconds": time.perf_counter() - started[1], "processor": time.process_time() - started[0]}
    settings = Settings(ON, AUTO)
    found["anew"] = stage(lambda: Simulator(corpus, columns, settings), runs)
    simulator = Simulator(corpus, columns, settings)
    found["engine"] = simulator.settings.engine
    different = 0
    for name, text in (("one", ONE), ("several", SEVERAL)):
        caps = iter(range(110, 10_000))
        found[name] = stage(lambda: simulator.simulate(reform(corpus, text, next(caps)), ""), runs + 1)  # noqa: B023
        different += differs(simulator, reform(corpus, text, next(caps)))
    found["sweep"] = stage(lambda: run_sweep(simulator, parse_sweep(SWEEP, POINTS)), runs)
    return {**found, "different": different, "peak": memory("VmHWM")}


def drawn(corpus: Corpus, home: Path, count: int) -> Path:
    """The register of `count` enterprises, drawn if it is not there."""
    folder = home / f"drawn-{count}-{SEED}"
    if not folder.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".making.", dir=home))
        try:
            synthesize(corpus, scratch / "r", count=count, seed=SEED, years=YEARS, workers=2)
            (scratch / "r").rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return folder


def command(register: Path, runs: int) -> dict[str, float]:
    """`cewen simulate` with page, workbook and JSON, as a user runs it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        written = place / "reform.yaml"
        written.write_text(SEVERAL.format(200), encoding="utf-8")
        arguments = [
            sys.executable, "-m", "cewen", "simulate", str(register), "--reform", str(written), "--on", ON.isoformat(),
            "--report", str(place / "page.html"), "--out", str(place / "book.xlsx"), "--json",
        ]  # fmt: skip
        seconds_of(arguments, 1)  # the engine compiles once for good
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = seconds_of(arguments, runs)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return {"seconds": statistics.median(seconds), "best": min(seconds), "processor": used / runs}


def stage(call: Callable[[], Any], runs: int) -> dict[str, float]:
    """The first run apart, then the median and the best of the others."""
    first = timed(call, 1)[0][0]
    started = time.process_time()
    seconds, _ = timed(call, runs)
    used = (time.process_time() - started) / runs
    return {"first": first, "seconds": statistics.median(seconds), "best": min(seconds), "processor": used}


def reform(corpus: Corpus, text: str, cap: int) -> Reformed:
    """The reform of a text with its cap in 万元."""
    return apply_reform(corpus, parse_reform(parse_yaml(text.format(cap), "reform.yaml")), ON)


def differs(simulator: Simulator, changed: Reformed) -> int:
    """How many parts of the result are not those of evaluating the reformed rules anew."""
    found = simulation_json(simulator.simulate(changed, ""))
    anew = Simulator(changed.corpus, simulator.columns, simulator.settings)
    nothing = Reformed(changed.corpus, ())
    whole = simulation_json(anew.simulate(nothing, ""))
    parts = [found["after"] != whole["after"]]
    for name in ("measures", "districts", "sizes", "fields"):
        parts += [one["after"] != other["after"] for one, other in zip(found[name], whole[name], strict=True)]
    parts += [found[kind]["after"] != whole[kind]["after"] for kind in ("definite", "ceiling")]
    return sum(parts)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
