from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ventanilla.lib.business_time import (
    ALWAYS,
    Calendar,
    CalendarIsEmpty,
    due,
    elapsed,
    is_open,
    next_opening,
    portions,
)

MADRID = ZoneInfo("Europe/Madrid")
NINE_TO_FIVE = [(time(9), time(17))]
OFFICE = Calendar(MADRID, dict.fromkeys(range(5), NINE_TO_FIVE))
NIGHTS = Calendar(MADRID, {day: [(time(22), time(6))] for day in range(7)})
H = timedelta(hours=1)


def madrid(month, day, hour=0, minute=0, year=2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=MADRID)


# Monday 2 March 2026 begins a plain week.
@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (madrid(3, 2, 9), 2, madrid(3, 2, 11)),
        (madrid(3, 2, 9), 8, madrid(3, 2, 17)),  # just fits: at closing time
        (madrid(3, 2, 9), 10, madrid(3, 3, 11)),  # ends on the second day
        (madrid(3, 2, 7), 1, madrid(3, 2, 10)),  # before opening
        (madrid(3, 2, 17), 1, madrid(3, 3, 10)),  # at closing time
        (madrid(3, 6, 16), 2, madrid(3, 9, 10)),  # over the weekend
        (madrid(3, 7, 12), 40, madrid(3, 13, 17)),  # a whole week from a Saturday
        (madrid(3, 27, 16), 2, madrid(3, 30, 10)),  # over the night when clocks go forward
        (madrid(2, 27, 16, year=2028), 2, madrid(2, 28, 11, year=2028)),  # from a Sunday
        (madrid(2, 28, 16, year=2028), 2, madrid(2, 29, 10, year=2028)),  # a leap day
    ],
)
def test_due_counts_office_hours_only(start, hours, expected):
    result = due(start, hours * H, OFFICE)

    assert result == expected
    assert result.tzinfo is UTC
    assert elapsed(start, result, OFFICE) == hours * H


@given(days=st.integers(0, 365), seconds=st.integers(0, 86_400), minutes=st.integers(1, 9000))
def test_the_portions_add_up_and_end_when_it_is_due(days, seconds, minutes):
    working = timedelta(minutes=minutes)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days, seconds)

    for calendar in (OFFICE, NIGHTS, ALWAYS):
        found = list(portions(start, working, calendar))

        assert sum((ends - begins for begins, ends in found), timedelta()) == working
        assert found[-1][1] == due(start, working, calendar)
        assert all(begins < ends for begins, ends in found)


def test_a_start_in_another_zone_means_the_same_moment():
    start = madrid(3, 2, 10)

    assert due(start.astimezone(ZoneInfo("Asia/Tokyo")), H, OFFICE) == madrid(3, 2, 11)


def test_a_day_may_have_a_break():
    siesta = Calendar(MADRID, {0: [(time(16), time(20)), (time(9), time(14))]})

    assert due(madrid(3, 2, 13), 2 * H, siesta) == madrid(3, 2, 17)
    assert not is_open(madrid(3, 2, 15), siesta)


def test_a_holiday_is_closed_and_a_special_day_has_its_own_hours():
    special = Calendar(
        MADRID,
        OFFICE.week,
        {date(2026, 3, 3): [], date(2026, 3, 4): [(time(12), time(13))]},
    )

    assert due(madrid(3, 2, 16), 2 * H, special) == madrid(3, 4, 13)
    assert due(madrid(3, 2, 16), 3 * H, special) == madrid(3, 5, 10)


def test_a_night_shift_crosses_midnight():
    assert due(madrid(3, 2, 23), 7 * H, NIGHTS) == madrid(3, 3, 6)
    assert due(madrid(3, 3, 2), 5 * H, NIGHTS) == madrid(3, 3, 23)
    assert is_open(madrid(3, 3, 5, 59), NIGHTS)
    assert not is_open(madrid(3, 3, 6), NIGHTS)


def test_a_night_belongs_to_the_day_on_which_it_begins():
    closed_tuesday = Calendar(MADRID, NIGHTS.week, {date(2026, 3, 3): []})

    assert is_open(madrid(3, 3, 5), closed_tuesday)  # Monday's night
    assert not is_open(madrid(3, 4, 5), closed_tuesday)  # Tuesday's night


@pytest.mark.parametrize(
    ("night", "hours"),
    [
        (madrid(3, 28, 22), 7),  # clocks go forward at 2: the hour is missing
        (madrid(10, 24, 22), 9),  # clocks go back at 3: the hour comes twice
        (madrid(3, 14, 22), 8),
    ],
)
def test_a_night_has_as_many_hours_as_really_pass(night, hours):  # R51
    assert elapsed(night, night + timedelta(days=1, hours=-12), NIGHTS) == hours * H
    assert due(night, hours * H, NIGHTS) == datetime.combine(
        night.date() + timedelta(days=1), time(6), MADRID
    )


def test_hours_that_are_left_out_begin_and_end_at_the_change():  # R51
    early = Calendar(MADRID, {6: [(time(2, 30), time(4))]})
    short = Calendar(MADRID, {6: [(time(1), time(2, 30))]})
    inside = Calendar(MADRID, {6: [(time(2, 10), time(2, 50))]})
    sunday, change = madrid(3, 29), datetime(2026, 3, 29, 1, tzinfo=UTC)

    assert early.spans(sunday.date()) == [(change, madrid(3, 29, 4))]
    assert short.spans(sunday.date()) == [(madrid(3, 29, 1), change)]
    assert inside.spans(sunday.date()) == []


def test_hours_that_come_twice_count_twice():  # R51
    early = Calendar(MADRID, {6: [(time(2), time(3))]})
    ends_inside = Calendar(MADRID, {6: [(time(1), time(2, 30))]})
    sunday = madrid(10, 25)

    assert elapsed(sunday, sunday + timedelta(days=1), early) == 2 * H
    assert elapsed(sunday, sunday + timedelta(days=1), ends_inside) == 2.5 * H


def test_overlapping_spans_count_once():
    messy = Calendar(
        MADRID,
        {0: [(time(9), time(12)), (time(11), time(13)), (time(22), time(6))], 1: NINE_TO_FIVE}
        | {1: [(time(5), time(9)), (time(9), time(10))]},
    )

    assert elapsed(madrid(3, 2), madrid(3, 4), messy) == (4 + 8 + 4) * H


def test_round_the_clock_is_plain_time():
    start = datetime(2026, 3, 28, 12, 34, 56, 789, tzinfo=UTC)

    assert due(start, timedelta(days=400, microseconds=1), ALWAYS) == start + timedelta(
        days=400, microseconds=1
    )
    assert is_open(start, ALWAYS)


def test_nothing_to_do_is_due_at_once():
    assert due(madrid(3, 1), timedelta(), OFFICE) == madrid(3, 1)


def test_less_than_nothing_is_a_bug():
    with pytest.raises(ValueError, match="zero or more"):
        due(madrid(3, 2), -H, OFFICE)


@pytest.mark.parametrize("empty", [{}, {0: []}])
def test_a_calendar_without_working_time_says_so(empty):
    calendar = Calendar(MADRID, empty)

    with pytest.raises(CalendarIsEmpty):
        due(madrid(3, 2), H, calendar)
    with pytest.raises(CalendarIsEmpty):
        next_opening(madrid(3, 2), calendar)
    assert elapsed(madrid(3, 2), madrid(3, 9), calendar) == timedelta()


def test_one_open_hour_a_year_is_still_a_calendar():
    yearly = Calendar(MADRID, {}, {date(y, 1, 7): [(time(9), time(10))] for y in range(2026, 2036)})

    assert due(madrid(1, 8), 3 * H, yearly) == madrid(1, 7, 10, year=2029)


def test_the_next_opening_is_now_while_open():
    assert next_opening(madrid(3, 2, 12), OFFICE) == madrid(3, 2, 12)
    assert next_opening(madrid(3, 6, 17), OFFICE) == madrid(3, 9, 9)


def test_a_calendar_is_read_from_json():
    calendar = Calendar.from_json(
        "Europe/Madrid", {"0": [["09:00", "14:00"], ["16:00", "24:00"]]}, {"2026-03-09": []}
    )

    assert elapsed(madrid(3, 2), madrid(3, 3), calendar) == 13 * H
    assert elapsed(madrid(3, 9), madrid(3, 10), calendar) == timedelta()


@pytest.mark.parametrize(
    ("zone", "week", "exceptions"),
    [
        ("Europe/Atlantis", {}, {}),
        ("Europe/Madrid", {"7": []}, {}),
        ("Europe/Madrid", {"monday": []}, {}),
        ("Europe/Madrid", {"0": [["9", "25:00"]]}, {}),
        ("Europe/Madrid", {}, {"2026-02-30": []}),
    ],
)
def test_what_is_no_calendar_is_refused(zone, week, exceptions):
    with pytest.raises((ValueError, KeyError)):
        Calendar.from_json(zone, week, exceptions)


# The rules that hold for every calendar.

times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
spans = st.lists(st.tuples(times, times), max_size=3)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))
zones = st.sampled_from(
    ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
).map(ZoneInfo)
calendars = st.builds(
    Calendar,
    zones,
    st.dictionaries(
        st.integers(0, 6), st.lists(st.tuples(times, times), min_size=1, max_size=3), min_size=1
    ),
    st.dictionaries(days, spans, max_size=5),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
near_changes = st.sampled_from(
    [madrid(3, 29, 2), madrid(10, 25, 2), datetime(2026, 4, 4, 15, tzinfo=UTC)]
).flatmap(lambda change: st.timedeltas(-2 * H, 2 * H).map(lambda off: change.astimezone(UTC) + off))
starts = moments | near_changes
stretches = st.timedeltas(timedelta(), 60 * H)
months = st.timedeltas(timedelta(), timedelta(days=100))


@given(start=starts, one=stretches, other=stretches, calendar=calendars)
@example(madrid(3, 28, 23), 7 * H, H, NIGHTS)
def test_working_time_adds_up(start, one, other, calendar):
    assert due(due(start, one, calendar), other, calendar) == due(start, one + other, calendar)


@given(start=starts, working=stretches, calendar=calendars)
def test_due_and_elapsed_are_each_other_s_opposite(start, working, calendar):
    end = due(start, working, calendar)

    assert end >= start
    assert elapsed(start, end, calendar) == working


@given(start=starts, one=months, other=months, calendar=calendars)
def test_elapsed_adds_up(start, one, other, calendar):
    middle, end = start + one, start + one + other

    whole = elapsed(start, end, calendar)

    assert whole == elapsed(start, middle, calendar) + elapsed(middle, end, calendar)
    assert timedelta() <= whole <= end - start


@given(start=starts, later=months, working=stretches, calendar=calendars)
def test_who_starts_later_is_never_due_earlier(start, later, working, calendar):
    assert due(start, working, calendar) <= due(start + later, working, calendar)


@given(moment=starts, calendar=calendars)
def test_the_next_opening_is_open_and_nothing_before_it(moment, calendar):
    opening = next_opening(moment, calendar)

    assert is_open(opening, calendar)
    assert elapsed(moment, opening, calendar) == timedelta()


@given(day=days, calendar=calendars)
def test_spans_stand_in_order_and_never_overlap(day, calendar):
    three = [
        moment
        for offset in range(3)
        for opens, closes in calendar.spans(day + timedelta(days=offset))
        for moment in (opens, closes)
    ]

    assert three == sorted(three)
    assert all(opens < closes for opens, closes in zip(three[::2], three[1::2], strict=True))
