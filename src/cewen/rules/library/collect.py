"""Into the library: loaded policies, and files and folders of documents, each read once by its content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.errors import CewenError
from cewen.base.period import Validity
from cewen.base.source import Place, Span
from cewen.rules.draft.region import region_of
from cewen.rules.library.entry import Entry, LibraryDocument
from cewen.rules.library.promise import promise_json, promise_of, promises_of
from cewen.rules.library.store import entry_json, entry_of, kept, reader_digest
from cewen.rules.library.words import Words
from cewen.rules.policy import Policy
from cewen.rules.regions import Regions
from cewen.text.blocks import Block, BlockKind, blocks_of
from cewen.text.clause import Clause, Document
from cewen.text.flow import Flow
from cewen.text.parse import parse_document
from cewen.text.read import read_text
from cewen.text.readings import Readings, read_all
from cewen.text.readings.incentives import AmountKind

ENDINGS = (".txt", ".md", ".markdown", ".html", ".htm", ".shtml", ".docx", ".pdf")
"""Endings of the files a folder is searched for."""

_POLICY = "policy.yaml"
_SHORTEST = 30
"""A paragraph with fewer characters belongs to the one before it in the same clause."""
_LONGEST_TITLE = 24
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum() or chr(code) == "％"}
_SUMS = (AmountKind.FIXED, AmountKind.UPTO, AmountKind.RANGE_YUAN, AmountKind.PER_UNIT)


def collect_documents(
    policies: Iterable[Policy], paths: Iterable[Path], words: Words, regions: Regions
) -> tuple[tuple[LibraryDocument, ...], tuple[Diagnostic, ...]]:
    """Every policy, and every document below `paths`; the same text twice counts once.

    What cannot be read is a warning (with the code `read_text` gives it), not an end. Raises CewenError (CW010) for a
    path that is not there.
    """
    found: dict[str, LibraryDocument] = {}
    findings: list[Diagnostic] = []
    for policy in policies:
        document = _of_policy(policy, words, regions)
        found.setdefault(document.sha256, document)
    for path in files_below(paths):
        try:
            text = read_text(path).text
        except CewenError as error:
            findings += [
                Diagnostic(each.code, each.message, each.remedy, each.place, Severity.WARNING)
                for each in error.diagnostics
            ]
            continue
        document = _of_text(text, path, words, regions)
        found.setdefault(document.sha256, document)
    return tuple(found.values()), tuple(findings)


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and of folders every document; of a policy folder its official text only."""
    for path in paths:
        if path.is_file():
            yield path
        elif path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in ENDINGS and each.is_file())
            yield from (each for each in inside if each.stem == "document" or not (each.parent / _POLICY).exists())
        else:
            raise CewenError.of("CW010", "找不到这个文件或文件夹", "检查路径。", Place(file=str(path)))


def _of_policy(policy: Policy, words: Words, regions: Regions) -> LibraryDocument:
    header = policy.header
    region = regions.find(header.region)
    read = _read(policy.text, None, words, regions)
    return LibraryDocument(
        id=policy.id,
        title=header.title,
        issuer=header.issuer,
        region=header.region,
        region_code=region.code if region else None,
        issued_on=header.issued_on or header.consulted_on,
        validity=header.validity,
        is_policy=True,
        text=policy.text,
        sha256=read["sha256"],
        entries=tuple(map(entry_of, read["entries"])),
        promises=tuple(map(promise_of, read["promises"])),
    )


def _of_text(text: str, path: Path, words: Words, regions: Regions) -> LibraryDocument:
    read = _read(text, path.name, words, regions)
    said = {name: date.fromisoformat(day) if day else None for name, day in read["dates"].items()}
    region_name = read["region"]
    region = regions.find(region_name) if region_name else None
    effective = said["effective_on"] or said["issued_on"]
    is_known = read["is_draft"] or effective is not None
    return LibraryDocument(
        id=str(path),
        title=read["title"] or path.stem,
        issuer=read["issuer"],
        region=region_name,
        region_code=region.code if region else None,
        issued_on=said["issued_on"],
        validity=Validity(None if read["is_draft"] else effective, said["expires_on"]) if is_known else None,
        is_policy=False,
        text=text,
        sha256=read["sha256"],
        entries=tuple(map(entry_of, read["entries"])),
        promises=tuple(map(promise_of, read["promises"])),
    )


def _read(text: str, name: str | None, words: Words, regions: Regions) -> dict[str, Any]:
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    key = sha256("\n".join((digest, name or "", words.digest, reader_digest())).encode()).hexdigest()
    return kept(key, lambda: _made(text, name, digest, words, regions))


def _made(text: str, name: str | None, digest: str, words: Words, regions: Regions) -> dict[str, Any]:
    document = parse_document(text, name)
    readings = read_all(document)
    said = document.metadata
    days = {field: getattr(said, field) for field in ("issued_on", "effective_on", "expires_on")}
    return {
        "sha256": digest,
        "title": "".join(said.title.split()) if said.title else None,
        "issuer": said.issuer,
        "is_draft": said.is_draft,
        "region": region_of(said, regions),
        "dates": {field: day.isoformat() if day else None for field, day in days.items()},
        "entries": [entry_json(entry) for entry in entries_of(document, readings, words)],
        "promises": [promise_json(promise) for promise in promises_of(document, readings.incentives)],
    }


# --- entries ---------------------------------------------------------------------------------------------------


def entries_of(document: Document, readings: Readings, words: Words) -> Iterator[Entry]:
    """The paragraphs of a document's body with what was read in each, in order."""
    trails = dict(_trails(document.clauses, ()))
    for clause, pieces in _paragraphs(document):
        text = text_of(document, pieces)
        span = Span(pieces[0].start, pieces[-1].end)
        trail = trails[clause.path] if clause else ()
        path = clause.path if clause else _outside(document, span)
        kinds = frozenset(_kinds(readings, span))
        title = _title(clause, span, text)
        heading = "。".join((*trail, title))
        yield Entry(
            path=path,
            title=title,
            trail=trail,
            pieces=pieces,
            text=text,
            units=tuple(dict.fromkeys(_units(readings, span, path))),
            amounts=tuple(_amounts(readings, span)),
            kinds=kinds,
            tokens=tuple(words.tokens(f"{heading}。{text}")),
        )


def _paragraphs(document: Document) -> Iterator[tuple[Clause | None, tuple[Span, ...]]]:
    """Blocks with their deepest clause; headings and short paragraphs go with what follows or stands before them."""
    waiting: list[tuple[Clause | None, list[Span]]] = []
    for block in blocks_of(document):
        if block.kind in (BlockKind.BEFORE, BlockKind.TITLE, BlockKind.AFTER):
            continue
        clause = block.clause or document.clause_at(block.span.start)
        same = bool(waiting) and waiting[-1][0] is clause
        if same and (_length(block) < _SHORTEST or sum(map(len, waiting[-1][1])) < _SHORTEST):
            waiting[-1][1].extend(block.pieces)
        else:
            waiting.append((clause, list(block.pieces)))
    yield from ((clause, tuple(pieces)) for clause, pieces in waiting)


def _length(block: Block) -> int:
    return sum(map(len, block.pieces))


def text_of(document: Document, pieces: Iterable[Span]) -> str:
    """The document's own characters of the pieces without blanks, in half width where they are digits or letters."""
    flows = (Flow.of(document.text, piece) for piece in pieces)
    return "".join(document.text[offset] for flow in flows for offset in flow.offsets).translate(_HALF)


def _trails(clauses: Iterable[Clause], above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for clause in clauses:
        trail = (*above, "".join(clause.title.split()))
        yield clause.path, trail
        yield from _trails(clause.children, trail)


def _outside(document: Document, span: Span) -> str:
    if not document.clauses:
        return "正文"
    return "前言" if span.end <= document.clauses[0].span.start else "附则"


def _title(clause: Clause | None, span: Span, text: str) -> str:
    """The clause's own title where the paragraph opens it; else the short first sentence a paragraph begins with."""
    if clause is not None and clause.span.start == span.start:
        return "".join(clause.title.split())
    first = text.split("。", 1)[0]
    if len(first) <= _LONGEST_TITLE and first != text:
        return first
    return "".join(clause.title.split()) if clause else ""


def _kinds(readings: Readings, span: Span) -> Iterator[str]:
    if any(each.span.meets(span) for each in readings.incentives):
        yield "incentive"
    if any(each.span.meets(span) for each in readings.targets):
        yield "target"
    if any(each.span.meets(span) for each in readings.units):
        yield "task"


def _units(readings: Readings, span: Span, path: str) -> Iterator[str]:
    """Of the clause itself and of the clauses above it; what stands within the paragraph in any case."""
    for units in readings.units:
        if units.span.meets(span) or (units.clause and (path == units.clause or path.startswith(f"{units.clause}/"))):
            yield from units.all
            for members in units.includes.values():
                yield from members


def _amounts(readings: Readings, span: Span) -> Iterator[Any]:
    for incentive in readings.incentives:
        if incentive.span.meets(span):
            for tier in incentive.tiers:
                if tier.amount.kind in _SUMS and tier.amount.high is not None:
                    yield tier.amount.high
                if tier.cap is not None:
                    yield tier.cap
