"""Plain text: which encoding the bytes are in, and nothing changed but that."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from cewen.base.errors import CewenError
from cewen.base.source import Place

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SAMPLE = 65_536
_DAMAGED_SHARE = 200
"""At most one character in so many may be unreadable before the encoding counts as the wrong one."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the encoding it was in; `damaged` counts characters that could not be read."""

    text: str
    encoding: str
    damaged: int = 0


def decode_text(data: bytes, place: Place) -> Decoded:
    """The characters of a text file, line ends as they are. A byte order mark is not part of the text.

    Tried in turn: the byte order mark, UTF-8, UTF-16 without a mark, GB18030, then UTF-8 and GB18030 with a few
    damaged characters. Raises CewenError CW013 when none fits: the file is no text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, text.count("\ufffd"))
    for encoding in filter(None, ("utf-8", _wide_encoding(data), "gb18030")):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_plausible(text):
            return Decoded(text, encoding)
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        damaged = text.count("\ufffd")
        if damaged * _DAMAGED_SHARE <= len(text) and _HAN.search(text) and _is_plausible(text):
            return Decoded(text, encoding, damaged)
    raise CewenError.of(
        "CW013",
        "这个文件不是文本，或者编码认不出来（试过 UTF-8、UTF-16、GB18030）",
        "用编辑器打开后另存为 UTF-8 编码的 txt，或者直接提供原来的 docx、pdf、html 文件",
        place,
    )


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark betrays itself by the zero bytes of its digits, blanks and line ends."""
    sample = data[:_SAMPLE]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 100 < len(sample) or min(even, odd) * 4 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_plausible(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROL.findall(sample)) * 100 <= len(sample)
