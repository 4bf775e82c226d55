"""Timers: rows with a due time, fired by one sweep. Handlers stand in `wiring.TIMERS`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from ventanilla.events.acts import Act
from ventanilla.events.log import wiring
from ventanilla.events.models import Timer

logger = structlog.get_logger(__name__)
LONGEST_WAIT = timedelta(hours=1)

Handler = Callable[[Timer, Act], None]


def set_timer(
    what: str,
    due_at: datetime,
    *,
    ticket_id: int | None = None,
    episode: str = "",
    **data: Any,
) -> None:
    """Let `what` happen at `due_at`; the same ticket's same episode is moved. 1 statement."""
    with connection.cursor() as cursor:
        cursor.execute(SET, [what, ticket_id, episode, due_at, json.dumps(data)])


SET = """
INSERT INTO events_timer (what, ticket_id, episode, due_at, data, attempts)
VALUES (%s, %s, %s, %s, %s, 0)
ON CONFLICT (what, ticket_id, episode) DO UPDATE SET due_at = excluded.due_at, data = excluded.data
"""


def cancel_timers(what: str, ticket_id: int | None, *, episode: str | None = None) -> None:
    """Forget every waiting `what` of a ticket, or that of one episode. 1 statement."""
    waiting = Timer.objects.filter(what=what, ticket_id=ticket_id)
    (waiting if episode is None else waiting.filter(episode=episode)).delete()


def fire_due(now: datetime, limit: int = 20) -> int:
    """Fire timers that are due, each in its own commit. Returns how many were taken.

    The sweep runs where the relay leads. A handler locks its ticket before the timer's row is
    touched (everybody who sets a timer does so too), finds its work done when it comes twice, and
    is tried again later (2, 4, 8 … seconds, then hourly) when it fails; the others go on.
    """
    due = list(Timer.objects.filter(due_at__lte=now).order_by("due_at")[:limit])
    for timer in due:
        _fire(timer, now)
    return len(due)


@transaction.atomic
def _fire(timer: Timer, now: datetime) -> None:
    try:
        with transaction.atomic():
            wiring().TIMERS[timer.what](timer, Act.of_system(now, via="timer"))
    except Exception:
        logger.exception("timer_failed", what=timer.what, ticket=timer.ticket_id)
        _later(timer, now)
    else:
        # a handler may have moved this very timer to its next time
        Timer.objects.filter(pk=timer.pk, due_at=timer.due_at).delete()


def _later(timer: Timer, now: datetime) -> None:
    wait = min(timedelta(seconds=2 ** (timer.attempts + 1)), LONGEST_WAIT)
    timer.attempts = min(timer.attempts + 1, 15)
    timer.due_at = now + wait
    timer.save(update_fields=["attempts", "due_at"])
