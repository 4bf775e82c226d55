"""Who may do and see what. The one place that answers; everything else asks here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    hidden: frozenset[int] = frozenset()  # categories that only their own tickets may be of

    def can(self, permission: str) -> bool:
        return permission in self.permissions

    def sees(
        self, *, teams: Sequence[int], people: Sequence[int], categories: Sequence[int] = ()
    ) -> bool:
        """Whether a ticket of these is visible, or a change of it: the former ones count too.

        categories   0 stands for none; not given: there is nothing to know about them
        """
        if self.user_id in people:
            return True
        if categories and self.hidden.issuperset(categories):
            return False
        if self.visibility == "all":
            return True
        return self.visibility == "team" and not self.teams.isdisjoint(teams)

    @property
    def sees_all(self) -> bool:
        return self.visibility == "all" and not self.hidden

    @property
    def sight(self) -> str:
        """Which question asks for what they see: their visibility, or that "but" for some."""
        if self.visibility == "own" or not self.hidden:
            return self.visibility
        return f"{self.visibility} but"

    @property
    def given(self) -> dict[str, Any]:
        """The viewer's own values, for a query that was compiled for `any_viewer`."""
        return {"me": self.user_id, "teams": list(self.teams), "hidden": list(self.hidden)}


def any_viewer(sight: str) -> Viewer:
    """Stands for all who see as much (`Viewer.sight`), where a query is compiled."""
    visibility, _space, but = sight.partition(" ")
    hidden: Any = Given("hidden") if but else frozenset()
    return Viewer(Given("me"), frozenset(), visibility, Given("teams"), hidden)  # type: ignore[arg-type]


# From less to more.
VISIBILITIES = ("own", "team", "all")

NOBODY = Viewer(0, frozenset(), "own", frozenset())


def viewer(user_id: int) -> Viewer:
    """The rights of a user; none for who is no active agent. 1 statement."""
    row = _rights.first(user=user_id)
    if row is None:
        return NOBODY
    permissions, visibility, hidden, teams = row
    return Viewer(
        user_id, frozenset(permissions), visibility, frozenset(teams or ()), frozenset(hidden)
    )


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
    return with_teams.values_list(
        "role__permissions", "role__visibility", "role__hidden", "team_ids"
    )


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
    return rights.sees(teams=[ticket.team_id], people=people, categories=[ticket.category_id or 0])


def require(act: Act, permission: str, ticket: Any = None) -> None:
    """Raise NotAllowed, naming what is missing and who can grant it, unless `may`."""
    if not may(act, permission, ticket):
        label = PERMISSIONS.get(permission, permission)
        raise NotAllowed(
            _("Your role does not include: %(permission)s. An administrator can grant it.")
            % {"permission": label}
        )


def covers(
    own: Viewer, *, permissions: Collection[str], visibility: str, hidden: Collection[int]
) -> bool:
    """Whether somebody may give or take these rights: none is above their own (R30)."""
    within = VISIBILITIES.index(visibility) <= VISIBILITIES.index(own.visibility)
    return within and own.permissions.issuperset(permissions) and own.hidden.issubset(hidden)
