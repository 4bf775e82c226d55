"""Which tickets' words have to be written again: consumers, see `wiring.AFTER`."""

from __future__ import annotations

from django.db import connection

from ventanilla.events.models import Event
from ventanilla.events.wake import wake

CHANNEL = "search"  # on which workers are woken
MARK = "INSERT INTO search_stale (ticket_id) VALUES (%s) ON CONFLICT DO NOTHING"
MARK_CUSTOMERS = """
INSERT INTO search_stale (ticket_id)
SELECT id FROM tickets_ticket WHERE contact_id = %s
UNION SELECT ticket_id FROM tickets_participant WHERE contact_id = %s
ON CONFLICT DO NOTHING
"""


def ticket_changed(event: Event) -> None:
    """Its words, or what it is, have changed. 1 statement."""
    if event.ticket_id is not None:
        _run(MARK, event.ticket_id)


def contact_changed(event: Event) -> None:
    """A customer is new, or called otherwise and so are all their tickets. 4 statements."""
    from ventanilla.tickets.search.build import build_contacts

    contact = event.data.get("contact")
    if contact is not None:
        build_contacts([contact])
        if event.kind != "contact.created":  # whoever is new has tickets only that are new too
            _run(MARK_CUSTOMERS, contact, contact)


def _run(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    wake(CHANNEL)
