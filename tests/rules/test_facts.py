from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.load import Corpus
from cewen.rules.types import MONEY, Quantity


def fact(**entries: Any) -> Fact:
    return Fact.model_validate({"label": "某事实", "key": "some_fact", "subject": "enterprise", **entries})


@pytest.mark.parametrize(
    ("entries", "bounds"),
    [
        ({"type": "money", "unit": "元", "minimum": "0元", "maximum": "1亿元"}, (0, 10**10)),
        ({"type": "integer", "unit": "级", "minimum": "0级", "maximum": "5级"}, (0, 5)),
        ({"type": "count", "unit": "人", "minimum": "0人"}, (0, None)),
        ({"type": "ratio", "minimum": "0%", "maximum": "100%"}, (0, 1)),
        ({"type": "ratio", "minimum": "-50%"}, (Fraction(-1, 2), None)),
        ({"type": "text"}, (None, None)),
    ],
)
def test_bounds_are_read_with_their_unit(entries: dict[str, Any], bounds: tuple[object, object]) -> None:
    assert fact(**entries).bounds() == bounds


@pytest.mark.parametrize(
    "entries",
    [
        {"type": "integer", "unit": "级", "minimum": "很低"},
        {"type": "integer", "unit": "级", "minimum": "0人"},
        {"type": "integer", "unit": "级", "minimum": "5级", "maximum": "1级"},
        {"type": "money", "unit": "元", "minimum": "零元"},
        {"type": "enum"},
        {"type": "size"},
        {"type": "text", "key": "Some-Fact"},
    ],
)
def test_a_declaration_that_cannot_be_is_refused(entries: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        fact(**entries)


def test_the_vocabulary_finds_by_label_key_and_likeness(small: Corpus) -> None:
    vocabulary = small.vocabulary
    revenue = vocabulary.by_label("年营业收入")
    assert revenue is not None
    assert revenue is vocabulary.by_key("revenue")
    assert revenue.quantity == MONEY
    assert vocabulary.by_key("dcmm_level").quantity == Quantity("级")
    assert vocabulary.by_key("registered_in").quantity is None
    assert vocabulary.by_label("营业收入") is None
    assert vocabulary.like("营业收入") == "年营业收入"
    assert vocabulary.like("营业收入", "project") is None
    assert [each.key for each in vocabulary.of_subject("project")] == ["project_name", "total_investment"]
    assert list(Vocabulary(())) == []
