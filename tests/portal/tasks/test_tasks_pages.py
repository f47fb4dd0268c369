"""Tasks: each step by whom it belongs to, once, with evidence, in a chain nobody can change unseen."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from docx import Document

from cewen.base.errors import CewenError
from cewen.portal.access import SYSTEM, Actor, Refused, Role
from cewen.portal.accounts.models import Deputy, Person
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.audit.models import Event as AuditEvent
from cewen.portal.tasks import selectors, services
from cewen.portal.tasks.jobs import escalation_round
from cewen.portal.tasks.models import Evidence, TaskEvent, TaskHead
from cewen.supervision.case import TaskCase
from portal_support import client_as, client_of, make_member, make_organization

pytestmark = pytest.mark.django_db
TASK = "wuhan/2022-software-plan#root-technology"
ADDRESS = "/tasks/wuhan/2022-software-plan/root-technology/"
PDF = b"%PDF-1.7 accepted"


def case() -> TaskCase:
    row = selectors.find(timezone.localdate(), *TASK.split("#"))
    assert row is not None
    return row.case


@pytest.fixture
def lead() -> Person:
    """An officer of the unit that leads the task, under the name the city gives it."""
    assert case().lead == ("市科技局",)
    return make_member(Role.OFFICER_CITY, make_organization("city", "420100", "武汉市科技局"))


@pytest.fixture
def supervisor() -> Person:
    return make_member(Role.SUPERVISOR)


def actor(person: Person) -> Actor:
    return actor_of_person(person)


def go_to_reported(person: Person) -> None:
    services.take_step(actor(person), task_id=TASK, edge="take", owner="李某")
    services.take_step(actor(person), task_id=TASK, edge="plan", text="方案")
    services.take_step(actor(person), task_id=TASK, edge="report", text="办完了", files=[("验收.pdf", PDF)])


def test_the_list_shows_every_task_with_lamp_unit_and_state() -> None:
    client = client_as(Role.OFFICER_CITY)
    rows = selectors.rows_on()
    page = client.get("/tasks/").content.decode()
    assert f"{len(rows)} 件任务" in page
    assert "逾期" in page
    text = client.get("/tasks/export/csv/?unit=市科技局").content.decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert 0 < len(found) < len(rows)
    assert all("市科技局" in row["responsible"] for row in found)
    unowned = client.get("/tasks/export/csv/?unowned=1").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(unowned)))) == sum(row.is_unowned for row in rows)


def test_a_task_goes_from_taken_to_closed_and_every_step_stands_in_history_and_audit(
    lead: Person, supervisor: Person
) -> None:
    client = client_of(lead)
    assert "领办" in client.get(ADDRESS).content.decode()
    assert client.post(f"{ADDRESS}steps/take/", {"identity": _key(lead), "owner": "李某"}).status_code == 302
    assert client.post(f"{ADDRESS}steps/plan/", {"identity": _key(lead), "text": "方案"}).status_code == 302
    without = client.post(f"{ADDRESS}steps/report/", {"identity": _key(lead), "text": "办完了"})
    assert without.status_code == 422
    assert "缺少佐证材料" in without.content.decode()
    sent = {"identity": _key(lead), "text": "办完了", "file": SimpleUploadedFile("验收.pdf", PDF)}
    assert client.post(f"{ADDRESS}steps/report/", sent).status_code == 302
    assert client_of(supervisor).post(
        f"{ADDRESS}steps/close/", {"identity": _key(supervisor), "text": "同意"}
    ).status_code == 302  # fmt: skip
    assert case().state == "closed"
    page = client_of(supervisor).get(ADDRESS).content.decode()
    for words in ("核验销号", "报告办结", "验收.pdf", "李某"):
        assert words in page
    evidence = Evidence.objects.get()
    assert bytes(client.get(f"/tasks/evidence/{evidence.pk}/").content) == PDF
    assert AuditEvent.objects.filter(action="tasks.step.taken").count() == 4
    assert list(selectors.verify_tasks()) == []


def _key(person: Person) -> str:
    return selectors.identities(actor(person), case())[0].key


def test_two_clicks_are_one_step_and_a_late_one_is_told_why(lead: Person) -> None:
    client = client_of(lead)
    sent = {"identity": _key(lead), "owner": "李某", "key": "one"}
    assert client.post(f"{ADDRESS}steps/take/", sent).status_code == 302
    assert client.post(f"{ADDRESS}steps/take/", sent).status_code == 302
    late = client.post(f"{ADDRESS}steps/take/", sent | {"key": "two"})
    assert late.status_code == 422
    assert "不能领办" in late.content.decode()
    assert TaskEvent.objects.count() == 1


def test_someone_without_a_part_takes_no_step_and_reads_no_report(lead: Person, supervisor: Person) -> None:
    go_to_reported(lead)
    other = make_member(Role.OFFICER_CITY, make_organization("city", "420100", "武汉市体育局"))
    with pytest.raises(Refused):
        services.take_step(actor(other), task_id=TASK, edge="progress", text="我来")
    page = client_of(other).get(ADDRESS).content.decode()
    assert "办完了" not in page
    assert client_of(other).get(f"/tasks/evidence/{Evidence.objects.get().pk}/").status_code == 403
    elsewhere = make_member(Role.OFFICER_CITY, make_organization("city", "420600", "市科技局"))
    with pytest.raises(Refused):
        services.take_step(actor(elsewhere), task_id=TASK, edge="progress", text="同名单位")
    narrow = make_member(Role.SUPERVISOR, make_organization("district", "420111"))
    with pytest.raises(Refused):
        services.take_step(actor(narrow), task_id=TASK, edge="close", text="区里不能核验市里的")
    assert client_as(Role.APPLICANT).get(ADDRESS).status_code == 403
    assert Client().get(ADDRESS).status_code == 302


def test_who_reported_cannot_verify_neither_in_person_nor_by_a_deputy(lead: Person) -> None:
    go_to_reported(lead)
    home = make_organization("city", "420100")
    both = make_member(Role.SUPERVISOR, home)
    day = timezone.localdate()
    Deputy.objects.create(principal=lead, substitute=both, starts_on=day, ends_on=day)
    services.take_step(actor(make_member(Role.SUPERVISOR)), task_id=TASK, edge="return", text="补材料")
    services.take_step(actor(both), task_id=TASK, edge="plan", text="代办方案")
    services.take_step(actor(both), task_id=TASK, edge="report", text="代办", references=["武科〔2026〕1号"])
    assert case().events[-1].step.actor.acts_for == str(lead)
    assert AuditEvent.objects.order_by("-sequence")[0].on_behalf_of == str(lead)
    with pytest.raises((Refused, CewenError)):
        services.take_step(actor(both), task_id=TASK, edge="close", text="自己核验")
    assert case().state == "reported"


def test_an_organization_answers_for_a_unit_between_two_dates() -> None:
    officer = make_member(Role.OFFICER_CITY, make_organization("city", "420100", "武汉市科学技术局"))
    assert selectors.identities(actor(officer), case()) == ()
    home = officer.assignments.get().organization
    made = services.answer_for_unit(SYSTEM, organization=home, unit="市科技局", starts_on=timezone.localdate())
    assert [each.actor.unit for each in selectors.identities(actor(officer), case())] == ["市科技局"]
    administrator = make_member(Role.ADMINISTRATOR, make_organization("province", "420000"))
    assert client_of(administrator).post(f"/tasks/units/duties/{made.pk}/end/").status_code == 302
    assert selectors.identities(actor(officer), case()) == ()
    page = client_of(administrator).get("/tasks/units/?q=科技").content.decode()
    assert "市科技局" in page


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.exe", b"MZ"), ("a.pdf", b"PK\x03\x04"), ("a.pdf", b""), ("../../a", b"x"), ("a.docm", b"PK\x03\x04")],
)
def test_evidence_of_another_kind_is_refused_and_nothing_is_recorded(lead: Person, name: str, content: bytes) -> None:
    services.take_step(actor(lead), task_id=TASK, edge="take", owner="李某")
    services.take_step(actor(lead), task_id=TASK, edge="plan", text="方案")
    with pytest.raises(CewenError, match="CW750"):
        services.take_step(actor(lead), task_id=TASK, edge="report", text="办完", files=[(name, content)])
    assert TaskEvent.objects.count() == 2
    assert not Evidence.objects.exists()


def test_the_digest_names_every_late_task_and_is_not_for_everyone() -> None:
    day = date(2026, 9, 1)
    response = client_as(Role.SUPERVISOR).get(f"/tasks/digest/?on={day}")
    document = Document(io.BytesIO(response.content))
    text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert selectors.late(day)
    assert all(task.title in text for task in selectors.late(day))
    assert client_as(Role.OFFICER_CITY).get("/tasks/digest/").status_code == 403


def test_what_is_late_goes_up_once_for_each_level() -> None:
    due = date(2025, 12, 31)
    first = escalation_round(due + timedelta(days=20))
    assert first
    assert {event.step.edge for event in first} == {"escalate"}
    assert escalation_round(due + timedelta(days=20)) == ()
    second = escalation_round(due + timedelta(days=70))
    raised = Counter(event.step.task for event in first)
    assert {event.step.task for event in second} >= {task for task, levels in raised.items() if levels == 1}
    assert max(Counter(event.step.task for event in (*first, *second)).values()) == 2
    assert list(selectors.verify_tasks()) == []


def test_events_cannot_be_changed_and_a_forced_change_is_found(lead: Person) -> None:
    go_to_reported(lead)
    for change in (
        lambda: TaskEvent.objects.filter(number=2).update(edge="close"),
        lambda: TaskEvent.objects.filter(number=3).delete(),
        lambda: TaskHead.objects.update(number=1),
        lambda: Evidence.objects.update(content=b"%PDF-other"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER tasks_event_no_update" + (" ON tasks_taskevent" if _is_postgres() else ""))
        cursor.execute("DROP TRIGGER tasks_evidence_no_update" + (" ON tasks_evidence" if _is_postgres() else ""))
    step = TaskEvent.objects.get(number=2).step
    TaskEvent.objects.filter(number=2).update(step=step.replace("方案", "别的方案"))
    Evidence.objects.update(content=b"%PDF-other")
    found = [str(each) for each in selectors.verify_tasks()]
    assert any("第 2 条" in text for text in found)
    assert any("验收.pdf" in text for text in found)


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def test_a_step_that_fails_leaves_nothing(lead: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a crash between event and audit would."""

    def crash(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(services, "record", crash)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        services.take_step(actor(lead), task_id=TASK, edge="take", owner="李某")
    assert not TaskEvent.objects.exists()
    assert TaskHead.objects.get().number == 0
