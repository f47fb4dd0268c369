"""Drafting in the browser: from an upload to a published policy, confirmed by a second person, never half-done."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cewen.base.errors import CewenError
from cewen.portal.access import Actor, Refused, Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.audit.models import Event
from cewen.portal.drafts import services
from cewen.portal.drafts.domain import check_files, lay_out, read_upload
from cewen.portal.drafts.models import Draft, DraftStatus, DraftVersion
from cewen.rules.draft.folder import write_folder
from cewen.rules.load import load_corpus, policies_home, require_sound
from portal_support import client_of, make_actor, make_member, make_organization

pytestmark = pytest.mark.django_db
TEXT = """某市支持软件企业发展若干措施

一、支持研发。对我市年营业收入500万元及以上的软件企业，按照年研发投入的10%给予最高100万元补助。

二、支持人才。对引进的高层次人才给予奖励，奖励标准为每人每年一定数额，共计300个名额。
"""
ID = "wuhan/2031-software-measures"
BARE = "wuhan/2032-bare"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Policies of one's own, which may be written to."""
    target = tmp_path / "policies"
    for name in ("facts", "regions", "lexicon"):
        shutil.copytree(policies_home() / name, target / name)
    for path in policies_home().glob("*.yaml"):
        shutil.copy(path, target)
    monkeypatch.setenv("CEWEN_POLICIES", str(target))
    return target


@pytest.fixture
def pair() -> tuple[Actor, Actor]:
    """Two policy editors of one office."""
    office = make_organization("city")
    return make_actor(Role.POLICY_EDITOR, office), make_actor(Role.POLICY_EDITOR, office)


def start(actor: Actor, policy_id: str = ID, text: str = TEXT) -> Draft:
    return services.start_draft(actor, policy_id=policy_id, name="措施.txt", content=text.encode(), region="武汉市")


def finished(actor: Actor) -> Draft:
    """A draft that has nothing left to be filled in: a text that promises nothing."""
    draft = start(actor, BARE, "某市软件产业发展规划\n\n一、总体要求。坚持市场主导。\n")
    latest = draft.versions.get(number=1)
    header = "\n".join(line for line in latest.files["policy.yaml"].splitlines() if "待定" not in line)
    header += "\nissuer: 某市人民政府\nsource: 某市人民政府网站\neffective_on: 2031-01-01\n"
    known = {line.split(":")[0] for line in latest.files["policy.yaml"].splitlines() if "待定" not in line}
    kept, seen = [], set(known)
    for line in header.splitlines():
        name = line.split(":")[0]
        if line in latest.files["policy.yaml"].splitlines() or name not in seen:
            kept.append(line)
            seen.add(name)
    services.save_version(actor, draft_id=draft.pk, base=1, changed={"policy.yaml": "\n".join(kept) + "\n"})
    return draft


def test_an_upload_becomes_a_draft_with_measures_cases_and_findings(home: Path, pair: tuple[Actor, Actor]) -> None:
    draft = start(pair[0])
    version = draft.versions.get()
    assert draft.title == "某市支持软件企业发展若干措施"
    assert any(name.startswith("measures/") for name in version.files)
    assert any(name.startswith("cases/") for name in version.files)
    assert version.error_count > 0
    assert not (home / ID).exists()


def test_findings_name_file_and_line_and_measures_read_back(home: Path, pair: tuple[Actor, Actor]) -> None:
    version = start(pair[0]).versions.get()
    name = next(each for each in version.files if each.startswith("measures/"))
    broken = {**version.files, name: version.files[name].replace("quote:", "quoted:")}
    found = [each for each in check_files(ID, broken).findings if each.file == name]
    assert any(each.is_error and each.line for each in found)
    assert check_files(ID, version.files).sentences[name].startswith("凡")


def test_the_text_is_laid_out_whole_and_unread_numbers_can_be_walked() -> None:
    page = lay_out(TEXT)
    shown = "".join(piece.text for _, pieces in page.paragraphs for piece in pieces)
    assert "".join(shown.split()) == "".join(TEXT.split())
    kinds = {piece.kind for _, pieces in page.paragraphs for piece in pieces}
    assert "incentive" in kinds
    anchors = [piece.anchor for _, pieces in page.paragraphs for piece in pieces if piece.anchor]
    assert tuple(anchors) == page.unread


def test_two_people_do_not_overwrite_each_other(home: Path, pair: tuple[Actor, Actor]) -> None:
    draft = start(pair[0])
    services.save_version(pair[1], draft_id=draft.pk, base=1, changed={"tasks.yaml": "[]\n"})
    with pytest.raises(ValidationError):
        services.save_version(pair[0], draft_id=draft.pk, base=1, changed={"tasks.yaml": "[]\n"})
    assert draft.versions.count() == 2


def test_the_official_text_and_files_nobody_drafted_are_not_changed(home: Path, pair: tuple[Actor, Actor]) -> None:
    draft = start(pair[0])
    made = services.save_version(
        pair[0], draft_id=draft.pk, base=1, changed={"document.txt": "别的", "../../evil.yaml": "x", "new.yaml": "x"}
    )
    assert made.files == draft.versions.get(number=1).files


def test_a_draft_with_errors_is_neither_confirmed_nor_published(home: Path, pair: tuple[Actor, Actor]) -> None:
    draft = start(pair[0])
    with pytest.raises(CewenError) as caught:
        services.confirm_version(pair[1], draft_id=draft.pk, number=1)
    assert caught.value.diagnostics[0].code == "CW733"
    with pytest.raises(CewenError):
        services.publish_draft(pair[1], draft_id=draft.pk, number=1, on=timezone.localdate())
    assert not (home / ID).exists()


def test_who_wrote_does_not_confirm_and_a_second_person_does(home: Path, pair: tuple[Actor, Actor]) -> None:
    draft = finished(pair[0])
    assert check_files(BARE, draft.versions.get(number=2).files).error_count == 0
    with pytest.raises(Refused):
        services.confirm_version(pair[0], draft_id=draft.pk, number=2)
    with pytest.raises(ValidationError):
        services.publish_draft(pair[0], draft_id=draft.pk, number=2, on=timezone.localdate())
    services.confirm_version(pair[1], draft_id=draft.pk, number=2)
    services.publish_draft(pair[0], draft_id=draft.pk, number=2, on=timezone.localdate())
    draft.refresh_from_db()
    assert draft.status == DraftStatus.PUBLISHED
    assert require_sound(load_corpus(home)).policy(BARE) is not None
    assert Event.objects.filter(subject=f"draft:{draft.pk}", action="drafts.draft.published").count() == 1


def test_a_new_version_is_to_be_confirmed_again(home: Path, pair: tuple[Actor, Actor]) -> None:
    draft = finished(pair[0])
    services.confirm_version(pair[1], draft_id=draft.pk, number=2)
    services.save_version(pair[0], draft_id=draft.pk, base=2, changed={})
    with pytest.raises(ValidationError):
        services.publish_draft(pair[0], draft_id=draft.pk, number=3, on=timezone.localdate())


def test_a_later_day_is_waited_for(home: Path, pair: tuple[Actor, Actor]) -> None:
    draft = finished(pair[0])
    services.confirm_version(pair[1], draft_id=draft.pk, number=2)
    day = timezone.localdate() + timedelta(days=3)
    services.publish_draft(pair[0], draft_id=draft.pk, number=2, on=day)
    assert not (home / BARE).exists()
    assert services.finish_publishing(day - timedelta(days=1)) == 0
    assert services.finish_publishing(day) == 1
    assert services.finish_publishing(day) == 0
    assert (home / BARE / "policy.yaml").is_file()


@pytest.mark.parametrize("point", ["before the folder", "after the folder"])
def test_a_crash_while_publishing_is_made_good(
    point: str, home: Path, pair: tuple[Actor, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = finished(pair[0])
    services.confirm_version(pair[1], draft_id=draft.pk, number=2)

    def crash(folder: Path, files: Any) -> None:
        if point == "after the folder":
            write_folder(folder, files)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("cewen.portal.drafts.services.write_folder", crash)
        with pytest.raises(KeyboardInterrupt):
            services.publish_draft(pair[0], draft_id=draft.pk, number=2, on=timezone.localdate())
    draft.refresh_from_db()
    assert draft.status == DraftStatus.PUBLISHING
    assert (home / BARE).exists() == (point == "after the folder")
    assert services.finish_publishing() == 1
    assert require_sound(load_corpus(home)).policy(BARE) is not None
    assert Event.objects.filter(action="drafts.draft.published").count() == 1


def test_nothing_is_published_into_the_policies_that_come_with_the_software(pair: tuple[Actor, Actor]) -> None:
    with pytest.raises(CewenError) as caught:
        services.publish_draft(pair[0], draft_id=1, number=1, on=timezone.localdate())
    assert caught.value.diagnostics[0].code == "CW734"


def test_another_office_sees_nothing(home: Path, pair: tuple[Actor, Actor]) -> None:
    draft = start(pair[0])
    stranger = client_of(make_member(Role.POLICY_EDITOR))
    assert stranger.get(f"/drafts/{draft.pk}/").status_code == 404
    assert stranger.post(f"/drafts/{draft.pk}/save/", {"base": "1"}).status_code == 404
    assert draft.title not in stranger.get("/drafts/").content.decode()


def _package(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("措施.exe", b"MZ"),
        ("措施.docx", b"PK\x03\x04 broken"),
        ("措施.docx", _package(**{"word/vbaProject.bin": b"x"})),
        ("措施.docx", _package(**{"word/document.xml": b"\0" * (201 * 2**20)})),
        ("措施.txt", b"x" * (20 * 2**20 + 1)),
    ],
)
def test_what_is_no_document_is_refused_with_a_sentence(name: str, content: bytes) -> None:
    with pytest.raises(CewenError) as caught:
        read_upload(content, name)
    assert caught.value.diagnostics[0].code == "CW732"


def test_pages_from_upload_to_check(home: Path) -> None:
    person = make_member(Role.POLICY_EDITOR)
    client = client_of(person)
    document = SimpleUploadedFile("../../措施.txt", TEXT.encode())
    response = client.post("/drafts/", {"document": document, "policy_id": ID, "region": "武汉市"})
    draft = Draft.objects.get()
    assert response["Location"] == f"/drafts/{draft.pk}/"
    page = client.get(f"/drafts/{draft.pk}/").content.decode()
    assert "未读懂" in page
    version = DraftVersion.objects.get()
    name = next(each for each in version.files if each.startswith("measures/"))
    part = client.post(f"/drafts/{draft.pk}/check/", {f"file:{name}": "id: [\r\n"}).content.decode()
    assert "CW001" in part
    assert DraftVersion.objects.count() == 1
    saved = client.post(f"/drafts/{draft.pk}/save/", {"base": "1", f"file:{name}": version.files[name], "note": "看过"})
    assert saved.status_code == 302
    assert client.post(f"/drafts/{draft.pk}/save/", {"base": "1"}).status_code == 422
    assert client.post(f"/drafts/{draft.pk}/confirm/", {"number": "2"}).status_code == 403
    again = client.post("/drafts/", {"document": SimpleUploadedFile("a.txt", b"x"), "policy_id": ID})
    assert again.status_code == 422
    assert actor_of_person(person).may({Role.POLICY_EDITOR})
