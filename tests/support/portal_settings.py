"""Settings of the portal under test: those of the product, quick passwords, static files without their hashes."""

from __future__ import annotations

import os
import tempfile

# Each of several test processes has files of its own: they inherit the environment of the one that started them.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if "CEWEN_DATA" not in os.environ or os.environ.get("CEWEN_TEST_WORKER", "") != _worker:
    os.environ["CEWEN_DATA"] = tempfile.mkdtemp(prefix="cewen-test-")
    os.environ["CEWEN_TEST_WORKER"] = _worker
os.environ.setdefault("CEWEN_SECRET_KEY", "only-for-tests-" * 5)
os.environ.setdefault("CEWEN_HOSTS", "localhost,127.0.0.1,testserver")

from cewen.portal.settings import *  # noqa: E402, F403
from cewen.portal.settings import MIDDLEWARE as _MIDDLEWARE  # noqa: E402
from cewen.portal.settings import STORAGES as _STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**_STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MIDDLEWARE = [name for name in _MIDDLEWARE if "whitenoise" not in name]
