"""Routes of accounts."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop

from cewen.portal.access import ADMINISTRATORS, ASSIGNED, EVERYONE, SIGNED_IN, AccessList, NavigationItem
from cewen.portal.accounts import views

app_name = "accounts"

urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("me/deputies/", views.add_deputy, name="add_deputy"),
    path("me/deputies/<int:deputy_id>/end/", views.end_deputy, name="end_deputy"),
    path("me/tokens/", views.add_token, name="add_token"),
    path("me/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("people/", views.people, name="people"),
    path("people/assign/", views.assign, name="assign"),
    path("people/assignments/<int:assignment_id>/end/", views.end_assignment, name="end_assignment"),
    path("people/invite/", views.invite, name="invite"),
    path("people/invitations/<int:invitation_id>/withdraw/", views.withdraw_invitation, name="withdraw_invitation"),
    path("organizations/", views.organizations, name="organizations"),
    path("join/<str:secret>/", views.join, name="join"),
]

ACCESS: AccessList = {
    "accounts:profile": SIGNED_IN,
    "accounts:add_deputy": ASSIGNED,
    "accounts:end_deputy": SIGNED_IN,
    "accounts:add_token": SIGNED_IN,
    "accounts:revoke_token": SIGNED_IN,
    "accounts:people": ASSIGNED,
    "accounts:assign": ADMINISTRATORS,
    "accounts:end_assignment": ADMINISTRATORS,
    "accounts:invite": ASSIGNED,
    "accounts:withdraw_invitation": ASSIGNED,
    "accounts:organizations": ADMINISTRATORS,
    "accounts:join": EVERYONE,
}

NAVIGATION = (
    NavigationItem("accounts:people", gettext_noop("人员"), 800),
    NavigationItem("accounts:organizations", gettext_noop("组织"), 810),
)

ACTIONS = {
    "accounts.organization.registered": gettext_noop("登记组织"),
    "accounts.role.assigned": gettext_noop("授权"),
    "accounts.role.ended": gettext_noop("收回授权"),
    "accounts.invitation.sent": gettext_noop("邀请同事"),
    "accounts.invitation.withdrawn": gettext_noop("撤回邀请"),
    "accounts.invitation.accepted": gettext_noop("接受邀请"),
    "accounts.deputy.named": gettext_noop("指定代理"),
    "accounts.deputy.ended": gettext_noop("结束代理"),
    "accounts.token.issued": gettext_noop("签发令牌"),
    "accounts.token.revoked": gettext_noop("吊销令牌"),
    "accounts.signed_in": gettext_noop("登录"),
    "accounts.signed_out": gettext_noop("退出"),
    "accounts.sign_in_failed": gettext_noop("登录失败"),
}
