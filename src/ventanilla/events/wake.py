"""Wake-ups: a NOTIFY after commit that carries nothing; readers go by their table.

Coalesced per process and channel: the first leaves at once, repeats are spaced. Readers poll each
second as well, so a wake-up that is lost costs a second, never an event. (Notifying inside every
transaction would serialise the commits of all writers.)
"""

import contextlib
import threading
import time

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction

# Procrastinate's workers listen on a channel of their own and want to be told a kind.
JOBS = "procrastinate_any_queue_v1"
PAYLOADS = {JOBS: '{"type": "job_inserted", "job_id": 0}'}
SPACING = 0.05  # seconds: at most 20 wake-ups a second from one process

_lock = threading.Lock()
_last: dict[str, float] = {}
_timers: dict[str, threading.Timer] = {}


def wake(channel: str) -> None:
    """Tell the readers of `channel`, once the transaction has committed."""
    transaction.on_commit(lambda: _soon(channel))


def _soon(channel: str) -> None:
    with _lock:
        wait = _last.get(channel, 0.0) + SPACING - time.monotonic()
        if wait > 0:
            if channel not in _timers:
                _timers[channel] = timer = threading.Timer(wait, _late, [channel])
                timer.daemon = True
                timer.start()
            return
        _last[channel] = time.monotonic()
    _notify(channel)


def _late(channel: str) -> None:
    with _lock:
        _timers.pop(channel, None)
        _last[channel] = time.monotonic()
    try:
        _notify(channel)
    finally:
        connections[DEFAULT_DB_ALIAS].close()


def _notify(channel: str) -> None:
    # on failure: the change is committed, and readers find it by polling
    with contextlib.suppress(Error), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, PAYLOADS.get(channel, "")])
