"""What every list has: an order chosen by its headings, and the rows found as a file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

_Row = TypeVar("_Row")
_Model = TypeVar("_Model", bound=Model)

FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def asked_order(request: HttpRequest, names: Iterable[str], default: str) -> str:
    """The order asked for by `sort`: one of the names, with `-` before it for descending; `default` for any other."""
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") in set(names) else default


def in_order(rows: Iterable[_Row], order: str, keys: Mapping[str, Callable[[_Row], Any]]) -> list[_Row]:
    """Rows sorted by the key an order names; rows alike keep their places. Missing values (None) stand last both ways."""
    key, is_descending = keys[order.removeprefix("-")], order.startswith("-")
    found = list(rows)
    known = sorted((row for row in found if key(row) is not None), key=key, reverse=is_descending)
    return known + [row for row in found if key(row) is None]


def in_database_order(rows: QuerySet[_Model], order: str, columns: Mapping[str, str]) -> QuerySet[_Model]:
    """Rows of the database by the column an order names, those alike by their number."""
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    return rows.order_by(f"{sign}{columns[name]}", f"{sign}pk")


def asked_file(request: HttpRequest) -> str:
    """The kind of file asked for by `file`: csv or xlsx; "" when the page itself is wanted."""
    kind = request.GET.get("file", "")
    return kind if kind in FILE_TYPES else ""


def table_answer(rows: Iterable[Mapping[str, Any]], name: str, kind: str) -> HttpResponse:
    """Rows as a file to keep, named `name`.`kind`."""
    response = HttpResponse(table_file(rows, kind), content_type=FILE_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def table_file(rows: Iterable[Mapping[str, Any]], kind: str) -> bytes:
    """Rows as a csv (UTF-8 with byte-order mark, so that Excel shows Chinese) or an xlsx file.

    Text that a spreadsheet would take for a formula is written as text.
    """
    found = [{name: _cell(value) for name, value in row.items()} for row in rows]
    head = list(found[0]) if found else ["id"]
    if kind == "xlsx":
        import xlsxwriter

        packed = io.BytesIO()
        with xlsxwriter.Workbook(
            packed, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        ) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, head, book.add_format({"bold": True}))
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(found, 1):
                sheet.write_row(number, 0, [row.get(name) for name in head])
        return packed.getvalue()
    out = io.StringIO()
    writer = csv.DictWriter(out, head, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _as_text(value) for name, value in row.items()} for row in found)
    return ("\ufeff" + out.getvalue()).encode()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _as_text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
