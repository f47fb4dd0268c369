"""A joint cap of one measure: it bites where an enterprise has two projects, with no second measure about."""

from __future__ import annotations

from datetime import date

import pytest

from cewen.engine.backends.base import load_backend
from cewen.engine.edges import edge_register
from cewen.engine.parity import compare_with_reference
from cewen.rules.lower import lower_corpus
from engine_support import MakeCorpus, measure


@pytest.mark.parametrize("per", ["enterprise", "object"])
@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_a_joint_cap_when_one_measure_is_all_it_holds_then_two_projects_share_it(
    make_corpus: MakeCorpus, engine: str, per: str
) -> None:
    pytest.importorskip(engine)
    quote = "对企业给予奖励（built）"
    cap = {
        "id": "most",
        "rule": "joint_cap",
        "clause": "一",
        "quote": quote,
        "members": ["built"],
        "limit": "50万元",
        "per": per,
    }
    built = measure("built", "最低(项目总投资 * 30%, 40万元)", subject="project")
    plan = lower_corpus(make_corpus(built, stacking=[cap]), date(2024, 6, 30))
    found = compare_with_reference(load_backend(engine), plan, edge_register(plan, 200, seed=2, missing=0.1))
    assert found.different == 0, str(found)
