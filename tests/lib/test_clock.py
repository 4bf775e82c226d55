import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ventanilla.lib import clock

MONDAY_9AM = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_now_is_aware_and_in_utc():
    assert clock.now().utcoffset() == timedelta()


def test_a_frozen_clock_stands_still_and_runs_again_afterwards():
    with clock.frozen(MONDAY_9AM):
        assert clock.now() == clock.now() == MONDAY_9AM

    assert clock.now() > MONDAY_9AM


def test_the_inner_of_two_frozen_clocks_counts():
    later = MONDAY_9AM + timedelta(hours=1)

    with clock.frozen(MONDAY_9AM):
        with clock.frozen(later):
            assert clock.now() == later
        assert clock.now() == MONDAY_9AM


def test_a_frozen_clock_answers_in_utc_whatever_zone_it_was_given():
    with clock.frozen(datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Europe/Madrid"))):
        assert clock.now() == MONDAY_9AM
        assert clock.now().tzinfo is UTC


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"), clock.frozen(datetime(2026, 3, 2)):  # noqa: DTZ001
        pass


def test_freezing_is_seen_by_its_own_thread_only():
    seen = []

    with clock.frozen(MONDAY_9AM):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()

    assert seen[0] != MONDAY_9AM


def test_a_shifted_clock_runs_ahead_in_every_thread_but_not_when_frozen():
    before = clock.now()

    clock.shift(timedelta(days=40))
    try:
        assert timedelta(days=40) <= clock.now() - before < timedelta(days=40, minutes=1)
        with clock.frozen(MONDAY_9AM):
            assert clock.now() == MONDAY_9AM
    finally:
        clock.shift(timedelta())
