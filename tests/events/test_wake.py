"""Readers are woken once something has committed, several channels at a time."""

import psycopg
import pytest
from django.db import transaction

from ventanilla.events.hub import address
from ventanilla.events.wake import JOBS, PAYLOADS, wake


@pytest.fixture
def listener(new_desk):
    with psycopg.connect(**address(), autocommit=True) as conn:
        for channel in ("events", "search", JOBS):
            conn.execute(f"LISTEN {channel}")
        yield conn


def heard(conn, count):
    return sorted(
        (each.channel, each.payload) for each in conn.notifies(timeout=20, stop_after=count)
    )


def test_each_channel_is_woken_after_the_commit(listener):
    with transaction.atomic():
        wake("events")
        wake(JOBS)
        wake("search")

    assert heard(listener, 3) == sorted([("events", ""), ("search", ""), (JOBS, PAYLOADS[JOBS])])


def test_what_is_undone_wakes_nobody(listener):
    with pytest.raises(RuntimeError), transaction.atomic():
        wake("events")
        raise RuntimeError
    wake("search")

    assert heard(listener, 1) == [("search", "")]


def test_repeated_calls_become_few(listener):
    for _time in range(200):
        wake("events")
    wake("search")
    last, count = "", 0
    while last != "search":
        for each in listener.notifies(timeout=20, stop_after=1):
            last, count = each.channel, count + 1

    assert count < 100
