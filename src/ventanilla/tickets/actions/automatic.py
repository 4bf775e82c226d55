from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.events.acts import Act
from ventanilla.events.kinds import MessageAutomatic
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.transactions import transactional
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.actions.merged import merge_of
from ventanilla.tickets.actions.messages import add_message, queued
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Message, MessageKind, Ticket


@compiled
def _written() -> QuerySet[Message]:
    """What was said by itself on a ticket by one template."""
    automatic = Message.objects.filter(kind=MessageKind.SYSTEM)
    return automatic.filter(ticket=Given("ticket"), template=Given("template"))


@transactional
def write_automatic(ticket: Ticket, act: Act, *, content: Content, template: str) -> Message | None:
    """Send what Ventanilla itself has to say, such as the acknowledgement.

    Once per ticket and template: returns None when it was written before, or when the ticket has
    gone into another. It answers nobody: the list goes on showing the customer's words, and no
    clock stops.
    """
    ticket.lock()
    if merge_of(ticket) or _written.exists(ticket=ticket.pk, template=template):
        return None
    message = add_message(
        ticket,
        act,
        content,
        kind=MessageKind.SYSTEM,
        channel=ticket.channel,
        delivery=queued(ticket.channel),
    )
    change(
        ticket,
        act,
        MessageAutomatic(message=message.pk, template=template),
        message_count=ticket.message_count + 1,
    )
    return message
