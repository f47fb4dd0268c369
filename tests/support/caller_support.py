"""A program with a token, for tests of the interface."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.test import Client

from cewen.portal.access import Role
from cewen.portal.accounts.models import Person
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.accounts.services import issue_token
from portal_support import make_member


class Caller:
    """A program with a token (程序) of someone."""

    def __init__(self, person: Person, **narrowed: Any) -> None:
        self.person = person
        _row, self.secret = issue_token(actor_of_person(person), name="测试", lasts=timedelta(days=9), **narrowed)
        self.client = Client()

    def ask(self, method: str, address: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        """The answer in JSON; the response itself where it is none."""
        headers = {"authorization": f"Bearer {self.secret}", **more.pop("headers", {})}
        named = {"data": body, "headers": headers, **more}
        if body is not None and "content_type" not in more and method != "form":
            named["content_type"] = "application/json"
        way = getattr(self.client, "post" if method == "form" else method)
        response = way(f"/api/v1/{address}", **{name: value for name, value in named.items() if value is not None})
        assert response.status_code == status, (response.status_code, response.content.decode()[:500])
        is_json = "json" in response.get("Content-Type", "") and not response.streaming and response.content
        return json.loads(response.content) if is_json else response

    def __getattr__(self, method: str) -> Any:
        return lambda address, body=None, status=200, **more: self.ask(method, address, body, status, **more)


def caller(role: Role, *place: Any, **narrowed: Any) -> Caller:
    return Caller(make_member(role, *place), **narrowed)
