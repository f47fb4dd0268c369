"""CW102: a quote that stands in the text, but not in the clause it names; or a clause the text does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from cewen.base.diagnostic import Diagnostic
from cewen.base.source import Span
from cewen.rules.check.examined import Examined, Quotation
from cewen.rules.check.page import Check, Page
from cewen.text.flow import fold_text

PAGE = Page(
    code="CW102",
    title="引文不在所写的条文里",
    why="结论上显示的条文编号，是企业去查原文的地址。编号错了，等于引错了法条。",
    looks_for="clause 是正文里有的条文路径（如 二/（六）），quote 就在这一条的范围内。正文第一条之前的写“前言”，最后一条之后的写“附则”。",
    remedy="用 cewen read 看条文树，把 clause 改成引文所在的那一条。",
    bad="clause: 一/（一）   # 引文其实在 一/（二）",
    good="clause: 一/（二）",
)
BEFORE, AFTER = "前言", "附则"


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each quote outside its clause; quotes nowhere in the text are CW101's."""
    paths = {fold_text(clause.path): clause.span for clause in examined.document.walk()}
    for quotation in examined.quotations:
        if quotation.clause is None:
            continue
        inside = _range(examined, paths, quotation.clause)
        if inside is None:
            known = [clause.path for clause in examined.document.walk()]
            near = difflib.get_close_matches(quotation.clause, known, n=1, cutoff=0.3)
            remedy = f"是不是“{near[0]}”？条文树用 cewen read 查看。" if near else "条文树用 cewen read 查看。"
            message = f"正文没有“{quotation.clause}”这一条"
            yield PAGE.found(message, remedy, quotation.clause_place, quotation.quote)
            continue
        spans = tuple(examined.found(quotation.quote))
        if spans and not any(inside.holds(span) for span in spans):
            yield _elsewhere(examined, quotation, spans[0])


def _range(examined: Examined, paths: dict[str, Span], clause: str) -> Span | None:
    """The characters a clause path means; None where the text has no such clause."""
    document = examined.document
    first = document.clauses[0].span.start if document.clauses else document.body.end
    last = document.clauses[-1].span.end if document.clauses else document.body.start
    if clause == BEFORE:
        return Span(0, first)
    if clause == AFTER:
        return Span(last, len(document.text))
    return paths.get(fold_text(clause))


def _elsewhere(examined: Examined, quotation: Quotation, span: Span) -> Diagnostic:
    document = examined.document
    clause = document.clause_at(span.start)
    if clause is not None:
        where = clause.path
    elif document.clauses and span.start < document.clauses[0].span.start:
        where = BEFORE
    else:
        where = AFTER
    message = f"引文不在“{quotation.clause}”里，而在“{where}”"
    return PAGE.found(message, f"把 clause 改成 {where}。", quotation.clause_place, quotation.quote)


CHECK = Check((PAGE,), find)
