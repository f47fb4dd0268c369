"""Reading drafts: those of the actor's organizations, how far each is, and what stands in the way of publishing it."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_noop

from cewen.portal.access import Actor, Role
from cewen.portal.drafts.domain import Checked, Page, check_files, lay_out
from cewen.portal.drafts.models import Draft, DraftStatus, DraftVersion
from cewen.portal.policies.selectors import edition
from cewen.rules.load import policies_home

EDITORS = frozenset({Role.POLICY_EDITOR})
SORTS = {"new": "-id", "title": "title", "id": "policy_id", "status": "status", "publish": "publish_on"}
"""Orders of the list by name."""
STEPS = (gettext_noop("起草"), gettext_noop("核对无误"), gettext_noop("另一人确认"), gettext_noop("定发布日"),
         gettext_noop("已发布"))  # fmt: skip
"""The way of a draft."""


def drafts_in_scope(actor: Actor, words: str = "", status: str = "") -> QuerySet[Draft]:
    """Drafts of the organizations the actor edits policies for, newest first; those given up only when asked for."""
    found = Draft.objects.select_related("author").filter(organization_id__in=actor.organization_ids(*EDITORS))
    if words:
        found = found.filter(Q(title__icontains=words) | Q(policy_id__icontains=words))
    return found.filter(status=status) if status else found.exclude(status=DraftStatus.ABANDONED)


def with_state(drafts: QuerySet[Draft]) -> QuerySet[Any]:
    """Drafts with the number, errors and confirmation of their newest version."""
    newest = DraftVersion.objects.filter(draft=OuterRef("pk")).order_by("-number")
    return drafts.annotate(
        number=Subquery(newest.values("number")[:1]),
        errors=Subquery(newest.values("error_count")[:1]),
        saved_at=Subquery(newest.values("created_at")[:1]),
        confirmer=Subquery(newest.values("confirmed_by__name")[:1]),
    )


def waiting_for(actor: Actor, drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """Of these, those without errors that the actor may confirm and nobody has confirmed yet."""
    own = DraftVersion.objects.filter(draft=OuterRef("pk"), author_id=actor.row_id)
    of_them: QuerySet[Any] = with_state(drafts)
    open_ones = of_them.filter(status=DraftStatus.EDITING, errors=0, confirmer__isnull=True)
    return open_ones.exclude(author_id=actor.row_id).filter(~Exists(own))


def versions_of(draft: Draft) -> QuerySet[DraftVersion]:
    """Versions, newest first, without their files."""
    return draft.versions.select_related("author", "confirmed_by").defer("files")


def version_of(draft: Draft, number: int) -> DraftVersion | None:
    """One version with its files."""
    return draft.versions.select_related("author", "confirmed_by").filter(number=number).first()


def latest_version(draft: Draft) -> DraftVersion:
    """The newest version; a draft always has one."""
    found = draft.versions.select_related("author", "confirmed_by").first()
    assert found is not None
    return found


def may_confirm(actor: Actor, draft: Draft) -> bool:
    """Whether the actor wrote nothing of the draft."""
    return draft.author_id != actor.row_id and not draft.versions.filter(author_id=actor.row_id).exists()


def may_publish_here() -> bool:
    """Whether this installation has policies of its own that can be written to."""
    return bool(os.environ.get("CEWEN_POLICIES")) and os.access(policies_home(), os.W_OK)


def step_of(draft: Draft, latest: DraftVersion, error_count: int) -> int:
    """How far a draft is: a place in STEPS."""
    if draft.status == DraftStatus.PUBLISHED:
        return 4
    if draft.status == DraftStatus.PUBLISHING:
        return 3
    if latest.confirmed_by_id is not None:
        return 2
    return 0 if error_count else 1


def checked_version(draft: Draft, version: DraftVersion) -> Checked:
    """What a saved version is told; worked out once while the policies around it stay the same."""
    return _checked(edition().digest, draft.policy_id, tuple(sorted(version.files.items())))


@lru_cache(maxsize=32)
def _checked(digest: str, policy_id: str, files: tuple[tuple[str, str], ...]) -> Checked:
    del digest  # part of the key only
    return check_files(policy_id, dict(files))


@lru_cache(maxsize=32)
def page_of(text: str) -> Page:
    """The text laid out, kept while it is edited."""
    return lay_out(text)


def due_count() -> int:
    """Drafts whose publication is decided and due, and not done yet."""
    return Draft.objects.filter(status=DraftStatus.PUBLISHING, publish_on__lte=timezone.localdate()).count()
