"""Pages of a list by keyset: a cursor is the sort key of the last row, never an offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext as _

from ventanilla.lib.literal import Behind, Never, Row
from ventanilla.lib.problems import Invalid
from ventanilla.tickets.models import URGENCY, Status, Ticket
from ventanilla.tickets.views import Order

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a list. `after` asks for the next one; empty at the end."""

    tickets: Sequence[Ticket]
    after: str = ""


def in_pages(tickets: QuerySet[Ticket], order: Order, after: str) -> Page:
    """A page in one of the orders that a view can have. 1 statement. Raises Invalid."""
    if order == Order.DUE:
        return most_urgent(tickets, after)
    if order == Order.UPDATED:
        return newest(tickets, after)
    return _by_age(tickets, after, oldest_first=order == Order.OLDEST)


def _by_age(tickets: QuerySet[Ticket], after: str, *, oldest_first: bool) -> Page:
    """Ids are given in the order of opening."""
    if after:
        (pk,) = _read_cursor(after, parts=1)
        tickets = tickets.filter(**{"pk__gt" if oldest_first else "pk__lt": int(pk)})
    found = list(tickets.order_by("pk" if oldest_first else "-pk")[: PAGE + 1])
    return Page(found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def most_urgent(tickets: QuerySet[Ticket], after: str) -> Page:
    """What is due first, then what waits, then what is done. 1 statement. Raises Invalid."""
    ordered = in_order(tickets)
    if after:
        ordered = ordered.filter(_behind(after))
    found = list(ordered[: PAGE + 1])
    return Page(found[:PAGE], _due_cursor(found[PAGE - 1]) if len(found) > PAGE else "")


def in_order(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.order_by(*URGENCY)


def newest(tickets: QuerySet[Ticket], after: str) -> Page:
    """What changed last comes first. 1 statement. Raises Invalid."""
    if after:
        at, pk = _read_cursor(after, parts=2)
        moment = _moment(at)
        same = Q(updated_at=moment, pk__lt=int(pk))
        tickets = tickets.filter(Q(updated_at__lt=moment) | same, updated_at__lte=moment)
    found = list(tickets.order_by("-updated_at", "-id")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], f"{last.updated_at.isoformat()}~{last.pk}" if last else "")


def _due_cursor(last: Ticket) -> str:
    due = last.due_at.isoformat() if last.due_at else ""
    return f"{max(last.status, Status.OPEN)}~{due}~{last.pk}"


def _behind(after: str) -> Behind:
    """What comes behind a cursor in the order of URGENCY."""
    section, due, pk = _read_cursor(after, parts=3)
    at = Value(_moment(due)) if due else Never()
    return Behind(Row(*URGENCY), Row(Value(int(section)), at, Value(-int(pk))))


def _read_cursor(after: str, *, parts: int) -> list[str]:
    pieces = after.split("~")
    numbers = [pieces[0], pieces[-1]] if parts == 3 else [pieces[-1]]
    if len(pieces) != parts or not all(n.isdecimal() and len(n) < 19 for n in numbers):
        raise _bad_cursor()
    return pieces


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _bad_cursor() from None
    if at.tzinfo is None:
        raise _bad_cursor()
    return at


def _bad_cursor() -> Invalid:
    return Invalid(_("This part of the list can't be found any more. Open the list again."))
