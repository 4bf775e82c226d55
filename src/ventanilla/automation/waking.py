"""Snoozed tickets come back by themselves."""

from __future__ import annotations

from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer
from ventanilla.events.timers import cancel_timers, set_timer
from ventanilla.tickets import actions
from ventanilla.tickets.models import Status, Ticket

WAKE = "ticket.wake"


def plan_waking(event: Event) -> None:
    """Set, move or forget the time at which a ticket wakes. Safe to run twice."""
    if event.kind == "ticket.status_changed" and event.data["new"] != Status.ON_HOLD:
        return
    held = Ticket.objects.filter(pk=event.the_ticket, status=Status.ON_HOLD)
    until = held.values_list("hold_until", flat=True).first()
    if until:
        set_timer(WAKE, until, ticket_id=event.ticket_id)
    else:
        cancel_timers(WAKE, event.the_ticket)


def wake(timer: Timer, act: Act) -> None:
    """Open what still sleeps. Does nothing when it was opened, or put off, by hand."""
    ticket = Ticket.objects.filter(pk=timer.ticket_id or 0, status=Status.ON_HOLD).first()
    if ticket is not None:
        actions.wake(ticket, act)
