"""Who, beside the contact, takes part in a conversation."""

from __future__ import annotations

from collections.abc import Iterable

from ventanilla.events.acts import Act
from ventanilla.events.kinds import ParticipantsChanged, SenderAccepted
from ventanilla.events.models import Event
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Contact
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.models import Message, Participant, Ticket


@transactional
def set_participants(
    ticket: Ticket,
    act: Act,
    *,
    add: Iterable[Contact] = (),
    remove: Iterable[Contact] = (),
) -> Event | None:
    """Add or remove people who get public replies and may answer. The contact needs no entry.

    A customer may only add (by a mail's CC, if verified: the caller checks); an agent both.
    """
    ticket.lock()
    if act.actor.kind == "agent":
        require(act, "ticket.reply", ticket)
    present = set(ticket.participants.values_list("contact_id", flat=True))
    plus = [c.pk for c in add if c.pk not in present and c.pk != ticket.contact_id]
    minus = [c.pk for c in remove if c.pk in present]
    if not plus and not minus:
        return None
    Participant.objects.bulk_create(
        [Participant(ticket=ticket, contact_id=pk) for pk in dict.fromkeys(plus)],
        ignore_conflicts=True,
    )
    Participant.objects.filter(ticket=ticket, contact_id__in=minus).delete()
    return change(ticket, act, ParticipantsChanged(added=tuple(plus), removed=tuple(minus)))


@transactional
def accept_sender(message: Message, act: Act) -> Event | None:
    """Vouch for an unverified sender: the message counts and its author takes part from now on."""
    ticket = message.ticket
    ticket.lock()
    require(act, "ticket.reply", ticket)
    message.refresh_from_db(fields=["verified"])
    if message.verified or message.contact_id is None:
        return None
    message.verified = True
    message.save(update_fields=["verified"])
    if message.contact_id != ticket.contact_id:
        Participant.objects.get_or_create(ticket=ticket, contact_id=message.contact_id)
    return change(
        ticket,
        act,
        SenderAccepted(message=message.pk, contact=message.contact_id),
        waiting_since=ticket.waiting_since or act.when,
    )
