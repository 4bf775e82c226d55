"""The worker process: relay, timers, intake and jobs, each woken by the database.

Threads   relay and timers (one worker of all leads), intake and what is searched (any number
          share them), the listener that wakes them, and the rescue of jobs whose worker was killed
Main      Procrastinate's event loop; it ends on SIGTERM or SIGINT, then the threads do
A database that is away is waited for; nothing here dies of it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import psycopg
import structlog
from django.db import Error, connection

from ventanilla.events import housekeeping
from ventanilla.events.hub import address
from ventanilla.events.job_loop import run_jobs
from ventanilla.events.relay import lead, relay
from ventanilla.events.timers import fire_due
from ventanilla.lib import clock, leftovers
from ventanilla.mail import intake, sweep
from ventanilla.mail.postmen import Postmen
from ventanilla.tickets import housekeeping as of_tickets
from ventanilla.tickets.search import build as search
from ventanilla.tickets.search import files

logger = structlog.get_logger(__name__)

POLL = 1.0  # seconds after which a reader looks without being woken
RESCUE_EVERY = 20.0
TOGETHER = 0.2  # seconds: mails written within them leave over one connection
GATHER = 0.5  # what was written is found half a second later, but its words are counted once
SWEEP_EVERY = 10.0  # messages that became no mail although they should have
PATIENCE = 10.0  # seconds in which what is under way is finished

walk = leftovers.Walk()


class Stage(threading.Thread):
    """A thread that does `step` again and again; it sleeps when there was nothing to do.

    gather   seconds between two steps, in which work that is cheaper together comes together
    """

    def __init__(
        self, name: str, step: Callable[[], int], *, poll: float = POLL, gather: float = 0
    ):
        super().__init__(name=name, daemon=True)
        self.step, self.poll, self.gather = step, poll, gather
        self.woken, self.ending = threading.Event(), threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            self.woken.clear()
            if self._done() == 0:
                self.woken.wait(self.poll)
            self.ending.wait(self.gather)
        connection.close()

    def _done(self) -> int:
        try:
            return self.step()
        except Error as error:
            logger.warning("database_away", stage=self.name, error=str(error).strip())
            connection.close()
        except Exception:
            logger.exception("stage_failed", stage=self.name)
            connection.close()
        self.ending.wait(POLL)
        return 0

    def end(self) -> None:
        self.ending.set()
        self.woken.set()


class Leader:
    """Relay and timers: only where the lock is held, which ends with the connection."""

    def __init__(self) -> None:
        self.session: object = None  # the connection on which we lead

    def step(self) -> int:
        if self.session is None or connection.connection is not self.session:
            connection.ensure_connection()
            if not lead():
                return 0
            self.session = connection.connection
        return relay() + fire_due(clock.now())


class Listener(threading.Thread):
    """Hears NOTIFY and wakes the stages."""

    def __init__(self, channels: dict[str, Stage]):
        super().__init__(name="listener", daemon=True)
        self.channels, self.ending = channels, threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            try:
                self._hear()
            except psycopg.Error:
                self.ending.wait(POLL)

    def _hear(self) -> None:
        with psycopg.connect(**address(), autocommit=True) as conn:
            for channel in self.channels:
                conn.execute(f"LISTEN {channel}")
            while not self.ending.is_set():
                for heard in conn.notifies(timeout=1.0):
                    self.channels[heard.channel].woken.set()
                    if self.ending.is_set():
                        return

    def end(self) -> None:
        self.ending.set()


def tidy() -> int:
    """Rescue jobs, sweep away what nobody needs more. Returns 0: it calls for no other at once."""
    of_tickets.sweep()
    walk.step()
    return housekeeping.sweep()


def run() -> None:
    """Work until SIGTERM or SIGINT. What is under way is finished first, for at most 10 s."""
    reactions = Stage("relay", Leader().step)
    taking_in = Stage("intake", intake.take_in)
    rescue = Stage("rescue", tidy, poll=RESCUE_EVERY)
    forgotten = Stage("forgotten", sweep.sweep, poll=SWEEP_EVERY)
    postmen = Postmen(came_back=lambda: outbox.woken.set())
    outbox = Stage("outbox", postmen.step, gather=TOGETHER)
    words = Stage("search", search.catch_up, gather=GATHER)
    inside = Stage("files", files.read_next)
    listener = Listener(
        {"events": reactions, "intake": taking_in, "search": words, "outbox": outbox}
    )
    stages = [reactions, taking_in, rescue, forgotten, outbox, words, inside]
    threads: list[Stage | Listener] = [*stages, listener]
    for thread in threads:
        thread.start()
    try:
        asyncio.run(run_jobs())
    finally:
        for thread in threads:
            thread.end()
        for thread in threads:
            thread.join(timeout=PATIENCE)
        postmen.end(PATIENCE)
