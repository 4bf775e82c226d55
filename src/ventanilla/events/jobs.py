"""Jobs of the log itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from ventanilla.events.models import Event
from ventanilla.events.wake import JOBS, wake

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)  # after 4 s, 16 s, 64 s, … for a day


def enqueue(task: Task, *, at: datetime | None = None, **arguments: Any) -> None:
    """Defer a job in this transaction and wake a worker after commit. 1 statement.

    at   not before this time; default: as soon as a worker is free
    """
    task.configure(schedule_at=at).defer(**arguments)
    if at is None:
        wake(JOBS)


def path(consumer: Callable[[Event], None]) -> str:
    return f"{consumer.__module__}.{consumer.__qualname__}"


@app.task(queue="events", retry=AGAIN)
def consume(consumer: str, event_id: int) -> None:
    """Try one event again on the one consumer that failed it."""
    with transaction.atomic():
        import_string(consumer)(Event.objects.get(pk=event_id))
