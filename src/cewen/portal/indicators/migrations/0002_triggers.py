"""Triggers that refuse to change or delete a figure brought in, and an appeal."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

_REFUSALS = (
    ("indicators_observation_no_update", "UPDATE", "indicators_observation", "公布数不能修改，修订另记一条"),
    ("indicators_observation_no_delete", "DELETE", "indicators_observation", "公布数不能删除"),
    ("indicators_appeal_no_update", "UPDATE", "indicators_appealentry", "申诉不能修改"),
    ("indicators_appeal_no_delete", "DELETE", "indicators_appealentry", "申诉不能删除"),
)


def create(apps: Any, schema_editor: Any) -> None:
    """The triggers of this database's kind."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        for name, event, table, message in _REFUSALS:
            if is_sqlite:
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
                continue
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
            )
            cursor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def drop(apps: Any, schema_editor: Any) -> None:
    """Without triggers again."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        for name, _event, table, _message in _REFUSALS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if is_sqlite else f" ON {table}"))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("indicators", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(create, drop)]
