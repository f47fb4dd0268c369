"""Triggers that refuse to change or delete an event, to add one out of turn, and to turn the head back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

_REFUSALS = (
    ("audit_event_no_update", "UPDATE", "audit_event", "", "审计事件不能修改"),
    ("audit_event_no_delete", "DELETE", "audit_event", "", "审计事件不能删除"),
    (
        "audit_event_in_turn", "INSERT", "audit_event",
        "NEW.sequence <> (SELECT sequence FROM audit_chainhead WHERE id = 1) + 1", "审计事件只能接在链尾",
    ),
    ("audit_head_no_delete", "DELETE", "audit_chainhead", "", "链尾登记不能删除"),
    ("audit_head_forward", "UPDATE", "audit_chainhead", "NEW.sequence <> OLD.sequence + 1", "链尾只能前进一号"),
)  # fmt: skip


def create(apps: Any, schema_editor: Any) -> None:
    """The triggers of this database's kind."""
    with schema_editor.connection.cursor() as cursor:
        for statement in _statements(schema_editor.connection.vendor):
            cursor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    """Without triggers again."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        for name, _event, table, _condition, _message in _REFUSALS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if is_sqlite else f" ON {table}"))
        for table in () if is_sqlite else ("audit_event", "audit_chainhead"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {f'WHEN {condition}' if condition else ''} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            for name, event, table, condition, message in _REFUSALS
        ]
    if vendor != "postgresql":
        raise NotImplementedError(f"no audit triggers for {vendor}")
    made = []
    for name, event, table, condition, message in _REFUSALS:
        test = f"IF {condition} THEN RAISE EXCEPTION '{message}'; END IF;" if condition else ""
        body = test or f"RAISE EXCEPTION '{message}';"
        back = "RETURN OLD;" if event == "DELETE" else "RETURN NEW;"
        made.append(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} {back} END $$"
        )
        made.append(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    for table in ("audit_event", "audit_chainhead"):
        made.append(
            f"CREATE OR REPLACE FUNCTION {table}_no_truncate() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '审计事件不能清空'; RETURN NULL; END $$"
        )
        made.append(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_no_truncate()"
        )
    return made


def put_head(apps: Any, schema_editor: Any) -> None:
    """The one row of the head, before anything is recorded."""
    apps.get_model("audit", "ChainHead").objects.get_or_create(id=1)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [
        migrations.RunPython(put_head, migrations.RunPython.noop),
        migrations.RunPython(create, drop),
    ]
