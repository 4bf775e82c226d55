"""The relay: hands committed events to whoever reacts to them, in order.

What one event leads to on its ticket (opened, triaged, assigned …) is done in the same commit: a
new ticket takes one, not one for each of its five events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
    for event in waiting.all():
        if event.pk not in handed:
            handed |= hand_over(event, after or wiring().AFTER)
    return len(handed)


def hand_over(event: Event, after: Reactions) -> set[int]:
    """Let an event and what follows from it be reacted to, in one commit. Returns their ids.

    Savepoints cost two trips to the database each: only when a consumer has failed, which undoes
    the whole commit, the event is handed over alone, to each consumer in a savepoint of its own.
    """
    with structlog.contextvars.bound_contextvars(event=event.pk, ticket=event.ticket_id):
        try:
            with transaction.atomic():
                return _follow(event, after)
        except Exception as error:
            logger.warning("reactions_again", kind=event.kind, error=repr(error))
            _each_alone(event, _consumers(event, after))
            return {event.pk}


def _follow(event: Event, after: Reactions) -> set[int]:
    """React to an event, then to what waits on the same ticket because of it, until none does."""
    handed: set[int] = set()
    once: dict[Consumer, Event] = {}
    events = [event]
    while events:
        for each in events:
            for consumer in _consumers(each, after):
                if consumer in wiring().ONCE:
                    once[consumer] = each
                else:
                    consumer(each)
        handed.update(each.pk for each in events)
        _cross_off(events)
        events = of_ticket.all(ticket=event.ticket_id) if event.ticket_id else []
    for consumer, latest in once.items():
        consumer(latest)
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
    _cross_off([event])


def _cross_off(events: Sequence[Event]) -> None:
    with connection.cursor() as cursor:
        done = [event.pk for event in events]
        cursor.execute("DELETE FROM events_outbox WHERE event_id = ANY(%s)", [done])
