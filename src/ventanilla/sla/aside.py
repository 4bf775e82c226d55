"""Clocks of spam and of what is in the trash: cancelled, and put back as they were. In step."""

from __future__ import annotations

from datetime import datetime

from ventanilla.events.models import Event
from ventanilla.sla import clocks
from ventanilla.sla.merging import kept_of, put_back
from ventanilla.sla.models import Clock, Metric
from ventanilla.tickets.actions.carry import asked_since
from ventanilla.tickets.aside import SetAside
from ventanilla.tickets.models import Aside, Ticket


def on_set_aside(event: Event, ticket: Ticket) -> None:
    """Nothing is owed there."""
    running = clocks.running(ticket)
    if not running:
        return
    kept = [kept_of(clock) for clock in running]
    ticket.stays.filter(place=Aside[event.data["place"].upper()]).update(clocks=kept)
    for clock in running:
        clocks.finish(clock, Clock.State.CANCELLED, event.occurred_at)
    clocks.show(ticket, None)


def on_brought_back(event: Event, ticket: Ticket) -> None:
    """What was owed is owed again, by the same time; so is what a customer has written since."""
    if ticket.aside is not None:
        return
    stay = SetAside.objects.get(ticket=ticket, place=Aside[event.data["place"].upper()])
    for was in stay.clocks:
        clock = Clock.objects.select_related("calendar").get(pk=was["id"])
        put_back(clock, was)
        clocks.watch(clock)
        clocks.show(ticket, clock)
    since = _not_promised_since(ticket, stay)
    if since and not stay.clocks:
        metric = Metric.NEXT_RESPONSE if ticket.first_replied_at else Metric.FIRST_RESPONSE
        clocks.start(ticket, metric, since)


def _not_promised_since(ticket: Ticket, stay: SetAside) -> datetime | None:
    """Since when somebody waits for whom no clock was started: it came as spam, or they wrote
    while it lay there."""
    if stay.why != SetAside.Why.HAND:
        return ticket.waiting_since
    return next((one.occurred_at for one in asked_since(ticket, stay.kept)), None)
