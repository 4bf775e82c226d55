from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.at_once import at_once
from ventanilla.lib import ratelimit
from ventanilla.lib.models import RateCounter
from ventanilla.lib.problems import TooMany

MONDAY_9AM = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def after(**time) -> datetime:
    return MONDAY_9AM + timedelta(**time)


@pytest.mark.django_db
def test_hits_up_to_the_limit_are_allowed_and_the_next_says_how_long_to_wait():  # R35
    for minute in range(3):
        assert ratelimit.hit("form", limit=3, window=HOUR, now=after(minutes=minute)) == 0

    assert ratelimit.hit("form", limit=3, window=HOUR, now=after(minutes=10)) == 50 * 60


@pytest.mark.django_db
def test_a_hit_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        ratelimit.hit("form", limit=3, window=HOUR, now=MONDAY_9AM)


@pytest.mark.django_db
def test_the_window_slides():  # R11
    ratelimit.hit("ack:ana", limit=1, window=HOUR, now=MONDAY_9AM)

    assert ratelimit.hit("ack:ana", limit=1, window=HOUR, now=after(minutes=59, seconds=59)) == 1
    assert ratelimit.hit("ack:ana", limit=1, window=HOUR, now=after(minutes=60)) == 0
    assert ratelimit.hit("ack:ana", limit=1, window=HOUR, now=after(minutes=61)) == 59 * 60


@pytest.mark.django_db
def test_trying_on_locks_nobody_out_for_longer():  # R32
    ratelimit.hit("signin", limit=1, window=HOUR, now=MONDAY_9AM)
    for minute in range(1, 60):
        assert ratelimit.hit("signin", limit=1, window=HOUR, now=after(minutes=minute))

    assert ratelimit.hit("signin", limit=1, window=HOUR, now=after(hours=1)) == 0


@pytest.mark.django_db
def test_keys_do_not_know_each_other_and_name_nobody():  # R63
    ratelimit.hit("signin:ana@example.com", limit=1, window=HOUR, now=MONDAY_9AM)

    assert ratelimit.hit("signin:bob@example.com", limit=1, window=HOUR, now=MONDAY_9AM) == 0
    assert not RateCounter.objects.filter(key__contains="example").exists()


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(gaps=st.lists(st.integers(0, 40), max_size=40), limit=st.integers(1, 6))
@pytest.mark.django_db
def test_no_window_ever_holds_more_than_the_limit_nor_is_a_free_place_refused(gaps, limit):
    ratelimit.clear("form")
    allowed, moment, window = [], MONDAY_9AM, timedelta(seconds=60)
    for gap in gaps:
        moment += timedelta(seconds=gap)
        recent = [past for past in allowed if past > moment - window]

        peeked = ratelimit.wait("form", limit=limit, window=window, now=moment)
        seconds = ratelimit.hit("form", limit=limit, window=window, now=moment)

        assert (seconds == 0) == (len(recent) < limit)
        assert seconds == peeked
        if seconds:
            assert moment + timedelta(seconds=seconds) == recent[-limit] + window
        else:
            allowed.append(moment)


@pytest.mark.django_db
def test_a_limit_on_failures_asks_first_and_counts_afterwards():
    limits = {"limit": 2, "window": HOUR}
    for minute in range(2):
        assert ratelimit.wait("signin", **limits, now=after(minutes=minute)) == 0
        ratelimit.hit("signin", **limits, now=after(minutes=minute))

    assert ratelimit.wait("signin", **limits, now=after(minutes=2)) == 58 * 60

    ratelimit.clear("signin")
    assert ratelimit.wait("signin", **limits, now=after(minutes=2)) == 0


@pytest.mark.django_db
def test_hits_from_a_clock_that_was_hours_ahead_do_not_count():  # R51
    ratelimit.hit("form", limit=1, window=HOUR, now=after(hours=2))

    assert ratelimit.hit("form", limit=1, window=HOUR, now=MONDAY_9AM) == 0


@pytest.mark.django_db
def test_hits_from_a_machine_whose_clock_is_a_little_ahead_do_count():  # R51
    ratelimit.hit("form", limit=1, window=HOUR, now=after(minutes=4))

    assert ratelimit.hit("form", limit=1, window=HOUR, now=MONDAY_9AM) == 64 * 60


@pytest.mark.django_db
def test_requiring_refuses_with_the_given_sentence_and_the_time():
    ratelimit.require("search", "Too many searches.", limit=1, window=HOUR, now=MONDAY_9AM)

    with pytest.raises(TooMany, match="Too many searches") as refusal:
        ratelimit.require("search", "Too many searches.", limit=1, window=HOUR, now=MONDAY_9AM)
    assert refusal.value.retry_after == 3600


@pytest.mark.django_db
def test_counters_that_limit_nothing_any_more_are_deleted():
    ratelimit.hit("old", limit=1, window=HOUR, now=MONDAY_9AM)
    ratelimit.hit("young", limit=1, window=HOUR, now=after(minutes=30))

    assert ratelimit.forget(after(minutes=61)) == 1
    assert RateCounter.objects.count() == 1


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_out_of_bounds_is_a_bug(limit):
    with pytest.raises(ValueError, match="expected 1 to 1000"):
        ratelimit.hit("form", limit=limit, window=HOUR, now=MONDAY_9AM)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_at_once_never_pass_the_limit():
    def hit(number):
        moment = MONDAY_9AM + timedelta(milliseconds=7 - number)
        return ratelimit.hit("form", limit=3, window=HOUR, now=moment)

    answers = at_once(8, hit)

    assert sorted(map(bool, answers)) == [False] * 3 + [True] * 5
