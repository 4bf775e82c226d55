"""Clocks when messages go to another ticket, and when that is undone: in step, like the others.

Whoever wrote them is owed the answer there, since they wrote. What is left in the source is owed
since the earliest that is left. Undone, clocks that nobody has touched are as they were.
"""

from __future__ import annotations

from typing import Any

from ventanilla.events.models import Event
from ventanilla.lib.business_time import CalendarIsEmpty
from ventanilla.sla import clocks
from ventanilla.sla.merging import aim, kept_of, moment, owe, put_back, release
from ventanilla.sla.models import Clock, Metric
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.moving import Transfer


def on_left(event: Event, ticket: Ticket) -> None:
    """The source owes what is left, or nothing."""
    made = _transfer(event)
    if moment(made.kept["source"]["waiting_since"]) == ticket.waiting_since:
        return
    before = clocks.running(ticket)
    was = [kept_of(clock) for clock in before]
    for clock in before:
        if ticket.waiting_since is None:
            clocks.finish(clock, Clock.State.CANCELLED, event.occurred_at)
            clocks.show(ticket, None)
        elif clock.started_at < ticket.waiting_since:
            clock.started_at = ticket.waiting_since
            _aim_later(clock, ticket, event)
    _keep(made, left=[[one, kept_of(clock)] for one, clock in zip(was, before, strict=True)])


def on_joined(event: Event, ticket: Ticket) -> None:
    """The target owes the answer to those who still wait for one."""
    made = _transfer(event)
    asks = moment(made.kept["asks"])
    if asks is not None:
        _keep(made, **owe(ticket, asks))


def on_given_back(event: Event, ticket: Ticket) -> None:
    """The target owes only what is its own."""
    made = _transfer(event)
    release(ticket, made.clocks, gone={moment(made.kept["asks"])})


def on_returned(event: Event, ticket: Ticket) -> None:
    """The source owes again what it owed, unless that was answered meanwhile."""
    made = _transfer(event)
    left = made.clocks.get("left", [])
    if ticket.waiting_since is None or not left:
        return
    same = [_as_it_became(became) for _was, became in left]
    others = {clock.pk for clock in clocks.running(ticket)} - {was["id"] for was, _now in left}
    as_before = ticket.waiting_since == moment(made.kept["source"]["waiting_since"])
    if all(same) and not others and as_before:
        for was, _became in left:
            clock = Clock.objects.select_related("calendar").get(pk=was["id"])
            put_back(clock, was)
            clocks.watch(clock)
            clocks.show(ticket, clock)
        return
    _owe_since(ticket)


def _as_it_became(became: dict[str, Any]) -> bool:
    clock = Clock.objects.filter(pk=became["id"]).first()
    return clock is not None and kept_of(clock) == became


def _owe_since(ticket: Ticket) -> None:
    running = clocks.running(ticket)
    since = ticket.waiting_since
    if since is None:
        return
    if not running:
        metric = Metric.NEXT_RESPONSE if ticket.first_replied_at else Metric.FIRST_RESPONSE
        clocks.start(ticket, metric, since)
    elif since < running[0].started_at:
        owe(ticket, since)


def _aim_later(clock: Clock, ticket: Ticket, event: Event) -> None:
    try:
        aim(clock, ticket)
    except CalendarIsEmpty:
        return  # its hours were emptied since: it stays as it is
    if clock.breached_at and clock.due_at > event.occurred_at:
        clock.breached_at = None  # what was late is owed elsewhere now
        clock.save(update_fields=["breached_at"])


def _transfer(event: Event) -> Transfer:
    return Transfer.objects.get(pk=event.data["transfer"])


def _keep(made: Transfer, **found: Any) -> None:
    made.clocks |= found
    made.save(update_fields=["clocks"])
