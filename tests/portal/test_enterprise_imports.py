"""Files into the register: what is refused, what is found wrong, what is loaded, and that nothing is half done."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cewen.base.errors import CewenError
from cewen.portal.access import Role
from cewen.portal.audit.models import Event
from cewen.portal.enterprises import forms, jobs
from cewen.portal.enterprises.models import Award, Enterprise, FactChange, FactImport
from cewen.portal.enterprises.selectors import register_version
from enterprise_support import GOOD, HEADER, OTHER, SOFTWARE, load_examples, named, upload, workbook
from portal_support import client_as, client_of, make_member, make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_the_test(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]


def test_a_clean_file_is_shown_first_and_loaded_when_confirmed() -> None:
    client = client_as(Role.OFFICER_CITY)
    status, page, address = upload(client, workbook([HEADER, GOOD]))
    assert status == 200
    assert "可以载入" in page
    assert Enterprise.objects.count() == 0
    assert "已载入" in client.post(f"{address}load/", follow=True).content.decode()
    found = named(SOFTWARE)
    assert (found.name, found.region_code, found.revenue, found.revenue_year) == (
        "甲公司（合成）",
        "420111",
        6_800_000_000,
        2023,
    )
    assert found.record.facts["rd_spend"] == {"2023": "12000000.00"}
    assert found.record.batch is not None
    assert found.record.batch.source == "年报"
    assert Event.objects.filter(action="enterprises.import.loaded").count() == 1


def test_every_fault_stands_beside_its_cell_and_nothing_is_loaded() -> None:
    client = client_as(Role.OFFICER_CITY)
    wrong = ["乙公司", OTHER, "洪山区", "软件公司", "很多", 1]
    _, page, address = upload(client, workbook([HEADER, GOOD, wrong]))
    assert "有问题，未载入" in page
    assert "<mark>软件公司</mark>" in page
    assert "<mark>很多</mark>" in page
    assert client.post(f"{address}load/").status_code == 403
    assert Enterprise.objects.count() == 0
    book = client.get(f"{address}findings.xlsx")
    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        assert "软件公司" in archive.read("xl/sharedStrings.xml").decode()


def test_a_district_imports_its_own_enterprises_only(repo: Path) -> None:
    home = make_organization("district", region_code="420106")
    client = client_of(make_member(Role.OFFICER_DISTRICT, home))
    _, page, _ = upload(client, workbook([HEADER, GOOD]))
    assert "CW724" in page
    load_examples(repo)
    stranger = ["甲公司", SOFTWARE, "420106", "软件企业", 1, 1]  # stands in another district already
    _, page, _ = upload(client, workbook([HEADER, stranger]))
    assert "CW724" in page


def test_a_second_file_changes_what_it_says_and_keeps_the_rest_with_its_source(repo: Path) -> None:
    client = client_as(Role.OFFICER_CITY)
    second: list[list[object]] = [["统一社会信用代码", "年营业收入:2023", "从业人员:2023"], [SOFTWARE, "7000万元", 50]]
    for rows in ([HEADER, GOOD], second):
        _, _, address = upload(client, workbook(rows))
        client.post(f"{address}load/")
    found = named(SOFTWARE)
    assert found.revenue == 7_000_000_000
    assert found.employees == 50
    assert found.name == "甲公司（合成）"
    assert found.record.facts["rd_spend"] == {"2023": "12000000.00"}
    assert found.record.sources["rd_spend"]["2023"][0] == "年报"
    changed = {(each.key, each.old, each.new) for each in FactChange.objects.all()}
    assert ("revenue", "68000000.00", "70000000.00") in changed
    assert ("employees", "", "50") in changed


def test_loading_the_same_again_changes_nothing(repo: Path) -> None:
    assert load_examples(repo) == 300
    before = (Enterprise.objects.count(), Award.objects.count())
    load_examples(repo)
    assert (Enterprise.objects.count(), Award.objects.count()) == before
    assert FactChange.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_load_that_is_interrupted_leaves_nothing_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_as(Role.OFFICER_CITY)
    _, _, address = upload(client, workbook([HEADER, GOOD]))
    version = register_version()

    def breaks(*_: object) -> None:
        raise RuntimeError("the server goes away")

    monkeypatch.setattr(jobs, "finish_import", breaks)
    client.raise_request_exception = False
    assert client.post(f"{address}load/").status_code == 500
    assert Enterprise.objects.count() == 0
    assert register_version() == version
    assert FactImport.objects.get().stage == FactImport.Stage.FAILED
    monkeypatch.undo()
    assert "已载入" in client.post(f"{address}load/", follow=True).content.decode()
    assert Enterprise.objects.count() == 1


def test_an_import_nobody_works_on_any_more_is_said_to_be_interrupted() -> None:
    client = client_as(Role.OFFICER_CITY)
    _, _, address = upload(client, workbook([HEADER, GOOD]))
    FactImport.objects.update(stage=FactImport.Stage.LOADING, beat_at="2024-01-01T00:00:00Z")
    assert "中断，未载入" in client.get(address).content.decode()


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


TYPES = b"<Types/>"
REFUSED = {
    "macro ending": ("a.xlsm", b"x", "CW721"),
    "other kind": ("a.pdf", b"%PDF-1.7", "CW721"),
    "no workbook": ("a.xlsx", b"nothing of the kind", "CW721"),
    "a zip that is none": ("a.xlsx", packed({"x.txt": b"x"}), "CW721"),
    "a program as csv": ("a.csv", b"MZ\x90\x00", "CW721"),
    "no parquet": ("a.parquet", b"PAR1xxxxxxPAR1", "CW721"),
    "macro inside": (
        "a.xlsx",
        packed({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"", "xl/vbaProject.bin": b""}),
        "CW721",
    ),
    "macro type": ("a.xlsx", packed({"[Content_Types].xml": b"macroEnabled", "xl/workbook.xml": b""}), "CW721"),
    "bomb": ("a.xlsx", packed({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"\0" * (32 << 20)}), "CW722"),
    "many parts": ("a.xlsx", packed({f"p{at}": b"" for at in range(2001)}), "CW722"),
    "path inside": ("a.xlsx", packed({"[Content_Types].xml": TYPES, "../../etc/x": b""}), "CW723"),
    "hidden name": (".htaccess.csv", b"a", "CW723"),
    "empty": ("a.csv", b"", "CW721"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_register_is_refused_with_a_sentence(case: str, tmp_path: Path) -> None:
    name, content, code = REFUSED[case]
    status, page, _ = upload(client_as(Role.OFFICER_CITY), SimpleUploadedFile(name, content))
    assert status == 422
    assert code in page
    assert FactImport.objects.count() == 0
    kept = tmp_path / "files" / "imports"
    assert not kept.exists() or not any(kept.iterdir())


def test_a_part_whose_size_lies_is_found_by_reading_it() -> None:
    """The size a zip declares is small; what it holds is not. Reading against the checksum tells."""
    whole = bytearray(packed({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"\0" * (1 << 20)}))
    directory = whole.rfind(b"PK\x01\x02")
    whole[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    status, page, _ = upload(client_as(Role.OFFICER_CITY), SimpleUploadedFile("a.xlsx", bytes(whole)))
    assert status == 422
    assert "CW721" in page


def test_too_much_is_refused_before_anything_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "LARGEST_UPLOAD", 10)
    status, page, _ = upload(client_as(Role.OFFICER_CITY), SimpleUploadedFile("a.csv", b"x" * 11))
    assert status == 422
    assert "CW720" in page


@pytest.mark.parametrize("name", ["../a.csv", "a/b.csv", "c:a.csv", "a\0.csv", "~a.csv", ""])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(CewenError, match="CW723"):
        forms.check_name(name)


def test_the_example_files_are_read_together(repo: Path) -> None:
    files = [
        SimpleUploadedFile(path.name, path.read_bytes())
        for path in sorted((repo / "examples" / "register").glob("*.csv"))
        if path.name != "sources.csv"
    ]
    _, page, address = upload(client_of(make_member(Role.OFFICER_PROVINCE, region_code="CN")), *files)
    assert "300 家企业，没有错误" in page
    assert address.startswith("/enterprises/imports/")
