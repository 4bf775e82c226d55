"""Working time: when so much of it has passed, and how much has. Pure arithmetic.

Spans are written in local wall time; the arithmetic is done in UTC, so an hour is an hour on the
two days a year when the clocks change. A span that begins or ends in the hour that is left out
does so at the change; one that begins or ends in the hour that comes twice holds both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[time, time]
Moments = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_NOTHING = timedelta()
_LONGEST_CLOSURE = 366  # days without any working time


class CalendarIsEmpty(Exception):
    """The calendar has no working time within a year of the time in question."""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working hours of one place.

    week         spans by day of the week, 0 = Monday; a missing day is closed
    exceptions   spans of single days instead of their week day's; none means closed

    A span that ends at or before its beginning ends on the next day, and belongs to the day on
    which it begins. Spans may touch or overlap: no time counts twice.
    """

    zone: ZoneInfo
    week: Mapping[int, Sequence[Span]]
    exceptions: Mapping[date, Sequence[Span]] = field(default_factory=dict)
    _days: dict[date, list[Moments]] = field(default_factory=dict, init=False, repr=False)
    _alone: dict[date, list[Moments]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if wrong := self.week.keys() - set(range(7)):
            raise ValueError(f"{sorted(wrong)}: the days of a week are 0 to 6, 0 = Monday.")

    @classmethod
    def from_json(
        cls,
        zone: str,
        week: Mapping[str, Sequence[Sequence[str]]],
        exceptions: Mapping[str, Sequence[Sequence[str]]],
    ) -> "Calendar":
        """Read `{"0": [["09:00", "18:00"]]}` and `{"2026-12-25": []}`; "24:00" is midnight.

        Raises ValueError or KeyError (zoneinfo.ZoneInfoNotFoundError) for anything else.
        """
        return cls(
            ZoneInfo(zone),
            {int(day): _spans(texts) for day, texts in week.items()},
            {date.fromisoformat(day): _spans(texts) for day, texts in exceptions.items()},
        )

    def spans(self, day: date) -> Sequence[Moments]:
        """Return the working time that begins on `day`, in UTC, in order, without overlaps.

        What a span of the day before covers is left out here. Computed once per day.
        """
        found = self._days.get(day)
        if found is None:
            before = self._spans_alone(day - _DAY)
            found = list(_merged(self._spans_alone(day), before[-1][1] if before else None))
            self._days[day] = found
        return found

    def _spans_alone(self, day: date) -> list[Moments]:
        """Return the day's spans as if no other day had any."""
        found = self._alone.get(day)
        if found is None:
            spans = self.exceptions.get(day, self.week.get(day.weekday(), ()))
            moments = [self._moments(day, opens, closes) for opens, closes in spans]
            found = self._alone[day] = list(_merged(moments, None))
        return found

    def _moments(self, day: date, opens: time, closes: time) -> Moments:
        last = day if closes > opens else day + _DAY
        return (
            _instant(datetime.combine(day, opens), self.zone, second=False),
            _instant(datetime.combine(last, closes), self.zone, second=True),
        )


ALWAYS = Calendar(ZoneInfo("UTC"), {day: [(time.min, time.min)] for day in range(7)})


def due(start: datetime, working: timedelta, calendar: Calendar) -> datetime:
    """Return the moment when `working` time has passed since `start`.

    start     aware, any zone; outside working hours the count begins at the next opening
    working   zero or more, in working time: with a 9-to-17 day, 10 h ends on the second day
    returns   aware, UTC, never before `start`; exactly at closing time when it just fits
    Raises CalendarIsEmpty. About 1 microsecond per day that is walked.
    """
    if working < _NOTHING:
        raise ValueError(f"{working} of working time: expected zero or more.")
    start, left = start.astimezone(UTC), working
    if not left:
        return start
    for opens, closes in _openings(start, calendar):
        begins = max(opens, start)
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    raise AssertionError("openings never end")


def portions(start: datetime, working: timedelta, calendar: Calendar) -> Iterator[Moments]:
    """Yield the pieces of working time that `due` counts, in UTC: the last one ends when it is due.

    Raises CalendarIsEmpty.
    """
    start, left = start.astimezone(UTC), working
    for opens, closes in _openings(start, calendar):
        if not left:
            return
        begins = max(opens, start)
        ends = min(closes, begins + left)
        left -= ends - begins
        yield begins, ends


def elapsed(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return the working time between two aware moments; none if `end` is not after `start`."""
    start, end, total = start.astimezone(UTC), end.astimezone(UTC), _NOTHING
    day, last = _first_day(start, calendar), end.astimezone(calendar.zone).date()
    while day <= last:
        for opens, closes in calendar.spans(day):
            total += max(min(closes, end) - max(opens, start), _NOTHING)
        day += _DAY
    return total


def is_open(moment: datetime, calendar: Calendar) -> bool:
    """Say whether `moment` is working time; closing time itself is not."""
    moment = moment.astimezone(UTC)
    day = _first_day(moment, calendar)
    near = (*calendar.spans(day), *calendar.spans(day + _DAY))
    return any(opens <= moment < closes for opens, closes in near)


def next_opening(moment: datetime, calendar: Calendar) -> datetime:
    """Return `moment`, in UTC, or when working time next begins. Raises CalendarIsEmpty."""
    moment = moment.astimezone(UTC)
    return max(moment, next(_openings(moment, calendar))[0])


def _openings(start: datetime, calendar: Calendar) -> Iterator[Moments]:
    """Yield the spans that end after `start`. Raises CalendarIsEmpty."""
    day, closed = _first_day(start, calendar), 0
    while closed <= _LONGEST_CLOSURE:
        closed += 1
        for moments in calendar.spans(day):
            if moments[1] > start:
                closed = 0
                yield moments
        day += _DAY
    raise CalendarIsEmpty(f"There is no working time within a year before {day:%Y-%m-%d}.")


def _first_day(start: datetime, calendar: Calendar) -> date:
    """Return the first day that can matter: a span of the day before may still be open."""
    return start.astimezone(calendar.zone).date() - _DAY


def _instant(wall: datetime, zone: ZoneInfo, *, second: bool) -> datetime:
    """Return what the clock on the wall means, in UTC; `second` of a time that comes twice."""
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    later = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if later >= first:
        return later if second else first
    return _change(later, first, zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment between two when the clocks were put forward, to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _merged(moments: list[Moments], not_before: datetime | None) -> Iterator[Moments]:
    """Yield the spans in order, each beginning where the ones before it have ended."""
    covered = not_before
    for opens, closes in sorted(moments):
        begins = max(opens, covered) if covered else opens
        if begins < closes:
            yield begins, closes
            covered = closes


def _spans(texts: Sequence[Sequence[str]]) -> tuple[Span, ...]:
    return tuple((time.fromisoformat(opens), _closing(closes)) for opens, closes in texts)


def _closing(text: str) -> time:
    return time.min if text == "24:00" else time.fromisoformat(text)
