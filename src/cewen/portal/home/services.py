"""The use case of the front pages: who may be gone in as by one click, in a demonstration on one's own machine."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cewen.portal.access import Refused
from cewen.portal.accounts.models import Person
from cewen.portal.home.domain import DemonstrationPerson
from cewen.portal.home.selectors import demonstration_people


def choose_person(username: str, *, is_open: bool) -> Person:
    """一点即入. The person of the demonstration to go on as; signing in records it as any other signing in.

    `is_open`: the browser came by the address printed in the terminal. Raises Refused where it did not, and for anyone
    who is not of the demonstration.
    """
    if not is_open:
        raise Refused(_("这里不能一点即入。请用密码登录。"))
    wanted = next((each for each in demonstration_people() if each.username == username), None)
    person = wanted and _of_the_demonstration(wanted)
    if not person:
        raise Refused(_("演示里没有这个人。"))
    return person


def _of_the_demonstration(wanted: DemonstrationPerson) -> Person | None:
    """The person as the demonstration made it: holding its role in its organization, which a namesake does not."""
    return Person.objects.filter(
        username=wanted.username, is_active=True, assignments__organization__name=wanted.organization,
        assignments__role=wanted.role.value,
    ).first()  # fmt: skip
