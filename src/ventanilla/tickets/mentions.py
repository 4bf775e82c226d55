"""Who is meant by “@Marta Ruiz” in a note: agents who may see the ticket, by their whole names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from ventanilla.people.models import Agent, Role
from ventanilla.tickets.models import Ticket


def who_sees(ticket: Ticket) -> QuerySet[Agent]:
    """The agents who may see the ticket, with their users, by name."""
    everybody = Q(role__visibility=Role.Visibility.ALL)
    of_team = Q(role__visibility=Role.Visibility.TEAM, teams=ticket.team_id)
    own = Q(pk=ticket.assignee_id or 0)
    agents = Agent.objects.filter(everybody | of_team | own, user__is_active=True)
    return agents.select_related("user").order_by("user__name", "pk").distinct()


def mentioned(ticket: Ticket, text: str) -> tuple[int, ...]:
    """The user ids of those whom a note names. 1 statement; none without an “@”."""
    if "@" not in text:
        return ()
    return named_in(text, ((one.pk, one.user.name) for one in who_sees(ticket)))


def named_in(text: str, agents: Iterable[tuple[int, str]]) -> tuple[int, ...]:
    """Which of the agents the text names: “@” and the whole name, in any case. Pure."""
    return tuple(pk for pk, name in agents if name and _named(name).search(text))


def _named(name: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<![\w@])@{words}(?!\w)", re.IGNORECASE)
