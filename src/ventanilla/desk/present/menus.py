"""The menus of a ticket's properties: from choices to options. Asks the database nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ventanilla.desk.formats import hue, initials, when
from ventanilla.desk.jinja import PRIORITY_SIGNS, STATUS_SIGNS
from ventanilla.desk.present.held import times
from ventanilla.desk.shapes import Option
from ventanilla.lib import clock
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer
from ventanilla.tickets.choices import AgentChoice, Choices
from ventanilla.tickets.models import Priority, Status, Ticket, Type


def menus(ticket: Ticket, choices: Choices, viewer: Viewer) -> dict[str, Any]:
    """The options of every property, by the name of the view's field."""
    return {
        "statuses": statuses(ticket),
        "snoozes": snoozes() if ticket.status < Status.RESOLVED else [],
        "priorities": priorities(ticket.priority),
        "types": [Option(one.value, str(one.label), chosen=one == ticket.type) for one in Type],
        "teams": [
            Option(str(team.id), team.name, hue=team.hue, chosen=team.id == ticket.team_id)
            for team in choices.teams.values()
            if not team.archived or team.id == ticket.team_id
        ],
        "assignees": assignees(ticket, choices, viewer),
        "categories": categories(ticket.category_id, choices),
        "tags": [Option(name, name, chosen=pk in ticket.tags) for pk, name in choices.tags.items()],
    }


def statuses(ticket: Ticket) -> list[Option]:
    """All but "new" (it can't come back) and "closed" (that comes by itself)."""
    offered = [Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.RESOLVED]
    if ticket.status in (Status.NEW, Status.CLOSED):
        offered = [Status(ticket.status), *offered]
    return [status_option(status, chosen=status == ticket.status) for status in offered]


def status_option(status: Status, *, chosen: bool = False) -> Option:
    label = str(status.label)
    return Option(str(int(status)), label, icon=STATUS_SIGNS[status], chosen=chosen)


def priorities(chosen: int) -> list[Option]:
    return [
        Option(str(int(one)), str(one.label), icon=PRIORITY_SIGNS[one], chosen=one == chosen)
        for one in reversed(Priority)
    ]


def snoozes() -> list[Option]:
    """Until when a ticket can be put away, each with the time in words."""
    offered = [
        one._replace(icon="i-clock", hint=when(_local(one.value), "message"))
        for one in times(clock.now())
    ]
    return [*offered, Option("customer", _("Until the customer writes"), icon="i-mail")]


def _local(value: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(value))


def assignees(ticket: Ticket, choices: Choices, viewer: Viewer) -> list[Option]:
    """Oneself first, then the colleagues of the team by name, then nobody."""
    fitting = [agent for agent in choices.agents.values() if agent.fits]
    if not viewer.can("ticket.assign"):
        fitting = [agent for agent in fitting if agent.id == viewer.user_id]
    fitting.sort(key=lambda agent: (agent.id != viewer.user_id, agent.name))
    options = [_assignee(agent, ticket, viewer) for agent in fitting]
    nobody = Option("", _("Nobody"), icon="i-x", chosen=ticket.assignee_id is None)
    return [*options, nobody] if viewer.can("ticket.assign") else options


def _assignee(agent: AgentChoice, ticket: Ticket, viewer: Viewer) -> Option:
    hint = "" if agent.availability == Agent.Availability.AVAILABLE else _availability(agent)
    return Option(
        value=str(agent.id),
        label=agent.name,
        hint=_("you") if agent.id == viewer.user_id else hint,
        initials=initials(agent.name),
        hue=hue(agent.name),
        chosen=agent.id == ticket.assignee_id,
    )


def categories(chosen: int | None, choices: Choices) -> list[Option]:
    paths = sorted(
        (choices.path(pk), pk)
        for pk, category in choices.categories.items()
        if not category.archived or pk == chosen
    )
    options = [Option(str(pk), path, chosen=pk == chosen) for path, pk in paths]
    return [*options, Option("", _("None"), icon="i-x", chosen=chosen is None)]


def _availability(agent: AgentChoice) -> str:
    return str(Agent.Availability(agent.availability).label)
