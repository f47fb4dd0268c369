"""The register kept in memory: what changed is read again, and the whole is what reading all anew would give."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cewen.engine.columns.layout import Columns
from cewen.portal.access import Role
from cewen.portal.enterprises import selectors, services
from cewen.portal.enterprises.models import Award, Enterprise, FactRecord
from enterprise_support import OTHER, SOFTWARE, load_examples
from portal_support import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def examples(repo: Path) -> int:
    return load_examples(repo)


def same(found: Columns, wanted: Columns) -> bool:
    """Row for row; a column that no row fills may be absent."""
    pairs = [(found.awards, wanted.awards), *((found.tables[name], wanted.tables[name]) for name in wanted.tables)]
    for one, other in pairs:
        for name in {*one.column_names, *other.column_names}:
            left = one[name].to_pylist() if name in one.column_names else [None] * one.num_rows
            right = other[name].to_pylist() if name in other.column_names else [None] * other.num_rows
            if left != right:
                return False
    return set(found.tables) == set(wanted.tables)


def test_what_changed_is_read_again_and_nothing_else(examples: int, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = make_actor(Role.OFFICER_CITY, region_code="420100")
    read: list[int] = []
    real = selectors._read_columns

    def counted(rows, awards):  # type: ignore[no-untyped-def]
        read.append(rows.count())
        return real(rows, awards)

    monkeypatch.setattr(selectors, "_read_columns", counted)
    selectors.register_columns(actor)

    def change_a_fact() -> None:
        services.change_fact(actor, uscc=SOFTWARE, path="enterprise", key="revenue", year="2019", text="888万元")

    def add_a_project() -> None:
        path = services.add_object(actor, uscc=OTHER, subject="project")
        services.change_fact(actor, uscc=OTHER, path=path, key="total_investment", year="", text="12万元")

    def remove_a_project() -> None:
        services.remove_object(actor, uscc=OTHER, path="projects[0]")

    def register_another() -> None:
        row = Enterprise.objects.create(uscc="91420100MA0000001X", name="新登记", region_code="420111")
        FactRecord.objects.create(enterprise=row, facts={"revenue": {"2023": "5000000.00"}})
        services.touch_register()

    def make_an_award() -> None:
        row = Enterprise.objects.get(uscc=OTHER)
        Award.objects.create(
            enterprise=row, measure="wuhan/2022-digital-economy-measures#rd-subsidy", on=date(2024, 5, 1), amount=5
        )
        services.touch_register()

    for change in (change_a_fact, add_a_project, remove_a_project, register_another, make_an_award):
        read.clear()
        change()
        found = selectors.register_columns(actor)
        assert sum(read) == 1, change.__name__
        selectors.forget_columns()
        assert same(found, selectors.register_columns(actor)), change.__name__


def test_an_award_that_is_gone_has_all_read_anew(examples: int) -> None:
    actor = make_actor(Role.OFFICER_CITY, region_code="420100")
    before = selectors.register_columns(actor).awards.num_rows
    award = Award.objects.first()
    assert award is not None
    award.delete()
    services.touch_register()
    assert selectors.register_columns(actor).awards.num_rows == before - 1


def test_a_register_put_back_to_an_earlier_state_is_read_anew_when_told(examples: int) -> None:
    actor = make_actor(Role.OFFICER_CITY, region_code="420100")
    selectors.register_columns(actor)
    FactRecord.objects.filter(enterprise__uscc=SOFTWARE).update(facts={})
    selectors.forget_columns()
    rows = selectors.register_columns(actor).tables["enterprise"].to_pylist()
    assert next(row for row in rows if row["uscc"] == SOFTWARE)["registered_in"] is None
