"""One enterprise: a decision with its full cited trace, by the six rules and by all shipped measures; and start-up.

The prepared plan stands beside the reference, in one process, on one fact sheet, with one answer.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from datetime import date
from functools import partial
from typing import Any

from benchmarks.environment import ROOT
from benchmarks.ours.rules import YEAR, register, six_rules
from benchmarks.peers.harness import latency, timed
from benchmarks.population import one_enterprise
from benchmarks.process import seconds_of
from cewen.engine.columns.encode import decode
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.engine.factsheet import FactSheet
from cewen.engine.read_facts import read_factsheet
from cewen.engine.single.evaluate import decide, evaluate_one
from cewen.engine.single.prepare import forget, prepare
from cewen.rules.load import Corpus, load_corpus, policies_home, require_sound
from cewen.rules.load_cache import load_plan
from cewen.rules.lower import Plan, lower_corpus

ON = date(2024, 6, 30)


def main(runs: int) -> dict[str, Any]:
    """Microseconds of decisions, seconds of loading and of whole commands."""
    six = six_rules()
    (sheet,) = decode(register(six, one_enterprise()))
    corpus = require_sound(load_corpus(policies_home()))
    plan = lower_corpus(corpus, ON)
    facts = ROOT / "examples" / "facts.json"
    real = read_factsheet(facts, corpus)
    explain = [sys.executable, "-m", "cewen", "explain", str(facts), "--on", ON.isoformat()]
    _same(six, sheet, year=YEAR)
    _same(plan, real, as_if_in_force=True)
    first, again = _commands(explain, runs)
    return {
        "measures": len(plan.measures),
        "six_decision": latency(lambda: decide(six, sheet, year=YEAR)),
        "six_decision_reference": latency(lambda: evaluate_factsheet(six, sheet, year=YEAR)),
        "six_trace": latency(lambda: explain_json(evaluate_one(six, sheet, year=YEAR))),
        "six_trace_reference": latency(lambda: explain_json(evaluate_factsheet(six, sheet, year=YEAR))),
        "all_decision": latency(lambda: decide(plan, real, as_if_in_force=True)),
        "all_trace": latency(lambda: explain_json(evaluate_one(plan, real, as_if_in_force=True))),
        "all_trace_reference": latency(lambda: explain_json(evaluate_factsheet(plan, real, as_if_in_force=True))),
        "prepare": statistics.median(_prepare(corpus, runs, anew=True)),
        "prepare_equal": statistics.median(_prepare(corpus, runs, anew=False)),
        "prepare_same": latency(lambda: prepare(plan)),
        "load_corpus": statistics.median(timed(lambda: load_corpus(policies_home()), runs)[0]),
        "lower_corpus": statistics.median(timed(lambda: lower_corpus(corpus, ON), runs)[0]),
        "load_plan": statistics.median(timed(lambda: load_plan(None, (), ON), runs + 1)[0][1:]),
        "python_start": statistics.median(seconds_of([sys.executable, "-c", "pass"], runs)),
        "import_cewen": statistics.median(seconds_of([sys.executable, "-c", "import cewen"], runs)),
        "explain_first": statistics.median(first),
        "explain_cold": statistics.median(again),
    }


def _same(plan: Plan, sheet: FactSheet, **options: Any) -> None:
    """What is timed side by side must say the same; AssertionError where it does not."""
    one, other = (explain_json(each(plan, sheet, **options)) for each in (evaluate_one, evaluate_factsheet))
    if json.dumps(one) != json.dumps(other):
        raise AssertionError("the prepared plan and the reference differ")


def _prepare(corpus: Corpus, runs: int, *, anew: bool) -> list[float]:
    """Seconds to prepare a plan lowered again: with nothing kept, or where an equal one was prepared before."""
    seconds: list[float] = []
    prepare(lower_corpus(corpus, ON))
    plans = [lower_corpus(corpus, ON) for _ in range(runs)]
    for plan in plans:
        if anew:
            forget()
        seconds += timed(partial(prepare, plan), 1)[0]
    return seconds


def _commands(command: list[str], runs: int) -> tuple[list[float], list[float]]:
    """Seconds of a command where nothing is kept on disk, and where it ran before; each in a cache of its own."""
    first, again = [], []
    before = os.environ.get("XDG_CACHE_HOME")
    try:
        for _ in range(runs):
            with tempfile.TemporaryDirectory() as cache:
                os.environ["XDG_CACHE_HOME"] = cache
                first += seconds_of(command, 1)
                again += seconds_of(command, 1)
    finally:
        os.environ.pop("XDG_CACHE_HOME")
        if before is not None:
            os.environ["XDG_CACHE_HOME"] = before
    return first, again


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
