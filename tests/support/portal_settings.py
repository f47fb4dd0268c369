"""Settings of the portal under test: those of the product, quick passwords, static files without their hashes."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("CEWEN_DATA", tempfile.mkdtemp(prefix="cewen-test-"))
os.environ.setdefault("CEWEN_SECRET_KEY", "only-for-tests-" * 5)
os.environ.setdefault("CEWEN_HOSTS", "localhost,127.0.0.1,testserver")

from cewen.portal.settings import *  # noqa: F403
from cewen.portal.settings import MIDDLEWARE as _MIDDLEWARE
from cewen.portal.settings import STORAGES as _STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**_STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MIDDLEWARE = [name for name in _MIDDLEWARE if "whitenoise" not in name]
