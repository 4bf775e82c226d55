"""What people's texts may name: the same everywhere, as plain values (R26)."""

from __future__ import annotations

from typing import Any

from ventanilla.people.models import Agent
from ventanilla.people.names import first_name
from ventanilla.tickets.models import Ticket

# What a text may name, with what it says of an invented ticket.
EXAMPLE: dict[str, Any] = {
    "contact": {"name": "Elena Vidal", "first_name": "Elena"},
    "organization": {"name": "Muebles Olmo"},
    "ticket": {"number": 20931, "subject": "Cobro duplicado"},
    "agent": {"name": "Marta Ruiz", "first_name": "Marta"},
    "team": {"name": "Facturación"},
    "desk": {"name": "Casa Olmo"},
}


def variables(ticket: Ticket, agent: Agent, desk_name: str) -> dict[str, Any]:
    """What a text may say here; what is missing is None: to Liquid the empty text is something."""
    customer = ticket.contact.name if ticket.contact else ""
    organization = ticket.organization.name if ticket.organization else ""
    return {
        "contact": {"name": customer or None, "first_name": first_name(customer) or None},
        "organization": {"name": organization or None},
        "ticket": {"number": ticket.number, "subject": ticket.subject or None},
        "agent": {"name": agent.user.name, "first_name": first_name(agent.user.name) or None},
        "team": {"name": ticket.team.name},
        "desk": {"name": desk_name},
    }


def names() -> list[str]:
    """Each variable as it is written in a text."""
    return [f"{{{{ {thing}.{part} }}}}" for thing, parts in EXAMPLE.items() for part in parts]
