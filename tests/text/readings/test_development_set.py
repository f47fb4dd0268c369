"""The development set's gold annotations, scored with its own program where the shared folder is present."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.readings import document_json, read_all
from cewen.text.readings.targets import printed_value
from cewen.text.readings.units import read_units

READ = (
    "import json, sys; from pathlib import Path; from cewen.text.parse import parse_document; "
    "from cewen.text.read import read_text; from cewen.text.readings import document_json; "
    "print(json.dumps(document_json(parse_document(read_text(Path(sys.argv[1])).text)), ensure_ascii=False))"
)
LEVELS = {"found": 0.99, "spurious": 0.01, "slots": 0.98, "exact": 0.97}


def percent(text: str) -> float:
    return float(text.rstrip("%")) / 100


def test_incentives_of_the_development_set_reach_the_level(shared: Path, tmp_path: Path) -> None:
    script = tmp_path / "read_one.py"
    script.write_text(READ.replace("; ", "\n"), encoding="utf-8")
    evaluation = shared / "eval"
    run = subprocess.run(
        [sys.executable, str(evaluation / "score.py"), str(evaluation / "gold"), str(evaluation / "texts"),
         "--command", f"{sys.executable} {script} {{file}}"],
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    count, found, spurious, slots, exact = run.stdout.splitlines()[-1].split()[1:]
    assert int(count) > 250
    assert percent(found) >= LEVELS["found"], run.stdout
    assert percent(spurious) <= LEVELS["spurious"], run.stdout
    assert percent(slots) >= LEVELS["slots"], run.stdout
    assert percent(exact) >= LEVELS["exact"], run.stdout


@pytest.mark.parametrize("name", ["012", "seed000", "seed004"])
def test_units_and_targets_of_the_development_set_are_matched(shared: Path, name: str) -> None:
    gold = json.loads((shared / "eval" / "structure" / f"{name}.json").read_text(encoding="utf-8"))
    document = parse_document(read_text(shared / "eval" / "texts" / gold["file"]).text)
    wanted = [(unit["lead"], unit["responsible"], unit.get("cooperating", [])) for unit in gold["units"]]
    have = [(list(unit.lead), list(unit.responsible), list(unit.cooperating)) for unit in read_units(document)]
    assert have == wanted
    targets = Counter((item["op"], str(item["value"]), item["unit"], item["year"]) for item in gold["targets"])
    read: Counter[tuple[str, str, str, int | None]] = Counter()
    for target in read_all(document).targets:
        value = printed_value(target)
        plain = [int(end) for end in value] if isinstance(value, tuple) else float(value)
        shown = str(int(plain)) if isinstance(plain, float) and plain == int(plain) else str(plain)
        read[target.op, shown, target.unit, target.year] += 1
    assert sum((targets & read).values()) >= 0.98 * max(targets.total(), read.total()), (targets - read, read - targets)


def test_unlabelled_texts_show_every_sum_and_are_read_without_an_error(shared: Path) -> None:
    for file in sorted((shared / "eval" / "unlabelled").glob("*.txt")):
        document = document_json(parse_document(read_text(file).text))
        unread = document["unread"]
        assert isinstance(unread, list)
        assert all(item["quote"] and item["why"] for item in unread), file.name
