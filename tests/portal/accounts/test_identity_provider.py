"""Signing in through an OpenID provider, from its discovery to the first page; and with a second factor."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from cewen.base.errors import CewenError
from cewen.portal.access import Role
from cewen.portal.accounts.models import Person
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.audit.models import Event
from cewen.portal.environment import read_environment
from portal_support import PASSWORD, client_of, make_member, make_person

pytestmark = pytest.mark.django_db
CLIENT, SECRET = "cewen-portal", "a-secret-shared-with-the-provider"


class Provider(ThreadingHTTPServer):
    """An OpenID provider (身份提供方) of a few lines: one person, codes that work once, tokens signed with its own key."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {
            "sub": "u-1",
            "preferred_username": "zhang",
            "name": "张三",
            "email": "z@example.org",
        }
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: list[str] = []
        self.wrong: dict[str, Any] = {}


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        provider, parts = self.server, urlsplit(self.path)
        provider.seen.append(parts.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._answer({
                "issuer": provider.url, "authorization_endpoint": f"{provider.url}/authorize",
                "token_endpoint": f"{provider.url}/token", "userinfo_endpoint": f"{provider.url}/userinfo",
                "jwks_uri": f"{provider.url}/jwks", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            })  # fmt: skip
        elif parts.path == "/authorize":
            code = secrets.token_urlsafe()
            provider.codes[code] = asked
            self.send_response(302)
            self.send_header(
                "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            )
            self.end_headers()
        elif parts.path == "/jwks":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(provider.key.public_key()))
            self._answer({"keys": [{**public, "kid": "k-1", "use": "sig", "alg": "RS256"}]})
        elif parts.path == "/userinfo":
            self._answer(provider.person)
        else:
            self._answer({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        provider = self.server
        provider.seen.append(self.path)
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        sent = {name: values[0] for name, values in body.items()}
        if "client_secret" not in sent and self.headers.get("Authorization", "").startswith("Basic "):
            name, _, secret = base64.b64decode(self.headers["Authorization"][6:]).decode().partition(":")
            sent |= {"client_id": name, "client_secret": secret}
        asked = provider.codes.pop(sent.get("code", ""), None)
        if asked is None or (sent["client_id"], sent["client_secret"]) != (CLIENT, SECRET):
            return self._answer({"error": "invalid_grant"}, 400)
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if proof.decode() != asked.get("code_challenge"):
            return self._answer({"error": "invalid_grant", "error_description": "PKCE"}, 400)
        now = int(time.time())
        claims = {**provider.person, "iss": provider.url, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"]} if "nonce" in asked else {}
        claims |= provider.wrong
        token = jwt.encode(claims, provider.key, algorithm="RS256", headers={"kid": "k-1"})
        return self._answer({"access_token": "at-1", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def _answer(self, body: Any, status: int = 200) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """A provider that runs, and a portal that knows it."""
    found = Provider()
    Thread(target=found.serve_forever, daemon=True).start()
    own = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    app = {"provider_id": "oidc", "name": "统一身份认证", "client_id": CLIENT, "secret": SECRET,
           "settings": {"server_url": found.url}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**own, "APPS": [app]}}
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, oidc_url=found.url, oidc_client=CLIENT, oidc_secret=SECRET, oidc_name="统一身份认证"
    )
    yield found
    found.shutdown()
    found.server_close()


def sign_in(client: Client) -> Any:
    """From the button on the sign-in page to where the portal ends, as a browser goes."""
    response = client.post("/accounts/oidc/oidc/login/")
    assert response.status_code == 302, response.content.decode()[:400]
    away = response["Location"]
    asked = parse_qs(urlsplit(away).query)
    assert asked["code_challenge_method"] == ["S256"]
    with requests.get(away, allow_redirects=False, timeout=10) as sent:
        back = urlsplit(sent.headers["Location"])
    return client.get(f"{back.path}?{back.query}", follow=True)


def is_signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_the_first_sign_in_makes_a_person_without_roles_and_the_next_is_the_same_person(provider: Provider) -> None:
    client = Client()
    page = client.get("/accounts/login/").content.decode()
    assert "统一身份认证" in page
    sign_in(client)
    assert is_signed_in(client)
    assert {"/.well-known/openid-configuration", "/token", "/userinfo"} <= set(provider.seen)
    person = Person.objects.get()
    assert (person.username, person.name, person.email) == ("zhang", "张三", "z@example.org")
    assert actor_of_person(person).grants == ()
    assert not person.has_usable_password()
    assert Event.objects.filter(action="accounts.signed_in", actor=f"person:{person.pk}").exists()
    again = Client()
    sign_in(again)
    assert is_signed_in(again)
    assert Person.objects.count() == 1


def test_an_address_of_mail_alone_takes_over_no_account(provider: Provider) -> None:
    """Whoever runs a provider could claim any address: the account of that address stays with its password."""
    owner = make_member(Role.ADMINISTRATOR)
    owner.email = "z@example.org"
    owner.save()
    provider.person["email_verified"] = True
    client = Client()
    response = sign_in(client)
    assert response.request["PATH_INFO"] == "/accounts/3rdparty/signup/"
    for _again in range(2):
        client.post(
            response.request["PATH_INFO"], {"username": "zhang", "name": "张三", "email": "z@example.org"}, follow=True
        )
    signed = client.session.get("_auth_user_id")
    assert signed != str(owner.pk)
    owner.refresh_from_db()
    assert not SocialAccount.objects.filter(user=owner).exists()
    assert owner.check_password(PASSWORD)
    for person in Person.objects.exclude(pk=owner.pk):
        assert actor_of_person(person).grants == ()


def test_a_name_that_is_taken_is_not_taken_over_either(provider: Provider) -> None:
    owner = make_person()
    provider.person["preferred_username"] = owner.username
    sign_in(Client())
    assert not SocialAccount.objects.filter(user=owner).exists()


@pytest.mark.parametrize(
    "wrong", [{"aud": "another-client"}, {"iss": "https://elsewhere.example.org"}, {"exp": 1_000_000_000}], ids=str
)
def test_a_token_that_is_not_for_this_portal_signs_nobody_in(provider: Provider, wrong: dict[str, Any]) -> None:
    provider.wrong = wrong
    client = Client()
    sign_in(client)
    assert "/token" in provider.seen
    assert not is_signed_in(client)
    assert Person.objects.count() == 0


def test_a_code_that_was_not_asked_for_signs_nobody_in(provider: Provider) -> None:
    client = Client()
    response = client.get("/accounts/oidc/oidc/login/callback/?code=stolen&state=made-up", follow=True)
    assert response.status_code < 500
    assert not is_signed_in(client)
    assert "/token" not in provider.seen


def test_a_provider_is_reached_over_https_only(tmp_path: Path) -> None:
    known = {
        "CEWEN_DATA": str(tmp_path),
        "CEWEN_SECRET_KEY": "k" * 60,
        "CEWEN_OIDC_CLIENT": "c",
        "CEWEN_OIDC_SECRET": "s",
    }
    with pytest.raises(CewenError, match="https"):
        read_environment({**known, "CEWEN_OIDC_URL": "http://login.example.org"})
    for url in ("https://login.example.org", "http://127.0.0.1:9000"):
        assert read_environment({**known, "CEWEN_OIDC_URL": url}).oidc_url == url


# --- the second factor


def code_of(secret: str) -> str:
    """What the app on the phone would show now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def activate(client: Client) -> str:
    """Turn the second factor on; gives its secret."""
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    if "reauthenticate" in page.request["PATH_INFO"]:
        page = client.post(
            page.request["PATH_INFO"] + "?next=/accounts/2fa/totp/activate/", {"password": PASSWORD}, follow=True
        )
    secret: str = client.session["mfa.totp.secret"]
    assert secret in page.content.decode()
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    assert done.status_code == 200
    return secret


def enter(username: str, code: str) -> tuple[Client, Any]:
    """Name and password, then a code."""
    client = Client()
    response = client.post("/accounts/login/", {"login": username, "password": PASSWORD}, follow=True)
    assert "/accounts/2fa/authenticate/" in response.request["PATH_INFO"]
    assert not is_signed_in(client)
    return client, client.post("/accounts/2fa/authenticate/", {"code": code}, follow=True)


def test_a_code_is_asked_after_the_password_and_works_once(settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = 1
    person = make_person()
    secret = activate(client_of(person))
    cache.clear()  # the code that turned it on counts as used
    wrong, _page = enter(person.username, "000000" if code_of(secret) != "000000" else "111111")
    assert not is_signed_in(wrong)
    code = code_of(secret)
    client, _page = enter(person.username, code)
    assert is_signed_in(client)
    again, _page = enter(person.username, code)
    assert not is_signed_in(again)


def test_a_recovery_code_stands_in_for_the_phone_once() -> None:
    person = make_person()
    client = client_of(person)
    activate(client)
    page = client.get("/accounts/2fa/recovery-codes/", follow=True)
    if "reauthenticate" in page.request["PATH_INFO"]:
        page = client.post(
            page.request["PATH_INFO"] + "?next=/accounts/2fa/recovery-codes/", {"password": PASSWORD}, follow=True
        )
    kept = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()
    assert len(kept) == 10
    assert kept[0] in page.content.decode()
    first, _page = enter(person.username, kept[0])
    assert is_signed_in(first)
    second, _page = enter(person.username, kept[0])
    assert not is_signed_in(second)
