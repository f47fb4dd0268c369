"""The portal as a WSGI application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cewen.portal.settings")
application = get_wsgi_application()

from cewen.portal import warming  # noqa: E402  (needs the application)
from cewen.portal.indicators import jobs as indicators  # noqa: E402
from cewen.portal.registry import wake_jobs  # noqa: E402
from cewen.portal.rounds import start_rounds  # noqa: E402

warming.warm()
indicators.warm()
wake_jobs()  # what waited when the last server stopped is taken up again
start_rounds()
