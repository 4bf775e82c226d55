"""How large the desk becomes, and when its tickets come. Pure: plain numbers in, plain out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from random import Random

from ventanilla.demo.load.hours import DAY

WHOLE = 1_000_000  # tickets that the figures below are for
CONTACTS, AGENTS, TEAMS, TAGS = 200_000, 500, 40, 500
LONGEST, SHORTEST = 1095, 90  # days that the tickets come from
A_DAY = 100  # tickets, where the days suffice
AT_FIRST = 0.2  # share of the customers who were there from the first day
CHUNK = 2_000  # tickets that are made in one go: a day or two of a large desk
# Inquiries by hour of the day (0-23, UTC) and day of the week, beside one another.
HOURS = (1, 1, 0, 0, 0, 1, 3, 7, 12, 14, 13, 11, 8, 5, 6, 9, 9, 7, 5, 4, 4, 3, 2, 1)
WEEKDAYS = (12, 11, 5, 4, 16, 13, 12)  # from Thursday on, as 1970 began


@dataclass(frozen=True, slots=True)
class Size:
    """What a desk of so many tickets has. `now` and `seed` make it the same each time."""

    tickets: int
    now: int  # seconds since 1970
    seed: int = 481

    @property
    def contacts(self) -> int:
        return max(40, self.tickets * CONTACTS // WHOLE)

    @property
    def organizations(self) -> int:
        return max(4, self.contacts // 60)

    @property
    def agents(self) -> int:
        return max(8, self._share(AGENTS, 0.5))

    @property
    def teams(self) -> int:
        return max(3, self._share(TEAMS, 0.35))

    @property
    def tags(self) -> int:
        return max(12, self._share(TAGS, 0.35))

    @property
    def days(self) -> int:
        return min(LONGEST, max(SHORTEST, self.tickets // A_DAY))

    @property
    def start(self) -> int:
        return self.now - self.days * DAY

    @property
    def chunks(self) -> int:
        return -(-self.tickets // CHUNK)

    def _share(self, of: int, power: float) -> int:
        return int(of * min(1.0, self.tickets / WHOLE) ** power)

    def random(self, what: str) -> Random:
        """A source of chance of its own for each part of the work, in whatever order it is done."""
        return Random(f"{self.seed}:{what}")  # noqa: S311 (repetition is wanted, not secrecy)


def arrivals(size: Size, chunk: int) -> list[int]:
    """When the tickets of a chunk come, in order: more each year, few at night and on Sundays."""
    first, last = chunk * CHUNK, min(size.tickets, (chunk + 1) * CHUNK)
    edges = _edges(size)
    found: list[int] = []
    for day, (begins, ends) in enumerate(pairwise(edges)):
        if ends > first and begins < last:
            found += _of_day(size, day, ends - begins)[max(0, first - begins) : last - begins]
    return found


def _edges(size: Size) -> list[int]:
    """How many tickets have come by the beginning of each day, and in the end."""
    days, begin = size.days, size.start // DAY
    weights = [WEEKDAYS[(begin + day) % 7] * (1 + 0.6 * day / days) for day in range(days)]
    total = sum(weights)
    sums = accumulate(weights, initial=0.0)
    return [round(size.tickets * done / total) for done in sums]


def _of_day(size: Size, day: int, count: int) -> list[int]:
    """The times of one day's tickets; each day's are the same whichever chunk asks."""
    random = size.random(f"day {day}")
    begin = size.start + day * DAY
    midnight = begin - begin % DAY
    hours = random.choices(range(24), HOURS, k=count)
    # the last day ends now, so a time after `now` belongs to the day before
    times = (midnight + hour * 3600 + int(random.random() * 3600) for hour in hours)
    return sorted(min(at if at >= begin else at + DAY, size.now - 10) for at in times)


def contacts_by(size: Size, at: int) -> int:
    """How many customers are known by then."""
    gone = (at - size.start) / (size.now - size.start)
    return max(1, int(size.contacts * (AT_FIRST + (1 - AT_FIRST) * max(0.0, min(1.0, gone)))))


def known_since(size: Size, contact: int) -> int:
    """When the customer of this number first wrote: the reverse of `contacts_by`."""
    share = (contact + 1) / size.contacts
    gone = max(0.0, (share - AT_FIRST) / (1 - AT_FIRST))
    return size.start + int(gone * (size.now - size.start))
