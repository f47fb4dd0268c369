"""A document that would take all time or memory to read is given up, and the portal goes on."""

from __future__ import annotations

import io
import resource
import zlib
from pathlib import Path

import pytest

from cewen.base.errors import CewenError
from cewen.portal.apart import read_apart
from cewen.portal.drafts.domain import read_upload
from hostile_support import document, with_part


def pdf(stream: bytes, pages: int) -> bytes:
    """A PDF whose pages all show one stream, which unfolds when it is read."""
    packed = zlib.compress(stream, 9)
    kids = b" ".join(b"%d 0 R" % (at + 5) for at in range(pages))
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        *[b"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents 4 0 R >>"] * pages,
    ]
    out, places = io.BytesIO(b"%PDF-1.7\n"), []
    out.seek(0, io.SEEK_END)
    for number, part in enumerate(parts, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start))
    return out.getvalue()


LINE = b"BT /F1 12 Tf 10 10 Td (Support for software enterprises) Tj ET\n"


def test_an_ordinary_document_is_read(tmp_path: Path) -> None:
    assert "Support for software enterprises" in read_upload(pdf(LINE, 2), "a.pdf")
    assert "某市软件产业发展规划" in read_upload(document(), "a.docx")


def test_a_document_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(LINE * 20_000, 2000))
    assert path.stat().st_size < 1 << 20
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CewenError) as caught:
        read_apart(path, seconds=2)
    assert caught.value.diagnostics[0].code == "CW766"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 100 * 1024


def test_a_document_that_takes_too_much_memory_is_given_up_or_refused(tmp_path: Path) -> None:
    row = b'<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">%s</w:p>' % (b"<w:r/>" * 10)
    body = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'
    path = tmp_path / "a.docx"
    path.write_bytes(with_part(document(), "word/document.xml", body % (row * 150_000)))
    with pytest.raises(CewenError) as caught:
        read_apart(path, memory=300 << 20)
    assert caught.value.diagnostics[0].code in ("CW014", "CW766")


def test_what_is_wrong_with_a_document_is_said_as_before(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\x00\x81\x00\xfe" * 100)
    with pytest.raises(CewenError) as caught:
        read_apart(path)
    assert caught.value.diagnostics[0].code == "CW013"
    assert caught.value.diagnostics[0].remedy
