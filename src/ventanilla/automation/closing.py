"""Resolved tickets close by themselves after some days without a word."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer
from ventanilla.events.timers import cancel_timers, set_timer
from ventanilla.people.queries import desk
from ventanilla.tickets.actions import set_status
from ventanilla.tickets.models import Status, Ticket

CLOSE = "ticket.close"


def plan_closing(event: Event) -> None:
    """Set, or forget, the time at which a ticket closes. Safe to run twice."""
    if event.ticket_id is None:
        return
    if event.data["new"] == Status.RESOLVED:
        due_at = event.occurred_at + timedelta(days=desk().close_after_days)
        set_timer(CLOSE, due_at, ticket_id=event.ticket_id, episode=str(event.seq))
    else:
        cancel_timers(CLOSE, event.ticket_id)


def plan_again(event: Event) -> None:
    """A ticket came back from a merge: if it is resolved, it closes when it would have."""
    resolved = Ticket.objects.filter(pk=event.the_ticket, status=Status.RESOLVED)
    since = resolved.values_list("resolved_at", flat=True).first()
    waits = Timer.objects.filter(what=CLOSE, ticket_id=event.ticket_id)
    if since and not waits.exists():
        due_at = since + timedelta(days=desk().close_after_days)
        set_timer(CLOSE, due_at, ticket_id=event.ticket_id, episode=str(event.seq))


def close(timer: Timer, act: Act) -> None:
    """Close what is still resolved. Does nothing when it was opened again or closed by hand."""
    ticket = Ticket.objects.filter(pk=timer.ticket_id or 0, status=Status.RESOLVED).first()
    if ticket is not None:
        set_status(ticket, act, to=Status.CLOSED, was=Status.RESOLVED, reason="auto_close")
