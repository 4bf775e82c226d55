"""Prepared replies: which an agent is offered at a ticket, and what their variables say there."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from ventanilla.lib.liquid import render
from ventanilla.people.models import Agent
from ventanilla.people.names import first_name
from ventanilla.people.rights import Viewer
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.writing import PreparedReply

# What a text may name, with what it says of an invented ticket.
EXAMPLE: dict[str, Any] = {
    "contact": {"name": "Elena Vidal", "first_name": "Elena"},
    "ticket": {"number": 20931, "subject": "Cobro duplicado"},
    "agent": {"name": "Marta Ruiz", "first_name": "Marta"},
    "team": {"name": "Facturación"},
    "desk": {"name": "Casa Olmo"},
}


def of(viewer: Viewer) -> QuerySet[PreparedReply]:
    """Those that the viewer may use: the desk's, their teams', their own; with team and agent."""
    desk = Q(team=None, agent=None)
    mine = Q(team__in=viewer.teams) | Q(agent=viewer.user_id)
    return PreparedReply.objects.filter(desk | mine, archived=False).select_related("team")


def offered(ticket: Ticket, viewer: Viewer) -> list[PreparedReply]:
    """Those for a ticket: in its language first, own ones before the team's. 1 statement."""

    def rank(one: PreparedReply) -> tuple[bool, bool, bool, str]:
        fits = one.language in ("", ticket.language)
        return not fits, one.agent_id is None, one.team_id is None, one.name.casefold()

    return sorted(of(viewer), key=rank)


def filled_in(body: str, ticket: Ticket, agent: Agent, desk_name: str) -> str:
    """The text as it reads at this ticket. Raises TemplateFault."""
    return render(body, variables(ticket, agent, desk_name), target="text").strip()


def variables(ticket: Ticket, agent: Agent, desk_name: str) -> dict[str, Any]:
    """What a text may say here; what is missing is None: to Liquid the empty text is something."""
    customer = ticket.contact.name if ticket.contact else ""
    return {
        "contact": {"name": customer or None, "first_name": first_name(customer) or None},
        "ticket": {"number": ticket.number, "subject": ticket.subject or None},
        "agent": {"name": agent.user.name, "first_name": first_name(agent.user.name) or None},
        "team": {"name": ticket.team.name},
        "desk": {"name": desk_name},
    }
