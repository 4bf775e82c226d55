"""Rules on time: so long after something, once for each time that it begins.

What waits is a timer by rule and by the event that began the stretch. When it is due, the stretch
is looked for again: where another has begun since, nothing happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db.models import Q, QuerySet

from ventanilla.automation import deciding
from ventanilla.automation.definition import SINCE, After
from ventanilla.automation.models import RuleRun
from ventanilla.automation.rules import Live, act_of, asker, by_machine, in_use, note_run, perform
from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer
from ventanilla.events.timers import set_timer
from ventanilla.lib.business_time import CalendarIsEmpty, due
from ventanilla.sla.policies import working_hours
from ventanilla.tickets.actions.merged import merge_of
from ventanilla.tickets.condition_fields import facts
from ventanilla.tickets.conditions import where
from ventanilla.tickets.models import Status, Ticket

logger = structlog.get_logger(__name__)
DUE = "rule.after"
LATE = timedelta(days=3)  # what should have happened longer ago happens no more
MOST = 20  # times that a rule acts on one ticket: two can go to and fro, hour by hour
AT_ONCE = 500  # tickets that are planned together


@dataclass(frozen=True, slots=True)
class Begun:
    """The event with which a stretch of time began."""

    event: int
    at: datetime


def plan(event: Event) -> None:
    """Let rules look when their time has passed. Safe to run twice. Without rules no statement."""
    looking = [
        rule
        for rule in in_use()
        if rule.definition.after and event.kind in SINCE[rule.definition.after.since]
    ]
    if not looking or by_machine(event):
        return
    ticket = Ticket.objects.get(pk=event.the_ticket)
    for rule in looking:
        _set(rule, ticket)


def _set(rule: Live, ticket: Ticket, *, not_before: datetime | None = None) -> None:
    after = rule.definition.after
    begun = began(after.since, ticket) if after else None
    due_at = time_of(after, begun, ticket) if after and begun else None
    if begun and due_at and (not_before is None or due_at >= not_before):
        set_timer(DUE, due_at, ticket_id=ticket.pk, episode=f"{rule.pk}:{begun.event}")


def time_of(after: After, begun: Begun, ticket: Ticket) -> datetime | None:
    """When a rule looks; None: its team never works."""
    long = timedelta(hours=after.hours)
    if not after.working:
        return begun.at + long
    try:
        return due(begun.at, long, working_hours(ticket.team_id))
    except CalendarIsEmpty:
        return None


def began(since: str, ticket: Ticket) -> Begun | None:
    """What a rule counts from, if that is so now. 1 statement, 2 for the status."""
    for found in _beginnings(since, ticket):
        event = found.values_list("pk", "occurred_at", "kind").first()
        if event is not None:
            pk, at, kind = event
            return None if since == "silence" and kind != "message.replied" else Begun(pk, at)
    return None


def _beginnings(since: str, ticket: Ticket) -> Iterator[QuerySet[Event]]:
    """The first of these that finds anything tells."""
    events = Event.objects.filter(ticket_id=ticket.pk)
    opened = events.filter(kind="ticket.opened").order_by("seq")
    if since == "status":
        yield events.filter(kind="ticket.status_changed").order_by("-seq")
        yield opened
    elif since == "opened":
        yield opened
    elif since == "silence":
        ours = Q(kind="message.replied", data__forwarded=False)
        theirs = Q(kind="message.received", data__auto="")
        yield events.filter(ours | theirs).order_by("-seq")
    elif ticket.waiting_since is not None:
        asked = events.filter(kind__in=("ticket.opened", "message.received"))
        yield asked.filter(occurred_at__gte=ticket.waiting_since).order_by("seq")


# -- when it is due ------------------------------------------------------------------------------
def fire(timer: Timer, act: Act) -> None:
    """Let a rule look at a ticket. Does nothing when the stretch has ended, or was acted on."""
    rule_id, _colon, event_id = timer.episode.partition(":")
    rule = next((one for one in in_use() if one.pk == int(rule_id)), None)
    if rule is None or rule.definition.after is None:
        return
    ticket = Ticket(pk=timer.ticket_id)
    try:
        ticket.lock()
    except Ticket.DoesNotExist:
        return  # deleted for good
    begun = began(rule.definition.after.since, ticket)
    if begun is None or begun.event != int(event_id) or not _may_act(rule, ticket, begun):
        return
    due_at = time_of(rule.definition.after, begun, ticket)
    if due_at is None or act.when - due_at > LATE:
        logger.warning("rule_too_late", rule=rule.pk, ticket=ticket.pk)
    elif due_at > act.when:  # another calendar, or another time: later than it was
        set_timer(DUE, due_at, ticket_id=ticket.pk, episode=timer.episode)
    else:
        _look(rule, ticket, begun)


def _may_act(rule: Live, ticket: Ticket, begun: Begun) -> bool:
    if ticket.aside is not None or merge_of(ticket):
        return False
    runs = RuleRun.objects.filter(rule=rule.pk, ticket_id=ticket.pk)
    roots = list(runs.values_list("root", flat=True)[:MOST])
    return begun.event not in roots and len(roots) < MOST


def _look(rule: Live, ticket: Ticket, begun: Begun) -> None:
    tested = deciding.test(rule.definition, facts(ticket), asker(rule.definition))
    if tested.fits:
        effect = perform(rule, ticket, act_of(rule))
        note_run(rule, ticket, begun.event, begun.event, tested, effect)


# -- a rule that is new --------------------------------------------------------------------------
def plan_tickets(rule_id: int, now: datetime) -> int:
    """Let a new rule look at what fits it already and isn't closed. Returns at how many.

    Where its time passed long ago it never looks: switched on, it does not fall upon old tickets.
    """
    rule = next((one for one in in_use() if one.pk == rule_id), None)
    if rule is None or rule.definition.after is None:
        return 0
    fitting = where(rule.definition.conditions, asker(rule.definition))
    open_ = Ticket.objects.filter(aside=None, status__lt=Status.CLOSED).filter(fitting)
    last, count = 0, 0
    while found := list(open_.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        for ticket in found:
            _set(rule, ticket, not_before=now - LATE)
        last, count = found[-1].pk, count + len(found)
    return count
