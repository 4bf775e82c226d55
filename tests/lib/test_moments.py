"""Moments from the database are what Python knows them as, in UTC."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

from ventanilla.lib.moments import MomentLoader

pytestmark = pytest.mark.django_db


def read(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-02 09:00:00+00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02 09:00:00.1+00", datetime(2026, 3, 2, 9, 0, 0, 100_000, tzinfo=UTC)),
        ("2026-03-02 09:00:00.123456+02", datetime(2026, 3, 2, 7, 0, 0, 123_456, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_utc(written, moment):
    found = read(written)
    assert found == moment and found.tzinfo is UTC


@pytest.mark.parametrize("never", ["infinity", "-infinity", "0044-03-15 12:00:00+00 BC"])
def test_what_python_does_not_know_is_refused(never):
    with pytest.raises(DataError):
        read(never)


def test_connections_read_by_it():
    with connection.cursor() as cursor:
        found = cursor.cursor.adapters.get_loader(
            connection.Database.adapters.types["timestamptz"].oid, 0
        )
    assert found is MomentLoader
