"""Who a live stream belongs to."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from ventanilla.lib import clock
from ventanilla.people.actions import sessions
from ventanilla.people.models import OpenSession
from ventanilla.people.rights import NOBODY, Viewer, viewer


def identify(cookies: dict[str, str]) -> Viewer | None:
    """The rights of whoever is signed in by these cookies; None when nobody is. 4 statements."""
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = SessionStore(key)
    user = get_user(request)
    if not user.is_authenticated:
        return None
    session = OpenSession.objects.filter(session_key=key).first()
    if session and sessions.has_run_out(session.since, session.seen_at, clock.now()):
        return None
    rights = viewer(user.pk)
    return None if rights == NOBODY else rights
