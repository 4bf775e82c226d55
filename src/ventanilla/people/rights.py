"""Who may do and see what. The one place that answers; everything else asks here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.problems import NotAllowed
from ventanilla.people.models import Agent
from ventanilla.people.permissions import PERMISSIONS

# What customers may do, by any channel, in a ticket that they take part in.
CONTACT_PERMISSIONS = frozenset({"ticket.create", "ticket.write"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """What one agent may do and see, as of now."""

    user_id: int
    permissions: frozenset[str]
    visibility: str  # "own", "team" or "all"
    teams: frozenset[int]

    def can(self, permission: str) -> bool:
        return permission in self.permissions

    def sees(self, *, teams: list[int], people: list[int]) -> bool:
        """Whether a ticket (or a change of it) of these teams and assignees is visible."""
        if self.visibility == "all":
            return True
        if self.user_id in people:
            return True
        return self.visibility == "team" and not self.teams.isdisjoint(teams)

    @property
    def given(self) -> dict[str, Any]:
        """The viewer's own values, for a query that was compiled for `any_viewer`."""
        return {"me": self.user_id, "teams": list(self.teams)}


def any_viewer(visibility: str) -> Viewer:
    """Stands for all who see as much, where a query is compiled."""
    me, teams = Given("me"), Given("teams")
    return Viewer(me, frozenset(), visibility, teams)  # type: ignore[arg-type]


NOBODY = Viewer(0, frozenset(), "own", frozenset())


def viewer(user_id: int) -> Viewer:
    """The rights of a user; none for who is no active agent. 1 statement."""
    row = _rights.first(user=user_id)
    if row is None:
        return NOBODY
    permissions, visibility, teams = row
    return Viewer(user_id, frozenset(permissions), visibility, frozenset(teams or ()))


def all_rights(act: Act) -> Viewer:
    """The rights behind an act, the system's own too: it may do and see everything."""
    if act.authority is not None and act.authority.kind == "system":
        return Viewer(0, frozenset(PERMISSIONS), "all", frozenset())
    is_agent = act.authority is not None and act.authority.kind == "agent"
    return viewer(act.authority.id or 0) if act.authority and is_agent else NOBODY


@compiled
def _rights() -> QuerySet[Agent, Any]:
    agents = Agent.objects.filter(user_id=Given("user"), user__is_active=True)
    with_teams = agents.annotate(team_ids=ArrayAgg("teams", filter=Q(teams__isnull=False)))
    return with_teams.values_list("role__permissions", "role__visibility", "team_ids")


def may(act: Act, permission: str, ticket: Any = None) -> bool:
    """Whether the authority behind `act` allows `permission`, on `ticket` if one is given.

    An agent needs both the permission and sight of the ticket. 1 statement for an agent, else none.
    """
    authority = act.authority
    if authority is None:
        return False
    if authority.kind == "system":
        return True
    if authority.kind == "contact":
        return permission in CONTACT_PERMISSIONS
    rights = viewer(authority.id or 0)
    if not rights.can(permission):
        return False
    if ticket is None:
        return True
    people = [ticket.assignee_id] if ticket.assignee_id else []
    return rights.sees(teams=[ticket.team_id], people=people)


def require(act: Act, permission: str, ticket: Any = None) -> None:
    """Raise NotAllowed, naming what is missing and who can grant it, unless `may`."""
    if not may(act, permission, ticket):
        label = PERMISSIONS.get(permission, permission)
        raise NotAllowed(
            _("Your role does not include: %(permission)s. An administrator can grant it.")
            % {"permission": label}
        )
