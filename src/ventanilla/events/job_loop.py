"""Procrastinate's loop, made to outlast the database: fetches jobs, runs them, notes their end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Any, cast

import psycopg
import structlog
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

logger = structlog.get_logger(__name__)

POLL = 1.0  # seconds after which it looks without being woken, or tries the database again
AT_ONCE = 4
TRIES = 10  # to write down a job's end, one a second; later the next worker runs the job again
SHUTDOWN = 10  # seconds that running jobs have to end


async def run_jobs() -> None:
    """Run jobs until a signal comes; when the database goes away, wait for it and go on.

    The signals are ours: Procrastinate's own handling is lost when the database goes first.
    """
    ending, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    asked = asyncio.create_task(ending.wait())
    while not ending.is_set():
        work = asyncio.create_task(_fetch())
        await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
        if ending.is_set():
            work.cancel()  # what is running is finished
        (outcome,) = await asyncio.gather(work, return_exceptions=True)
        if isinstance(outcome, Exception):  # a lost connection shows in many shapes
            logger.warning("jobs_interrupted", error=str(outcome).strip())
            await asyncio.wait({asked}, timeout=POLL)


async def _fetch() -> None:
    fetcher = _fetcher()
    async with fetcher.open_async():
        await fetcher.run_worker_async(
            concurrency=AT_ONCE,
            fetch_job_polling_interval=POLL,
            shutdown_graceful_timeout=SHUTDOWN,
            delete_jobs="successful",
            install_signal_handlers=False,
        )


def _fetcher() -> App:
    """A second app for fetching jobs, with a connection pool of its own.

    The first one keeps Django's connector, so that a job deferred in a transaction commits with it.
    """
    connector = cast(DjangoConnector, app.connector)
    fetcher = App(connector=connector.get_worker_connector())
    fetcher.tasks = app.tasks
    fetcher.job_manager = PatientManager(fetcher.connector)
    return fetcher


class PatientManager(JobManager):
    """Writes a job's end down even if the database is away for a moment.

    Otherwise the job would stay "doing" for as long as this worker lives: nobody rescues the jobs
    of a worker that shows signs of life.
    """

    async def finish_job(self, *args: Any, **kwargs: Any) -> None:
        await persist(lambda: JobManager.finish_job(self, *args, **kwargs))

    async def retry_job(self, *args: Any, **kwargs: Any) -> None:
        await persist(lambda: JobManager.retry_job(self, *args, **kwargs))


async def persist(write: Callable[[], Awaitable[None]], pause: float = POLL) -> None:
    """Try until it is written. A row that is no longer "doing" was written by an earlier try.

    Raises ConnectorException after the last of the tries.
    """
    for left in reversed(range(TRIES)):
        try:
            await write()
            break
        except ConnectorException as problem:
            if isinstance(problem.__cause__, psycopg.errors.RaiseException):
                logger.warning("job_already_ended", error=str(problem.__cause__).strip())
                break
            if not left:
                raise
            await asyncio.sleep(pause)
