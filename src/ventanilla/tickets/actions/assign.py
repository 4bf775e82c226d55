from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TicketAssigned
from ventanilla.events.models import Event
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.problems import Conflict
from ventanilla.lib.rows import update
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Agent
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import UNSET, Unset, change, check_unchanged, set_by
from ventanilla.tickets.models import Ticket


class AssigneeNotInTeam(Conflict):
    code = "assignee_not_in_team"


@transactional
def assign(
    ticket: Ticket,
    act: Act,
    *,
    to: Agent | None,
    was: int | Unset | None = UNSET,
    reason: str = "hand",
    load: int | None = None,
    capacity: int | None = None,
) -> Event | None:
    """Give the ticket to one agent of its team, or to nobody.

    `reason` says why in a code, `load` and `capacity` what a routing strategy saw. Returns the
    event, or None when it already was so. Raises NotAllowed, AssigneeNotInTeam, FieldChanged.
    """
    ticket.lock()
    taking = to is not None and act.authority is not None and act.authority.id == to.pk
    require(act, "ticket.change" if taking else "ticket.assign", ticket)
    old, new = ticket.assignee_id, to.pk if to else None
    check_unchanged(was, old, new, str(ticket.assignee or _("Nobody")))
    if old == new:
        return None
    if to is not None:
        check_member(ticket, to)
        to.last_assigned_at = act.when
        update(to, "last_assigned_at")
    return change(
        ticket,
        act,
        TicketAssigned(old=old, new=new, reason=reason, load=load, capacity=capacity),
        also_people=(old,) if old else (),
        assignee=to,
        pinned=set_by(ticket, act, "assignee"),
    )


def check_member(ticket: Ticket, agent: Agent) -> None:
    if not _works_in.exists(agent=agent.pk, team=ticket.team_id):
        raise AssigneeNotInTeam(
            _("%(agent)s is not in %(team)s. Move the ticket to one of their teams first.")
            % {"agent": agent, "team": ticket.team}
        )


@compiled
def _works_in() -> QuerySet[Agent]:
    """The agent, if active and in the team or one who sees all of them."""
    active = Agent.objects.filter(pk=Given("agent"), user__is_active=True)
    return active.filter(Q(teams=Given("team")) | Q(role__visibility="all"))
