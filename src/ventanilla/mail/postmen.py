"""Who sends what is due: one at a time for each outgoing server, several servers side by side.

The rows of `OutgoingMail` are the queue. They are looked at when somebody has written one, each
second, and when a server's conversation ends; so a killed worker's mails need nobody to call.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

import structlog
from django.db import Error, close_old_connections, connection
from django.db.models import Q, QuerySet

from ventanilla.lib import clock
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.literal import Literal
from ventanilla.mail import outlets
from ventanilla.mail.models import OutgoingMail, Outlet
from ventanilla.mail.send import drain

logger = structlog.get_logger(__name__)
State = OutgoingMail.State
MOST = 4  # servers that one worker talks to at a time


class Postmen:
    """Sends in threads of its own; `step` is called by one thread.

    came_back   is called when one has sent something: there may be more by now
    """

    def __init__(self, came_back: Callable[[], object]):
        self.came_back = came_back
        self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="postman")
        self._at_work: dict[str, Future[int]] = {}

    def step(self) -> int:
        """Send somebody to each server that has mails due and nobody at it. Returns 0."""
        self._at_work = {key: way for key, way in self._at_work.items() if not way.done()}
        free = MOST - len(self._at_work)
        waiting = [key for key in outlets_due() if key not in self._at_work] if free else []
        for key in waiting[:free]:
            self._at_work[key] = way = self._pool.submit(self._go, key)
            way.add_done_callback(self._back)
        return 0

    def end(self, patience: float) -> None:
        """Let those who are at work come back, for so many seconds."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        wait(self._at_work.values(), timeout=patience)

    def _back(self, way: Future[int]) -> None:
        if not way.cancelled() and way.result():
            self.came_back()

    def _go(self, key: str) -> int:
        try:
            close_old_connections()  # this thread may have slept for long
            return drain(key)
        except Error as error:
            logger.warning("database_away", outlet=key, error=str(error).strip())
            connection.close()
        except Exception:
            logger.exception("sending_failed", outlet=key)
            connection.close()
        return 0


def outlets_due() -> list[str]:
    """Outgoing servers with something to send, that are not busy nor rest. 2 statements at most."""
    now = clock.now()
    keys = sorted({outlets.key_of(mail.inbox) for mail in _due.all(now=now)})
    busy = set(_busy.all(now=now)) if keys else set()
    return [key for key in keys if key not in busy]


@compiled
def _due() -> QuerySet[OutgoingMail]:
    """One mail of each inbox that may be tried now, or whose sender has vanished."""
    waiting = Q(state=Literal("waiting"), next_try_at__lte=Given("now"))
    orphaned = Q(state=Literal("sending"), claimed_until__lte=Given("now"))
    mails = OutgoingMail.objects.filter(waiting | orphaned).select_related("inbox__mail")
    return mails.order_by("inbox").distinct("inbox")


@compiled
def _busy() -> QuerySet[Outlet, str]:
    taken = Q(leased_until__gt=Given("now")) | Q(rests_until__gt=Given("now"))
    return Outlet.objects.filter(taken).values_list("key", flat=True)
