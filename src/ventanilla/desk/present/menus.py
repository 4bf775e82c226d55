"""The menus of a ticket's properties: from choices to options. Asks the database nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ventanilla.desk.formats import hue, initials, when
from ventanilla.desk.jinja import PRIORITY_SIGNS, STATUS_SIGNS
from ventanilla.desk.present.held import times
from ventanilla.desk.shapes import Menu, Option
from ventanilla.lib import clock
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer
from ventanilla.tickets.choices import AgentChoice, Choices
from ventanilla.tickets.models import Level, Priority, Status, Ticket, TicketLink, Type, Urgency


def remembered(make: Callable[..., list[Option]]) -> Callable[..., Menu]:
    """Give the same list for the same arguments, so that it is drawn once, too."""
    return lru_cache(maxsize=64)(lambda *given: Menu(make(*given)))


def menus(ticket: Ticket, choices: Choices, viewer: Viewer) -> dict[str, Any]:
    """The options of every property, by the name of the view's field."""
    language, everyone = get_language(), viewer.can("ticket.assign")
    incident = ticket.type == Type.INCIDENT
    return {
        "statuses": statuses(ticket.status, language),
        "snoozes": snoozes() if ticket.status < Status.RESOLVED else [],
        "priorities": priorities(ticket.priority, language),
        "types": types(ticket.type, language),
        "impacts": levels(Level, ticket.impact, language) if incident else [],
        "urgencies": levels(Urgency, ticket.urgency, language) if incident else [],
        "teams": teams(ticket.team_id, choices),
        "assignees": assignees(ticket.assignee_id, choices, viewer.user_id, everyone, language),
        "categories": categories(ticket.category_id, choices, language),
        "tags": tags(tuple(ticket.tags), choices),
        "link_kinds": [(one.value, str(one.label)) for one in TicketLink.BY_HAND],
    }


# The same for the same choices, values and words: most tickets' menus are those of one before.
@remembered
def statuses(chosen: int, _language: str | None) -> list[Option]:
    """All but "new" (it can't come back) and "closed" (that comes by itself)."""
    offered = [Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.RESOLVED]
    if chosen in (Status.NEW, Status.CLOSED):
        offered = [Status(chosen), *offered]
    return [status_option(status, chosen=status == chosen) for status in offered]


@remembered
def levels(
    words: type[Level] | type[Urgency], chosen: int | None, _language: str | None
) -> list[Option]:
    """Of impact or urgency, the highest first."""
    found = [
        Option(one.word, str(words(one).label), chosen=one == chosen) for one in reversed(Level)
    ]
    return [*found, Option("", _("None"), icon="i-x", chosen=chosen is None)]


@remembered
def types(chosen: str, _language: str | None) -> list[Option]:
    return [Option(one.value, str(one.label), chosen=one == chosen) for one in Type]


@remembered
def teams(chosen: int, choices: Choices) -> list[Option]:
    return [
        Option(str(team.id), team.name, hue=team.hue, chosen=team.id == chosen)
        for team in choices.teams.values()
        if not team.archived or team.id == chosen
    ]


@remembered
def tags(chosen: tuple[int, ...], choices: Choices) -> list[Option]:
    return [Option(name, name, chosen=pk in chosen) for pk, name in choices.tags.items()]


def status_option(status: Status, *, chosen: bool = False) -> Option:
    label = str(status.label)
    return Option(str(int(status)), label, icon=STATUS_SIGNS[status], chosen=chosen)


@remembered
def priorities(chosen: int, _language: str | None) -> list[Option]:
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


@remembered
def assignees(
    chosen: int | None, choices: Choices, me: int, everyone: bool, _language: str | None
) -> list[Option]:
    """Oneself first, then, where one may, the colleagues of the team by name, then nobody."""
    fitting = [agent for agent in choices.agents.values() if agent.fits]
    if not everyone:
        fitting = [agent for agent in fitting if agent.id == me]
    fitting.sort(key=lambda agent: (agent.id != me, agent.name))
    options = [_assignee(agent, chosen, me) for agent in fitting]
    nobody = Option("", _("Nobody"), icon="i-x", chosen=chosen is None)
    return [*options, nobody] if everyone else options


def _assignee(agent: AgentChoice, chosen: int | None, me: int) -> Option:
    hint = "" if agent.availability == Agent.Availability.AVAILABLE else _availability(agent)
    return Option(
        value=str(agent.id),
        label=agent.name,
        hint=_("you") if agent.id == me else hint,
        initials=initials(agent.name),
        hue=hue(agent.name),
        chosen=agent.id == chosen,
    )


@remembered
def categories(chosen: int | None, choices: Choices, _language: str | None) -> list[Option]:
    paths = sorted(
        (choices.path(pk), pk)
        for pk, category in choices.categories.items()
        if not category.archived or pk == chosen
    )
    options = [Option(str(pk), path, chosen=pk == chosen) for path, pk in paths]
    return [*options, Option("", _("None"), icon="i-x", chosen=chosen is None)]


def _availability(agent: AgentChoice) -> str:
    return str(Agent.Availability(agent.availability).label)
