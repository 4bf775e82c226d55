"""What people's texts may name: the same everywhere, as plain values (R26)."""

from __future__ import annotations

from typing import Any

from ventanilla.people.models import Agent
from ventanilla.people.names import first_name
from ventanilla.people.signatures import EXAMPLE
from ventanilla.tickets.models import Ticket

__all__ = ["EXAMPLE", "names", "variables"]


def variables(ticket: Ticket, agent: Agent | None, desk_name: str) -> dict[str, Any]:
    """What a text may say here; what is missing is None: to Liquid the empty text is something."""
    customer = ticket.contact.name if ticket.contact else ""
    organization = ticket.organization.name if ticket.organization else ""
    author = agent.user.name if agent else ""
    return {
        "contact": {"name": customer or None, "first_name": first_name(customer) or None},
        "organization": {"name": organization or None},
        "ticket": {"number": ticket.number, "subject": ticket.subject or None},
        "agent": {"name": author or None, "first_name": first_name(author) or None},
        "team": {"name": ticket.team.name},
        "desk": {"name": desk_name},
    }


def names() -> list[str]:
    """Each variable as it is written in a text."""
    return [f"{{{{ {thing}.{part} }}}}" for thing, parts in EXAMPLE.items() for part in parts]
