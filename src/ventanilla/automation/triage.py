"""A new ticket's first station. Without a classifier it passes at once."""

from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.compiled import Given, compiled
from ventanilla.tickets import actions
from ventanilla.tickets.models import Ticket


def triage(event: Event) -> None:
    """Let rules, routing and acknowledgement begin. Quiet tickets stay quiet. Safe to run twice."""
    if event.data["quiet"] or triaged.exists(ticket=event.the_ticket):
        return
    act = Act.of_system(event.occurred_at).because_of(event)
    actions.triage(Ticket(pk=event.the_ticket), act, by="none")  # read when it is locked


def triage_late(event: Event) -> None:
    """What came as spam and is none begins now: it is routed, but not acknowledged any more."""
    ticket = Ticket.objects.filter(pk=event.the_ticket, aside=None).first()
    if event.data["arrived"] and ticket and not triaged.exists(ticket=ticket.pk):
        act = Act.of_system(event.occurred_at).because_of(event)
        actions.triage(ticket, act, by="none")


@compiled
def triaged() -> QuerySet[Event]:
    return Event.objects.filter(kind="ticket.triaged", ticket_id=Given("ticket"))
