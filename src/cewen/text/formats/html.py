"""Web pages: the text a reader sees, block by block, without scripts, navigation and forms."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

from cewen.base.source import Place
from cewen.text.formats.plain import decode_text

_DROPPED = frozenset((
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "select",
    "iframe", "object", "svg", "canvas", "head",
))  # fmt: skip
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre",
    "section", "table", "tbody", "tfoot", "thead", "tr", "ul",
))  # fmt: skip
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
_BETWEEN_HAN = re.compile(r"(?<=[^\x00-\xff])[ \t\r\n\f\v]++(?=[^\x00-\xff])")
_MAIN_SHARE = 60
"""Per cent of the page's text from which a single <article> or <main> is taken for all of it."""


def read_html(data: bytes, place: Place) -> tuple[str, str]:
    """Text and encoding of a web page. Never fails on bad markup; a page without text gives ""."""
    source, encoding = _decode(data, place)
    if not source.strip():
        return "", encoding
    parser = lxml_html.HTMLParser(recover=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml_html.document_fromstring(_without_nul(source), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return "", encoding
    whole = _text_of(root)
    mains = [element for name in ("article", "main") for element in root.iter(name)]
    if len(mains) == 1:
        main = _text_of(mains[0])
        if len(main) * 100 >= len(whole) * _MAIN_SHARE:
            return main, encoding
    return whole, encoding


def _decode(data: bytes, place: Place) -> tuple[str, str]:
    declared = _CHARSET.search(data[:4096])
    if declared:
        name = declared[1].decode("ascii").lower()
        name = "gb18030" if name in ("gb2312", "gbk", "gb_2312-80") else name
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            pass  # pages lie about their charset; the bytes do not
    decoded = decode_text(data, place)
    return decoded.text, decoded.encoding


def _without_nul(source: str) -> str:
    # a declaration of the charset in a str makes lxml refuse it; NUL ends libxml2's strings
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", source.replace("\x00", ""))


def _text_of(root: lxml_html.HtmlElement) -> str:
    parts: list[str] = []
    dropped = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _DROPPED or element.get("hidden") is not None:
                dropped += 1
            if not dropped:
                _open(parts, tag, element.text)
            continue
        if tag in _DROPPED or element.get("hidden") is not None:
            dropped -= 1
        elif not dropped and tag in _BLOCKS:
            parts.append("\n")
        if not dropped and element is not root and element.tail:
            parts.append(_spaced(element.tail))
    lines = (re.sub(r"[ \r\f\v]+", " ", line).strip(" ") for line in "".join(parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _open(parts: list[str], tag: str, text: str | None) -> None:
    if tag in _BLOCKS or tag == "br":
        parts.append("\n")
    elif tag in ("td", "th") and parts and not parts[-1].endswith("\n"):
        parts.append("\t")
    if text:
        parts.append(_spaced(text))


def _spaced(text: str) -> str:
    """Source line breaks mean a blank at most; between Chinese characters they mean nothing."""
    text = _BETWEEN_HAN.sub(lambda blanks: "" if "\n" in blanks[0] or "\r" in blanks[0] else " ", text)
    return re.sub(r"[ \t\r\n\f\v]+", " ", text)
