"""Bytes that nothing refers to go, and nobody loses what they are about to need."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from tests.at_once import at_once
from ventanilla.lib import clock, invariants, leftovers, storage
from ventanilla.lib.leftovers import Walk, release

LATER = timedelta(days=2)


@pytest.fixture(autouse=True)
def alone(settings, tmp_path, monkeypatch):
    """A storage of its own, and no rows but those of the test."""
    settings.HOME, settings.STORAGE_URL = tmp_path, ""
    monkeypatch.setattr(invariants, "REFERENCES", [])
    monkeypatch.setattr(invariants, "autodiscover_modules", lambda name: None)


def test_what_a_row_points_at_stays():
    kept, loose = storage.put(b"kept"), storage.put(b"loose")
    invariants.referring(lambda: [kept])

    with clock.frozen(clock.now() + LATER):
        assert release([kept, loose]) == 1

    assert (storage.exists(kept), storage.exists(loose)) == (True, False)


def test_what_was_put_today_stays_since_its_row_may_come():
    digest = storage.put(b"fresh")

    assert release([digest]) == 0

    assert storage.exists(digest)


def test_within_a_day_every_part_is_walked():
    for number in range(100):
        storage.put(bytes([number]))
    walk, start = Walk(), clock.now() + LATER

    gone = 0
    for minute in range(24 * 60):
        with clock.frozen(start + timedelta(minutes=minute)):
            gone += walk.step()

    assert gone == 100
    assert not set(storage.digests())


def test_the_walk_leaves_what_is_new_or_named():
    named, new = storage.put(b"named"), storage.put(b"new")
    invariants.referring(lambda: [named])

    for part in {named[:2], new[:2]}:
        assert set(leftovers._old(part)) == set()
    with clock.frozen(clock.now() + LATER):
        release(leftovers._old(named[:2]))

    assert storage.exists(named)
    assert storage.exists(new)


def test_who_puts_the_same_bytes_at_that_moment_finds_them_there(settings):
    data = b"the same bytes"
    digest = storage.put(data)
    path = settings.HOME / "files" / digest[:2] / digest

    def remove():
        return storage.remove_unless_put_since(digest, clock.now() - LATER)

    for _round in range(200):
        os.utime(path, (1, 1))  # put long ago
        at_once(2, lambda number: storage.put(data) if number else remove())
        assert storage.exists(digest)
