from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import MessageNoted
from ventanilla.lib.problems import Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change, first_act
from ventanilla.tickets.actions.messages import add_message, summary
from ventanilla.tickets.actions.reply import change_besides
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Message, MessageKind, Ticket


@transactional
def note(
    ticket: Ticket,
    act: Act,
    *,
    content: Content,
    mentioned: tuple[int, ...] = (),
    also: Sequence[str] = (),
) -> Message:
    """Write an internal note; customers never see it. Raises NotAllowed, Invalid when empty.

    also   as for a reply
    """
    ticket.lock()
    require(act, "ticket.note", ticket)
    if not (content.text or content.html or content.files):
        raise Invalid(_("The note is empty. Write something first."), field="html")
    message = add_message(ticket, act, content, kind=MessageKind.NOTE, channel=ticket.channel)
    event = change(
        ticket,
        act,
        MessageNoted(message=message.pk, mentioned=mentioned, prepared=content.prepared),
        **summary(ticket, message),
    )
    first_act(ticket, act, event)
    if also:
        change_besides(ticket, act.because_of(event), also, content, message)
    return message
