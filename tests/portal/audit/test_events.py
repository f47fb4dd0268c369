"""Events in the database: with the change or not at all, and never altered."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import Error, connection, transaction

from cewen.portal.access import SYSTEM, Role
from cewen.portal.accounts.models import Organization
from cewen.portal.audit.models import ChainHead, Event
from cewen.portal.audit.selectors import current_head, events_in_scope, verify_chain
from cewen.portal.audit.services import record
from portal_support import client_as, make_actor, make_organization

pytestmark = pytest.mark.django_db


def three_events() -> None:
    for number in range(3):
        record(SYSTEM, "test.done", f"thing:{number}", {"number": number})


def test_events_form_a_chain_and_verify() -> None:
    three_events()
    events = list(Event.objects.all())
    assert [event.sequence for event in events] == [1, 2, 3]
    assert [event.previous for event in events[1:]] == [event.digest for event in events[:-1]]
    assert list(verify_chain()) == []
    head = current_head()
    assert head is not None
    assert list(verify_chain(head)) == []


def test_a_chain_written_anew_does_not_pass_a_head_noted_outside() -> None:
    three_events()
    head = current_head()
    assert head is not None
    forged = type(head)(head.sequence, "0" * 64)
    assert [finding.code for finding in verify_chain(forged)] == ["CW715"]
    beyond = type(head)(head.sequence + 1, head.digest)
    assert [finding.code for finding in verify_chain(beyond)] == ["CW715"]


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_the_algorithm_is_chosen_by_setting_and_may_change_on_the_way(algorithm: str, settings: object) -> None:
    three_events()
    settings.AUDIT_HASH = algorithm  # type: ignore[attr-defined]
    assert record(SYSTEM, "test.done", "thing:4").algorithm == algorithm
    assert list(verify_chain()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'other' WHERE sequence = 2",
        "DELETE FROM audit_event WHERE sequence = 3",
        "DELETE FROM audit_event",
        "INSERT INTO audit_event SELECT 9, at, actor, actor_name, on_behalf_of, action, subject, data, algorithm, previous,"
        " digest FROM audit_event WHERE sequence = 1",
        "UPDATE audit_chainhead SET sequence = 1",
        "UPDATE audit_chainhead SET sequence = 9",
        "DELETE FROM audit_chainhead",
    ],
)
def test_the_database_itself_refuses_to_alter_the_chain(statement: str) -> None:
    three_events()
    with pytest.raises(Error, match=r"审计|链尾"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(verify_chain()) == []


@pytest.mark.django_db(transaction=True)
def test_an_event_without_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        record(SYSTEM, "test.done", "thing:1")


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_undone_leaves_no_event() -> None:
    with transaction.atomic():
        make_organization(name="半途而废")
        record(SYSTEM, "test.done", "organization:1")
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Organization.objects.filter(name="半途而废").exists()
    assert ChainHead.objects.get().sequence == 0


def test_supervisors_see_all_events_others_their_own() -> None:
    city, supervisor = make_actor(Role.OFFICER_CITY), make_actor(Role.SUPERVISOR)
    record(city, "test.done", "thing:1")
    record(SYSTEM, "test.done", "thing:2")
    assert [event.subject for event in events_in_scope(supervisor)] == ["thing:2", "thing:1"]
    assert [event.subject for event in events_in_scope(city)] == ["thing:1"]


def test_the_page_lists_events_newest_first_and_filters() -> None:
    three_events()
    record(SYSTEM, "other.done", "thing:9")
    page = client_as(Role.SUPERVISOR).get("/audit/", {"action": "test."}).content.decode()
    assert page.index("thing:2") < page.index("thing:0")
    assert "thing:9" not in page


@pytest.mark.parametrize(
    ("code", "statements"),
    [
        ("CW710", ["UPDATE audit_event SET data = '{}' WHERE sequence = 2"]),
        ("CW711", ["DELETE FROM audit_event WHERE sequence = 2"]),
        ("CW711", ["DELETE FROM audit_event WHERE sequence = 3"]),
        (
            "CW712",
            [
                "UPDATE audit_event SET sequence = -4 WHERE sequence = 2",
                "UPDATE audit_event SET sequence = 2 WHERE sequence = 1",
                "UPDATE audit_event SET sequence = 1 WHERE sequence = -4",
            ],
        ),
        (
            "CW713",
            [
                "INSERT INTO audit_event SELECT 9, at, actor, actor_name, on_behalf_of, action, subject, data, algorithm,"
                " previous, digest FROM audit_event WHERE sequence = 1"
            ],
        ),
        ("CW714", ["DELETE FROM audit_chainhead"]),
    ],
)
def test_what_someone_with_full_rights_does_to_the_rows_is_named(code: str, statements: list[str]) -> None:
    three_events()
    import_module("cewen.portal.audit.migrations.0002_triggers").drop(None, SimpleNamespace(connection=connection))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    assert code in {finding.code for finding in verify_chain()}
