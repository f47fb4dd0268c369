"""Triggers that refuse to change or delete what is told of a change of a fact."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

_TABLE = "enterprises_factchange"
_REFUSALS = (
    ("enterprises_change_no_update", "UPDATE", "事实变更记录不能修改"),
    ("enterprises_change_no_delete", "DELETE", "事实变更记录不能删除"),
)
_NO_TRUNCATE = "enterprises_change_no_truncate"


def create(apps: Any, schema_editor: Any) -> None:
    """The triggers of this database's kind."""
    vendor = schema_editor.connection.vendor
    with schema_editor.connection.cursor() as cursor:
        if vendor == "sqlite":
            for name, event, message in _REFUSALS:
                refuse = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
                cursor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {_TABLE} {refuse}")
            return
        if vendor != "postgresql":
            raise NotImplementedError(f"no triggers for {vendor}")
        for name, event, message in (*_REFUSALS, (_NO_TRUNCATE, "TRUNCATE", "事实变更记录不能清空")):
            each = "STATEMENT" if event == "TRUNCATE" else "ROW"
            body = f"BEGIN RAISE EXCEPTION '{message}'; RETURN NULL; END"
            cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {_TABLE} FOR EACH {each} EXECUTE FUNCTION {name}()"
            )


def drop(apps: Any, schema_editor: Any) -> None:
    """Without triggers again."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    names = [name for name, _event, _message in _REFUSALS] + ([] if is_sqlite else [_NO_TRUNCATE])
    with schema_editor.connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + ("" if is_sqlite else f" ON {_TABLE}"))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("enterprises", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(create, drop)]
