"""PDF: the text layer page by page. A scan has none; that is said, not guessed."""

from __future__ import annotations

import io
import logging

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, WrongPasswordError

from cewen.base.errors import CewenError
from cewen.base.source import Place

PAGE_END = "\n\f\n"
_LEAST_PER_PAGE = 4
"""Visible characters a page, on average, below which a file is a scan with at best its page numbers as text."""


def read_pdf(data: bytes, place: Place) -> str:
    """Text of all pages, a form feed between them.

    Raises CewenError: CW011 no text layer, CW014 damaged file, CW015 encrypted file.
    """
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileNotDecryptedError("password")
        pages = [page.extract_text() or "" for page in reader.pages]
    except (FileNotDecryptedError, WrongPasswordError) as error:
        raise CewenError.of(
            "CW015", "这个 PDF 加了密码，读不出文字", "去掉密码另存一份，或者提供未加密的文件", place
        ) from error
    except Exception as error:  # a damaged PDF makes the library fail in any way, RecursionError and KeyError included
        raise CewenError.of(
            "CW014", "这个 PDF 文件已损坏或不完整，读不出来", "重新下载，或者用阅读器打开后另存一份", place
        ) from error
    visible = sum(1 for page in pages for character in page if not character.isspace())
    if visible < _LEAST_PER_PAGE * max(1, len(pages)):
        raise CewenError.of(
            "CW011",
            f"这个 PDF 有 {len(pages)} 页，但没有文字，可能是扫描件",
            "先用文字识别（OCR）软件处理成带文字的 PDF，或者提供网页、docx、txt 版本",
            place,
        )
    return PAGE_END.join(pages)
