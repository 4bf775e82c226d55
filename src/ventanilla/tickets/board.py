"""A view as a board: a column for each value of a field, the most urgent of each, and counts.

The columns are asked for together: what a board costs does not go by how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.literal import Literal
from ventanilla.lib.problems import Conflict
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer
from ventanilla.tickets.actions.bulk import change_many
from ventanilla.tickets.lists import for_rows, with_names
from ventanilla.tickets.models import LEADS, LIVE, SECTION, Status, Ticket
from ventanilla.tickets.operations import Operation
from ventanilla.tickets.paging import cursor_of, in_order, place, rows_behind, value_of
from ventanilla.tickets.views import Grouping, Order
from ventanilla.tickets.views_queries import figure

CARDS = 20  # of a column, at first and each time there are more
MOST_CARDS = 200  # of a column that somebody has read on in, when the board is drawn anew
LIVE_STATUSES = (Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Lane:
    """A column. `after` asks for more of it; empty at the end. `count` goes to CAP + 1 at most."""

    value: int  # a status, a priority, an id; 0: nobody
    tickets: Sequence[Ticket]
    after: str = ""
    count: int = 0


class HasMoved(Conflict):
    code = "has_moved"


def lanes(
    there: QuerySet[Ticket],
    viewer: Viewer,
    by: Grouping,
    values: Sequence[int],
    columns: Sequence[str] = (),
    *,
    have: Mapping[int, int] | None = None,
) -> list[Lane]:
    """A view's tickets in columns. 2 statements.

    there   the view's tickets, as `queries.in_view` gives them
    have    how many cards a column shows already
    """
    if not values:
        return []
    most = {one: min(MOST_CARDS, max(CARDS, (have or {}).get(one, 0))) for one in values}
    asked = [_of(there, by, value) for value in values]
    first = [_ordered(one, by, value).values("pk")[: most[value] + 1]
             for one, value in zip(asked, values, strict=True)]  # fmt: skip
    wanted = first[0].union(*first[1:], all=True) if len(first) > 1 else first[0]
    found: dict[int, list[Ticket]] = {value: [] for value in values}
    shown = with_names(tuple(columns), by)
    for ticket in in_order(for_rows(Ticket.objects.filter(pk__in=wanted), viewer, shown)):
        found[value_of(ticket, by)].append(ticket)
    if by == Grouping.STATUS and Status.RESOLVED in found:
        found[Status.RESOLVED].sort(key=lambda one: (one.updated_at, one.pk), reverse=True)
    counts = _counts(asked)
    return [
        _lane(by, value, found[value], count, most[value])
        for value, count in zip(values, counts, strict=True)
    ]


def more(
    there: QuerySet[Ticket],
    viewer: Viewer,
    by: Grouping,
    value: int,
    after: str,
    columns: Sequence[str] = (),
) -> Lane:
    """What comes next in one column. 1 statement. Raises Invalid for a place that is none."""
    order = _order(by, value)
    tickets = for_rows(_of(there, by, value), viewer, columns)
    rows = list(rows_behind(tickets, order, place(order, after))[: CARDS + 1])
    return _lane(by, value, rows, 0, CARDS)


def move(
    act: Act, agent: Agent, seen: QuerySet[Ticket], number: int, by: Grouping, was: int, to: int
) -> Operation:
    """Move a card from one column to another: an operation of one ticket, so it can be undone.

    Raises HasMoved when it is not in that column any more, NotFound, NotAllowed, Invalid.
    """
    with transaction.atomic():
        ticket = seen.filter(number=number).first()
        if ticket is not None:
            ticket.lock()
            if value_of(ticket, by) != was:
                raise HasMoved(
                    _("#%(number)s has been moved by somebody else. The board shows where it is.")
                    % {"number": number}
                )
        change = {"to": (to or None) if by == Grouping.ASSIGNEE else to}
        tickets = seen.filter(number=number)
        return change_many(act, agent=agent, what=by.value, change=change, tickets=tickets)


# -- parts -----------------------------------------------------------------------------------------
def _of(there: QuerySet[Ticket], by: Grouping, value: int) -> QuerySet[Ticket]:
    """What stands in a column, in the words of the index that leads by its field."""
    if by == Grouping.STATUS and value == Status.RESOLVED:
        return there.filter(status=Literal(value))
    live = there.filter(status__lt=LIVE).alias(lead=LEADS[by.value])
    if by == Grouping.STATUS:  # also for indexes that begin with the section: a team's queue
        section = Literal(max(value, Status.OPEN))
        live = live.alias(section=SECTION).filter(section=section)
    return live.filter(lead=-value if by == Grouping.PRIORITY else value)


def _order(by: Grouping, value: int) -> Order:
    done = by == Grouping.STATUS and value == Status.RESOLVED
    return Order.UPDATED if done else Order.DUE


def _ordered(found: QuerySet[Ticket], by: Grouping, value: int) -> QuerySet[Ticket]:
    newest = _order(by, value) == Order.UPDATED
    return found.order_by("-updated_at", "-id") if newest else in_order(found)


def _lane(by: Grouping, value: int, rows: Sequence[Ticket], count: int, most: int) -> Lane:
    if len(rows) <= most:
        return Lane(value, rows, count=count)
    return Lane(value, rows[:most], cursor_of(rows[most - 1], _order(by, value)), count)


def _counts(asked: Sequence[QuerySet[Ticket]]) -> list[int]:
    """1 statement."""
    parts = [figure(one) for one in asked]
    with connection.cursor() as cursor:
        sql = f"SELECT {', '.join(part for part, _values in parts)}"
        cursor.execute(sql, [value for _part, values in parts for value in values])
        return list(cursor.fetchone())


def statuses() -> list[int]:
    """Columns by status: what is at work, and what is resolved, where the view holds any of it.

    What is closed has none: it closes by itself.
    """
    return [*map(int, LIVE_STATUSES), int(Status.RESOLVED)]
