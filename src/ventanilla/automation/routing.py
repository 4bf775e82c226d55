"""Who gets a ticket. Choosing is pure; the consumers fetch, choose and assign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.literal import Literal
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Agent, Membership, Team
from ventanilla.tickets.actions import assign
from ventanilla.tickets.models import Status, Ticket

WEIGHTS = {"chat": 3}  # every other channel weighs 1
AT_WORK = (Status.NEW, Status.OPEN)  # what weighs on an agent; waiting tickets don't
DONE_WITH = Literal(int(Status.PENDING))  # below it a ticket is at work
NEVER = datetime.min.replace(tzinfo=UTC)
DRAIN = 20  # tickets handed out in one go when capacity frees


@dataclass(frozen=True, slots=True)
class Candidate:
    agent_id: int
    load: int  # weighted tickets at work
    capacity: int
    last_assigned_at: datetime | None

    @property
    def is_free(self) -> bool:
        return self.load < self.capacity


def choose(strategy: str, candidates: Iterable[Candidate]) -> Candidate | None:
    """The agent whose turn it is, or None when nobody is free.

    round_robin    who has waited longest since their last assignment
    least_loaded   who has the smallest share of their capacity in use, then who waited longest
    Ties fall to the lower id, so the outcome never depends on the order of the candidates.
    """
    free = [candidate for candidate in candidates if candidate.is_free]
    if strategy == Team.Routing.ROUND_ROBIN:
        return min(free, key=lambda c: (_waited(c), c.agent_id), default=None)
    if strategy == Team.Routing.LEAST_LOADED:
        return min(free, key=lambda c: (c.load / c.capacity, _waited(c), c.agent_id), default=None)
    return None


def _waited(candidate: Candidate) -> datetime:
    return candidate.last_assigned_at or NEVER


# -- consumers ---------------------------------------------------------------------------------
def route(event: Event) -> None:
    """Give a new or moved ticket to somebody of its team. Safe to run twice."""
    ticket = _with_team.get(pk=event.the_ticket)
    if _wants_somebody(ticket):
        _give(ticket, ticket.team, Act.of_system(clock.now()).because_of(event))


def drain(event: Event) -> None:
    """Hand out what waits when an agent has room again: most urgent first. Safe to run twice."""
    agent_id = _who_has_room(event)
    if agent_id is None:
        return
    memberships = Membership.objects.filter(agent_id=agent_id, agent__availability="available")
    act = Act.of_system(clock.now()).because_of(event)
    for membership in memberships.select_related("team"):
        for ticket in _waiting(membership.team):
            if not _give(ticket, membership.team, act) and ticket.category_id is None:
                break  # nobody is free; of a category it may be that nobody free may see it


def give_back(event: Event) -> None:
    """An agent who left gives every unresolved ticket back to its team. Safe to run twice."""
    act = Act.of_system(clock.now()).because_of(event)
    for ticket in Ticket.objects.filter(
        assignee_id=event.data["agent"], status__lt=Status.RESOLVED
    ):
        assign(ticket, act, to=None, reason="gave_back")
        _give(ticket, ticket.team, act)


def _who_has_room(event: Event) -> int | None:
    """The agent whose load may have sunk by this event."""
    if event.kind == "agent.availability_changed":
        return int(event.data["agent"]) if event.data["new"] == "available" else None
    if event.kind == "ticket.assigned":
        return event.data["old"]
    if event.kind != "ticket.set_aside" and event.data["new"] in AT_WORK:
        return None
    tickets = Ticket.objects.filter(pk=event.the_ticket)
    return tickets.values_list("assignee_id", flat=True).first()


# -- giving ------------------------------------------------------------------------------------
@transactional
def _give(ticket: Ticket, team: Team, act: Act) -> bool:
    """Assign to whoever the team's strategy chooses; one at a time per team, so none overflows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ROUTING_LOCK, team.pk])
    chosen = choose(team.routing, candidates(team, ticket.category_id))
    if chosen is None:
        return False
    ticket.lock()
    if not _wants_somebody(ticket) or ticket.team_id != team.pk:
        return True
    assign(
        ticket,
        act,
        to=_agent.get(pk=chosen.agent_id),
        reason=team.routing,
        load=chosen.load,
        capacity=chosen.capacity,
    )
    return True


@compiled
def _with_team() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("team").filter(pk=Given("pk"))


@compiled
def _agent() -> QuerySet[Agent]:
    return Agent.objects.select_related("user").filter(pk=Given("pk"))


ROUTING_LOCK = 0x207E


def _wants_somebody(ticket: Ticket) -> bool:
    """Nobody has it, it isn't done, and no person left it unassigned on purpose."""
    free = ticket.assignee_id is None and ticket.is_unresolved
    return free and "assignee" not in ticket.pinned


def _waiting(team: Team) -> list[Ticket]:
    """What waits for somebody of the team, most urgent first; as much as is handed out at once."""
    if team.routing == Team.Routing.MANUAL:
        return []
    waiting = Ticket.objects.filter(team=team, assignee=None, status__lt=DONE_WITH)
    unpinned = waiting.exclude(pinned__contains=["assignee"])
    return list(
        unpinned.order_by(F("due_at").asc(nulls_last=True), "-priority", "created_at")[:DRAIN]
    )


def candidates(team: Team, category: int | None = None) -> list[Candidate]:
    """The team's available agents with their load, who may see the category. 1 statement."""
    found = _loads.all(team=team.pk)
    return [Candidate(*row) for *row, hidden in found if category not in hidden]


@compiled
def _loads() -> QuerySet[Agent, tuple[Any, ...]]:
    """Each agent's load, looked up in what they have at work, not in all that they ever had."""
    weight = Case(
        *[When(channel=name, then=Value(n)) for name, n in WEIGHTS.items()],
        default=Value(1),
        output_field=IntegerField(),
    )
    theirs = Ticket.objects.filter(assignee=OuterRef("pk"), status__lt=DONE_WITH)
    load = theirs.order_by().values("assignee").annotate(load=Sum(weight)).values("load")
    agents = Agent.objects.filter(
        teams=Given("team"),
        user__is_active=True,
        availability=Agent.Availability.AVAILABLE,
        capacity__gt=0,
    ).exclude(role__key="light")
    loads = agents.annotate(load=Coalesce(Subquery(load), 0))
    return loads.values_list("pk", "load", "capacity", "last_assigned_at", "role__hidden")
