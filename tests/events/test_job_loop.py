"""A job's end is written down even if the database is away for a moment."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from ventanilla.events.job_loop import TRIES, persist


class Database:
    """Fails so many times, then takes what it is given."""

    def __init__(self, failures, cause=psycopg.OperationalError):
        self.failures, self.cause, self.tries, self.kept = failures, cause, 0, False

    async def write(self):
        self.tries += 1
        if self.tries <= self.failures:
            raise ConnectorException from self.cause("server closed the connection unexpectedly")
        self.kept = True


def test_an_outage_is_waited_for():
    database = Database(failures=3)

    asyncio.run(persist(database.write, pause=0))

    assert (database.kept, database.tries) == (True, 4)


def test_a_job_that_an_earlier_try_ended_is_let_be():
    database = Database(failures=1, cause=psycopg.errors.RaiseException)

    asyncio.run(persist(database.write, pause=0))

    assert database.tries == 1


def test_a_long_outage_is_left_to_the_rescue():
    database = Database(failures=99)

    with pytest.raises(ConnectorException):
        asyncio.run(persist(database.write, pause=0))

    assert database.tries == TRIES
