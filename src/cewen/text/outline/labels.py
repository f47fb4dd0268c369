"""Labels of clauses: what a number at the start of a line looks like, and what it counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from cewen.text.lines import BLANK

HAN_DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_H = "一二三四五六七八九十百零〇○"
_D = "0-9０-９"
_B = f"[{BLANK}]*"


class Kind(Enum):
    """The kinds of label, from the outermost to the innermost that official texts use; the value is that rank."""

    ANNEX = 0  # 附件1
    CLOSING = 1  # 附则
    PART = 2  # 第一编
    CHAPTER = 3  # 第一章
    SECTION = 4  # 第一节
    ARTICLE = 5  # 第一条
    HAN = 6  # 一、
    HAN_BRACKET = 7  # （一）
    DIGIT = 8  # 1.
    DIGIT_BRACKET = 9  # （1）
    DIGIT_HALF = 10  # 1）
    CIRCLE = 11  # ①
    BOX = 12  # 专栏1


@dataclass(frozen=True, slots=True)
class Label:
    """编号: kind, number, how it is printed (blanks removed, digits half-width), how a path shows it, and its length."""

    kind: Kind
    number: int
    printed: str
    path: str
    length: int


_Reader = Callable[[re.Match[str], str], Label | None]

_PATTERN = re.compile(
    rf"(?P<ordinal>第{_B}(?P<count>[{_H}{_D}]{{1,8}}){_B}(?P<unit>编|篇|部{_B}分|章|节|条))"
    rf"|(?P<box>专{_B}栏{_B}(?P<box_number>[{_H}{_D}]{{1,3}}){_B}[：:]?)(?![和与及、，。；）])"
    rf"|(?P<annex>附{_B}[件表录]{_B}(?P<annex_number>[{_H}{_D}]{{0,3}}){_B}[：:]?)(?=\s*$|.*$)"
    rf"|(?P<closing>附{_B}则)(?={_B}$)"
    rf"|(?P<han_bracket>[（(〔【]{_B}[{_H}]{{1,6}}{_B}[）)〕】])"
    rf"|(?P<digit_bracket>[（(]{_B}[{_D}]{{1,3}}{_B}[）)])"
    rf"|(?P<digit_half>[{_D}]{{1,3}}{_B}[）)])"
    rf"|(?P<digit>[{_D}]{{1,3}}{_B}[.．﹒、])(?![{_D}])"
    rf"|(?P<han>[{_H}]{{1,6}}{_B}[、．.﹒])"
    rf"|(?P<single>[①-⑳㉑-㉟⑴-⒇⒈-⒛㈠-㈩])"
)
_UNITS = {
    "编": Kind.PART,
    "篇": Kind.PART,
    "部分": Kind.PART,
    "章": Kind.CHAPTER,
    "节": Kind.SECTION,
    "条": Kind.ARTICLE,
}
_ENUMERATED = re.compile(rf"[{_H}{_D}]{{1,6}}{_B}[、和与至到或级类档期等]")
"""After 三、 in "三、四、五级": the label was the start of an enumeration."""
_CITED = re.compile(r"项(?!目)|款(?!项)|目(?![标录的])|条(?!件)|规定|所列|所称|和(?!谐)|[、，与及至或—-]|的")
"""After 第八条 or （二） in running text: a citation, not a heading."""


def read_label(text: str) -> Label | None:
    """The label at the start of `text` (one line, without outer blanks), or None."""
    match = _PATTERN.match(text)
    if match is None:
        return None
    return _READERS[str(match.lastgroup)](match, text[match.end() :].lstrip(BLANK))


def han_number(text: str) -> int | None:
    """三十六 -> 36, 一百零二 -> 102, 二〇 -> 20, ３ -> 3; None for what is no number below a thousand."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if text.isdecimal() and text.isascii():
        return int(text)
    if not text or any(character not in HAN_DIGITS and character not in "十百" for character in text):
        return None
    if "十" not in text and "百" not in text:
        return int("".join(str(HAN_DIGITS[character]) for character in text))
    total, digit = 0, None
    for character in text:
        if character in "十百":
            total += (1 if digit is None else digit) * (10 if character == "十" else 100)
            digit = None
        else:
            digit = HAN_DIGITS[character]
    return total + (digit or 0)


def is_citation(rest: str) -> bool:
    """Whether what follows a label makes it a citation of another clause: （二）项, 第八条规定."""
    return bool(_CITED.match(rest))


def _plain(text: str) -> str:
    """Without blanks, digits half-width; marks stay as printed."""
    return "".join(
        unicodedata.normalize("NFKC", character) if character.isdecimal() else character
        for character in text
        if character not in BLANK and not character.isspace()
    )


def _make(kind: Kind, number: str, printed: str, path: str, length: int) -> Label | None:
    value = han_number(number)
    return None if value is None or value > 999 else Label(kind, value, printed, path, length)


def _ordinal(match: re.Match[str], rest: str) -> Label | None:
    unit = _plain(match["unit"])
    printed = _plain(match["ordinal"])
    return _make(_UNITS[unit], match["count"], printed, printed, match.end("ordinal"))


def _box(match: re.Match[str], rest: str) -> Label | None:
    printed = "专栏" + _plain(match["box_number"])
    return _make(Kind.BOX, match["box_number"], printed, printed, match.end("box"))


def _annex(match: re.Match[str], rest: str) -> Label | None:
    name = _plain(match["annex"]).rstrip("：:")
    if rest and not _plain(match["annex"]).endswith(("：", ":")):
        return None  # 附件一并印发, 附件），现予印发
    if rest and not match["annex_number"]:
        return None  # 附件：a list of what follows the document
    return _make(Kind.ANNEX, match["annex_number"] or "1", name, name, match.end("annex"))


def _closing(match: re.Match[str], rest: str) -> Label | None:
    return Label(Kind.CLOSING, 1, "附则", "附则", match.end("closing"))


def _bracketed(kind: Kind, shape: str) -> _Reader:
    def read(match: re.Match[str], rest: str) -> Label | None:
        printed = _plain(match[shape])
        inner = printed[:-1].lstrip("（(〔【")
        path = f"{inner}）" if kind is Kind.DIGIT_HALF else f"（{inner}）"
        return _make(kind, inner, printed, path, match.end(shape))

    return read


def _dotted(kind: Kind, shape: str) -> _Reader:
    def read(match: re.Match[str], rest: str) -> Label | None:
        if kind is Kind.HAN and _ENUMERATED.match(rest):
            return None
        printed = _plain(match[shape])
        path = printed[:-1] if kind is Kind.HAN or printed[-1] == "、" else printed[:-1] + "."
        return _make(kind, printed[:-1], printed, path, match.end(shape))

    return read


def _single(match: re.Match[str], rest: str) -> Label | None:
    sign = match["single"]
    value = int(unicodedata.numeric(sign))
    if "⑴" <= sign <= "⒇":
        return Label(Kind.DIGIT_BRACKET, value, sign, f"（{value}）", 1)
    if "⒈" <= sign <= "⒛":
        return Label(Kind.DIGIT, value, sign, f"{value}.", 1)
    if "㈠" <= sign <= "㈩":
        return Label(Kind.HAN_BRACKET, value, sign, f"（{unicodedata.normalize('NFKC', sign)[1:-1]}）", 1)
    return Label(Kind.CIRCLE, value, sign, sign, 1)


_READERS: dict[str, _Reader] = {
    "ordinal": _ordinal,
    "box": _box,
    "annex": _annex,
    "closing": _closing,
    "han_bracket": _bracketed(Kind.HAN_BRACKET, "han_bracket"),
    "digit_bracket": _bracketed(Kind.DIGIT_BRACKET, "digit_bracket"),
    "digit_half": _bracketed(Kind.DIGIT_HALF, "digit_half"),
    "digit": _dotted(Kind.DIGIT, "digit"),
    "han": _dotted(Kind.HAN, "han"),
    "single": _single,
}
