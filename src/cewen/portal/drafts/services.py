"""Use cases of drafts: start, save, confirm by a second person, publish; a crash leaves nothing half-done."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cewen.base.errors import CewenError
from cewen.portal.access import SYSTEM, Actor, Refused, require
from cewen.portal.audit.services import record
from cewen.portal.drafts.domain import check_files, draft_files, read_upload, with_cases, with_changes
from cewen.portal.drafts.models import Draft, DraftStatus, DraftVersion
from cewen.portal.drafts.selectors import EDITORS, drafts_in_scope, latest_version, may_confirm
from cewen.rules.draft.folder import write_folder
from cewen.rules.load import policies_home

_log = logging.getLogger(__name__)


def start_draft(actor: Actor, *, policy_id: str, name: str, content: bytes, region: str = "") -> Draft:
    """从文件起草. Raises CewenError for a file that is refused or an id that is taken."""
    require(actor, EDITORS, _("起草政策"))
    policy_id = policy_id.strip()
    _require_free(policy_id)
    text = read_upload(content, name)
    title, files = draft_files(policy_id, text, Path(name).name, region.strip(), timezone.localdate())
    errors = check_files(policy_id, files).error_count
    with transaction.atomic():
        home = min(actor.organization_ids(*EDITORS))
        found = Draft.objects.create(
            organization_id=home, author_id=actor.row_id, policy_id=policy_id, title=title[:300],
            source_name=Path(name).name[:200],
        )  # fmt: skip
        _add_version(actor, found, 1, files, _("从文件起草"), errors)
        record(actor, "drafts.draft.started", f"draft:{found.pk}", {"policy": policy_id, "file": found.source_name})
    return found


def save_version(
    actor: Actor, *, draft_id: int, base: int, changed: Mapping[str, str], note: str = "", derive_cases: bool = False
) -> DraftVersion:
    """保存版本: the files of version `base` with some changed, as a new version. Older versions stay.

    Raises ValidationError when somebody saved a newer version meanwhile; the official text never changes.
    """
    require(actor, EDITORS, _("修改草稿"))
    draft = drafts_in_scope(actor).get(pk=draft_id)
    known = latest_version(draft)
    files = with_changes(known.files, changed)
    if derive_cases:
        files = with_cases(draft.policy_id, files, timezone.localdate())
    errors = check_files(draft.policy_id, files).error_count
    with transaction.atomic():
        draft = drafts_in_scope(actor).select_for_update(of=("self",)).get(pk=draft_id)
        _require_editing(draft)
        latest = latest_version(draft)
        if latest.number != base:
            raise ValidationError(_("%(name)s 刚保存了第 %(number)s 版。先复制您的改动，再在新版上改。")
                                  % {"name": latest.author, "number": latest.number})  # fmt: skip
        made = _add_version(actor, draft, base + 1, files, note, errors)
        record(actor, "drafts.version.saved", f"draft:{draft.pk}", {"version": made.number, "errors": errors})
    return made


def confirm_version(actor: Actor, *, draft_id: int, number: int) -> DraftVersion:
    """确认草稿: by someone who wrote nothing of it, the newest version, without an error."""
    require(actor, EDITORS, _("确认草稿"))
    draft = drafts_in_scope(actor).get(pk=draft_id)
    if not may_confirm(actor, draft):
        raise Refused(_("起草或改过这份草稿的人不能自己确认，请另一位政策编辑确认。"))
    _require_clean(draft, latest_version(draft))
    with transaction.atomic():
        draft = drafts_in_scope(actor).select_for_update(of=("self",)).get(pk=draft_id)
        _require_editing(draft)
        latest = latest_version(draft)
        if latest.number != number:
            raise ValidationError(_("已有更新的版本，请看过再确认。"))
        latest.confirmed_by_id, latest.confirmed_at = actor.row_id, timezone.now()
        latest.save(update_fields=["confirmed_by", "confirmed_at"])
        record(actor, "drafts.version.confirmed", f"draft:{draft.pk}", {"version": number})
    return latest


def publish_draft(actor: Actor, *, draft_id: int, number: int, on: date) -> Draft:
    """发布草稿 on a day, today or later: decided first, done on the day. Raises CewenError (CW733, CW734)."""
    require(actor, EDITORS, _("发布政策"))
    if on < timezone.localdate():
        raise ValidationError({"on": _("发布日不能早于今天。")})
    _require_own_home()
    draft = drafts_in_scope(actor).get(pk=draft_id)
    _require_clean(draft, latest_version(draft))
    with transaction.atomic():
        draft = drafts_in_scope(actor).select_for_update(of=("self",)).get(pk=draft_id)
        _require_editing(draft)
        latest = latest_version(draft)
        if latest.number != number or latest.confirmed_by_id is None:
            raise ValidationError(_("只能发布另一人确认过的最新版本。"))
        draft.status, draft.publish_on, draft.published_version = DraftStatus.PUBLISHING, on, number
        draft.save(update_fields=["status", "publish_on", "published_version"])
        record(actor, "drafts.draft.publishing", f"draft:{draft.pk}", {"version": number, "on": on})
    _publish(draft.pk, timezone.localdate())  # what cannot be written is said to whoever decides it
    draft.refresh_from_db()
    return draft


@transaction.atomic
def withdraw_publication(actor: Actor, *, draft_id: int) -> Draft:
    """撤回发布: a publication decided on and not yet due is taken back; the draft can be changed again.

    Raises ValidationError once it is published: what is in force is repealed, not withdrawn.
    """
    require(actor, EDITORS, _("撤回发布"))
    draft = drafts_in_scope(actor).select_for_update(of=("self",)).get(pk=draft_id)
    if draft.status != DraftStatus.PUBLISHING:
        raise ValidationError(_("只有定了日期、还没有到期的发布可以撤回；已发布的政策用废止日期结束。"))
    data = {"version": draft.published_version, "on": draft.publish_on}
    draft.status, draft.publish_on, draft.published_version = DraftStatus.EDITING, None, None
    draft.save(update_fields=["status", "publish_on", "published_version"])
    record(actor, "drafts.draft.withdrawn", f"draft:{draft.pk}", data)
    return draft


def finish_publishing(today: date | None = None) -> int:
    """Everything decided and due is published; what a crash left between folder and record is made good. How many.

    One that cannot be written is logged, stays due, and keeps no other waiting.
    """
    day, done = today or timezone.localdate(), 0
    for draft in Draft.objects.filter(status=DraftStatus.PUBLISHING, publish_on__lte=day):
        try:
            done += _publish(draft.pk, day)
        except CewenError:
            _log.exception("draft %s could not be published", draft.pk)
    return done


@transaction.atomic
def _publish(draft_id: int, day: date) -> bool:
    found = Draft.objects.select_for_update().get(pk=draft_id)
    is_due = found.publish_on is not None and found.publish_on <= day
    if found.status != DraftStatus.PUBLISHING or found.published_version is None or not is_due:
        return False  # another process was quicker, or it was taken back meanwhile
    version = found.versions.get(number=found.published_version)
    folder = policies_home() / found.policy_id
    if not _holds(folder, version.files):
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_folder(folder, version.files)  # appears whole or not at all
    found.status = DraftStatus.PUBLISHED
    found.save(update_fields=["status"])
    data = {"version": version.number, "policy": found.policy_id}
    record(SYSTEM, "drafts.draft.published", f"draft:{found.pk}", data)
    return True


def _holds(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether the folder is there with exactly these files: published by an attempt that did not live to say so."""
    try:
        return all((folder / name).read_bytes() == text.encode() for name, text in files.items())
    except OSError:
        return False


@transaction.atomic
def abandon_draft(actor: Actor, *, draft_id: int) -> Draft:
    """放弃草稿: it leaves the list and its id is free again; every version stays, and it can be taken up again."""
    require(actor, EDITORS, _("放弃草稿"))
    draft = drafts_in_scope(actor).select_for_update(of=("self",)).get(pk=draft_id)
    _require_editing(draft)
    draft.status = DraftStatus.ABANDONED
    draft.save(update_fields=["status"])
    record(actor, "drafts.draft.abandoned", f"draft:{draft.pk}", {"policy": draft.policy_id})
    return draft


@transaction.atomic
def resume_draft(actor: Actor, *, draft_id: int) -> Draft:
    """恢复草稿: one given up is edited again. Raises ValidationError while another draft has its id."""
    require(actor, EDITORS, _("恢复草稿"))
    draft = drafts_in_scope(actor, status=DraftStatus.ABANDONED).select_for_update(of=("self",)).get(pk=draft_id)
    _require_free(draft.policy_id)
    draft.status = DraftStatus.EDITING
    draft.save(update_fields=["status"])
    record(actor, "drafts.draft.resumed", f"draft:{draft.pk}", {"policy": draft.policy_id})
    return draft


def _require_free(policy_id: str) -> None:
    closed = (DraftStatus.PUBLISHED, DraftStatus.ABANDONED)
    if Draft.objects.filter(policy_id=policy_id).exclude(status__in=closed).exists():
        raise ValidationError({"policy_id": _("这个编号已有草稿在起草。")})


def _require_editing(draft: Draft) -> None:
    if draft.status != DraftStatus.EDITING:
        raise ValidationError(_("这份草稿已决定发布，不能再改。"))


def _require_clean(draft: Draft, version: DraftVersion) -> None:
    errors = [each for each in check_files(draft.policy_id, version.files).findings if each.is_error]
    if errors:
        first = errors[0]
        message = f"还有 {len(errors)} 处错误，第一处：{first.file}:{first.line or ''} {first.message}"
        raise CewenError.of("CW733", message, "逐处改好，保存新版后再来。")


def _require_own_home() -> None:
    if not os.environ.get("CEWEN_POLICIES"):
        message = "正在用的是随软件附带的政策文件夹，不能往里发布"
        raise CewenError.of("CW734", message, "把它复制到自己的地方，用环境变量 CEWEN_POLICIES 指明，再启动。")


def _add_version(
    actor: Actor, draft: Draft, number: int, files: Mapping[str, str], note: str, errors: int
) -> DraftVersion:
    return DraftVersion.objects.create(
        draft=draft, number=number, files=dict(files), author_id=actor.row_id, note=note[:200], error_count=errors
    )
