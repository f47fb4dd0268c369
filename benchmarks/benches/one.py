"""One enterprise: a decision with its full cited trace, by the six rules and by all shipped measures; and start-up."""

from __future__ import annotations

import json
import statistics
import sys
from datetime import date
from typing import Any

from benchmarks.environment import ROOT
from benchmarks.ours.rules import YEAR, register, six_rules
from benchmarks.peers.harness import latency, timed
from benchmarks.population import one_enterprise
from benchmarks.process import seconds_of
from cewen.engine.columns.encode import decode
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.explain import explain_json
from cewen.engine.read_facts import read_factsheet
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import lower_corpus

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
    return {
        "measures": len(plan.measures),
        "six_decision": latency(lambda: evaluate_factsheet(six, sheet, year=YEAR)),
        "six_trace": latency(lambda: explain_json(evaluate_factsheet(six, sheet, year=YEAR))),
        "all_trace": latency(lambda: explain_json(evaluate_factsheet(plan, real, as_if_in_force=True))),
        "load_corpus": statistics.median(timed(lambda: load_corpus(policies_home()), runs)[0]),
        "lower_corpus": statistics.median(timed(lambda: lower_corpus(corpus, ON), runs)[0]),
        "python_start": statistics.median(seconds_of([sys.executable, "-c", "pass"], runs)),
        "import_cewen": statistics.median(seconds_of([sys.executable, "-c", "import cewen"], runs)),
        "explain_cold": statistics.median(seconds_of(explain, runs)),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
