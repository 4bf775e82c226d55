"""Which inquiries come when, and what is said. Pure: the same plan for the same Monday."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from ventanilla.demo import cast
from ventanilla.demo.stories import STORIES, Story
from ventanilla.lib.business_time import Calendar, due

ZONE = ZoneInfo("Europe/Madrid")
SEED = 20260302
# Inquiries by hour of the day (0-23) and day of the week, beside one another.
HOURS = (1, 0, 0, 0, 0, 0, 1, 3, 7, 12, 14, 13, 11, 8, 5, 6, 9, 9, 7, 5, 4, 4, 3, 2)
WEEKDAYS = (16, 13, 12, 12, 11, 5, 4)
PATIENCE = timedelta(days=6)  # then an agent resolves what nobody came back to
STAFFED = {day: [("09:00", "18:00")] for day in range(5)}


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    email: str
    language: str
    organization: str = ""

    @property
    def first(self) -> str:
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody says. `who`: C customer, A agent, N an agent's note."""

    at: datetime
    who: str
    text: str
    status: str  # the ticket's once this is said: "pending", "resolved" … ; "" leaves it


@dataclass(frozen=True, slots=True)
class Inquiry:
    story: Story
    customer: Customer
    subject: str
    steps: tuple[Step, ...]


def plan(now: datetime, *, days: int = 60, tickets: int = 300) -> list[Inquiry]:
    """The inquiries of the last `days`, oldest first; what would come after `now` is left out.

    It is the same sequence each week: it hangs on the Monday of `now`'s week, so that weekends
    and mornings fall where they belong. One in fifteen has just come in, whatever the hour, so
    that there is something to answer.
    """
    random = Random(SEED)  # noqa: S311 (a demonstration needs repetition, not secrecy)
    customers = list(_customers(random))
    monday, fresh = _monday(now), tickets // 15
    arrivals = [_arrival(random, monday, days) for _ in range(tickets - fresh)]
    arrivals += [now - timedelta(minutes=random.triangular(2, 600, 60)) for _ in range(fresh)]
    arrivals.sort()
    weights = [story.weight for story in STORIES]
    inquiries = []
    for at in arrivals:
        story = random.choices(STORIES, weights)[0]
        inquiry = _inquiry(random, story, at, customers, now)
        if at <= now:
            inquiries.append(inquiry)
    return inquiries


def _monday(now: datetime) -> datetime:
    local = now.astimezone(ZONE)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return day - timedelta(days=day.weekday())


def _arrival(random: Random, monday: datetime, days: int) -> datetime:
    """A moment in the weeks before this one, or in this one."""
    weeks = -(-days // 7)
    week = random.randrange(weeks + 1)
    day = random.choices(range(7), WEEKDAYS)[0]
    hour = random.choices(range(24), HOURS)[0]
    local = monday - timedelta(weeks=week) + timedelta(days=day, hours=hour)
    local += timedelta(minutes=random.randrange(60), seconds=random.randrange(60))
    return local.replace(tzinfo=ZONE).astimezone(UTC)


def _customers(random: Random) -> Iterator[Customer]:
    firms = list(cast.ORGANIZATIONS.items())
    for n in range(110):
        name = f"{random.choice(cast.GIVEN)} {random.choice(cast.FAMILY)}"
        firm, domain = firms[n] if n < len(firms) else ("", "correo.example")
        yield Customer(name, f"{_plain(name)}{n or ''}@{domain}", "es", firm)
    for language, names in cast.FOREIGN.items():
        for given, family in names:
            name = f"{given} {family}"
            yield Customer(name, f"{_plain(name)}@mail.example", language)


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in apart if c.isalnum() or c == " ").replace(" ", ".")


def _inquiry(
    random: Random, story: Story, at: datetime, customers: list[Customer], now: datetime
) -> Inquiry:
    speakers = [customer for customer in customers if customer.language == story.language]
    customer = random.choice(speakers)
    words = _words(random, story, customer)
    subject = _fluent(random.choice(story.subject.split("|")).format_map(words), story.language)
    subject = subject[0].upper() + subject[1:]
    return Inquiry(story, customer, subject, tuple(_steps(random, story, at, words, now)))


def _words(random: Random, story: Story, customer: Customer) -> dict[str, str]:
    products = cast.PRODUCTS_ABROAD.get(story.language, cast.PRODUCTS)
    product, amount = random.choice(products)
    return {
        "customer": customer.name,
        "first": customer.first,
        "order": str(random.randrange(20100, 21900)),
        "product": product,
        "amount": amount,
        "city": random.choice(cast.CITIES),
        "day": random.choice(cast.DAYS[story.language]),
    }


def _steps(
    random: Random, story: Story, at: datetime, words: dict[str, str], now: datetime
) -> Iterator[Step]:
    """The turns with their times: customers write when they like, agents within working hours."""
    staffed = Calendar.from_json("Europe/Madrid", {str(k): v for k, v in STAFFED.items()}, {})
    slow = random.choice((0.5, 0.8, 1.0, 1.0, 1.4, 3.0))
    for n, (who, minutes, text) in enumerate(story.turns):
        if n:
            wait = timedelta(minutes=max(2.0, minutes * slow * random.uniform(0.6, 1.6)))
            at = at + wait if who == "C" else due(at, wait, staffed)
        if at > now:
            return
        said = _fluent(random.choice(text.split("|")).format_map(words), story.language)
        yield Step(at, who, said, _status(story, n, at, now))


def _status(story: Story, n: int, at: datetime, now: datetime) -> str:
    """What a turn leaves the ticket in; nothing stays waiting for more than some days."""
    if n < len(story.turns) - 1:
        return "pending" if story.turns[n][0] == "A" else ""
    return story.end if now - at < PATIENCE else "resolved"


def _fluent(text: str, language: str) -> str:
    """Spanish joins "de el" and "a el"; Portuguese "de a" and "de o"."""
    joined = {"es": {" de el ": " del ", " a el ": " al "}, "pt": {" de a ": " da "}}
    for apart, together in joined.get(language, {}).items():
        text = text.replace(apart, together)
    return text
