"""Messages that change their ticket, and what a ticket shows of them, kept so it can come back.

What merging and moving messages have in common. A ticket's state is kept as plain values, as it was
and as it became: undoing puts back what still is as it became.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from ventanilla.events.acts import Act
from ventanilla.events.kinds import StatusChanged
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.actions.messages import shown_last
from ventanilla.tickets.actions.receive import STAYS_ON_HOLD
from ventanilla.tickets.models import Attachment, Message, MessageKind, Participant, Status, Ticket

STATE = ("status", "hold_reason", "hold_until", "resolved_at", "closed_at", "waiting_since")
LAST = ("last_message_at", "last_message_kind", "last_message_id", "snippet")
MOMENTS = {name for name in (*STATE, *LAST) if name.endswith(("_at", "_until", "_since"))}
WAITING = (Status.NEW, Status.OPEN)


def lock_all(*tickets: Ticket) -> None:
    """In the order of their ids, so that no two acts wait for each other."""
    for ticket in sorted(tickets, key=lambda one: one.pk):
        ticket.lock()


def carry(source: Ticket, into: Ticket, messages: Collection[int]) -> None:
    """Put messages of one locked ticket with their files into another. 2 statements."""
    Message.objects.filter(pk__in=messages).update(ticket=into)
    Attachment.objects.filter(ticket=source, message__in=messages).update(ticket=into)


def let_take_part(ticket: Ticket, contacts: Collection[int]) -> list[int]:
    """Returns who of them did not before."""
    present = {ticket.contact_id, *ticket.participants.values_list("contact_id", flat=True)}
    joining = [pk for pk in contacts if pk not in present]
    Participant.objects.bulk_create(Participant(ticket=ticket, contact_id=pk) for pk in joining)
    return joining


# -- who waits ---------------------------------------------------------------------------------
def counts(message: Message) -> bool:
    """Whether a customer waits for an answer to it, until there is one."""
    return message.kind == MessageKind.INBOUND and message.verified and not message.auto


def sleeps(ticket: Ticket) -> bool:
    """Whether a customer's word would wake it."""
    held = ticket.status == Status.ON_HOLD and ticket.hold_reason not in STAYS_ON_HOLD
    return ticket.status == Status.PENDING or held


def asked_since(ticket: Ticket, became: dict[str, Any]) -> list[Message]:
    newer = ticket.messages.filter(pk__gt=became["last_message_id"] or 0, verified=True, auto="")
    return list(newer.filter(kind=MessageKind.INBOUND).order_by("pk"))


def untouched(ticket: Ticket, became: dict[str, Any]) -> bool:
    """It has its status since then, and no customer has written."""
    return ticket.status == became["status"] and not asked_since(ticket, became)


def sleep_again(ticket: Ticket, act: Act, was: dict[str, Any]) -> None:
    fields = values(was, ("status", "hold_reason", "hold_until"))
    happening = StatusChanged(old=ticket.status, new=was["status"], reason="undone")
    change(ticket, act, happening, **fields)


# -- values as JSON ----------------------------------------------------------------------------
def kept_of(ticket: Ticket) -> dict[str, Any]:
    found = {name: getattr(ticket, name) for name in (*STATE, *LAST)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in found.items()
    }


def values(kept: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: moment(kept[name]) if name in MOMENTS else kept[name] for name in names}


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def last(ticket: Ticket, was: dict[str, Any]) -> dict[str, Any]:
    """What lists show of its messages; of one that was the last before, as it was."""
    found = shown_last(ticket)
    if found["last_message_id"] == was["last_message_id"]:
        found |= values(was, LAST)
    return found
