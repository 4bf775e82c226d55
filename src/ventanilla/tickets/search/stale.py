"""Which tickets' words have to be written again: consumers, see `wiring.AFTER`."""

from __future__ import annotations

from django.db import connection

from ventanilla.events.models import Event
from ventanilla.events.wake import wake
from ventanilla.people.models import Contact

CHANNEL = "search"  # on which workers are woken
MARK = "INSERT INTO search_stale (ticket_id) VALUES (%s) ON CONFLICT DO NOTHING"
MARK_CUSTOMERS = """
INSERT INTO search_stale (ticket_id)
SELECT id FROM tickets_ticket WHERE contact_id = %s
UNION SELECT ticket_id FROM tickets_participant WHERE contact_id = %s
ON CONFLICT DO NOTHING
"""

MARK_ORGANIZATION = """
INSERT INTO search_stale (ticket_id)
SELECT ticket.id FROM tickets_ticket ticket JOIN people_contact contact
  ON contact.id = ticket.contact_id WHERE contact.organization_id = %s
ON CONFLICT DO NOTHING
"""


def ticket_changed(event: Event) -> None:
    """Its words, or what it is, have changed. 1 statement."""
    if event.ticket_id is not None:
        _run(MARK, event.ticket_id)


def contact_changed(event: Event) -> None:
    """A customer is new, or called otherwise and so are all their tickets. 4 statements.

    Two, after a merge or when one is undone.
    """
    from ventanilla.tickets.search.build import build_contacts

    contacts = [event.data[name] for name in ("contact", "source") if event.data.get(name)]
    build_contacts(contacts)
    if event.kind != "contact.created":  # whoever is new has tickets only that are new too
        for contact in contacts:
            _run(MARK_CUSTOMERS, contact, contact)


def organization_changed(event: Event) -> None:
    """It is called otherwise: so its customers and their tickets are found by another name."""
    from ventanilla.tickets.search.build import BULK, build_contacts

    if "name" not in event.data["fields"]:
        return
    members = Contact.objects.filter(organization=event.data["organization"])
    ids = list(members.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BULK):
        build_contacts(ids[start : start + BULK])
    _run(MARK_ORGANIZATION, event.data["organization"])


def _run(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    wake(CHANNEL)
