"""The relay: hands committed events to whoever reacts to them, in order, one commit per event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import structlog
from django.db import connection, transaction

from ventanilla.events.jobs import consume, enqueue, path
from ventanilla.events.log import wiring
from ventanilla.events.models import Event, Outbox

logger = structlog.get_logger(__name__)
LEADER = 0x56E7  # session advisory lock: one relay at a time keeps a ticket's events in order

Consumer = Callable[[Event], None]
Reactions = Mapping[str, Sequence[Consumer]]


def lead() -> bool:
    """Become the relay of this desk, if no other process is. Held until the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LEADER])
        return bool(cursor.fetchone()[0])


def relay(limit: int = 100, after: Reactions | None = None) -> int:
    """Hand waiting events to their consumers. Returns how many; 0 means that none wait.

    `after` stands in for `wiring.AFTER`, so that a simulation can leave out the network.

    A consumer's effects and the crossing-off commit together. One that fails is undone alone and
    tried again by a job; the others, and the events behind, go on.
    """
    waiting = Event.objects.filter(outbox__isnull=False).order_by("outbox__lane", "pk")
    events = list(waiting[:limit])
    for event in events:
        hand_over(event, after or wiring().AFTER)
    return len(events)


def hand_over(event: Event, after: Reactions) -> None:
    """One commit. Savepoints cost two trips to the database each: only when a consumer failed."""
    consumers = after.get(event.kind, ())
    if event.via == "undo":
        consumers = [one for one in consumers if one not in wiring().NOT_ON_UNDO]
    with structlog.contextvars.bound_contextvars(event=event.pk, ticket=event.ticket_id):
        try:
            with transaction.atomic():
                for consumer in consumers:
                    consumer(event)
                _cross_off(event)
        except Exception as error:
            logger.warning("reactions_again", kind=event.kind, error=repr(error))
            _each_alone(event, consumers)


@transaction.atomic
def _each_alone(event: Event, consumers: Sequence[Consumer]) -> None:
    for consumer in consumers:
        try:
            with transaction.atomic():
                consumer(event)
        except Exception:
            logger.exception("consumer_failed", consumer=path(consumer), kind=event.kind)
            enqueue(consume, consumer=path(consumer), event_id=event.pk)
    _cross_off(event)


def _cross_off(event: Event) -> None:
    Outbox.objects.filter(pk=event.pk).delete()
