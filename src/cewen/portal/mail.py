"""Where mail goes: a server that was named, or files in the data folder, so that a portal without mail works too."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from cewen.portal.environment import Environment


def mail_settings(environment: Environment) -> dict[str, Any]:
    """Django's EMAIL_… settings."""
    if environment.mail_url is None:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": environment.data / "mail",
        }
    parts = urlsplit(environment.mail_url)
    is_encrypted = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if is_encrypted else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_encrypted,
        "EMAIL_TIMEOUT": 20,
    }
