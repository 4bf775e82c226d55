"""A signed-in browser as far as the server sees one: pages, fragments, and the live stream."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

from bench.installation import Installation

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Client:
    """One kept-alive connection of one agent. Not for several threads at once."""

    def __init__(self, at: Installation, cookies: Mapping[str, str]):
        self.at, self.cookies = at, dict(cookies)
        self.connection = HTTPConnection("127.0.0.1", at.port, timeout=30)

    def get(self, path: str, **headers: str) -> str:
        """Return the page; anything but 200 and 204 ends the measurement."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, object], **headers: str) -> str:
        """Return what the form answered, and follow nowhere."""
        token = {"X-CSRFToken": self.cookies["vt-csrf"]}
        return self._ask("POST", path, urlencode(fields), {**FORM, **token, **headers})

    def timed(self, path: str, **headers: str) -> float:
        """Milliseconds until the whole page was there."""
        began = time.perf_counter()
        self.get(path, **headers)
        return 1000 * (time.perf_counter() - began)

    def live(self) -> Iterator[int]:
        """Numbers of tickets that something happened to, as the stream tells them, without end."""
        connection = HTTPConnection("127.0.0.1", self.at.port)
        connection.request("GET", "/live", headers={"Cookie": self._cookie()})
        answer = connection.getresponse()
        _check(answer, "/live", b"")
        while line := answer.readline():
            if line.startswith(b"data: "):
                yield json.loads(line[6:]).get("n", 0)

    def another(self) -> Client:
        """The same agent on a further connection."""
        return Client(self.at, self.cookies)

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> str:
        self.connection.request(method, path, body, {"Cookie": self._cookie(), **headers})
        answer = self.connection.getresponse()
        text = answer.read()
        _check(answer, path, text)
        return text.decode()

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def _check(answer: HTTPResponse, path: str, text: bytes) -> None:
    if answer.status not in (200, 204, 303):
        raise RuntimeError(f"{path} answered {answer.status}: {text[:500]!r}")


def sign_in(at: Installation, email: str = "") -> Client:
    """An agent's browser (by default the first administrator's), with a session of its own."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import _get_new_csrf_string

    from ventanilla.commands.signin import find

    user, session = find(email or None), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    cookies = {
        settings.SESSION_COOKIE_NAME: session.session_key,
        settings.CSRF_COOKIE_NAME: _get_new_csrf_string(),
    }
    return Client(at, cookies)
