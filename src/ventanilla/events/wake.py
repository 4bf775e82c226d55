"""Wake-ups: a NOTIFY after commit that carries nothing; readers go by their table.

One thread per process sends them, those of all channels together and at most every 50 ms, by a
connection of its own. Readers poll each second as well, so a wake-up that is lost costs a second,
never an event. (Notifying inside every transaction would serialise the commits of all writers.)
"""

import atexit
import contextlib
import threading
import time

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction

# Procrastinate's workers listen on a channel of their own and want to be told a kind.
JOBS = "procrastinate_any_queue_v1"
PAYLOADS = {JOBS: '{"type": "job_inserted", "job_id": 0}'}
SPACING = 0.05  # seconds: at most 20 wake-ups a second from one process
KEEP = 1.0  # seconds that the connection outlasts the last wake-up
NOTIFY = (
    "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS t(channel, payload)"
)

_lock = threading.Lock()
_wanted: set[str] = set()
_called = threading.Event()
_thread: threading.Thread | None = None


def wake(channel: str) -> None:
    """Tell the readers of `channel`, once the transaction has committed."""
    transaction.on_commit(lambda: _call(channel))


def _call(channel: str) -> None:
    global _thread
    with _lock:
        _wanted.add(channel)
        if _thread is None or not _thread.is_alive():  # none yet, or we are a fork's child
            _thread = threading.Thread(target=_run, name="wake", daemon=True)
            _thread.start()
            atexit.register(_notify)
    _called.set()


def _run() -> None:
    while True:
        if not _called.wait(KEEP):
            connections[DEFAULT_DB_ALIAS].close()
            _called.wait()
        _called.clear()
        _notify()
        time.sleep(SPACING)


def _notify() -> None:
    with _lock:
        channels = sorted(_wanted)
        _wanted.clear()
    if not channels:
        return
    payloads = [PAYLOADS.get(channel, "") for channel in channels]
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOTIFY, [channels, payloads])
    except Error:  # the change is committed, and readers find it by polling
        with contextlib.suppress(Error):
            connection.close()
