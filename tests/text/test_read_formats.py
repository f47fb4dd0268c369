"""One text in every format and encoding, and files that cannot be read."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from cewen.base.errors import CewenError
from cewen.text.parse import parse_document
from cewen.text.read import read_text

TEXT = "某某市支持办法\r\n一、总体要求\r\n支持企业发展，奖励１００万元。\r\n二、措施\n（一）补助。给予补助。\n"


def code_of(path: Path) -> str:
    with pytest.raises(CewenError) as caught:
        read_text(path)
    (finding,) = caught.value.diagnostics
    assert finding.remedy
    assert finding.place.file == str(path)
    return finding.code


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_plain_text_is_the_files_characters_whatever_the_encoding(tmp_path: Path, data: bytes, encoding: str) -> None:
    file = tmp_path / "办法.txt"
    file.write_bytes(data)
    read = read_text(file)
    assert (read.text, read.format, read.encoding, read.findings) == (TEXT, "txt", encoding, ())


def test_rare_characters_of_gb18030(tmp_path: Path) -> None:
    text = "一、㙍𠀀䶮镇支持企业发展\n" * 3
    (tmp_path / "a.txt").write_bytes(text.encode("gb18030"))
    assert read_text(tmp_path / "a.txt").text == text


def test_an_empty_file_is_read_with_a_warning(tmp_path: Path) -> None:
    for name in ("empty.txt", "empty.md", "empty.html"):
        (tmp_path / name).write_bytes(b"")
        read = read_text(tmp_path / name)
        assert read.text == ""
        assert [finding.code for finding in read.findings] == ["CW017"]
        assert parse_document(read.text).clauses == ()


def test_a_few_damaged_characters_are_reported(tmp_path: Path) -> None:
    data = bytearray((TEXT * 20).encode())
    data[40] = 0xFF
    (tmp_path / "a.txt").write_bytes(data)
    read = read_text(tmp_path / "a.txt")
    assert [finding.code for finding in read.findings] == ["CW018"]
    assert "�" in read.text


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("junk.txt", bytes(range(256)) * 40, "CW013"),
        ("picture.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "CW012"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "CW012"),
        ("a.rtf", b"{\\rtf1 text}", "CW012"),
        ("broken.docx", b"PK\x03\x04" + bytes(100), "CW014"),
        ("broken.pdf", b"%PDF-1.7\nnothing", "CW014"),
    ],
)
def test_what_cannot_be_read_is_said_with_code_and_remedy(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert code_of(tmp_path / name) == code


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert code_of(tmp_path / "无此文件.txt") == "CW010"
    assert code_of(tmp_path) == "CW010"


def test_other_packages_are_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "表.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert code_of(tmp_path / "表.xlsx") == "CW012"


def test_markdown_loses_its_marks_only(tmp_path: Path) -> None:
    source = (
        "---\ntitle: x\n---\n# 某某市支持办法\n\n## 一、总体要求\n\n支持**重点**企业，见[目录](http://x.cn/a)。\n\n"
        "1. 甲\n2. 乙\n\n| 指标 | 值 |\n|---|---|\n| 收入 | 100 |\n"
    )
    (tmp_path / "a.md").write_text(source, encoding="utf-8")
    read = read_text(tmp_path / "a.md")
    assert read.format == "md"
    lines = [line for line in read.text.splitlines() if line]
    assert lines == [
        "某某市支持办法",
        "一、总体要求",
        "支持重点企业，见目录。",
        "1. 甲",
        "2. 乙",
        "指标\t值",
        "收入\t100",
    ]
    assert [clause.path for clause in parse_document(read.text).walk()] == ["一", "一/1.", "一/2."]


def test_web_pages_lose_scripts_and_navigation(tmp_path: Path) -> None:
    page = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>页</title><style>p{}</style></head><body>
<nav><a href="/">首页</a></nav><script>var 一 = "一、";</script>
<div><h1>某某市支持办法</h1><p>一、总体
要求</p><p>支持&nbsp;企业<br>发展。</p>
<table><tr><th>指标</th><th>值</th></tr><tr><td>收入</td><td>100</td></tr></table><p hidden>看不见</p></div>
<footer>版权所有</footer></body></html>"""
    (tmp_path / "a.html").write_bytes(page.encode("gb18030"))
    read = read_text(tmp_path / "a.html")
    assert (read.format, read.encoding) == ("html", "gb18030")
    assert [line for line in read.text.splitlines() if line] == [
        "某某市支持办法", "一、总体要求", "支持\xa0企业", "发展。", "指标\t值", "收入\t100",
    ]  # fmt: skip


def test_a_main_article_stands_for_the_page(tmp_path: Path) -> None:
    page = f"<html><body><div>首页 登录</div><article><p>一、总体要求</p><p>{'正文。' * 30}</p></article></body></html>"
    (tmp_path / "a.htm").write_text(page, encoding="utf-8")
    assert "登录" not in read_text(tmp_path / "a.htm").text


def numbered(paragraph: object, number: str, level: str = "0") -> None:
    properties = paragraph._p.get_or_add_pPr()  # type: ignore[attr-defined]
    element = OxmlElement("w:numPr")
    for name, value in (("w:ilvl", level), ("w:numId", number)):
        child = OxmlElement(name)
        child.set(qn("w:val"), value)
        element.append(child)
    properties.append(element)


def test_word_paragraphs_tables_and_automatic_numbers_in_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("某某市支持办法")
    document.add_paragraph("一、总体要求")
    document.add_paragraph("支持企业发展。")
    table = document.add_table(2, 2)
    for row in range(2):
        for column in range(2):
            table.cell(row, column).text = f"格{row}{column}"
    document.add_paragraph("二、措施")
    numbering = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "99")
    for depth, shape, shown in (("0", "chineseCounting", "（%1）"), ("1", "decimal", "%2．")):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), depth)
        for name, value in (("w:start", "1"), ("w:numFmt", shape), ("w:lvlText", shown)):
            child = OxmlElement(name)
            child.set(qn("w:val"), value)
            level.append(child)
        abstract.append(level)
    numbering.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "99")
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), "99")
    number.append(reference)
    numbering.append(number)
    for text, depth in (
        ("奖励。给予奖励。", "0"),
        ("甲。乙。", "1"),
        ("丙。丁。", "1"),
        ("补助。给予补助。", "0"),
        ("戊。己。", "1"),
    ):
        numbered(document.add_paragraph(text), "99", depth)
    document.save(str(tmp_path / "a.docx"))
    read = read_text(tmp_path / "a.docx")
    assert read.format == "docx"
    assert read.text.splitlines() == [
        "某某市支持办法", "一、总体要求", "支持企业发展。", "格00\t格01", "格10\t格11", "二、措施",
        "（一）奖励。给予奖励。", "1．甲。乙。", "2．丙。丁。", "（二）补助。给予补助。", "1．戊。己。",
    ]  # fmt: skip
    assert [clause.path for clause in parse_document(read.text).walk()] == [
        "一", "二", "二/（一）", "二/（一）/1.", "二/（一）/2.", "二/（二）", "二/（二）/1.",
    ]  # fmt: skip


def pdf(pages: list[str]) -> bytes:
    """A PDF with one line of Latin text a page; none for ""."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(200, 200)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        if text:
            stream = DecodedStreamObject()
            stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
            page[NameObject("/Contents")] = writer._add_object(stream)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_pdf_pages_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["first page", "second page"]))
    read = read_text(tmp_path / "a.pdf")
    assert read.format == "pdf"
    assert read.text.index("first page") < read.text.index("\f") < read.text.index("second page")


def test_a_scanned_pdf_has_no_text_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdf(["", ""]))
    assert code_of(tmp_path / "scan.pdf") == "CW011"


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(str(tmp_path / "locked.pdf"))
    assert code_of(tmp_path / "locked.pdf") == "CW015"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=400),
    start=st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"\xff\xfe", b"\xef\xbb\xbf"]),
)
def test_any_bytes_give_a_text_or_a_diagnosis(tmp_path: Path, data: bytes, start: bytes) -> None:
    codes = []
    for name in ("a.txt", "a.html", "a.md", "a.pdf", "a.docx"):
        file = tmp_path / name
        file.write_bytes(start + data)
        try:
            read = read_text(file)
        except CewenError as error:
            codes.append(error.diagnostics[0].code)
        else:
            codes.append("")
            parse_document(read.text)
    assert all(code == "" or code.startswith("CW01") for code in codes)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text())
def test_utf8_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    known = ("\ufeff", "%PDF-", "PK\x03\x04", "<html", "<!doctype html", "{\\rtf")
    if text.lower().lstrip().startswith(tuple(mark.lower() for mark in known)) or "%PDF-" in text:
        return
    file = tmp_path / "a.txt"
    file.write_bytes(text.encode())
    assert read_text(file).text == text
