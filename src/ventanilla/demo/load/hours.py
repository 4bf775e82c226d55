"""Time in whole seconds since 1970, fast: as the database writes it, and in working hours.

The same arithmetic as `lib.business_time`, which a test holds it to, on a table of all openings.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

DAY = 86_400
_CLOCK = [f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}+00" for s in range(DAY)]


class _Dates(dict[int, str]):
    """Days as they are written, each put together once."""

    def __missing__(self, day: int) -> str:
        text = self[day] = f"{date(1970, 1, 1) + timedelta(days=day)} "
        return text


_DATES = _Dates()


def stamp(at: int) -> str:
    """The moment as PostgreSQL reads it."""
    return _DATES[at // DAY] + _CLOCK[at % DAY]


def seconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())


class Hours:
    """Working time on a table of openings, (opens, closes) each, in order and apart."""

    def __init__(self, openings: Iterable[tuple[int, int]]):
        self.opens, self.closes, self.before = [], [], [0]
        for opens, closes in openings:
            self.opens.append(opens)
            self.closes.append(closes)
            self.before.append(self.before[-1] + closes - opens)

    def worked(self, at: int) -> int:
        """Seconds of working time until `at`, from the table's beginning."""
        n = bisect_right(self.opens, at) - 1
        return self.before[n] + min(at, self.closes[n]) - self.opens[n] if n >= 0 else 0

    def due(self, start: int, working: int) -> int:
        """When so much working time, above zero, has passed since `start`."""
        wanted = self.worked(start) + working
        n = bisect_left(self.before, wanted) - 1  # what just fits ends at closing time
        return self.opens[n] + wanted - self.before[n]

    def elapsed(self, start: int, end: int) -> int:
        return max(0, self.worked(end) - self.worked(start))
