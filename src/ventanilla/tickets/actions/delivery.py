"""What became of an outgoing message. Told by the channel that sends it."""

from __future__ import annotations

from typing import Any

from ventanilla.events.acts import Act
from ventanilla.events.kinds import (
    Happening,
    MessageBounced,
    MessageFailed,
    MessageResent,
    MessageSent,
)
from ventanilla.events.models import Event
from ventanilla.lib.rows import update
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change, shift
from ventanilla.tickets.models import Delivery, Message, Status


@transactional
def mark_queued(message: Message, *, message_id: str) -> None:
    """Give an outgoing message its Message-ID, once; every try carries the same."""
    Message.objects.filter(pk=message.pk, message_id="").update(message_id=message_id)


@transactional
def mark_sent(message: Message, act: Act, *, attempts: int, doubled: bool = False) -> Event:
    happening = MessageSent(message=message.pk, attempts=attempts, doubled=doubled)
    return _mark(message, act, happening, Delivery.SENT, delivered_at=act.when)


@transactional
def mark_failed(message: Message, act: Act, *, attempts: int, reason: str) -> Event:
    """The channel gave up. The ticket opens again, so that somebody looks at it."""
    happening = MessageFailed(message=message.pk, attempts=attempts)
    event = _mark(message, act, happening, Delivery.FAILED, reason=reason)
    _look_again(message, act.because_of(event))
    return event


@transactional
def mark_bounced(
    message: Message, act: Act, *, recipients: list[str], temporary: bool, reason: str
) -> Event:
    """It came back. A final bounce opens the ticket again; a delay is only shown."""
    happening = MessageBounced(message=message.pk, temporary=temporary)
    state = Delivery(message.delivery) if temporary and message.delivery else Delivery.BOUNCED
    texts = {"recipients": ", ".join(recipients), "reason": reason}
    event = _mark(message, act, happening, state, reason=reason, texts=texts)
    if not temporary:
        _look_again(message, act.because_of(event))
    return event


@transactional
def resend(message: Message, act: Act) -> Event | None:
    """Queue a failed or returned message again. Returns None when it isn't in that state."""
    message.ticket.lock()
    require(act, "ticket.reply", message.ticket)
    message.refresh_from_db(fields=["delivery"])
    if message.delivery not in (Delivery.FAILED, Delivery.BOUNCED):
        return None
    return _mark(message, act, MessageResent(message=message.pk), Delivery.QUEUED)


def _mark(
    message: Message,
    act: Act,
    happening: Happening,
    state: Delivery,
    *,
    reason: str = "",
    texts: dict[str, str] | None = None,
    **fields: Any,
) -> Event:
    ticket = message.ticket
    ticket.lock()
    message.delivery, message.delivery_reason = state, reason
    for name, value in fields.items():
        setattr(message, name, value)
    update(message, "delivery", "delivery_reason", *fields)
    return change(ticket, act, happening, texts=texts or ({"reason": reason} if reason else None))


def _look_again(message: Message, act: Act) -> None:
    if message.ticket.status in (Status.PENDING, Status.RESOLVED):
        shift(message.ticket, act, Status.OPEN, reason="not_delivered")
