"""Swept a few times a minute: jobs whose worker died, signals and counters nobody needs more."""

from __future__ import annotations

from datetime import timedelta

import structlog
from asgiref.sync import async_to_sync
from django.db.models.functions import Now
from procrastinate.contrib.django import app

from ventanilla.events.models import Signal
from ventanilla.lib import clock, ratelimit

logger = structlog.get_logger(__name__)
SIGNALS_KEPT = timedelta(minutes=5)


def sweep() -> int:
    """Run all of it. Returns 0: a sweep leaves nothing that calls for another at once."""
    rescue_jobs()
    Signal.objects.filter(created_at__lt=Now() - SIGNALS_KEPT).delete()
    ratelimit.forget(clock.now())
    return 0


@async_to_sync
async def rescue_jobs() -> None:
    """Queue the jobs again whose worker has shown no sign of life for half a minute.

    A killed worker leaves them "doing" for ever; every job is safe to run twice.
    """
    for job in await app.job_manager.get_stalled_jobs():
        logger.warning("job_rescued", job=job.id, task=job.task_name)
        await app.job_manager.retry_job(job)
