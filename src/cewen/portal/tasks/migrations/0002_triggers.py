"""Triggers that refuse to change or delete an event or evidence, to add one out of turn, and to turn the head back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

_REFUSALS = (
    ("tasks_event_no_update", "UPDATE", "tasks_taskevent", "", "督办事件不能修改"),
    ("tasks_event_no_delete", "DELETE", "tasks_taskevent", "", "督办事件不能删除"),
    (
        "tasks_event_in_turn", "INSERT", "tasks_taskevent",
        "NEW.number <> (SELECT number FROM tasks_taskhead WHERE id = 1) + 1", "督办事件只能接在末尾",
    ),
    ("tasks_head_no_delete", "DELETE", "tasks_taskhead", "", "台账末尾不能删除"),
    ("tasks_head_forward", "UPDATE", "tasks_taskhead", "NEW.number <> OLD.number + 1", "台账末尾只能前进一号"),
    ("tasks_evidence_no_update", "UPDATE", "tasks_evidence", "", "佐证材料不能修改"),
    ("tasks_evidence_no_delete", "DELETE", "tasks_evidence", "", "佐证材料不能删除"),
)  # fmt: skip


def create(apps: Any, schema_editor: Any) -> None:
    """The triggers of this database's kind."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        for name, event, table, condition, message in _REFUSALS:
            if is_sqlite:
                when = f"WHEN {condition}" if condition else ""
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
                continue
            refuse = f"RAISE EXCEPTION '{message}';"
            body = f"IF {condition} THEN {refuse} END IF;" if condition else refuse
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN {body} RETURN NEW; END $$"
            )
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def drop(apps: Any, schema_editor: Any) -> None:
    """Without triggers again."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        for name, _event, table, _condition, _message in _REFUSALS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if is_sqlite else f" ON {table}"))


def put_head(apps: Any, schema_editor: Any) -> None:
    """The one row of the head, before anything is recorded."""
    apps.get_model("tasks", "TaskHead").objects.get_or_create(id=1)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("tasks", "0001_initial")]
    operations: ClassVar = [
        migrations.RunPython(put_head, migrations.RunPython.noop),
        migrations.RunPython(create, drop),
    ]
