"""What a view's conditions find while somebody still writes them: never at any price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from ventanilla.people.rights import Viewer
from ventanilla.tickets.counts import CAP
from ventanilla.tickets.day import Day
from ventanilla.tickets.lists import for_rows
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.paging import in_order
from ventanilla.tickets.views_queries import tickets_of

FIRST = 5  # tickets that are shown
LONGEST = 600  # milliseconds that the database may take for each of its two answers


@dataclass(frozen=True, slots=True)
class Preview:
    """`count` is CAP + 1 for more than CAP; None: counting takes too long for a page."""

    count: int | None
    tickets: Sequence[Ticket] = ()


def preview(conditions: Any, words: str, viewer: Viewer, day: Day) -> Preview:
    """How many tickets fit, and the most urgent. 3 statements, bounded in rows and in time.

    Raises Invalid where the conditions can't be asked.
    """
    found = tickets_of(conditions, viewer, day, words)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(LONGEST)])
            count = found.order_by().values("pk")[: CAP + 1].count()
            first = list(for_rows(in_order(found), viewer)[:FIRST])
    except OperationalError as problem:
        if isinstance(problem.__cause__, QueryCanceled):
            return Preview(None)
        raise
    return Preview(count, first)
