"""Reading drafts: those of the actor's organizations."""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Q, QuerySet

from cewen.portal.access import Actor, Role
from cewen.portal.drafts.domain import Checked, Page, check_files, lay_out
from cewen.portal.drafts.models import Draft, DraftVersion
from cewen.portal.policies.selectors import edition

EDITORS = frozenset({Role.POLICY_EDITOR})


def drafts_in_scope(actor: Actor, words: str = "", status: str = "") -> QuerySet[Draft]:
    """Drafts of the organizations the actor edits policies for, newest first."""
    found = Draft.objects.select_related("author").filter(organization_id__in=actor.organization_ids(*EDITORS))
    if words:
        found = found.filter(Q(title__icontains=words) | Q(policy_id__icontains=words))
    return found.filter(status=status) if status else found


def versions_of(draft: Draft) -> QuerySet[DraftVersion]:
    """Versions, newest first, without their files."""
    return draft.versions.select_related("author", "confirmed_by").defer("files")


def latest_version(draft: Draft) -> DraftVersion:
    """The newest version; a draft always has one."""
    found = draft.versions.select_related("author", "confirmed_by").first()
    assert found is not None
    return found


def may_confirm(actor: Actor, draft: Draft) -> bool:
    """Whether the actor wrote nothing of the draft."""
    return draft.author_id != actor.row_id and not draft.versions.filter(author_id=actor.row_id).exists()


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
