"""What the engine's tests share: a measure written short, and the result of one measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cewen.engine.evaluate import Evaluation
from cewen.engine.result import Result
from cewen.rules.load import Corpus

Explain = Callable[..., Evaluation]
MakeCorpus = Callable[..., Corpus]


def measure(identity: str, amount: str = "10万元", **entries: Any) -> dict[str, Any]:
    """A measure of the made-up policy; `entries` replace or add."""
    return {
        "id": identity, "title": f"措施 {identity}", "clause": "一", "quote": f"对企业给予奖励（{identity}）",
        "subject": "enterprise", "amount": amount, "certainty": "definite", **entries,
    }  # fmt: skip


def one(evaluation: Evaluation, measure_id: str, subject: str = "enterprise") -> Result:
    """The result of a measure for a subject."""
    found = [
        result for result in evaluation.results if result.measure.measure.id == measure_id and result.subject == subject
    ]
    assert len(found) == 1, f"{measure_id} {subject}: {len(found)} results"
    return found[0]
