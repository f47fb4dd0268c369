"""Accounts for a demonstration: one person for each role, all with one password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.contrib.auth.hashers import make_password as hash_password
from django.db import transaction
from django.utils import timezone

from cewen.portal.access import SYSTEM, Role
from cewen.portal.accounts.models import Organization, Person, RoleAssignment
from cewen.portal.accounts.services import assign_role, register_organization
from cewen.portal.tasks.models import UnitDuty
from cewen.portal.tasks.services import answer_for_unit
from cewen.rules.load import shipped_data

_ACCOUNTS = Path(__file__).with_name("demonstration.yaml")
_SYLLABLES = (
    "ba",
    "deng",
    "fu",
    "he",
    "jin",
    "ke",
    "lan",
    "mu",
    "ning",
    "peng",
    "qi",
    "song",
    "tang",
    "wen",
    "xi",
    "yun",
)


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """Account of the demonstration (演示账户)."""

    username: str
    name: str
    role: Role
    organization: str


def make_password(syllables: int = 5) -> str:
    """A password that can be read out and typed: four bits for each syllable, and four digits."""
    words = "-".join(secrets.choice(_SYLLABLES) for _ in range(syllables))
    return f"{words}-{secrets.randbelow(9000) + 1000}"


@transaction.atomic
def load_demonstration(password: str) -> tuple[DemonstrationAccount, ...]:
    """The accounts, made where missing, each with this password. Running it again gives the same accounts."""
    data = yaml.safe_load(_ACCOUNTS.read_text(encoding="utf-8"))
    organizations = {entry["key"]: _organization(entry) for entry in data["organizations"]}
    for entry in data["organizations"]:
        home = organizations[entry["key"]]
        for unit in entry.get("units", ()):
            if not UnitDuty.objects.filter(organization=home, unit=unit).exists():
                answer_for_unit(SYSTEM, organization=home, unit=unit, starts_on=timezone.localdate())
    hashed = hash_password(password)  # slow on purpose, and one password for all: once
    accounts = []
    for entry in data["people"]:
        role, home = Role(entry["role"]), organizations[entry["organization"]]
        person = Person.objects.filter(username=entry["username"]).first() or Person(username=entry["username"])
        person.name = entry["name"]
        person.password = hashed
        person.save()
        if not RoleAssignment.objects.filter(person=person, role=role, organization=home).exists():
            assign_role(SYSTEM, person=person, role=role, organization=home, starts_on=timezone.localdate())
        accounts.append(DemonstrationAccount(person.username, person.name, role, home.name))
    return tuple(accounts)


def load_demonstration_register() -> int:
    """The synthetic register that comes with the software, where there is no enterprise yet; how many there are now."""
    from cewen.portal.enterprises.jobs import load_register
    from cewen.portal.enterprises.models import Enterprise

    if not Enterprise.objects.exists():
        load_register(shipped_data("examples") / "register", "示例名册（合成）")
    return Enterprise.objects.count()


def _organization(entry: dict[str, str]) -> Organization:
    found = Organization.objects.filter(kind=entry["kind"], name=entry["name"]).first()
    return found or register_organization(
        SYSTEM, kind=entry["kind"], name=entry["name"], uscc=entry.get("uscc", ""), region_code=entry["region"]
    )
