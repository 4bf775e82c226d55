from __future__ import annotations

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TeamChanged, TicketAssigned
from ventanilla.events.models import Event
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Membership, Team
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import (
    UNSET,
    Unset,
    change,
    check_unchanged,
    first_act,
    set_by,
)
from ventanilla.tickets.models import Ticket


@transactional
def move(
    ticket: Ticket, act: Act, *, to: Team, was: int | Unset = UNSET, reason: str = "hand"
) -> Event | None:
    """Move the ticket to another team; an assignee who isn't in it lets go of the ticket.

    Who moves it out of their own sight may do so: the check is on the team it leaves.
    """
    ticket.lock()
    require(act, "ticket.change", ticket)
    check_unchanged(was, ticket.team_id, to.pk, str(ticket.team))
    if ticket.team_id == to.pk:
        return None
    old = ticket.team_id
    event = change(
        ticket,
        act,
        TeamChanged(old=old, new=to.pk, reason=reason),
        also_teams=(old,),
        team=to,
        pinned=set_by(ticket, act, "team"),
    )
    _let_go(ticket, act.because_of(event))
    first_act(ticket, act, event)
    return event


def _let_go(ticket: Ticket, act: Act) -> None:
    assignee = ticket.assignee_id
    if assignee is None:
        return
    if Membership.objects.filter(team=ticket.team_id, agent=assignee).exists():
        return
    change(
        ticket,
        act,
        TicketAssigned(old=assignee, new=None, reason="team_changed"),
        also_people=(assignee,),
        assignee=None,
        pinned=[field for field in ticket.pinned if field != "assignee"],
    )
