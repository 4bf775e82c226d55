"""Reads the log once per process and passes signals on to everyone who may see them.

Ids are handed out before commit, so an id may become visible after a higher one: ids that were
skipped are looked for again for 30 seconds. A wake-up only makes it look sooner; each second it
looks by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import psycopg
import structlog
from django.db import connection
from django.db.models.functions import Now

from ventanilla.events import signals
from ventanilla.events.models import Signal
from ventanilla.events.signals import Key

logger = structlog.get_logger(__name__)

GAP_WAIT = 30.0  # seconds that a skipped id is waited for
KEEP = "5 minutes"  # how far back a reconnecting browser can catch up
LATELY = timedelta(seconds=30)  # longer than a page takes until it listens
FEWEST_PAUSE = 0.02  # seconds between two looks
BACKLOG = 200  # messages that a slow browser may lag behind before it must start afresh
RIGHTS = "agent.rights_changed"

# Two walks along the primary key: with OR, a stale estimate made it read the whole log each time.
NEW_EVENTS = """
(SELECT id, kind, ticket_number, seq, teams, people, categories FROM events_event
    WHERE id > %s ORDER BY id LIMIT 2000)
UNION ALL
SELECT id, kind, ticket_number, seq, teams, people, categories FROM events_event WHERE id = ANY(%s)
ORDER BY id
"""
NEW_SIGNALS = """
SELECT id, payload, people, teams, categories FROM events_signal
WHERE id > %s ORDER BY id LIMIT 2000
"""
SINCE = f"""
SELECT id, kind, ticket_number, seq, teams, people, categories FROM events_event
WHERE id > %s AND id <= %s AND recorded_at > now() - interval '{KEEP}' ORDER BY id LIMIT 1000
"""  # noqa: S608 (constants only)
TOO_OLD = f"""
SELECT EXISTS (SELECT FROM events_event WHERE id > %s AND recorded_at <= now() - interval '{KEEP}')
"""  # noqa: S608 (constants only)


class Scope(Protocol):
    """What one signed-in person may see."""

    user_id: int

    def sees(
        self, *, teams: Sequence[int], people: Sequence[int], categories: Sequence[int]
    ) -> bool: ...


@dataclass(eq=False)
class Listener:
    """One open stream."""

    scope: Scope
    renew: Callable[[], Scope | None]  # looks again who this is; None: signed out
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(BACKLOG))

    def put(self, message: bytes | None) -> None:
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(signals.RESYNC if message is not None else None)


class Hub:
    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.last_event = 0
        self.last_signal = 0
        self.gaps: dict[int, float] = {}  # id -> until when to look for it
        self.ready = False
        self._reader = Reader()
        self._ending = False
        self._woken: asyncio.Event
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._woken = asyncio.Event()
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._run())]

    async def stop(self) -> None:
        """End; a look that is under way is waited for, since its thread uses the connection."""
        listening, running = self._tasks
        listening.cancel()
        self._ending = True
        self._woken.set()
        await asyncio.gather(listening, running, return_exceptions=True)
        await asyncio.to_thread(self._reader.close)
        for listener in self.listeners:
            listener.put(None)

    async def join(self, listener: Listener, after: int | None) -> None:
        """Add a stream; it first gets what it missed since event `after`, or a `resync`.

        And what was said in the last half minute to all who see a ticket: who came to it while
        the page was on its way would stay unseen. 1 statement, 3 when there were events.
        """
        self.listeners.add(listener)
        for message in await asyncio.to_thread(self._missed, listener.scope, after):
            listener.put(message)

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)

    # -- waking up --------------------------------------------------------------------------
    async def _listen(self) -> None:
        """Hear NOTIFY on one connection of its own; back again when the database is."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **address(), autocommit=True
                ) as conn:
                    await conn.execute("LISTEN events")
                    async for _ in conn.notifies():
                        self._woken.set()
            except psycopg.Error:
                await asyncio.sleep(1)

    async def _run(self) -> None:
        while not self._ending:
            try:
                await self._look()
            except Exception:
                logger.exception("live_stream_look_failed")
                await asyncio.sleep(1)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), 1.0)
            self._woken.clear()
            await asyncio.sleep(FEWEST_PAUSE)

    # -- looking ----------------------------------------------------------------------------
    async def _look(self) -> None:
        if not self.ready:
            self.last_event, self.last_signal = await asyncio.to_thread(_newest)
            self.ready = True
        events, personal = await asyncio.to_thread(
            self._reader.read, self.last_event, list(self.gaps), self.last_signal
        )
        self._note_gaps([row[0] for row in events])
        if any(row[1] == RIGHTS for row in events):
            await self._renew_scopes()
        self._pass_on(events, personal)

    def _note_gaps(self, ids: list[int]) -> None:
        now = time.monotonic()
        self.gaps = {i: until for i, until in self.gaps.items() if until > now and i not in ids}
        for new in (i for i in ids if i > self.last_event):
            skipped = range(max(self.last_event + 1, new - 1000), new)
            self.gaps.update((i, now + GAP_WAIT) for i in skipped)
            self.last_event = new

    async def _renew_scopes(self) -> None:
        for listener in list(self.listeners):
            scope = await asyncio.to_thread(in_thread, listener.renew)
            if scope is None:
                self.leave(listener)
                listener.put(None)
            else:
                listener.scope = scope

    def _pass_on(self, events: list[tuple[Any, ...]], personal: list[tuple[Any, ...]]) -> None:
        about_tickets = list(_encoded(events))
        for listener in self.listeners:
            for key, message in about_tickets:
                if _hears(listener.scope, key):
                    listener.put(message)
        for row_id, payload, people, teams, categories in personal:
            self.last_signal = max(self.last_signal, row_id)
            message = signals.encode(payload)
            whose = None if teams is None else Key(tuple(teams), tuple(people), tuple(categories))
            for listener in self.listeners:
                scope = listener.scope
                if _hears(scope, whose) if whose else scope.user_id in people:
                    listener.put(message)

    def _missed(self, scope: Scope, after: int | None) -> list[bytes]:
        def read() -> list[bytes]:
            if after is None or after >= self.last_event:
                return _lately(scope)
            with connection.cursor() as cursor:
                cursor.execute(TOO_OLD, [after])
                if cursor.fetchone()[0]:
                    return [signals.RESYNC]
                cursor.execute(SINCE, [after, self.last_event])
                events = _encoded(cursor.fetchall())
            missed = [message for key, message in events if _hears(scope, key)]
            return missed + _lately(scope)

        return in_thread(read)


def _encoded(events: list[tuple[Any, ...]]) -> Iterator[tuple[Key, bytes]]:
    """Each ticket event as a message, encoded once for everyone."""
    for event_id, kind, number, version, teams, people, categories in events:
        if number is not None:
            payload = signals.of_event(kind, number, version)
            key = Key(tuple(teams), tuple(people), tuple(categories))
            yield key, signals.encode(payload, event_id)


def _lately(scope: Scope) -> list[bytes]:
    """What was said a moment ago to all who see a ticket. It says what is: twice does no harm."""
    said = Signal.objects.filter(teams__isnull=False, created_at__gt=Now() - LATELY)
    rows = said.values_list("payload", "teams", "people", "categories").order_by("-pk")[:100]
    heard = [
        payload
        for payload, teams, people, categories in rows
        if _hears(scope, Key(tuple(teams or ()), tuple(people), tuple(categories or ())))
    ]
    return list(dict.fromkeys(map(signals.encode, heard)))


def _hears(scope: Scope, key: Key) -> bool:
    return scope.sees(teams=key.teams, people=key.people, categories=key.categories)


def in_thread(work: Callable[[], Any]) -> Any:
    """Run database work on this pool thread and give its connection back."""
    try:
        return work()
    finally:
        connection.close()


def _newest() -> tuple[int, int]:
    def read() -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT coalesce(max(id), 0) FROM events_event),"
                " (SELECT coalesce(max(id), 0) FROM events_signal)"
            )
            return cursor.fetchone()

    return in_thread(read)


class Reader:
    """One connection that stays open; the hub asks one question at a time."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None

    def read(self, event: int, gaps: list[int], signal: int) -> tuple[list[Any], list[Any]]:
        """New rows of the log, and of the signals."""
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(**address(), autocommit=True)
        try:
            events = self._connection.execute(NEW_EVENTS, [event, gaps]).fetchall()
            return events, self._connection.execute(NEW_SIGNALS, [signal]).fetchall()
        except psycopg.Error:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def address() -> dict[str, Any]:
    """Where the database is and how to connect (TLS and all), as psycopg wants it."""
    ours = ("cursor_factory", "context", "prepare_threshold")  # Django's way of talking
    given = connection.get_connection_params()
    return {name: value for name, value in given.items() if name not in ours}
