"""The relay: hands committed events to whoever reacts to them, in order.

What one event leads to on its ticket (opened, triaged, assigned …) is done in the same commit: a
new ticket takes one, not one for each of its five events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from ventanilla.events.jobs import consume, enqueue, path
from ventanilla.events.log import wiring
from ventanilla.events.models import Event
from ventanilla.lib.compiled import Given, compiled

logger = structlog.get_logger(__name__)
AT_ONCE = 100  # events that are read together
LEADER = 0x56E7  # session advisory lock: one relay at a time keeps a ticket's events in order

Consumer = Callable[[Event], None]
Reactions = Mapping[str, Sequence[Consumer]]


def lead() -> bool:
    """Become the relay of this desk, if no other process is. Held until the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LEADER])
        return bool(cursor.fetchone()[0])


def relay(after: Reactions | None = None) -> int:
    """Hand waiting events to their consumers. Returns how many; 0 means that none wait.

    `after` stands in for `wiring.AFTER`, so that a simulation can leave out the network.

    A consumer's effects and the crossing-off commit together. One that fails is undone alone and
    tried again by a job; the others, and the events behind, go on.
    """
    handed: set[int] = set()
    for events in _together(waiting.all()):
        if left := [event for event in events if event.pk not in handed]:
            handed |= hand_over(left, after or wiring().AFTER)
    return len(handed)


def _together(events: list[Event]) -> Iterator[list[Event]]:
    """What is handed over in one commit: an event, and those of no ticket right before it."""
    group: list[Event] = []
    for event in events:
        group.append(event)
        if event.ticket_id is not None:
            yield group
            group = []
    yield group


def hand_over(events: list[Event], after: Reactions) -> set[int]:
    """Let events and what follows from the last be reacted to, in one commit. Returns their ids.

    Savepoints cost two trips to the database each: only when a consumer has failed, which undoes
    the whole commit, each event is handed over alone, to each consumer in a savepoint of its own.
    """
    last = events[-1]
    with structlog.contextvars.bound_contextvars(event=last.pk, ticket=last.ticket_id):
        try:
            with transaction.atomic():
                return _follow(events, after)
        except Exception as error:
            logger.warning("reactions_again", kind=last.kind, error=repr(error))
            for event in events:
                _each_alone(event, _consumers(event, after))
            return {event.pk for event in events}


def _follow(events: list[Event], after: Reactions) -> set[int]:
    """React to events, then to what waits on the last one's ticket, until nothing new does."""
    handed: set[int] = set()
    once: dict[Consumer, Event] = {}
    ticket = events[-1].ticket_id
    while events:
        for each in events:
            for consumer in _consumers(each, after):
                if consumer in wiring().ONCE:
                    once[consumer] = each
                else:
                    consumer(each)
        handed.update(each.pk for each in events)
        found = of_ticket.all(ticket=ticket) if ticket is not None else []
        events = [each for each in found if each.pk not in handed]
    for consumer, latest in once.items():
        consumer(latest)
    _cross_off(handed)
    return handed


@compiled
def waiting() -> QuerySet[Event]:
    return Event.objects.filter(outbox__isnull=False).order_by("outbox__lane", "pk")[:AT_ONCE]


@compiled
def of_ticket() -> QuerySet[Event]:
    return Event.objects.filter(outbox__isnull=False, ticket_id=Given("ticket")).order_by("pk")


def _consumers(event: Event, after: Reactions) -> Sequence[Consumer]:
    consumers = after.get(event.kind, ())
    if event.via == "undo":
        return [one for one in consumers if one not in wiring().NOT_ON_UNDO]
    return consumers


@transaction.atomic
def _each_alone(event: Event, consumers: Sequence[Consumer]) -> None:
    for consumer in consumers:
        try:
            with transaction.atomic():
                consumer(event)
        except Exception:
            logger.exception("consumer_failed", consumer=path(consumer), kind=event.kind)
            enqueue(consume, consumer=path(consumer), event_id=event.pk)
    _cross_off([event.pk])


def _cross_off(event_ids: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_outbox WHERE event_id = ANY(%s)", [list(event_ids)])
