"""Impact and urgency, and the priority that follows from them on incidents.

A priority that was set by hand stays: it is pinned, until somebody takes that of the matrix.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import ImpactChanged, PriorityChanged, UrgencyChanged
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.queries import configuration
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import UNSET, Unset, change, check_unchanged, first_act
from ventanilla.tickets.models import Level, Ticket
from ventanilla.tickets.rating import rated

KINDS: dict[str, type[ImpactChanged] | type[UrgencyChanged]] = {
    "impact": ImpactChanged,
    "urgency": UrgencyChanged,
}


@transactional
def set_impact(
    ticket: Ticket, act: Act, *, to: Level | None, was: int | Unset | None = UNSET
) -> Event | None:
    """How much stands still. On an incident with an urgency, its priority follows."""
    return _set(ticket, act, "impact", to, was)


@transactional
def set_urgency(
    ticket: Ticket, act: Act, *, to: Level | None, was: int | Unset | None = UNSET
) -> Event | None:
    """How soon it must go on. On an incident with an impact, its priority follows."""
    return _set(ticket, act, "urgency", to, was)


@transactional
def follow_matrix(ticket: Ticket, act: Act) -> Event | None:
    """Let the priority be that of impact and urgency again, though it was set by hand.

    Raises Invalid where they give none.
    """
    ticket.lock()
    require(act, "ticket.change", ticket)
    to = rated(ticket, configuration().priority_matrix)
    if to is None:
        raise Invalid(_("Only incidents with impact and urgency have such a priority."))
    if ticket.priority == to:
        return None
    event = _prioritise(ticket, act, to)
    first_act(ticket, act, event)
    return event


def follow(ticket: Ticket, act: Act, cause: Event) -> None:
    """After a change of what the priority follows from, on the locked ticket. 2 statements."""
    to = rated(ticket, configuration().priority_matrix)
    if to is not None and to != ticket.priority and "priority" not in ticket.pinned:
        _prioritise(ticket, act.because_of(cause), to)


def _set(
    ticket: Ticket, act: Act, name: str, to: Level | None, was: int | Unset | None
) -> Event | None:
    ticket.lock()
    require(act, "ticket.change", ticket)
    old, new = getattr(ticket, name), None if to is None else int(to)
    check_unchanged(was, old, new, _("Nothing") if old is None else str(Level(old).label))
    if old == new:
        return None
    fields: dict[str, Any] = {name: new}
    event = change(ticket, act, KINDS[name](old=old, new=new), **fields)
    follow(ticket, act, event)
    first_act(ticket, act, event)
    return event


def _prioritise(ticket: Ticket, act: Act, to: int) -> Event:
    return change(
        ticket,
        act,
        PriorityChanged(old=ticket.priority, new=int(to), reason="matrix"),
        priority=to,
        pinned=[pin for pin in ticket.pinned if pin != "priority"],
    )
