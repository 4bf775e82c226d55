"""Clocks follow the log, in step: they start, stop and move in the transaction of the event."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet

from ventanilla.events.acts import Act
from ventanilla.events.kinds import SlaBreached, SlaMet
from ventanilla.events.models import Event, Timer
from ventanilla.events.timers import cancel_timers, set_timer
from ventanilla.lib.business_time import Calendar, CalendarIsEmpty, due, elapsed
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.rows import insert, update
from ventanilla.sla.models import Clock, Metric
from ventanilla.sla.policies import Promise, hours, promise
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.models import Status, Ticket

DUE = "sla.due"
AMBER_SHARE = 0.75  # of the target; or an hour before it is due, if that is sooner
AMBER_LEFT = timedelta(hours=1)


# -- in step -----------------------------------------------------------------------------------
def on_opened(event: Event, ticket: Ticket) -> None:
    """The first response is due from the first message; nobody waits when an agent wrote first."""
    if ticket.waiting_since and not event.data["quiet"]:
        start(ticket, Metric.FIRST_RESPONSE, event.occurred_at, cycle=1)


def on_received(event: Event, ticket: Ticket) -> None:
    """A customer's message starts the next response, unless an answer is owed already."""
    happened = event.data
    if happened["auto"] or happened["quiet"] or not happened["verified"]:
        return
    if not running(ticket):
        metric = Metric.NEXT_RESPONSE if ticket.first_replied_at else Metric.FIRST_RESPONSE
        start(ticket, metric, event.occurred_at)


def on_sender_accepted(event: Event, ticket: Ticket) -> None:
    if not running(ticket):
        metric = Metric.NEXT_RESPONSE if ticket.first_replied_at else Metric.FIRST_RESPONSE
        start(ticket, metric, event.occurred_at)


def on_replied(event: Event, ticket: Ticket) -> None:
    """A person's public reply keeps every promise that runs."""
    if event.actor_kind == "agent" and not event.data["forwarded"]:
        for clock in running(ticket):
            _stop(clock, ticket, event)


def on_status_changed(event: Event, ticket: Ticket) -> None:
    """A ticket that is resolved without an answer owes none any more."""
    if event.via == "undo" and event.data["new"] < Status.RESOLVED:
        _revive(event, ticket)
    if event.data["new"] >= Status.RESOLVED:
        for clock in running(ticket):
            finish(clock, Clock.State.CANCELLED, event.occurred_at)
            show(ticket, None)


def _revive(event: Event, ticket: Ticket) -> None:
    """Resolving was undone: what it cancelled runs on as if it had never stopped."""
    undone = Event.objects.filter(pk=event.cause_id or 0).first()
    if undone is None or undone.data["new"] < Status.RESOLVED or running(ticket):
        return
    cancelled = Clock.objects.filter(ticket=ticket, state=Clock.State.CANCELLED)
    clock = cancelled.filter(stopped_at=undone.occurred_at).select_related("calendar").first()
    if clock is None:
        return
    clock.state, clock.stopped_at, clock.elapsed = Clock.State.RUNNING, None, None
    clock.save(update_fields=["state", "stopped_at", "elapsed"])
    watch(clock)
    show(ticket, clock)


def on_priority_changed(event: Event, ticket: Ticket) -> None:
    """Another priority has another target; what has elapsed stays elapsed."""
    for clock in running(ticket):
        promised = promise(ticket.team_id)
        target = promised.target(clock.metric, ticket.priority) if promised else None
        if promised is None or target is None:
            finish(clock, Clock.State.CANCELLED, event.occurred_at)
            show(ticket, None)
        else:
            set_target(clock, target, hours(clock.calendar))
            clock.save(update_fields=["target", "due_at", "warn_at"])
            watch(clock)
            show(ticket, clock)


# -- starting and stopping ---------------------------------------------------------------------
def start(ticket: Ticket, metric: Metric, at: datetime, *, cycle: int = 0) -> Clock | None:
    """Start a clock on a locked ticket. None when nothing is promised. 5 statements.

    cycle   its number among the ticket's clocks of this metric; 0: look it up
    """
    promised = promise(ticket.team_id)
    target = promised.target(metric, ticket.priority) if promised else None
    if promised is None or target is None:
        return None
    clock = _new(ticket, metric, at, cycle or _next_cycle(ticket, metric), promised)
    try:
        set_target(clock, target, promised.hours)
    except CalendarIsEmpty:
        return None  # no working hours: nothing can be promised; the linter says so
    insert(clock)
    watch(clock)
    show(ticket, clock)
    return clock


def _next_cycle(ticket: Ticket, metric: Metric) -> int:
    before = Clock.objects.filter(ticket=ticket, metric=metric).aggregate(n=Max("cycle"))["n"]
    return (before or 0) + 1


def _new(ticket: Ticket, metric: Metric, at: datetime, cycle: int, promised: Promise) -> Clock:
    return Clock(
        ticket=ticket,
        metric=metric,
        cycle=cycle,
        policy=promised.policy,
        policy_version=promised.policy.version,
        calendar=promised.calendar,
        calendar_version=promised.calendar.version if promised.calendar else 0,
        started_at=at,
    )


def set_target(clock: Clock, target: timedelta, calendar: Calendar) -> None:
    clock.target = int(target.total_seconds())
    clock.due_at = due(clock.started_at, target, calendar)
    share = due(clock.started_at, target * AMBER_SHARE, calendar)
    clock.warn_at = min(share, clock.due_at - AMBER_LEFT)


def running(ticket: Ticket) -> list[Clock]:
    return _running_of.all(ticket=ticket.pk)


@compiled
def _running_of() -> QuerySet[Clock]:
    running = Clock.objects.filter(ticket=Given("ticket"), state=Clock.State.RUNNING)
    return running.select_related("calendar").order_by("due_at")


def _stop(clock: Clock, ticket: Ticket, event: Event) -> None:
    at = event.occurred_at
    late = at > clock.due_at
    finish(clock, Clock.State.BREACHED if late else Clock.State.MET, at)
    if late:
        show(ticket, None)
        return
    met = SlaMet(metric=clock.metric, cycle=clock.cycle, elapsed=clock.elapsed or 0)
    change(ticket, Act.of_system(at).because_of(event), met, **_shown(None))


def finish(clock: Clock, state: Clock.State, at: datetime) -> None:
    clock.state, clock.stopped_at = state, at
    clock.elapsed = int(elapsed(clock.started_at, at, hours(clock.calendar)).total_seconds())
    update(clock, "state", "stopped_at", "elapsed")
    cancel_timers(DUE, clock.ticket_id)


def watch(clock: Clock) -> None:
    set_timer(DUE, clock.due_at, ticket_id=clock.ticket_id, episode=episode(clock))


def episode(clock: Clock) -> str:
    return f"{clock.metric}:{clock.cycle}"


# -- what lists show ---------------------------------------------------------------------------
def _shown(clock: Clock | None) -> dict[str, Any]:
    return {
        "due_at": clock.due_at if clock else None,
        "due_metric": clock.metric if clock else "",
        "due_warn_at": clock.warn_at if clock else None,
    }


def show(ticket: Ticket, clock: Clock | None) -> None:
    """Put the running clock, or none, on the ticket's row. 1 statement; none on its opening."""
    fields = _shown(clock)
    for name, value in fields.items():
        setattr(ticket, name, value)
    if not ticket._state.adding:
        update(ticket, *fields)


# -- when it runs out --------------------------------------------------------------------------
def breach(timer: Timer, act: Act) -> None:
    """Record that a clock has run out. Does nothing when it was stopped, moved or noticed."""
    ticket = Ticket.objects.filter(pk=timer.ticket_id or 0).first()
    if ticket is None:
        return
    ticket.lock()
    for clock in running(ticket):
        if episode(clock) != timer.episode or clock.breached_at or clock.due_at > act.when:
            continue
        clock.breached_at = act.when
        clock.save(update_fields=["breached_at"])
        late_by = int((act.when.astimezone(UTC) - clock.due_at).total_seconds())
        change(ticket, act, SlaBreached(clock.metric, clock.cycle, late_by))
