"""Reading the corpus for pages: loaded once, laid out once, kept while the files are the same. Policies are public."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.utils.translation import gettext_noop

from cewen.base.period import InForce
from cewen.portal.listing import in_order
from cewen.portal.policies.domain import Found, Hit, Moment, Sheet, lay_out
from cewen.rules.load import Corpus, load_corpus, policies_home, require_sound
from cewen.rules.policy import Policy
from cewen.text.compare import Comparison, compare_documents
from cewen.text.flow import Flow, fold_text

RECHECK_SECONDS = 2
"""A change of the files shows after this at the latest."""
MOST_HITS = 3
AROUND = 24
"""Characters shown on either side of a hit."""


@dataclass(frozen=True)
class CorpusEdition:
    """A corpus with the digest of its files (政策集版本): whatever is computed from it is kept under this digest."""

    corpus: Corpus
    digest: str


class _Kept:
    """The edition in use, with what the files looked like and when that was last looked at."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.looked_at = float("-inf")
        self.home: Path | None = None
        self.stamp: tuple[tuple[str, int, int], ...] = ()
        self.edition: CorpusEdition | None = None


_kept = _Kept()


def edition() -> CorpusEdition:
    """The corpus of CEWEN_POLICIES as it stands now. Raises CewenError when it cannot be loaded soundly."""
    home = policies_home()
    with _kept.lock:
        fresh = _kept.home == home and time.monotonic() - _kept.looked_at < RECHECK_SECONDS
        if _kept.edition is not None and fresh:
            return _kept.edition
        stamp = _stamp(home)
        if _kept.edition is None or _kept.home != home or stamp != _kept.stamp:
            digest = _digest(home)
            if _kept.edition is None or digest != _kept.edition.digest or _kept.home != home:
                _kept.edition = CorpusEdition(require_sound(load_corpus(home)), digest)
                _sheet.cache_clear()
                _search_index.cache_clear()
        _kept.home, _kept.stamp, _kept.looked_at = home, stamp, time.monotonic()
        return _kept.edition


def corpus() -> Corpus:
    """The corpus in use."""
    return edition().corpus


def _files(home: Path) -> list[Path]:
    return sorted(path for path in home.rglob("*") if path.is_file() and not path.name.startswith("."))


def _stamp(home: Path) -> tuple[tuple[str, int, int], ...]:
    stats = ((str(path), path.stat()) for path in _files(home))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


def _digest(home: Path) -> str:
    """SHA-256 over names and contents of all files of the folder."""
    total = hashlib.sha256()
    for path in _files(home):
        total.update(f"{path.relative_to(home).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def policy(policy_id: str) -> Policy | None:
    """A policy by its id."""
    return corpus().policy(policy_id)


def sheet(policy_id: str) -> Sheet | None:
    """A policy laid out for reading; None when there is none of this id."""
    return _sheet(edition().digest, policy_id)


@lru_cache(maxsize=256)
def _sheet(digest: str, policy_id: str) -> Sheet | None:
    del digest  # part of the key only
    found = corpus().policy(policy_id)
    return lay_out(found, corpus().vocabulary) if found else None


ORDERS = {
    "status": lambda item: (list(InForce).index(item.status), -(_dated(item.policy) or date.min).toordinal()),
    "date": lambda item: _dated(item.policy),
    "title": lambda item: item.policy.header.title,
    "measures": lambda item: len(item.policy.measures),
}
"""What the library can be sorted by."""


def library(
    on: date, words: str = "", issuer: str = "", region: str = "", status: str = "", year: str = "",
    order: str = "status",
) -> tuple[Found, ...]:  # fmt: skip
    """Policies that fit every filter, in the order asked for: by status those in force first, then the newest.

    `words` (blanks part them) must all occur in title, number, issuer or one clause; `year` is that of issue.
    """
    wanted = tuple(fold_text(word).lower() for word in words.split())
    found = []
    for each in corpus().policies:
        header = each.header
        state = header.validity.on(on)
        if issuer and header.issuer != issuer:
            continue
        if region and not _applies(header.region, region):
            continue
        if status and state.value != status:
            continue
        if year and str((_dated(each) or date.min).year) != year:
            continue
        hits, in_head = _hits(each, wanted)
        if wanted and not hits and not in_head:
            continue
        found.append(Found(each, state, hits[:MOST_HITS], len(hits)))
    return tuple(in_order(found, order, ORDERS))


def choices() -> dict[str, tuple[str, ...]]:
    """What the filters offer: issuers, regions, years, each once and in order."""
    policies = corpus().policies
    years = {str(day.year) for each in policies if (day := _dated(each))}
    return {
        "issuers": tuple(dict.fromkeys(each.header.issuer for each in policies)),
        "regions": tuple(dict.fromkeys(each.header.region for each in policies)),
        "years": tuple(sorted(years, reverse=True)),
    }


def policies_in_force(on: date) -> tuple[tuple[Policy, int | None], ...]:
    """Policies that count on a day and the days left, those ending soonest first; None: without an end."""
    found = []
    for each in corpus().policies:
        validity = each.header.validity
        if validity.on(on) is InForce.IN_FORCE:
            ends = min((day for day in (validity.expires_on, _day_before(validity.repealed_on)) if day), default=None)
            found.append((each, (ends - on).days if ends else None))
    return tuple(sorted(found, key=lambda pair: (pair[1] is None, pair[1] or 0)))


def figures(on: date) -> dict[str, int]:
    """Counts for the front page: policies, measures, those payable on the day, targets, tasks."""
    policies = corpus().policies
    counting = [each for each in policies if each.header.validity.on(on) is InForce.IN_FORCE]
    return {
        "policies": len(policies),
        "policies_in_force": len(counting),
        "measures": sum(len(each.measures) for each in policies),
        "measures_in_force": sum(len(each.measures) for each in counting),
        "targets": sum(len(each.targets) for each in policies),
        "tasks": sum(len(each.tasks) for each in policies),
    }


def comparison(before: str, after: str) -> Comparison | None:
    """Two policies of the library, clause by clause; None when one of them is not there."""
    return _comparison(edition().digest, before, after)


@lru_cache(maxsize=32)
def _comparison(digest: str, before: str, after: str) -> Comparison | None:
    old, new = _sheet(digest, before), _sheet(digest, after)
    return compare_documents(old.document, new.document) if old and new else None


def timeline() -> tuple[Moment, ...]:
    """Every day on which a policy starts, ends or is due to have reached a target, earliest first."""
    return tuple(sorted(_moments(), key=lambda moment: (moment.day, moment.policy.id, moment.kind, moment.detail)))


def coming_moments(on: date, most: int = 5) -> tuple[tuple[Moment, int], ...]:
    """What comes next after a day, with the days until then; targets due on one day count as one moment each policy."""
    found: dict[tuple[date, str, str], tuple[Moment, int]] = {}
    for each in timeline():
        if each.day > on:
            found.setdefault((each.day, each.policy.id, each.kind), (each, (each.day - on).days))
    return tuple(found.values())[:most]


def _moments() -> Iterator[Moment]:
    for each in corpus().policies:
        header = each.header
        named = (
            ("consulted", gettext_noop("开始征求意见"), header.consulted_on), ("issued", gettext_noop("印发"), header.issued_on),
            ("starts", gettext_noop("起施行"), header.effective_on), ("ends", gettext_noop("有效期最后一天"), header.expires_on),
            ("repealed", gettext_noop("废止"), header.repealed_on),
        )  # fmt: skip
        for kind, word, day in named:
            if day is not None:
                yield Moment(day, kind, word, each)
        for target in each.targets:
            if target.year is not None and target.kind == "target":
                detail = f"{target.indicator} {target.value}{target.unit}"
                yield Moment(date(target.year, 12, 31), "target", gettext_noop("目标到期"), each, target.clause, detail)


def _dated(found: Policy) -> date | None:
    return found.header.issued_on or found.header.effective_on or found.header.consulted_on


def _day_before(day: date | None) -> date | None:
    return day - timedelta(days=1) if day else None


def _applies(policy_region: str, wanted: str) -> bool:
    """A policy applies in a region when its own region is that one or holds it."""
    regions = corpus().regions
    outer, inner = regions.find(policy_region), regions.find(wanted)
    if outer is None or inner is None:
        return policy_region == wanted
    return regions.lies_in(inner.code, outer.code)


def _hits(found: Policy, wanted: tuple[str, ...]) -> tuple[tuple[Hit, ...], bool]:
    """Clauses that hold every word, and whether the words stand in title, number or issuer."""
    if not wanted:
        return (), True
    header = found.header
    head = fold_text(f"{header.title}{header.number or ''}{header.issuer}").lower()
    hits = []
    for path, title, text in _search_index(edition().digest, found.id):
        low = text.lower()
        if all(word in low for word in wanted):
            hits.append(Hit(path, title, tuple(_around(text, low, wanted))))
    return tuple(hits), all(word in head for word in wanted)


@lru_cache(maxsize=256)
def _search_index(digest: str, policy_id: str) -> tuple[tuple[str, str, str], ...]:
    """Path, title and own folded text of every clause."""
    found = _sheet(digest, policy_id)
    if found is None:
        return ()
    index = []
    for section in found.sections:
        text = "".join(Flow.of(found.document.text, span).text for span in section.spans)
        path, title = (section.clause.path, section.clause.title) if section.clause else ("", "前言")
        index.append((path, title, text))
    return tuple(index)


def _around(text: str, low: str, wanted: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    at = low.find(wanted[0])
    begin, end = max(0, at - AROUND), min(len(text), at + len(wanted[0]) + 2 * AROUND)
    if begin:
        yield "…", False
    while begin < end:
        places = [(place, word) for word in wanted if (place := low.find(word, begin, end)) >= 0]
        if not places:
            break
        place, word = min(places)
        yield text[begin:place], False
        yield text[place : place + len(word)], True
        begin = place + len(word)
    yield text[begin:end] + ("…" if end < len(text) else ""), False
