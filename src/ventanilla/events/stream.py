"""`/live`: one stream of signals for each browser, as bare ASGI. See `hub` for what feeds it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from ventanilla.events import signals
from ventanilla.events.hub import Hub, Listener, in_thread
from ventanilla.events.log import wiring

ASGIScope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BEAT_EVERY = 15.0  # seconds
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

hub = Hub()


async def live(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """Stream signals to one signed-in browser until it goes. 401 when nobody is signed in."""
    cookies = _cookies(scope)

    def who() -> Any:
        return wiring().identify(cookies)

    viewer = await asyncio.to_thread(in_thread, who)
    if viewer is None:
        await _refuse(send)
        return
    listener = Listener(viewer, renew=who)
    await hub.join(listener, _after(scope))
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": _hello(), "more_body": True})
    sender = asyncio.create_task(_send_all(listener, send))
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await asyncio.wait({sender, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.leave(listener)
        sender.cancel()
        gone.cancel()


def _hello() -> bytes:
    """Tell the browser where the log stands, so that it can ask for what comes after."""
    return signals.encode({"t": "hello"}, hub.last_event)


async def _send_all(listener: Listener, send: Send) -> None:
    while True:
        try:
            message = await asyncio.wait_for(listener.queue.get(), BEAT_EVERY)
        except TimeoutError:
            message = signals.BEAT
        more = message is not None
        try:
            await send({"type": "http.response.body", "body": message or b"", "more_body": more})
        except (RuntimeError, OSError):
            return  # the browser has gone
        if not more:
            return


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 401, "headers": HEADERS[1:2]})
    await send({"type": "http.response.body", "body": b""})


def _header(scope: ASGIScope, name: bytes) -> str:
    values = [value for key, value in scope["headers"] if key == name]
    return b"; ".join(values).decode("latin-1")


def _cookies(scope: ASGIScope) -> dict[str, str]:
    try:
        jar = SimpleCookie(_header(scope, b"cookie"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _after(scope: ASGIScope) -> int | None:
    """The last event that the browser has seen, by its own word: `?after=` or the header."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    given = _header(scope, b"last-event-id") or query.get("after", [""])[0]
    return int(given) if given.isdecimal() and len(given) < 19 else None
