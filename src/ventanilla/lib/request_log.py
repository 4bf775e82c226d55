"""Each request has an id, which is on all its log lines and in its answer."""

import time
from collections.abc import Callable
from secrets import token_hex

import structlog
from django.http import HttpRequest, HttpResponse

from ventanilla.lib import log, metrics

HEADER = "X-Request-Id"
SLOW = 1.0  # seconds
_TOOK = metrics.histogram("request_seconds", "Time to answer requests", ["method", "status"])
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

logger = structlog.get_logger(__name__)


class RequestLog:
    """Middleware; stands first, so that every other one is inside.

    Writes a line for what changes something, fails or takes long; for the rest at debug only.
    Routes are written, not paths: paths hold one-time links and searches.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        request.id = token_hex(4)  # type: ignore[attr-defined]
        log.bind(request=request.id)  # type: ignore[attr-defined]
        begun = time.perf_counter()
        response = self._answer(request)
        self._write(request, response, time.perf_counter() - begun)
        response[HEADER] = request.id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        return response

    def _write(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        method = request.method if request.method in _METHODS else "other"
        _TOOK.labels(method, f"{response.status_code // 100}xx").observe(seconds)
        plain = method in ("GET", "HEAD") and response.status_code < 400 and seconds < SLOW
        match = request.resolver_match
        (logger.debug if plain else logger.info)(
            "request",
            method=method,
            route=match.route if match else None,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
