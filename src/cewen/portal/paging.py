"""Pages of a long list by the row they follow: the last page costs as much as the first, on SQLite and PostgreSQL."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet

from cewen.base.money import LARGEST_FEN

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """Order of a list (排序): by a column, equal ones by id.

    `is_number`: the column holds whole numbers, and null where nothing is known, which stands last in either direction.
    One index serves both directions: (column descending, id) for numbers, (column, id) for texts.
    """

    column: str
    descending: bool = False
    is_number: bool = False

    def keys(self, backwards: bool = False) -> tuple[str, str]:
        """Names for `order_by`: the index forwards or backwards."""
        forwards = (self.descending == self.is_number) != backwards
        first = f"-{self.column}" if self.is_number == forwards else self.column
        return first, "id" if forwards else "-id"


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[_Row]):
    """One page of a list (一页) with the marks of the pages around it; "" where there is none."""

    rows: list[_Row]
    before: str
    after: str


def in_order(rows: QuerySet[_Row], order: Order) -> QuerySet[_Row]:
    """All rows in an order; what is not known stands last."""
    if not order.is_number:
        return rows.order_by(*order.keys())
    column = F(order.column)
    first = column.desc(nulls_last=True) if order.descending else column.asc(nulls_last=True)
    return rows.order_by(first, order.keys()[1])


def page_of(rows: QuerySet[_Row], order: Order, size: int, after: str = "", before: str = "") -> KeysetPage[_Row]:
    """The page that follows or goes before a mark; the first one for a mark this list did not give out."""
    mark = _read_mark(before or after, order.is_number)
    backwards = bool(before) and mark is not None
    found: list[_Row] = []
    for part in _parts(rows, order, backwards, mark):
        found += part[: size + 1 - len(found)]
        if len(found) > size:
            break
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_before = more if backwards else mark is not None
    has_after = True if backwards else more
    return KeysetPage(
        found,
        _mark(found[0], order.column) if found and has_before else "",
        _mark(found[-1], order.column) if found and has_after else "",
    )


def _parts(rows: QuerySet[_Row], order: Order, backwards: bool, mark: tuple[Any, int] | None) -> list[QuerySet[_Row]]:
    """The list in the direction of reading, past the mark: known values, then the rest.

    Two questions rather than one with "nulls last", which no index of SQLite serves in both directions.
    """
    keys = order.keys(backwards)
    if not order.is_number:
        return [_beyond(rows, order, keys, mark).order_by(*keys)]
    known = rows.filter(**{f"{order.column}__isnull": False})
    nothing = rows.filter(**{f"{order.column}__isnull": True})
    rest = nothing.order_by(keys[1])
    if mark is None:
        return [known.order_by(*keys), rest]
    if mark[0] is not None:
        own = _beyond(known, order, keys, mark).order_by(*keys)
        return [own] if backwards else [own, rest]
    past = rest.filter(**{"id__lt" if keys[1] == "-id" else "id__gt": mark[1]})
    return [past, known.order_by(*keys)] if backwards else [past]


def _beyond(rows: QuerySet[_Row], order: Order, keys: tuple[str, str], mark: tuple[Any, int] | None) -> QuerySet[_Row]:
    """Rows past a mark. The first condition alone bounds the index; the second drops what is equal and stands before."""
    if mark is None:
        return rows
    value, row_id = mark
    way, tie = ("lt" if key.startswith("-") else "gt" for key in keys)
    past = Q(**{f"{order.column}__{way}": value}) | Q(**{f"id__{tie}": row_id})
    return rows.filter(**{f"{order.column}__{way}e": value}).filter(past)


def _mark(row: Model, column: str) -> str:
    text = json.dumps([getattr(row, column), row.pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_mark(text: str, is_number: bool) -> tuple[Any, int] | None:
    """The value and id of a mark; None for one that no list gave out."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    if not isinstance(found, list) or len(found) != 2 or type(found[1]) is not int or abs(found[1]) > LARGEST_FEN:
        return None
    value = found[0]
    is_known_number = value is None or (type(value) is int and abs(value) <= LARGEST_FEN)
    is_text = isinstance(value, str) and "\0" not in value
    return (value, found[1]) if (is_known_number if is_number else is_text) else None
