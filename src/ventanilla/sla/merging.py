"""Clocks when tickets are merged, and when that is undone: in step, like the others.

The source's clocks are cancelled. If its customer still waits, the survivor owes the answer, by the
time that was promised first. Undone, all clocks are as if the merge had never been.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ventanilla.events.models import Event
from ventanilla.events.timers import cancel_timers
from ventanilla.lib.business_time import CalendarIsEmpty
from ventanilla.sla import clocks
from ventanilla.sla.models import Clock, Metric
from ventanilla.sla.policies import hours
from ventanilla.tickets.merging import Merge
from ventanilla.tickets.models import Ticket

COURSE = ("state", "started_at", "target", "due_at", "warn_at", "breached_at", "stopped_at",
          "elapsed")  # fmt: skip
MOMENTS = tuple(name for name in COURSE if name.endswith("_at"))


def on_merged(event: Event, ticket: Ticket) -> None:
    """Nothing is owed in the source any more."""
    running = clocks.running(ticket)
    _keep(event, source=[kept_of(clock) for clock in running])
    for clock in running:
        clocks.finish(clock, Clock.State.CANCELLED, event.occurred_at)
        clocks.show(ticket, None)


def on_absorbed(event: Event, ticket: Ticket) -> None:
    """Whoever has waited longest is answered by the time that was promised to them."""
    merge = Merge.objects.get(pk=event.data["merge"])
    starts = [moment(one["started_at"]) for one in merge.clocks["source"]]
    owed = min((start for start in starts if start), default=None)
    if owed is not None:
        _keep(event, **owe(ticket, owed))


def on_restored(event: Event, ticket: Ticket) -> None:
    """The source owes again what it owed; what its customer wrote since, from then on."""
    merge = Merge.objects.get(pk=event.data["merge"])
    for was in merge.clocks["source"]:
        clock = Clock.objects.select_related("calendar").get(pk=was["id"])
        put_back(clock, was)
        clocks.watch(clock)
        clocks.show(ticket, clock)
    if event.data["late"] and not merge.clocks["source"] and ticket.waiting_since:
        metric = Metric.NEXT_RESPONSE if ticket.first_replied_at else Metric.FIRST_RESPONSE
        clocks.start(ticket, metric, ticket.waiting_since)


def on_separated(event: Event, ticket: Ticket) -> None:
    """The survivor owes only what is its own."""
    kept = Merge.objects.get(pk=event.data["merge"]).clocks
    release(ticket, kept, gone={moment(one["started_at"]) for one in kept["source"]})


# -- what another ticket owes, and no longer ---------------------------------------------------
def owe(ticket: Ticket, since: datetime) -> dict[str, Any]:
    """Let the ticket owe an answer since then, if not earlier. Returns what `release` needs."""
    running = clocks.running(ticket)
    if not running:
        metric = Metric.NEXT_RESPONSE if ticket.first_replied_at else Metric.FIRST_RESPONSE
        begun = clocks.start(ticket, metric, since)
        return {"begun": begun.pk if begun else None}
    if since >= running[0].started_at:
        return {}
    clock = running[0]
    was = kept_of(clock)
    clock.started_at = since
    try:
        aim(clock, ticket)
    except CalendarIsEmpty:
        return {}  # its hours were emptied since: it stays as it is
    return {"moved": was, "moved_to": kept_of(clock)}


def release(ticket: Ticket, owed: dict[str, Any], *, gone: set[datetime | None]) -> None:
    """Let it owe only what is its own.

    gone   since when those have waited who wait elsewhere now
    """
    if owed.get("begun"):
        _forget(owed["begun"], ticket)
    if owed.get("moved"):
        _move_back(owed["moved"], owed["moved_to"], ticket)
    for clock in clocks.running(ticket):
        if ticket.waiting_since is None and clock.started_at in gone:
            _forget(clock.pk, ticket)


def _forget(pk: int, ticket: Ticket) -> None:
    """A clock that ran for the source's customer alone."""
    clock = Clock.objects.filter(pk=pk).first()
    if clock is None:
        return
    ran = clock.state == Clock.State.RUNNING
    cancel_timers(clocks.DUE, ticket.pk, episode=clocks.episode(clock))
    clock.delete()
    if not ran:
        return
    clocks.show(ticket, None)
    own = _own_message_since(ticket, clock.started_at)
    if own is not None:  # a customer of the survivor's own has written while it ran
        clocks.start(ticket, Metric(clock.metric), own, cycle=clock.cycle)


def _own_message_since(ticket: Ticket, at: datetime) -> datetime | None:
    """Since when the survivor itself waits, if it does."""
    return ticket.waiting_since if ticket.waiting_since and ticket.waiting_since >= at else None


def _move_back(was: dict[str, Any], moved: dict[str, Any], ticket: Ticket) -> None:
    clock = Clock.objects.select_related("calendar").filter(pk=was["id"]).first()
    if clock is None or clock.started_at != moment(moved["started_at"]):
        return  # another merge has moved it further, and will put it back
    if kept_of(clock) == moved:
        put_back(clock, was)
    else:
        clock.started_at = moment(was["started_at"]) or clock.started_at
        clocks.set_target(clock, timedelta(seconds=clock.target), hours(clock.calendar))
        if clock.stopped_at is not None and clock.state != Clock.State.CANCELLED:
            late = clock.stopped_at > clock.due_at
            clocks.finish(
                clock, Clock.State.BREACHED if late else Clock.State.MET, clock.stopped_at
            )
        clock.save(update_fields=COURSE)
    if clock.state == Clock.State.RUNNING:
        clocks.watch(clock)
        clocks.show(ticket, clock)


def aim(clock: Clock, ticket: Ticket) -> None:
    """Give a clock that starts earlier its due time."""
    clocks.set_target(clock, timedelta(seconds=clock.target), hours(clock.calendar))
    clock.save(update_fields=["started_at", "due_at", "warn_at"])
    clocks.watch(clock)
    clocks.show(ticket, clock)


# -- as it was ---------------------------------------------------------------------------------
def _keep(event: Event, **found: Any) -> None:
    merge = Merge.objects.get(pk=event.data["merge"])
    merge.clocks |= found
    merge.save(update_fields=["clocks"])


def kept_of(clock: Clock) -> dict[str, Any]:
    values = {name: getattr(clock, name) for name in COURSE}
    plain = {n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()}
    return {"id": clock.pk} | plain


def put_back(clock: Clock, was: dict[str, Any]) -> None:
    for name in COURSE:
        setattr(clock, name, moment(was[name]) if name in MOMENTS else was[name])
    clock.save(update_fields=COURSE)


def moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
