"""Answering once: a write with a key is done the first time and answered the same ever after; and counting calls."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from cewen.portal.access import Actor, Refused
from cewen.portal.api.domain import ANSWERS_KEPT, KNOWN_CALLS, UNKNOWN_CALLS, WINDOW_SECONDS, Allowance
from cewen.portal.api.models import KeptAnswer
from cewen.portal.counting import count_up, drop_old


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer of a write (答复) as it went out."""

    status: int
    content_type: str
    body: bytes
    location: str = ""


class DifferentRequest(Exception):
    """A key that was used for something else (幂等键另有所用)."""


def reserve_answer(actor: Actor, key: str, request_sha256: str) -> KeptAnswer | Answer:
    """The row to fill once the write is done, or the answer it was given before.

    Must run in the transaction of the write: a second caller with the same key waits for the first to end, and a write
    that fails leaves no trace of its key. Raises DifferentRequest when the key stood for another request, Refused for
    someone not signed in.
    """
    if not actor.is_known:
        raise Refused(_("没有登录的人不能用幂等键。"))
    KeptAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()
    kept, is_new = KeptAnswer.objects.select_for_update().get_or_create(
        actor=actor.key, key=key, defaults={"request_sha256": request_sha256}
    )
    if is_new:
        return kept
    if kept.request_sha256 != request_sha256:
        raise DifferentRequest
    return Answer(kept.status, kept.content_type, bytes(kept.body), kept.location)


def keep_answer(kept: KeptAnswer, answer: Answer) -> None:
    """Fill the row `reserve_answer` gave."""
    kept.status, kept.content_type, kept.location = answer.status, answer.content_type, answer.location
    kept.body = answer.body
    kept.save()


def forget_answers() -> int:
    """Remove answers nobody may ask for again; how many."""
    return KeptAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()[0]


def forget_calls(now: float | None = None) -> int:
    """Remove counts of windows that are over; how many."""
    return drop_old(_counts(), int((time.time() if now is None else now) // WINDOW_SECONDS))


def _counts() -> Path:
    found: Path = settings.ENVIRONMENT.data / "calls.sqlite3"
    return found


def count_call(actor: Actor, address: str, now: float | None = None) -> Allowance:
    """Count one call of a person, or of an address for someone not signed in, in the present window.

    Counted in a file of the data folder: all workers of a machine share one count.
    """
    moment = time.time() if now is None else now
    limit = KNOWN_CALLS if actor.is_known else UNKNOWN_CALLS
    window = int(moment // WINDOW_SECONDS)
    used = count_up(_counts(), actor.key if actor.is_known else f"address:{address}", window)
    return Allowance(limit, limit - used, max(1, int((window + 1) * WINDOW_SECONDS - moment)))
