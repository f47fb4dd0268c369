"""Suggestions of an outside model for passages nobody read: checked against the text, marked, and never executed.

Off unless an address is given. The endpoint speaks the OpenAI chat protocol; only the unread passages are sent. A
suggestion is words for a person: every number and every quotation in it must stand in the passage, else it is dropped.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from cewen.base.errors import CewenError
from cewen.base.source import Place, Span
from cewen.rules.draft.quote import clause_of, quote_text
from cewen.text.clause import Document
from cewen.text.flow import fold_text
from cewen.text.quantities import read_quantities
from cewen.text.readings.passage import Passage
from cewen.text.readings.unread import Unread

MARK = "建议（未确认）"
LARGEST_ANSWER = 2**20
"""Bytes of an answer; a longer one is no answer."""

_FIELDS = {"kind": "种类", "beneficiary": "给谁", "condition": "条件", "amount": "给多少", "note": "说明"}
_KINDS = ("奖补", "目标", "其他")
_DIGITS = re.compile(r"\d[\d,.]*")
_NUMERALS = re.compile(r"[〇零一二三四五六七八九十百千万亿两]{2,}")
_PROMPT = (
    "你读中国政策文件里机器没有读懂的一段话，帮经办人看出它说的是奖补、目标还是别的。只依据这段话，不补充，不推算。"
    '只输出 JSON：{"suggestions": [{"kind": "奖补、目标或其他", "words": "逐字引用的原句", "beneficiary": "给谁，逐字", '
    '"condition": "条件", "amount": "给多少", "note": "一句说明"}]}。没有可说的，给空列表。数字和单位照抄原文。'
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Endpoint (外部模型): base address of an OpenAI-compatible service, the model, and the key, which is never shown."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Suggestion (建议) for a passage: texts by field, as checked; a person has to confirm it, nothing executes it."""

    clause: str
    span: Span
    passage: str
    words: str
    fields: dict[str, str]
    mark: str = MARK

    def to_entries(self) -> dict[str, Any]:
        """As suggestions.yaml and JSON carry it."""
        return {"status": self.mark, "clause": self.clause, "start": self.span.start, "end": self.span.end,
                "words": self.words, **self.fields, "passage": self.passage}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dropped:
    """A suggestion that was not kept (弃去的建议), with why."""

    clause: str
    passage: str
    why: str


def endpoint_of(url: str | None, model: str | None, environment: Mapping[str, str]) -> Endpoint:
    """The endpoint from options, else from $CEWEN_SUGGEST_URL, $CEWEN_SUGGEST_MODEL; the key from $CEWEN_SUGGEST_KEY.

    Raises CewenError (CW691) when none is named or the address is no http address.
    """
    address = (url or environment.get("CEWEN_SUGGEST_URL") or "").rstrip("/")
    name = model or environment.get("CEWEN_SUGGEST_MODEL") or ""
    remedy = "写 --endpoint 与 --model，或设 CEWEN_SUGGEST_URL、CEWEN_SUGGEST_MODEL、CEWEN_SUGGEST_KEY。"
    if not address or not name:
        raise CewenError.of("CW691", "没有指定外部模型的地址或名称；这项功能默认关闭", remedy)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CewenError.of("CW691", f"“{address}”不是 http 地址", remedy)
    return Endpoint(address, name, environment.get("CEWEN_SUGGEST_KEY", ""))


def unread_passages(document: Document, unread: Iterable[Unread]) -> list[Span]:
    """The sentences that hold something unread, each once, in order."""
    passage = Passage.of(document)
    found: list[Span] = []
    spans = sorted(each.span for each in unread)
    for sentence in passage.sentences:
        if sentence.start < sentence.end:
            whole = passage.span(sentence.start, sentence.end)
            if any(span.meets(whole) for span in spans):
                found.append(whole)
    return found


def suggest_readings(
    document: Document, spans: Iterable[Span], endpoint: Endpoint
) -> tuple[list[Suggestion], list[Dropped]]:
    """What the model suggests for each passage, checked; and what was dropped, with why.

    Raises CewenError (CW691) when the endpoint cannot be reached or refuses.
    """
    kept: list[Suggestion] = []
    dropped: list[Dropped] = []
    for span in spans:
        passage, clause = quote_text(document, span), clause_of(document, span)
        answer = _ask(endpoint, passage)
        rows = _rows(answer)
        if rows is None:
            dropped.append(Dropped(clause, passage, "回答不是约定的 JSON"))
            continue
        for row in rows:
            why = fault_of(row, passage)
            if why is not None:
                dropped.append(Dropped(clause, passage, why))
                continue
            fields = {name: str(row[name]) for name in _FIELDS if row.get(name)}
            kept.append(Suggestion(clause, span, passage, str(row["words"]), fields))
    return kept, dropped


def fault_of(row: Any, passage: str) -> str | None:
    """Why a suggestion is not kept: it must be texts, quote the passage, and hold no number the passage does not."""
    if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values() if value is not None):
        return "回答不是约定的格式"
    words = row.get("words") or ""
    folded = fold_text(passage)
    if not fold_text(words) or fold_text(words) not in folded:
        return f"引用的原句“{words[:30]}”不在这段话里"
    beneficiary = fold_text(row.get("beneficiary") or "")
    if beneficiary and beneficiary not in folded:
        return f"“{row['beneficiary'][:30]}”不在这段话里"
    if row.get("kind") not in (*_KINDS, None, ""):
        return f"种类“{row['kind'][:10]}”不在约定之内"
    for name in _FIELDS:
        number = _foreign_number(str(row.get(name) or ""), folded)
        if number is not None:
            return f"{_FIELDS[name]}里的“{number}”不在这段话里"
    return None


def _foreign_number(text: str, passage: str) -> str | None:
    """The first number of a text that the passage does not hold, with its unit where it has one."""
    folded = fold_text(text)
    known = {(each.kind, each.low, each.high, each.unit) for each in read_quantities(passage)}
    for each in read_quantities(folded):
        if (each.kind, each.low, each.high, each.unit) not in known:
            return folded[each.start : each.end]
    digits = set(_DIGITS.findall(passage))
    for pattern, held in ((_DIGITS, digits), (_NUMERALS, set(_NUMERALS.findall(passage)))):
        for number in pattern.findall(folded):
            if number.rstrip(".,") not in {each.rstrip(".,") for each in held}:
                return str(number)
    return None


# --- the protocol ----------------------------------------------------------------------------------------------


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _ask(endpoint: Endpoint, passage: str) -> str:
    body = {
        "model": endpoint.model,
        "temperature": 0,
        "response_format": {"type": "json_object"},
        "messages": [{"role": "system", "content": _PROMPT}, {"role": "user", "content": passage}],
    }
    headers = {"Content-Type": "application/json", "User-Agent": "cewen"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    request = urllib.request.Request(f"{endpoint.url}/chat/completions", json.dumps(body).encode(), headers)
    place = Place(file=urlsplit(endpoint.url).hostname)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=endpoint.timeout_seconds) as answer:
            data = answer.read(LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise CewenError.of(
            "CW691", f"外部模型拒绝了请求（{error.code}）", "检查地址、模型名称与密钥。", place
        ) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise CewenError.of("CW691", f"连不上外部模型：{reason}", "检查地址与网络。", place) from None
    if len(data) > LARGEST_ANSWER:
        return ""
    try:
        found = json.loads(data)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def _rows(answer: str) -> list[Any] | None:
    """The suggestions of an answer, also where the model put it into a fence; None when it is none."""
    text = re.sub(r"^\s*```(?:json)?|```\s*$", "", answer)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    rows = found.get("suggestions") if isinstance(found, dict) else None
    return rows if isinstance(rows, list) else None


def suggestions_text(kept: Iterable[Suggestion]) -> Iterator[dict[str, Any]]:
    """The entries of suggestions.yaml."""
    return (suggestion.to_entries() for suggestion in kept)
