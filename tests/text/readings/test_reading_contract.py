"""The JSON of a whole document has the promised shape and plain numbers."""

import json
from pathlib import Path

import pytest

from cewen.text.parse import parse_document
from cewen.text.readings import document_json
from reading_support import plain_document

KEYS = {
    "title", "number", "issuer", "issued_on", "effective_on", "expires_on", "draft", "text_sha256", "clauses", "units",
    "targets", "incentives", "unread",
}  # fmt: skip


def test_a_document_has_the_promised_keys_and_quotes_stand_where_it_says(repo: Path) -> None:
    text = (repo / "policies/hubei/2025-software-action-plan-draft/document.txt").read_text(encoding="utf-8")
    document = json.loads(json.dumps(document_json(parse_document(text)), ensure_ascii=False))
    assert set(document) == KEYS
    assert document["draft"] is True
    paths = {clause["path"] for clause in document["clauses"]}
    for name in ("targets", "incentives", "unread"):
        assert all(text[item["start"] : item["end"]] == item["quote"] for item in document[name])
    assert {item["clause"] for name in ("units", "targets", "incentives") for item in document[name]} <= paths | {""}
    assert all(child in paths for clause in document["clauses"] for child in clause["children"])


def test_amounts_have_the_fields_of_their_kind() -> None:
    text = (
        "对甲项目按投资额的6‰给予最高500万元补助。对乙企业给予2万元-10万元奖励。对收入首次突破1亿元、10亿元的企业，分别奖励10万元、20万元。"
        "对丙机构每人补贴1.5万元。对丁团队采取“一事一议”方式给予支持。"
    )
    incentives = document_json(plain_document(text))["incentives"]
    assert isinstance(incentives, list)
    first, second, third, fourth, fifth = (item["tiers"] for item in incentives)
    assert first == [{"when": None, "amount": {"type": "rate", "percent": 0.6, "of": "投资额"}, "cap_yuan": 5_000_000}]
    assert second[0]["amount"] == {"type": "range_yuan", "low": 20_000, "high": 100_000}
    assert [tier["threshold"] for tier in third] == [
        {"op": ">", "value": 10**8, "unit": "元"},
        {"op": ">", "value": 10**9, "unit": "元"},
    ]
    assert fourth[0]["amount"] == {"type": "per_unit", "yuan": 15_000, "unit": "人"}
    assert fifth[0]["amount"] == {"type": "case_by_case"}


@pytest.mark.parametrize("text", ["", "\n", "，", "（（（（", "%", "元", "5", "\x00", "\ud800"])
def test_odd_texts_have_the_promised_keys(text: str) -> None:
    assert set(document_json(plain_document(text))) == KEYS
