"""The time spent on a ticket, as its page shows it."""

from __future__ import annotations

from datetime import datetime

from ventanilla.desk import shapes
from ventanilla.desk.formats import when
from ventanilla.desk.present.events import Names
from ventanilla.lib.durations import in_words
from ventanilla.people.rights import Viewer
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.spent import Entry, total
from ventanilla.tickets.spent import by_agent as minutes_by_agent


def in_all(ticket: Ticket) -> str:
    return in_words(total(ticket.time_spent)) if ticket.time_spent else ""


def by_agent(ticket: Ticket, names: Names) -> list[tuple[str, str]]:
    return [(names.agent(pk), in_words(spent)) for pk, spent in minutes_by_agent(ticket.time_spent)]


def entries(ticket: Ticket, names: Names, viewer: Viewer) -> list[shapes.Spent]:
    """In the order in which they were written. `names` knows who spent time on the ticket."""
    return [
        shapes.Spent(
            id=entry["id"],
            words=in_words(entry["minutes"]),
            note=entry["note"],
            told=_told(entry, names),
            mine=entry["by"] == viewer.user_id or viewer.can("setup.people"),
        )
        for entry in ticket.time_spent
    ]


def _told(entry: Entry, names: Names) -> str:
    at = when(datetime.fromisoformat(entry["at"]), "message")
    return f"{names.agent(entry['by'])}, {at}"
