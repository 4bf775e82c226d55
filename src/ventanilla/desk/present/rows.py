"""A list of tickets: rows in groups of what is due when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from ventanilla.desk.shapes import Group, Row
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.paging import Page
from ventanilla.tickets.queries import Day

ANY = "9999999999"
SEARCH = "search"  # stands for a view where rows are what was found
FLAT = ("resolved", SEARCH)
# groups in the order of a list, and what they are called
NOW, TODAY, LATER, NO_DEADLINE, WAITING, HELD, DONE = range(7)
TITLES: dict[int, Callable[[], str]] = {
    NOW: lambda: _("Now"),
    TODAY: lambda: _("Today"),
    LATER: lambda: _("Later"),
    NO_DEADLINE: lambda: _("Without a deadline"),
    WAITING: lambda: _("Waiting for the customer"),
    HELD: lambda: _("On hold"),
    DONE: lambda: _("Resolved today"),
}


def row(ticket: Ticket, view: str, *, gone: bool = False) -> Row:
    """A ticket as `queries.page` or `queries.row` gave it, in a view or in what was found."""
    if ticket.contact is not None and not ticket.contact.name:
        ticket.contact.name = ticket.contact_address or ""  # type: ignore[attr-defined]
    number = str(ticket.number)
    url, row_url = _urls(view)
    return Row(
        ticket=ticket,
        url=url.replace(ANY, number),
        row_url=row_url.replace(ANY, number),
        unread=_unread(ticket),
        gone=gone,
        draft=ticket.has_draft,  # type: ignore[attr-defined]
    )


@lru_cache(maxsize=256)
def _urls(view: str) -> tuple[str, str]:
    """Of a ticket in a view, and of its row there; `ANY` stands for the ticket's number."""
    place = [view, int(ANY)]
    url = reverse("desk:ticket", args=place[1:]) if view == SEARCH else ""
    return url or reverse("desk:inbox_ticket", args=place), reverse("desk:row", args=place)


def grouped(
    found: Page, view: str, day: Day, *, behind: int | None = None
) -> tuple[list[Group], int | None]:
    """The rows of a page under their headings, and the last heading's code for the next page.

    behind  the code of the heading that the page before ended with: not repeated
    A view of one kind of row needs no headings. A heading counts its rows when all are there.
    """
    groups: dict[int, list[Row]] = {}
    for ticket in found.tickets:
        groups.setdefault(group_of(ticket, day), []).append(row(ticket, view))
    if view in FLAT or (behind is None and set(groups) == {NO_DEADLINE} and not found.after):
        return [
            Group("", [one for rows in groups.values() for one in rows])
        ] if groups else [], None
    last = max(groups, default=None)
    shown = [
        Group(
            title="" if kind == behind else TITLES[kind](),
            rows=groups[kind],
            total=None if kind == behind or (found.after and kind == last) else len(groups[kind]),
        )
        for kind in sorted(groups)
    ]
    return shown, last


def group_of(ticket: Ticket, day: Day) -> int:
    """Under which heading a ticket stands. Pure."""
    if ticket.status >= Status.RESOLVED:
        return DONE
    if ticket.status == Status.ON_HOLD:
        return HELD
    if ticket.status == Status.PENDING:
        return WAITING
    if ticket.due_at is None or ticket.clock_paused:
        return NO_DEADLINE
    if ticket.due_at <= day.now or (ticket.due_warn_at and ticket.due_warn_at <= day.now):
        return NOW
    return TODAY if ticket.due_at < day.end else LATER


def next_deadline(tickets: Sequence[Ticket]) -> datetime | None:
    due = [ticket.due_at for ticket in tickets if ticket.due_at and not ticket.clock_paused]
    return min(due, default=None)


def neighbours(tickets: Sequence[Ticket], number: int, view: str) -> tuple[str, str]:
    """The URLs of the tickets before and after one in its view; empty where there is none."""
    numbers = [ticket.number for ticket in tickets]
    if number not in numbers:
        return "", ""
    at = numbers.index(number)
    before = numbers[at - 1] if at else None
    after = numbers[at + 1] if at + 1 < len(numbers) else None
    return _url(view, before), _url(view, after)


def _url(view: str, number: int | None) -> str:
    return reverse("desk:inbox_ticket", args=[view, number]) if number else ""


def _unread(ticket: Ticket) -> bool:
    read: int | None = ticket.read_up_to  # type: ignore[attr-defined]
    return ticket.last_message_id is not None and ticket.last_message_id > (read or 0)
