"""A document for eyes: a tree in the terminal, a page with text and tree side by side, and plain text again."""

from cewen.text.render.page import KINDS, Highlight, comparison_html, html
from cewen.text.render.plain import as_text, outline_lines, validity
from cewen.text.render.terminal import comparison_table, summary, tree

__all__ = [
    "KINDS",
    "Highlight",
    "as_text",
    "comparison_html",
    "comparison_table",
    "html",
    "outline_lines",
    "summary",
    "tree",
    "validity",
]
