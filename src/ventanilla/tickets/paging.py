"""Pages of a list by keyset: a cursor is the sort key of the last row, never an offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ventanilla.lib.literal import Behind, Never, Row
from ventanilla.lib.problems import Invalid
from ventanilla.tickets.models import LEADS, URGENCY, Status, Ticket
from ventanilla.tickets.views import Grouping, Order

PAGE = 50


Place = dict[
    str, Any
]  # of a row in an order: the values that it is sorted by; empty: the beginning


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a list. `after` asks for the next one; empty at the end."""

    tickets: Sequence[Ticket]
    after: str = ""


def in_pages(tickets: QuerySet[Ticket], order: Order, after: str, group: str = "") -> Page:
    """A page in one of the orders that a view can have. 1 statement. Raises Invalid.

    group   a field of which each value is a group (one of LEADS); the order is then what is due
    """
    begin = place(order, after, group)
    return page_of(list(rows_behind(tickets, order, begin, group)), order, group)


def place(order: Order, after: str, group: str = "") -> Place:
    """What a cursor says. Raises Invalid."""
    if not after:
        return {}
    if group in LEADS:
        lead, _dash, rest = after.partition("~")
        number = int(_read_cursor(lead, parts=1)[0])
        return {"lead": -number if group == Grouping.PRIORITY else number} | place(order, rest)
    if order == Order.DUE:
        section, due, pk = _read_cursor(after, parts=3)
        when = {"due": _moment(due)} if due else {}
        return {"section": int(section), "below": -int(pk)} | when
    if order == Order.UPDATED:
        at, pk = _read_cursor(after, parts=2)
        return {"moment": _moment(at), "pk": int(pk)}
    return {"pk": int(_read_cursor(after, parts=1)[0])}


def rows_behind(
    tickets: QuerySet[Ticket], order: Order, begin: Place, group: str = ""
) -> QuerySet[Ticket]:
    """The rows of a page that begins behind a place, and one more if there is a next one."""
    if group in LEADS:
        keys: tuple[Any, ...] = (LEADS[group], *URGENCY)
        ordered = tickets.order_by(*keys)
        return (ordered.filter(_behind(begin, keys)) if begin else ordered)[: PAGE + 1]
    if order == Order.DUE:
        ordered = in_order(tickets)
        return (ordered.filter(_behind(begin)) if begin else ordered)[: PAGE + 1]
    if order == Order.UPDATED:
        return _newest(tickets, begin)[: PAGE + 1]
    oldest_first = order == Order.OLDEST  # ids are given in the order of opening
    if begin:
        tickets = tickets.filter(**{"pk__gt" if oldest_first else "pk__lt": begin["pk"]})
    return tickets.order_by("pk" if oldest_first else "-pk")[: PAGE + 1]


def page_of(found: Sequence[Ticket], order: Order, group: str = "") -> Page:
    """Of what `rows_behind` found."""
    if len(found) <= PAGE:
        return Page(found)
    if group in LEADS:
        page = page_of(found, order)
        return Page(page.tickets, f"{value_of(page.tickets[-1], group)}~{page.after}")
    return Page(found[:PAGE], cursor_of(found[PAGE - 1], order))


def cursor_of(last: Ticket, order: Order) -> str:
    """Where what comes behind a row begins, as `place` reads it."""
    if order == Order.DUE:
        due = last.due_at.isoformat() if last.due_at else ""
        return f"{max(last.status, Status.OPEN)}~{due}~{last.pk}"
    if order == Order.UPDATED:
        return f"{last.updated_at.isoformat()}~{last.pk}"
    return str(last.pk)


def value_of(ticket: Ticket, group: str) -> int:
    """Which group of a field a ticket stands in: a status, a priority, an id; 0: nobody."""
    value = getattr(ticket, group if group in ("status", "priority") else f"{group}_id")
    return value or 0


def in_order(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """What is due first, then what waits, then what is done."""
    return tickets.order_by(*URGENCY)


def _newest(tickets: QuerySet[Ticket], begin: Place) -> QuerySet[Ticket]:
    """What changed last comes first."""
    if begin:
        moment = begin["moment"]
        same = Q(updated_at=moment, pk__lt=begin["pk"])
        tickets = tickets.filter(Q(updated_at__lt=moment) | same, updated_at__lte=moment)
    return tickets.order_by("-updated_at", "-id")


def _behind(begin: Place, keys: Sequence[Any] = URGENCY) -> Behind:
    """What comes behind a place in the order of URGENCY, within groups by what leads it."""
    lead = [begin["lead"]] if "lead" in begin else []
    here = (*lead, begin["section"], begin.get("due", Never()), begin["below"])
    return Behind(Row(*keys), Row(*here))


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
