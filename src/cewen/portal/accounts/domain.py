"""Without a database: which roles an organization of a kind can hold, how long secrets count, districts as tiles."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cewen.portal.access import FINANCE, Role
from cewen.rules.regions import Regions

_AUTHORITY = FINANCE | {Role.SUPERVISOR, Role.STATISTICIAN, Role.POLICY_EDITOR, Role.ADMINISTRATOR}

ROLES_OF_KIND: dict[str, frozenset[Role]] = {
    "enterprise": frozenset({Role.APPLICANT}),
    "district": _AUTHORITY | {Role.OFFICER_DISTRICT},
    "city": _AUTHORITY | {Role.OFFICER_CITY},
    "province": _AUTHORITY | {Role.OFFICER_PROVINCE},
    "expert_body": frozenset({Role.EXPERT}),
}
"""Roles people may hold in an organization, by its kind."""

INVITATION_LASTS = timedelta(days=7)
LONGEST_TOKEN = timedelta(days=366)
SECRET_BYTES = 32
"""Random bytes of an invitation or token: enough that guessing is hopeless."""


def tried_username(request: Any, credentials: Mapping[str, Any] | None = None) -> str:
    """The name someone tries to sign in with, however it is spelled: allauth and axes name the field differently,
    and upper case must not open a second series of attempts."""
    known = credentials or {}
    form = getattr(request, "POST", {})
    name = known.get("username") or known.get("login") or form.get("login") or form.get("username") or ""
    return str(name).strip().lower()[:150]


# --- a map of equal tiles, where no boundaries may be had ------------------------------------------------------------

_TILES = Path(__file__).parent / "static" / "accounts" / "tiles.csv"
SHADES = 5
"""Steps of colour of a tile map, the palest first."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Tile of a district (区域格): where it stands on the grid, the words on it, how dark it is (0 … SHADES - 1).

    `text` is written in place of the amount, `link` an address; "" for none.
    """

    code: str
    name: str
    column: int
    row: int
    amount: int | None
    shade: int
    text: str = ""
    link: str = ""

    @property
    def x(self) -> int:
        """Left edge in the drawing."""
        return self.column * 100

    @property
    def y(self) -> int:
        """Upper edge in the drawing."""
        return self.row * 64


@lru_cache(maxsize=1)
def _places() -> tuple[tuple[str, int, int, str], ...]:
    """Code, column, row, and a shorter name or "", of every district that has a place on the grid."""
    with _TILES.open(encoding="utf-8", newline="") as file:
        return tuple((row["code"], int(row["column"]), int(row["row"]), row["name"]) for row in csv.DictReader(file))


def tile_map(
    regions: Regions, amounts: Mapping[str, int], texts: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> tuple[Tile, ...]:  # fmt: skip
    """Tiles of all districts with a place, shaded by amount in fen beside the greatest; none where no amount has a place.

    A district without an entry in `amounts` has no enterprise in scope: its tile says so by `amount` None.
    `texts` and `links` are by code.
    """
    known = {code for code, *_ in _places()}
    if not known & set(amounts):
        return ()
    greatest = max((abs(amount) for code, amount in amounts.items() if code in known), default=0)
    tiles = []
    for code, column, row, name in _places():
        amount = amounts.get(code)
        shade = 0 if not amount or not greatest else max(1, -(-abs(amount) * (SHADES - 1) // greatest))
        text, link = (texts or {}).get(code, ""), (links or {}).get(code, "")
        tiles.append(Tile(code, name or regions.name(code), column, row, amount, shade, text, link))
    return tuple(tiles)
