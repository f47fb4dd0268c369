"""A register of this machine asked of a portal elsewhere: fact sheets in JSON, a hundred at a time."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from cewen.base.money import yuan_text
from cewen.cli.remote import ask
from cewen.engine.factsheet import FactSheet, Record, Value
from cewen.engine.register import read_register
from cewen.rules.facts import COLLECTIONS, Fact, Vocabulary
from cewen.rules.load import Corpus, load_corpus, require_sound

AT_A_TIME = 100


def evaluate_there(server: str, register: Path, query: dict[str, object]) -> dict[str, Any]:
    """Every enterprise of a register, evaluated by that portal: its answer, and the sum. Raises CewenError as `ask`."""
    corpus = require_sound(load_corpus(None))
    found: list[Any] = []
    low, high, on = 0, 0, ""
    sheets = iter(read_register(register, corpus).sheets)
    while part := list(islice(sheets, AT_A_TIME)):
        body = {"enterprises": [sheet_json(each, corpus) for each in part]}
        answer = ask(server, "evaluate", query, json.dumps(body, ensure_ascii=False).encode())
        found += answer["enterprises"]
        low, high = low + _fen(answer["total"]["low"]), high + _fen(answer["total"]["high"])
        on = answer["on"]
    return {"on": on, "enterprises": found, "total": {"low": yuan_text(low), "high": yuan_text(high)}}


def sheet_json(sheet: FactSheet, corpus: Corpus) -> dict[str, Any]:
    """A fact sheet as `cewen explain` reads it: labels, years, values as they would be typed."""
    found: dict[str, Any] = {"enterprise": _record(sheet.enterprise, corpus.vocabulary)}
    for record in sheet.others:
        found.setdefault(COLLECTIONS[record.subject], []).append(_record(record, corpus.vocabulary))
    if sheet.awards:
        found["awards"] = [
            {name: value for name, value in (("measure", each.measure), ("on", each.on.isoformat()),
             ("amount", f"{yuan_text(each.amount)}元"), ("object", each.object), ("tier", each.tier)) if value is not None}
            for each in sheet.awards
        ]  # fmt: skip
    return found


def _record(record: Record, vocabulary: Vocabulary) -> dict[str, Any]:
    facts = {fact.key: fact for fact in vocabulary.of_subject(record.subject)}
    found: dict[str, Any] = {}
    for (key, year), value in record.values.items():
        fact = facts[key]
        if year is None:
            found[fact.label] = _typed(fact, value)
        else:
            found.setdefault(fact.label, {})[str(year)] = _typed(fact, value)
    return found


def _typed(fact: Fact, value: Value) -> Any:
    """A value as a fact sheet holds it: nothing of it is lost."""
    from cewen.portal.enterprises.domain import write_value

    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bool):
        return value
    return f"{write_value(fact, value)}元" if fact.type.value == "money" else write_value(fact, value)


def _fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)
