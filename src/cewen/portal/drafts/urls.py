"""Routes of drafts."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop

from cewen.portal.access import AccessList, NavigationItem
from cewen.portal.drafts import views
from cewen.portal.drafts.selectors import EDITORS

app_name = "drafts"

urlpatterns = [
    path("drafts/", views.drafts, name="drafts"),
    path("drafts/<int:draft_id>/", views.draft, name="draft"),
    path("drafts/<int:draft_id>/check/", views.check, name="check"),
    path("drafts/<int:draft_id>/save/", views.save, name="save"),
    path("drafts/<int:draft_id>/confirm/", views.confirm, name="confirm"),
    path("drafts/<int:draft_id>/publish/", views.publish, name="publish"),
    path("drafts/<int:draft_id>/withdraw/", views.withdraw, name="withdraw"),
    path("drafts/<int:draft_id>/abandon/", views.abandon, name="abandon"),
    path("drafts/<int:draft_id>/resume/", views.resume, name="resume"),
    path("drafts/<int:draft_id>/versions/<int:number>/", views.version, name="version"),
    path("drafts/<int:draft_id>/versions/<int:number>/files.zip", views.version_files, name="version_files"),
]

ACCESS: AccessList = {
    f"drafts:{name}": EDITORS
    for name in (
        "drafts", "draft", "check", "save", "confirm", "publish", "withdraw", "abandon", "resume", "version",
        "version_files",
    )
}  # fmt: skip

NAVIGATION = (NavigationItem("drafts:drafts", gettext_noop("起草"), 65),)

ACTIONS = {
    "drafts.draft.started": gettext_noop("从文件起草"),
    "drafts.version.saved": gettext_noop("保存草稿"),
    "drafts.version.confirmed": gettext_noop("确认草稿"),
    "drafts.draft.publishing": gettext_noop("决定发布"),
    "drafts.draft.withdrawn": gettext_noop("撤回发布"),
    "drafts.draft.abandoned": gettext_noop("放弃草稿"),
    "drafts.draft.resumed": gettext_noop("恢复草稿"),
    "drafts.draft.published": gettext_noop("政策发布"),
}
