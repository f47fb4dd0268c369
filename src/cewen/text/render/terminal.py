"""A document and a comparison in the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from cewen.text.clause import Document
from cewen.text.compare import Change, ClauseChange, Comparison, PartChange
from cewen.text.difference import Piece
from cewen.text.render.plain import validity

FIELDS = {
    "title": "标题", "number": "文号", "issuer": "发文机关", "issued_on": "印发日期", "effective_on": "施行日期",
    "expires_on": "失效日期", "is_draft": "征求意见稿",
}  # fmt: skip
"""Fields of the metadata as a reader calls them."""

_STYLES = {
    Change.SAME: "dim", Change.CHANGED: "yellow", Change.MOVED: "cyan", Change.ADDED: "green", Change.REMOVED: "red",
}  # fmt: skip
_CONTEXT = 12
"""Characters shown on either side of a difference."""


def tree(document: Document) -> Tree:
    """The clause tree for the terminal, with title and dates at its root."""
    metadata = document.metadata
    root = Tree(Text(metadata.title or "（无标题）", style="bold"), guide_style="dim")
    facts = [fact for fact in (metadata.number, metadata.issuer, validity(document)) if fact]
    if facts:
        root.label = Text.assemble(Text(metadata.title or "（无标题）", style="bold"), "\n", ("　".join(facts), "dim"))
    branches: list[Tree] = [root]
    for clause in document.walk():
        del branches[clause.level :]
        label = Text.assemble((clause.label, "cyan"), " ", (clause.title, "bold" if clause.level == 1 else ""))
        branches.append(branches[-1].add(label))
    for warning in document.warnings:
        root.add(Text(f"注意：{warning}", style="yellow"))
    return root


def comparison_table(comparison: Comparison) -> RenderableType:
    """What changed: a summary line, metadata, and a table of the clauses that are not the same."""
    table = Table(title=None, show_lines=True, expand=True)
    for name, ratio in (("变化", 1), ("原条款", 2), ("新条款", 2), ("内容", 8)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for part in comparison.parts:
        if part.change is not Change.SAME:
            table.add_row(_word(part.change), part.name, part.name, _difference(part))
    for clause in comparison.clauses:
        if clause.change is not Change.SAME:
            table.add_row(_word(clause.change, moved=clause.is_moved), *_names(clause), _difference(clause))
    lines: list[RenderableType] = [Text(summary(comparison), style="bold")]
    lines += [
        Text(f"{FIELDS.get(field, field)}：{before or '无'} → {after or '无'}")
        for field, before, after in comparison.metadata
    ]
    return Group(*lines, table) if table.rows else Group(*lines)


def summary(comparison: Comparison) -> str:
    """One sentence: how many clauses are the same, changed, moved, added, removed."""
    counts = comparison.counts()
    return "，".join(f"{change.label} {counts[change.value]} 条" for change in Change)


def _word(change: Change, *, moved: bool = False) -> Text:
    word = change.label + ("并移动" if moved and change is Change.CHANGED else "")
    return Text(word, style=_STYLES[change])


def _names(clause: ClauseChange) -> tuple[str, str]:
    before = f"{clause.before.path} {clause.before.title}" if clause.before else ""
    after = f"{clause.after.path} {clause.after.title}" if clause.after else ""
    return before, after


def _difference(change: ClauseChange | PartChange) -> Text:
    text = Text()
    for number in change.numbers:
        text.append(f"{number.before or '无'} → {number.after or '无'}\n", style="bold magenta")
    for index, piece in enumerate(change.pieces):
        text.append_text(_piece(piece, first=index == 0, last=index == len(change.pieces) - 1))
    return text


def _piece(piece: Piece, *, first: bool, last: bool) -> Text:
    if piece.kind == "removed":
        return Text(f"[-{piece.text}-]", style="red strike")
    if piece.kind == "added":
        return Text(f"{{+{piece.text}+}}", style="green")
    if len(piece.text) <= 2 * _CONTEXT:
        return Text(piece.text)
    head = "" if first else piece.text[:_CONTEXT]
    tail = "" if last else piece.text[-_CONTEXT:]
    return Text(f"{head}…{tail}")
