"""Around every request: headers, who asks, in which language, and how refusals look."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from ventanilla.desk import identity, keys
from ventanilla.desk.views import problems
from ventanilla.events.acts import Act
from ventanilla.lib import clock
from ventanilla.lib.problems import NotAllowed, Problem
from ventanilla.people.actions import sessions
from ventanilla.people.rights import NOBODY

Next = Callable[[HttpRequest], HttpResponseBase]

# The one policy of our pages. A view that shows foreign content sets a stricter one of its own.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": POLICY,
}
HSTS = "max-age=31536000"
DATABASE_AWAY = (OperationalError, InterfaceError)


def headers(get_response: Next) -> Next:
    """The headers of every answer; a view may have set a stricter one of its own."""

    def around(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SECURE:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        patch_vary_headers(response, ("HX-Request-Type", "HX-Target"))
        return response

    return around


class Identity:
    """Who asks, with their rights, language and time zone. Everything is closed by default.

    A view that strangers may use is marked with Django's `login_not_required`.
    """

    def __init__(self, get_response: Next):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            who = identity.identify(request.session)
        except DATABASE_AWAY as error:
            return problems.unavailable(request, error)
        agent = who.agent if who else None
        request.user = who.user if who else AnonymousUser()
        request.who, request.agent = who, agent  # type: ignore[attr-defined]
        request.viewer = who.viewer if who else NOBODY  # type: ignore[attr-defined]
        if who is not None:
            request.act = Act.of_agent(who.user.pk, clock.now())  # type: ignore[attr-defined]
            if who.unseen and request.session.session_key:
                sessions.seen(request.session.session_key, clock.now())
            if who.renew and request.method == "GET" and not problems.is_partial(request):
                _renew(request)
        language = who.user.language if who else translation.get_language_from_request(request)
        zone = agent.time_zone if agent else settings.TIME_ZONE
        zoned = timezone.override(_zone(zone))
        with translation.override(language), zoned, keys.used_by(agent):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if who is None:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True):
            return None
        if request.who is None:  # type: ignore[attr-defined]
            return problems.sign_in_first(request)
        if request.agent is None:  # type: ignore[attr-defined]
            return problems.refused(request, problems.no_agent())
        by = request.who.second_step_by  # type: ignore[attr-defined]
        if by is not None and by <= clock.now() and not getattr(view, "before_second_step", False):
            return problems.second_step_first(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Foreseen refusals become pages or banners; what nobody foresaw rises to `handler500`."""
        if isinstance(error, Problem):
            if isinstance(error, NotAllowed):
                structlog.get_logger(__name__).warning("refused", code=error.code)
            return problems.refused(request, error)
        if isinstance(error, DATABASE_AWAY):
            return problems.unavailable(request, error)
        return None


def _renew(request: HttpRequest) -> None:
    """Another key for the session. By whole pages only: what else they ask for comes after."""
    before = request.session.session_key or ""
    request.session.cycle_key()
    sessions.renewed(before, request.session.session_key or "")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
