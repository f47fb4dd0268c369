"""What the portal tells of itself while it runs: figures for Prometheus, and one line of JSON for each request."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse

Respond = Callable[[HttpRequest], HttpResponse]
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.6, 1.0, 3.0, 10.0)
"""Upper ends, in seconds, of the classes response times are counted in."""
_log = logging.getLogger("cewen.request")


class RequestFigures:
    """Counts of this worker process (请求计数): by route, method and status, and how long they took."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.counts: dict[tuple[str, str, int], int] = {}
        self.times: dict[str, list[float]] = {}

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        with self.lock:
            self.counts[route, method, status] = self.counts.get((route, method, status), 0) + 1
            held = self.times.setdefault(route, [0.0] * (len(BOUNDS) + 2))
            for at, bound in enumerate(BOUNDS):
                if seconds <= bound:
                    held[at] += 1
            held[-2] += 1
            held[-1] += seconds

    def lines(self) -> Iterable[str]:
        """In the text form of Prometheus; `worker` is the process, whose counts begin again when it does."""
        worker = str(os.getpid())
        with self.lock:
            counts, times = dict(self.counts), {route: list(held) for route, held in self.times.items()}
        yield "# HELP cewen_requests_total Requests answered."
        yield "# TYPE cewen_requests_total counter"
        for (route, method, status), count in sorted(counts.items()):
            yield line("cewen_requests_total", count, worker=worker, route=route, method=method, status=str(status))
        yield "# HELP cewen_request_seconds Time to the first byte of an answer."
        yield "# TYPE cewen_request_seconds histogram"
        for route, held in sorted(times.items()):
            for at, bound in enumerate(BOUNDS):
                yield line("cewen_request_seconds_bucket", int(held[at]), worker=worker, route=route, le=str(bound))
            yield line("cewen_request_seconds_bucket", int(held[-2]), worker=worker, route=route, le="+Inf")
            yield line("cewen_request_seconds_count", int(held[-2]), worker=worker, route=route)
            yield line("cewen_request_seconds_sum", round(held[-1], 6), worker=worker, route=route)


FIGURES = RequestFigures()


def line(name: str, value: float, **labels: str) -> str:
    """One figure with its labels."""
    named = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{named}}} {value}" if named else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class ObservingMiddleware:
    """Counts every answer, and writes its line where the log is in JSON (观测中间层). No query, no body, no secret."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - begun
        match = request.resolver_match
        # Addresses nobody serves count as one route, so that a scan does not make a series for each guess.
        route = match.view_name if match else "none"
        method = request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
        FIGURES.add(route, str(method), response.status_code, seconds)
        if _log.isEnabledFor(logging.INFO):
            known = {
                "route": route, "method": method, "status": response.status_code, "milliseconds": round(seconds * 1000, 1)
            }  # fmt: skip
            _log.info("request", extra={"known": known})
        return response


class JsonLines(logging.Formatter):
    """One JSON object for each entry of the log (结构化日志)."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "known", {}),
        }
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def log_settings(style: str) -> dict[str, Any]:
    """Django's LOGGING: `text` for reading, warnings and worse; `json` for collecting, requests too."""
    is_json = style == "json"
    form: dict[str, Any] = {"format": "{asctime} {levelname} {name} {message}", "style": "{"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "cewen.portal.observing.JsonLines"} if is_json else form},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "axes": {"level": "ERROR"},
            "django.request": {"level": "ERROR"},
            "cewen.request": {"level": "INFO" if is_json else "WARNING"},
        },
    }
