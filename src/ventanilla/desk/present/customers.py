"""Customers as their pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.desk.links import link
from ventanilla.desk.present.around import identity_of
from ventanilla.people.models import Contact, Identity, Organization
from ventanilla.tickets.models import Status, Ticket


@dataclass(frozen=True, slots=True)
class Person:
    """A customer, as `tickets.customers.page` or `get` gave them."""

    id: int
    name: str
    url: str
    points: Sequence[dict[str, Any]]  # {"id", "kind", "value"}
    address: str
    phone: str
    organization: Organization | None
    vip: bool  # their own, or their organization's
    own_vip: bool
    own_name: str  # empty where an address stands for it
    blocked: bool
    notes: str
    language: str
    since: datetime
    tickets: int  # that the reader may see
    live: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class State:
    """The tickets of one status: all are counted, the newest are shown."""

    status: int
    number: int
    tickets: Sequence[Ticket]


def person(contact: Contact) -> Person:
    found: Any = contact
    address = identity_of(contact, Identity.Kind.EMAIL)
    phone = identity_of(contact, Identity.Kind.PHONE)
    company = contact.organization
    return Person(
        id=contact.pk,
        name=contact.name or address or phone or _("Unknown sender"),
        url=link("desk:customer", contact.pk),
        points=found.identities_shown,
        address=address,
        phone=phone,
        organization=company,
        vip=contact.vip or bool(company and company.vip),
        own_vip=contact.vip,
        own_name=contact.name,
        blocked=contact.blocked,
        notes=contact.notes,
        language=contact.language,
        since=contact.created_at,
        tickets=found.tickets_seen or 0,
        live=found.tickets_live or 0,
        last_at=found.last_at,
    )


def tickets_by_state(contact: Contact, tickets: Sequence[Ticket]) -> list[State]:
    """In the order of a ticket's life, what is open first."""
    figures: list[dict[str, int]] = contact.by_status  # type: ignore[attr-defined]
    return [
        State(
            status=one["status"],
            number=one["number"],
            tickets=[ticket for ticket in tickets if ticket.status == one["status"]],
        )
        for one in sorted(figures, key=lambda one: _order(one["status"]))
    ]


def _order(status: int) -> int:
    return {Status.OPEN: 0, Status.NEW: 1}.get(Status(status), status + 1)
