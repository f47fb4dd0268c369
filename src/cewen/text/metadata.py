"""What a document says of itself: title, number, issuer, dates, and whether it is a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import PurePath

from cewen.base.source import Span
from cewen.text.body import GENRE_END, GENRES, Frame
from cewen.text.clause import Metadata
from cewen.text.dates import DATE, read_date, read_term
from cewen.text.flow import fold_text
from cewen.text.lines import Line, tidy

_NUMBER = re.compile(
    r"(?P<organ>[\u4e00-\u9fffA-Za-z]{1,40})[\[(<﹝【?](?P<year>(?:19|20)[0-9]{2})[\])>﹞】?](?:第)?(?P<serial>[0-9]{1,5})号"
)
_AFTER_GENRE = re.compile(rf".*(?:{GENRES})")
_ANNOUNCED = re.compile(r"(?:将|印发|制定了?)《(?P<before>[^《》]{4,90})》|《(?P<after>[^《》]{4,90})》(?:已|经)")
_CIRCULAR = re.compile(r".{2,60}?(?:关于)?印发(?:《(?P<quoted>.{4,90})》(?:的通知)?|(?P<title>[^《》]{4,90})的通知)")
_OPENING = re.compile(rf"(?P<title>[^。，]{{6,60}}?(?:{GENRES}))(?=[\u4e00-\u9fff]{{1,8}}〔)")
_DRAFT_TITLE = re.compile(r"征求意见稿|送审稿|讨论稿|[（(]草案[）)]")
_DRAFT_CALL = re.compile(r"现(?:面?向)?(?:社会|各界)?(?:公开)?征求意见")
_LETTERHEAD = re.compile(r"(?P<organ>[\u4e00-\u9fff]{4,24})文件")
_DRAFTED = re.compile(r"(?:^|[，。,、])(?P<organ>[\u4e00-\u9fff]{2,16}?)(?:组织|研究)?(?:起草|拟订|拟定)了?《")
_ORGAN = re.compile(
    r"[\u4e00-\u9fff]{2,40}(?:政府|委|委员会|局|厅|部|办公厅|办公室|院|行|行署|署|小组|中心|总会|协会|会)|[\u4e00-\u9fff]{0,8}国务院"
)
_TITLE_ORGAN = re.compile(r"(?P<organ>[\u4e00-\u9fff]{2,40}?)(?:印发)?(?:关于|印发|《)")
_COLOPHON = re.compile(rf"(?P<organ>[\u4e00-\u9fff]{{4,24}}?)(?P<date>{DATE})印发")
_CLOSING_SIGNATURE = re.compile(rf"(?P<organ>[\u4e00-\u9fff]{{4,24}}?)(?P<date>{DATE})(?:\([^()]{{2,14}}\))?$")
_LAST_WORDS = 300
_WHOLE_DOCUMENT = 800
"""Characters from which a first line is a document without line breaks."""


def read_metadata(text: str, lines: Sequence[Line], frame: Frame, name: str | None = None) -> Metadata:
    """Metadata of the document in `frame`; None for what it does not say. `name` serves when there is no title."""
    head = lines[: frame.first_clause] or [line for line in lines[:1] if len(line.text) > _WHOLE_DOCUMENT]
    tail = lines[frame.last : frame.last + 20]
    title = _title(lines, frame, head) or (PurePath(name).stem if name else None)
    issued_on, signers = _signature(lines, frame, head)
    colophon = next((found for line in tail if (found := _COLOPHON.search(fold_text(line.text)))), None)
    if issued_on is None and colophon:
        issued_on = read_date(colophon["date"])
    is_draft = _is_draft(head, title)
    start = lines[0].span.start if lines else 0
    stop = lines[frame.last - 1].span.end if frame.last else 0
    term = read_term(fold_text(Span(start, max(start, stop)).of(text)), issued_on)
    return Metadata(
        title=title,
        number=_number(head, tail),
        issuer=_issuer(head, signers, is_draft=is_draft),
        issued_on=issued_on,
        effective_on=None if is_draft else term.effective_on,
        expires_on=None if is_draft else term.expires_on,
        is_draft=is_draft,
    )


def _title(lines: Sequence[Line], frame: Frame, head: Sequence[Line]) -> str | None:
    """The document's own title, else the one its circular announces, else the circular's."""
    block = _AROUND.sub("", tidy("".join(lines[index].text for index in frame.title)))
    announced = _CIRCULAR.fullmatch(block)
    if announced:
        return announced["quoted"] or announced["title"]
    if block and (GENRE_END.search(fold_text(block)) or not frame.letter_end):
        return block
    quoted = _ANNOUNCED.search(tidy("".join(line.text for line in head[: frame.letter_end or 12])))
    if quoted:
        return quoted["before"] or quoted["after"]
    opening = _OPENING.match(tidy(lines[0].text[:200])) if lines else None
    return block or (opening["title"] if opening else None)


_AROUND = re.compile(rf"^[0-9]{{1,3}}\.(?=[\u4e00-\u9fff])|[（(]{DATE}[）)]$")
"""Around a title in a collection: its number, its date."""


def _number(head: Sequence[Line], tail: Sequence[Line]) -> str | None:
    """The first document number on a line of its own, else the first that no title in 《》 or bracket cites."""
    folded = [fold_text(line.text[:200]) for line in (*head, *tail)]
    whole = next((match for text in folded if (match := _NUMBER.fullmatch(text))), None)
    if whole is None:
        for text in folded:
            found = _NUMBER.search(text)
            if found and text[: found.start()][-1:] not in ("(", "《", ",", "、"):
                whole = found
                break
    if whole is None:
        return None
    organ = _AFTER_GENRE.sub("", whole["organ"]) or whole["organ"]
    return f"{organ}〔{whole['year']}〕{whole['serial']}号"


def _signature(lines: Sequence[Line], frame: Frame, head: Sequence[Line]) -> tuple[date | None, tuple[str, ...]]:
    """Date of issue and the organs that sign above it: of the letter, else at the end of the document."""
    ranges = (
        range(frame.letter_end - 1, -1, -1),
        range(frame.last - 1, max(frame.first_clause, frame.last - 12) - 1, -1),
    )
    for indexes in ranges:
        for index in indexes:
            folded = fold_text(lines[index].text)
            if re.fullmatch(DATE, folded):
                return read_date(folded), _signers(lines, index)
    if frame.last:
        words = fold_text("".join(line.text for line in lines[max(0, frame.last - 3) : frame.last])[-_LAST_WORDS:])
        signed = _CLOSING_SIGNATURE.search(words)
        if signed and _ORGAN.fullmatch(signed["organ"]):
            return read_date(signed["date"]), (signed["organ"],)
    for line in head[:4]:
        dated = re.search(rf"\(({DATE})\)$", fold_text(line.text))
        if dated:
            return read_date(dated[1]), ()
    return None, ()


def _signers(lines: Sequence[Line], dated: int) -> tuple[str, ...]:
    signers: list[str] = []
    for index in range(dated - 1, max(-1, dated - 40), -1):
        folded = fold_text(lines[index].text)
        if not _ORGAN.fullmatch(folded):
            break
        signers.insert(0, folded)
    return tuple(signers)


def _issuer(head: Sequence[Line], signers: tuple[str, ...], *, is_draft: bool) -> str | None:
    """Who signs; else whose letterhead it is; else whom the first title names; of a draft who drew it up."""
    if signers:
        return "、".join(signers)
    folded = [fold_text(line.text) for line in head[:12]]
    for text in folded:
        letterhead = _LETTERHEAD.fullmatch(text)
        if letterhead:
            return letterhead["organ"]
    for text in folded[:3]:
        named = _TITLE_ORGAN.match(re.sub(r"^[0-9]{1,3}\.", "", text))
        if named and _ORGAN.fullmatch(named["organ"]):
            return named["organ"]
    if is_draft:
        drafted = _DRAFTED.search("".join(folded))
        if drafted:
            return drafted["organ"]
    return None


def _is_draft(head: Sequence[Line], title: str | None) -> bool:
    """征求意见稿 in a title line, or a call for opinions above the document."""
    if title and _DRAFT_TITLE.search(title):
        return True
    folded = [fold_text(line.text) for line in head[:12]]
    return any(_DRAFT_TITLE.search(text) for text in folded if len(text) <= 60) or any(map(_DRAFT_CALL.search, folded))
