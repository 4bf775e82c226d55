"""What stands beside a conversation: the customer, promises, other tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ventanilla.desk import shapes
from ventanilla.desk.formats import capped, deadline, when
from ventanilla.desk.links import link
from ventanilla.desk.present.events import Names
from ventanilla.lib import clock
from ventanilla.people.models import Contact, Identity
from ventanilla.tickets.models import Status, Ticket, TicketLink

METRICS = {
    "first_response": lambda: _("First response"),
    "next_response": lambda: _("Next response"),
    "resolution": lambda: _("Resolution"),
}


def customer(ticket: Ticket, contacts: Sequence[Contact]) -> shapes.Customer | None:
    """The head of the context pane. `contacts` as `queries.around` gave them."""
    found = next((one for one in contacts if one.pk == ticket.contact_id), None)
    if found is None:
        return None
    address = identity_of(found, Identity.Kind.EMAIL)
    phone = identity_of(found, Identity.Kind.PHONE)
    company = ticket.organization.name if ticket.organization else ""
    since = _("Customer since %(year)s") % {"year": format_date(found.created_at, "Y")}
    seen: int = found.tickets_seen or 0  # type: ignore[attr-defined]
    live: int = found.tickets_live or 0  # type: ignore[attr-defined]
    return shapes.Customer(
        name=found.name or address or phone or _("Unknown sender"),
        line=" · ".join(filter(None, [company, since])),
        address=address,
        phone=phone,
        organization=company,
        vip=found.vip or bool(ticket.organization and ticket.organization.vip),
        blocked=found.blocked,
        url=link("desk:customer", found.pk),
        facts=[
            (capped(seen), ngettext("ticket", "tickets", seen)),
            (capped(live), _("unresolved")),
        ],
        notes=found.notes,
    )


def participants(ticket: Ticket, contacts: Sequence[Contact]) -> list[shapes.Participant]:
    """Who takes part besides the customer, by name."""
    found = []
    for one in contacts:
        if one.takes_part and one.pk != ticket.contact_id:  # type: ignore[attr-defined]
            address = identity_of(one, Identity.Kind.EMAIL)
            found.append(shapes.Participant(one.pk, one.name or address, address))
    return sorted(found, key=lambda one: one.name.casefold())


def identity_of(contact: Contact, kind: str) -> str:
    """The first address or phone of a contact as `queries.around` gave it."""
    shown: list[dict[str, str]] = contact.identities_shown  # type: ignore[attr-defined]
    return next((one["value"] for one in shown if one["kind"] == kind), "")


def timers(ticket: Ticket) -> list[shapes.Timer]:
    """The promise that runs, as it stands on the ticket."""
    if ticket.status >= Status.RESOLVED or not (ticket.due_at or ticket.clock_paused):
        return []
    name = METRICS.get(ticket.due_metric, lambda: _("Deadline"))()
    state = deadline(ticket.due_at, ticket.due_warn_at, paused=ticket.clock_paused)
    return [shapes.Timer(name, state, ticket.due_at, ticket.due_warn_at, share=_share(ticket))]


def _share(ticket: Ticket) -> int:
    """How much of the promised time is gone, 0 to 100, by the clock on the wall."""
    if ticket.due_at is None:
        return 0
    begun = ticket.waiting_since or ticket.created_at
    whole = (ticket.due_at - begun).total_seconds()
    gone = (clock.now() - begun).total_seconds()
    return max(0, min(100, round(100 * gone / whole))) if whole > 0 else 100


def other_tickets(
    found: Sequence[Ticket],
) -> tuple[list[shapes.OtherTicket], list[shapes.OtherTicket]]:
    """Linked tickets, and the customer's other ones."""
    linked = [_linked(one) for one in found if one.how]  # type: ignore[attr-defined]
    earlier = [_other(one) for one in found if not one.how]  # type: ignore[attr-defined]
    return linked, earlier


def people_of(ticket: Ticket) -> set[int]:
    """Who has tasks of a ticket, or has done them, or has spent time on it."""
    tasks = {item[key] for item in ticket.checklist for key in ("by", "for") if item[key]}
    return tasks | {entry["by"] for entry in ticket.time_spent}


def tasks(ticket: Ticket, names: Names) -> list[shapes.Task]:
    """In the order in which they were written. `names` knows `people_of` the ticket."""
    return [_task(item, names) for item in ticket.checklist]


def _task(item: dict[str, Any], names: Names) -> shapes.Task:
    told = ""
    if item["done"]:
        at = when(datetime.fromisoformat(item["done"]), "message")
        told = f"{names.agent(item['by'])}, {at}" if item["by"] else at
    whose = names.agent(item["for"]) if item["for"] else ""
    return shapes.Task(item["id"], item["text"], bool(item["done"]), whose, told)


def incidents(ticket: Ticket, found: Sequence[Ticket]) -> int:
    """How many of the linked tickets are incidents of this problem, and not resolved."""
    return sum(
        one.how == TicketLink.How.INCIDENT  # type: ignore[attr-defined]
        and one.links_here == ticket.pk  # type: ignore[attr-defined]
        and one.status < Status.RESOLVED
        for one in found
    )


def _linked(other: Ticket) -> shapes.OtherTicket:
    """In the words of the ticket whose page it is."""
    how = TicketLink.How(other.how)  # type: ignore[attr-defined]
    points_there = other.links_here == other.pk  # type: ignore[attr-defined]
    return _other(other, hint=str(how.label) if points_there else how.back)


def _other(ticket: Ticket, hint: str = "") -> shapes.OtherTicket:
    return shapes.OtherTicket(
        number=ticket.number,
        subject=ticket.subject,
        status=ticket.status,
        url=link("desk:ticket", ticket.number),
        at=ticket.last_message_at or ticket.created_at,
        hint=hint,
    )
