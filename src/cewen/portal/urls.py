"""All routes, and the one list of who may call each of them."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from cewen.portal.access import EVERYONE, SIGNED_IN, AccessList
from cewen.portal.registry import MODULES, collect_access

OUTSIDE: AccessList = {
    "set_language": EVERYONE,
    "account_login": EVERYONE,
    "account_logout": SIGNED_IN,
    "account_confirm_login_code": EVERYONE,
    "account_signup": EVERYONE,
    "account_inactive": EVERYONE,
    "account_reauthenticate": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_confirm_email": EVERYONE,
    "account_email_verification_sent": EVERYONE,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reset_password": EVERYONE,
    "account_reset_password_done": EVERYONE,
    "account_reset_password_from_key": EVERYONE,
    "account_reset_password_from_key_done": EVERYONE,
    "mfa_authenticate": EVERYONE,  # between password and second factor nobody is signed in yet
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_login_webauthn": EVERYONE,
    "socialaccount_login_cancelled": EVERYONE,
    "socialaccount_login_error": EVERYONE,
    "socialaccount_signup": EVERYONE,
    "socialaccount_connections": SIGNED_IN,
    "openid_connect_login": EVERYONE,
    "openid_connect_callback": EVERYONE,
}
"""Routes of libraries."""

urlpatterns = [
    path("language/", set_language, name="set_language"),
    # allauth's own collection also has routes without names, kept for old links; nothing without a name is served here.
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/3rdparty/", include("allauth.socialaccount.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    *(path("", include(f"cewen.portal.{name}.urls")) for name in MODULES),
]

ACCESS = collect_access(OUTSIDE)
"""Every route of the portal and the roles that may call it; what is not on it is refused."""

handler400 = "cewen.portal.home.views.bad_request"
handler403 = "cewen.portal.home.views.forbidden"
handler404 = "cewen.portal.home.views.not_found"
handler500 = "cewen.portal.home.views.server_error"
