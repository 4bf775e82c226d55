"""What the web process serves: live streams by the event loop, everything else by Django.

Django's own ASGI handler costs 1.5 to 2 ms more CPU for each request than its WSGI handler in a
thread, so Django gets threads, and what stays open for hours (server-sent events) gets none.
"""

import os
from collections.abc import Awaitable, Callable
from typing import Protocol
from wsgiref.headers import Headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from whitenoise import WhiteNoise

from ventanilla.lib.wsgi_bridge import Bridge, Receive, Scope, Send


class Beside(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


App = Callable[[Scope, Receive, Send], Awaitable[None]]

django = get_wsgi_application()
from ventanilla.events import stream  # noqa: E402 (its models load once Django is set up)

# Paths that stay open; each is an ASGI application of its own.
STREAMS: dict[str, App] = {
    "/live": stream.live,
}
# What runs on the event loop beside the requests.
BESIDE: list[Beside] = [stream.hub]


def load_views() -> None:
    """Import all pages now: the first one asked for need not wait, and a broken one shows early."""
    _patterns = get_resolver().url_patterns


def make_bridge() -> Bridge:
    static = WhiteNoise(
        django,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        max_age=3600,
        allow_all_origins=False,
        add_headers_function=static_headers,
        immutable_file_test=settings.IMMUTABLE_FILE,
    )
    return Bridge(
        static,
        threads=settings.WEB_THREADS,
        body_limit=settings.WEB_BODY_LIMIT,
        trusted=settings.TRUSTED_PROXIES,
    )


def static_headers(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'self'"


bridge = make_bridge()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await STREAMS.get(scope["path"], bridge)(scope, receive, send)


async def startup() -> None:
    load_views()
    for part in BESIDE:
        await part.start()


async def shutdown() -> None:
    """End the streams first: the server waits for open answers."""
    for part in reversed(BESIDE):
        await part.stop()
