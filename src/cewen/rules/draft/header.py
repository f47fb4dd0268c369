"""policy.yaml of a drafted policy: what the text says of itself, 待定 for what it does not say."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

from cewen.rules.draft.quote import quote_text
from cewen.rules.draft.yaml_text import Noted
from cewen.rules.placeholder import PENDING
from cewen.text.clause import Document
from cewen.text.readings.passage import Passage

_TYPES = (
    ("implementation_rules", r"实施细则|细则"), ("guidelines", r"指南|指引"),
    ("measures", r"措施|政策|意见|若干"), ("administrative_measures", r"办法|规定|条例"),
    ("plan", r"方案|计划|规划|纲要|要点|行动"),
)  # fmt: skip
_VALIDITY = re.compile(r"(?:施行|实施|执行|印发之日|发布之日).{0,20}?(?:起|有效)|有效期|有效至")
_STACKING = re.compile(r"就高不就?低?重复|就高不重复|不重复享受|不得重复|不再重复|就高原则|不重复支持|从高不重复")
_ID = re.compile(r"[a-z]+(?:/[a-z0-9]+(?:-[a-z0-9]+)*)+")


def default_id(document: Document) -> str:
    """An id for a policy nobody has named: the year and the beginning of the text's hash."""
    digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    day = document.metadata.issued_on or document.metadata.effective_on
    return f"draft/{day.year}-{digest}" if day else f"draft/{digest}"


def is_policy_id(text: str) -> bool:
    """Whether a text can be the id, and so the folder, of a policy: wuhan/2024-software-measures."""
    return _ID.fullmatch(text) is not None


def header_entries(policy_id: str, document: Document, passage: Passage, region: str | None) -> dict[str, Any]:
    """The entries of policy.yaml in order; a guess is marked as one."""
    said = document.metadata
    title = re.sub(r"征求意见稿?", "", said.title or "")
    kind = next((name for name, words in _TYPES if re.search(words, title)), "measures")
    needs_dates = not said.is_draft
    return {
        "id": policy_id,
        "title": "".join((said.title or "").split()) or PENDING,
        "type": Noted(kind, "按标题推定"),
        "number": said.number or (PENDING if needs_dates else None),
        "issuer": said.issuer or PENDING,
        "region": region or PENDING,
        "consulted_on": PENDING if said.is_draft else None,
        "issued_on": _day(said.issued_on, required=needs_dates),
        "effective_on": _day(said.effective_on, required=needs_dates),
        "expires_on": _day(said.expires_on, required=False),
        "validity_quote": _validity(document, passage) if said.effective_on or said.expires_on else None,
        "sha256": sha256(document.text),
        "source": PENDING,
    }


def sha256(text: str) -> str:
    """The hash of document.txt as it will be written."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def stacking_hints(document: Document, passage: Passage) -> list[str]:
    """Sentences that say how awards go together; a person writes the rule, since the text names no measures."""
    return [
        quote_text(document, passage.span(sentence.start, sentence.end))
        for sentence in passage.sentences
        if sentence.start < sentence.end and _STACKING.search(passage.flow.text, sentence.start, sentence.end)
    ]


def _day(day: date | None, *, required: bool) -> Any:
    return day if day is not None else (PENDING if required else None)


def _validity(document: Document, passage: Passage) -> str | None:
    """The last sentence that says from when, or how long, the document holds."""
    found = [
        sentence
        for sentence in passage.sentences
        if sentence.start < sentence.end and _VALIDITY.search(passage.flow.text, sentence.start, sentence.end)
    ]
    return quote_text(document, passage.span(found[-1].start, found[-1].end)) if found else None
