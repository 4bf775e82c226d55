"""Finding by a few letters, for menus: quick, and no more than fits into one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from ventanilla.lib.fold import fold
from ventanilla.people.models import Contact
from ventanilla.people.rights import Viewer
from ventanilla.tickets import customers as known
from ventanilla.tickets.customers import SHORTEST
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.search.models import TicketWords
from ventanilla.tickets.search.words import words_in

MOST = 6
HITS = 300  # that are looked at: of a frequent word, some


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket in a menu."""

    number: int
    subject: str
    status: int
    customer: str


@dataclass(frozen=True, slots=True)
class Customer:
    id: int
    name: str
    address: str


def tickets(words: str, viewer: Viewer) -> list[Found]:
    """Tickets by number, by words that begin like these, by their customer; newest first.

    1 statement. Words of less than three letters find nothing.
    """
    ids = [_numbered(words), _worded(words), _of_customers(words, viewer)]
    wanted = [found for found in ids if found is not None]
    if not wanted:
        return []
    first, *more = wanted
    seen = Ticket.objects.visible_to(viewer).filter(pk__in=first.union(*more, all=True))
    return _found(seen.order_by(F("last_message_at").desc(nulls_last=True), "-id")[:MOST])


def _numbered(words: str) -> QuerySet[Any] | None:
    number = words.removeprefix("#")
    fits = number.isdecimal() and len(number) < 16
    return Ticket.objects.filter(number=int(number)).order_by().values("pk") if fits else None


def _worded(words: str) -> QuerySet[Any] | None:
    parts = words_in(words)
    if not parts or min(map(len, parts)) < SHORTEST:
        return None
    query = SearchQuery(_prefixes(parts), config="simple", search_type="raw")
    return TicketWords.objects.filter(inside=query).values("pk")[:HITS]


def _prefixes(parts: Iterable[str]) -> str:
    return " & ".join(f"{fold(part)}:*" for part in parts)


def _of_customers(words: str, viewer: Viewer) -> QuerySet[Any] | None:
    if not any(len(part) >= SHORTEST for part in words.split()):
        return None
    people = known.named(words, viewer).order_by("-pk").values("pk")[:MOST]
    return Ticket.objects.filter(contact__in=people).order_by("-id").values("pk")[:MOST]


def numbered(numbers: Sequence[int], viewer: Viewer) -> list[Found]:
    """Those of the tickets that the viewer may see. 1 statement, none without numbers."""
    if not numbers:
        return []
    seen = Ticket.objects.visible_to(viewer).filter(number__in=numbers)
    return _found(seen)


def customers(words: str, viewer: Viewer) -> list[Customer]:
    """Customers by parts of name, address or organization. 1 statement, none for two letters."""
    found = known.with_points(known.named(words, viewer))
    return [
        Customer(one.pk, one.name, _address(one.identities_shown))
        for one in found.order_by("-pk")[:MOST]
    ]


def next_waiting(viewer: Viewer) -> Ticket | None:
    """The most urgent ticket of the agent's teams that nobody has; locked, so that it is theirs.

    Ordered by deadline, priority and age. What a colleague is just taking is left out. 1 statement.
    """
    waiting = Ticket.objects.visible_to(viewer).filter(
        team_id__in=list(viewer.teams), assignee=None, status__lte=Status.OPEN
    )
    order = F("due_at").asc(nulls_last=True), "-priority", "id"
    free = waiting.select_for_update(no_key=True, skip_locked=True)
    return free.order_by(*order).first()


def _found(tickets: QuerySet[Ticket]) -> list[Found]:
    name = Contact.objects.filter(pk=OuterRef("contact")).values("name")
    rows = tickets.annotate(customer=Coalesce(Subquery(name), Value("")))
    return [Found(*row) for row in rows.values_list("number", "subject", "status", "customer")]


def _address(points: Iterable[dict[str, str]]) -> str:
    return next((one["value"] for one in points), "")
