"""A list of tickets: rows in groups of what is due when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from ventanilla.desk.drawing import sla
from ventanilla.desk.formats import when
from ventanilla.desk.links import link
from ventanilla.desk.reader import one_reader
from ventanilla.desk.shapes import Group, Row
from ventanilla.lib import clock
from ventanilla.tickets.models import Priority, Status, Ticket
from ventanilla.tickets.paging import Page, value_of
from ventanilla.tickets.presence import STAYS
from ventanilla.tickets.queries import Day
from ventanilla.tickets.views import BY_FIELD, Column, Grouping, Order
from ventanilla.tickets.views_queries import DONE as DONE_WITH

SEARCH = "search"  # stands for a view where rows are what was found
FLAT = (*DONE_WITH, SEARCH)
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


def row(
    ticket: Ticket,
    view: str,
    *,
    gone: bool = False,
    columns: tuple[str, ...] = (),
    query: str = "",
) -> Row:
    """A ticket as `queries.page` or `queries.row` gave it, in a view or in what was found.

    query   what the list's own address says of how it is shown, such as "?group=team"
    """
    return of_ticket(
        ticket,
        url=_ticket_url(view, ticket.number) + query,
        row_url=_row_url(view, ticket.number, columns),
        unread=_unread(ticket),
        gone=gone,
        draft=ticket.has_draft,  # type: ignore[attr-defined]
        there=_there(ticket.presence),  # type: ignore[attr-defined]
        extras=[(NAMES[one](), text) for one in columns for text in VALUES[one](ticket)],
    )


def of_ticket(ticket: Ticket, *, unread: bool = False, **fields: Any) -> Row:
    """What a row shows of the ticket itself, and further fields of the shape."""
    return Row(
        number=ticket.number,
        status=ticket.status,
        priority=ticket.priority,
        channel=ticket.channel,
        name=_name(ticket),
        subject=ticket.subject,
        snippet=ticket.snippet,
        at=ticket.last_message_at or ticket.created_at,
        due=_due(ticket),
        language=ticket.language,
        held_until=ticket.hold_until,
        wrote=bool(ticket.hold_until and unread and ticket.waiting_since),
        unread=unread,
        **fields,
    )


def _name(ticket: Ticket) -> str:
    if ticket.contact is None:
        return ""
    return ticket.contact.name or getattr(ticket, "contact_address", None) or ""


def _there(presence: list[dict[str, Any]]) -> list[tuple[str, bool]]:
    """Of those whom `queries.for_rows` found at a ticket, who still is."""
    if not presence:
        return []
    fresh = clock.now() - STAYS
    still = [one for one in presence if datetime.fromisoformat(one["seen_at"]) > fresh]
    return [(one["name"], one["typing"]) for one in still]


def _due(ticket: Ticket) -> Markup:
    if ticket.status >= Status.RESOLVED:
        return Markup()
    paused = ticket.clock_paused
    return sla(ticket.due_at, ticket.due_warn_at, paused, metric=ticket.due_metric)


NAMES = {one.value: (lambda label=one.label: str(label)) for one in Column}
VALUES: dict[str, Callable[[Any], list[str]]] = {
    "assignee": lambda ticket: [ticket.assignee.user.name if ticket.assignee else _("Nobody")],
    "team": lambda ticket: [ticket.team.name],
    "category": lambda ticket: [ticket.category.name] if ticket.category else [],
    "tags": lambda ticket: ticket.tag_names,
    "organization": lambda ticket: [ticket.organization.name] if ticket.organization else [],
    "created": lambda ticket: [when(ticket.created_at)],
}


def _ticket_url(view: str, number: int) -> str:
    return (
        link("desk:ticket", number) if view == SEARCH else link("desk:inbox_ticket", view, number)
    )


def _row_url(view: str, number: int, columns: tuple[str, ...]) -> str:
    """Of a ticket's row alone, which shows the same columns."""
    url = link("desk:row", view, number)
    return f"{url}?columns={'%2C'.join(columns)}" if columns else url


def grouped(
    found: Page,
    view: str,
    day: Day,
    *,
    behind: int | None = None,
    order: str = Order.DUE,
    group: str = Grouping.DUE,
    columns: tuple[str, ...] = (),
    query: str = "",
) -> tuple[list[Group], int | None]:
    """The rows of a page under their headings, and the last heading's code for the next page.

    behind  the code of the heading that the page before ended with: not repeated
    order   headings that tell what is due when fit no other order
    A view of one kind of row needs no headings. A heading counts its rows when all are there.
    """
    with one_reader():
        rows = [row(one, view, columns=columns, query=query) for one in found.tickets]
    by_field = group in BY_FIELD
    groups: dict[int, list[Row]] = {}
    titles: dict[int, Callable[[], str]] = {}
    for ticket, shape in zip(found.tickets, rows, strict=True):
        kind = value_of(ticket, group) if by_field else group_of(ticket, day)
        groups.setdefault(kind, []).append(shape)
        if by_field and kind not in titles:
            titles[kind] = partial(FIELDS[group], ticket)
    flat = view in FLAT or group == Grouping.NONE or order != Order.DUE
    all_alike = not by_field and set(groups) == {NO_DEADLINE} and not found.after
    if flat or (behind is None and all_alike):
        return [Group("", rows)] if rows else [], None
    kinds = list(groups) if by_field else sorted(groups)
    last = kinds[-1] if kinds else None
    shown = [
        Group(
            title="" if kind == behind else (titles if by_field else TITLES)[kind](),
            rows=groups[kind],
            total=None if kind == behind or (found.after and kind == last) else len(groups[kind]),
        )
        for kind in kinds
    ]
    return shown, last


# what a group of a field is called, by one of its tickets
FIELDS: dict[str, Callable[[Any], str]] = {
    "status": lambda ticket: str(Status(ticket.status).label),
    "priority": lambda ticket: str(Priority(ticket.priority).label),
    "team": lambda ticket: ticket.team.name,
    "assignee": lambda ticket: ticket.assignee.user.name if ticket.assignee else _("Nobody"),
}


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


def neighbours(
    tickets: Sequence[Ticket], number: int, view: str, query: str = ""
) -> tuple[str, str]:
    """The URLs of the tickets before and after one in its view; empty where there is none."""
    numbers = [ticket.number for ticket in tickets]
    if number not in numbers:
        return "", ""
    at = numbers.index(number)
    before = numbers[at - 1] if at else None
    after = numbers[at + 1] if at + 1 < len(numbers) else None
    return _url(view, before, query), _url(view, after, query)


def _url(view: str, number: int | None, query: str) -> str:
    return link("desk:inbox_ticket", view, number) + query if number else ""


def _unread(ticket: Ticket) -> bool:
    read: int | None = ticket.read_up_to  # type: ignore[attr-defined]
    return ticket.last_message_id is not None and ticket.last_message_id > (read or 0)
