"""The chain of events: how an event is written canonically, how links are hashed, and what a broken chain shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.source import Place

GENESIS = "0" * 64
"""What the first event names as its predecessor; both algorithms give 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Link:
    """One event of the chain (链上一环) as it is hashed; `data` is canonical JSON, `at` UTC in ISO 8601."""

    sequence: int
    at: str
    actor: str
    actor_name: str
    on_behalf_of: str
    action: str
    subject: str
    data: str
    algorithm: str
    previous: str
    digest: str = ""

    def computed(self, sequence: int | None = None) -> str:
        """The digest these contents have, at their own place in the chain or at another."""
        contents = [
            self.sequence if sequence is None else sequence, self.at, self.actor, self.actor_name, self.on_behalf_of,
            self.action, self.subject, self.data, self.algorithm, self.previous,
        ]  # fmt: skip
        return digest_of(json.dumps(contents, ensure_ascii=False, separators=(",", ":")), self.algorithm)


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends (链尾): how many events there are, and the digest of the last."""

    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """A head as `cewen verify` prints it, "123:ab…". Raises CewenError (CW701)."""
        sequence, _, digest = text.strip().partition(":")
        if not sequence.isdigit() or len(digest) != len(GENESIS):
            raise CewenError.of("CW701", f"“{text}”不是链尾", "照 cewen verify 打印的写，如 123:ab…（64 位）。")
        return cls(int(sequence), digest.lower())


def digest_of(text: str, algorithm: str) -> str:
    """The digest of a text in hexadecimal. Raises CewenError (CW702) where this machine lacks the algorithm."""
    try:
        return hashlib.new(algorithm, text.encode()).hexdigest()
    except ValueError as error:
        message = f"这台机器的 OpenSSL 没有摘要算法 {algorithm}"
        raise CewenError.of(
            "CW702", message, "换用带国密算法的 OpenSSL，或把 CEWEN_AUDIT_HASH 设为 sha256。"
        ) from error


def canonical(data: Mapping[str, Any]) -> str:
    """JSON that is the same text for the same content: keys sorted, no blanks, no floats.

    Raises TypeError for what has no one way to be written (floats, sets, objects).
    """
    return json.dumps(_plain(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return _plain(value.value)
        case str():
            return str(value)
        case float():
            raise TypeError("a float has no exact text: use int fen, Fraction or str")
        case Fraction():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            raise TypeError(f"{type(value).__name__} cannot stand in an audit event")


def check_chain(links: Iterable[Link], head: Head | None) -> Iterator[Diagnostic]:
    """What is wrong with a chain: events changed, missing, put in, out of order, or a head that does not fit.

    `links` come in the order of their sequence. Nothing is given for a sound chain.
    """
    expected, previous, chained = 1, GENESIS, True
    broken: list[Link] = []
    end = head.sequence if head is not None else None
    for link in links:
        if link.sequence < 1 or (end is not None and link.sequence > end):
            yield _finding("CW713", link.sequence, f"第 {link.sequence} 号事件在链的范围之外，是后来塞进去的")
            continue
        if link.sequence > expected:
            yield _missing(expected, link.sequence - 1)
            chained = False
        if link.computed() != link.digest:
            broken.append(link)
            chained = False
        elif chained and link.previous != previous:
            yield _finding("CW713", link.sequence, f"第 {link.sequence} 号事件接不上前一号，其间的事件被换过")
        expected, previous, chained = link.sequence + 1, link.digest, True
    if end is not None and expected <= end:
        yield _missing(expected, end)
    elif head is not None and not broken and expected > 1 and previous != head.digest:
        yield _finding("CW714", head.sequence, "最后一号事件与链尾登记的摘要不同")
    if head is None and expected > 1:
        yield _finding("CW714", expected - 1, "链尾登记不见了")
    yield from _explained(broken)


def _explained(broken: list[Link]) -> Iterator[Diagnostic]:
    """An event whose digest fits at the place of another broken one was moved; any other was changed."""
    places = [link.sequence for link in broken]
    for link in broken:
        origin = next((place for place in places if link.computed(place) == link.digest), None)
        if origin is not None:
            yield _finding("CW712", link.sequence, f"第 {link.sequence} 号事件原是第 {origin} 号，次序被动过")
        else:
            yield _finding("CW710", link.sequence, f"第 {link.sequence} 号事件的内容被改过")


def _missing(first: int, last: int) -> Diagnostic:
    which = f"第 {first} 号" if first == last else f"第 {first} 至 {last} 号"
    return _finding("CW711", first, f"{which}事件不见了")


def _finding(code: str, sequence: int, message: str) -> Diagnostic:
    remedy = "停止写入，留下数据库副本，与最近一次备份和登记在外的链尾核对，查明谁动过数据库。"
    return Diagnostic(code, message, remedy, Place(file="审计链", row=sequence))
