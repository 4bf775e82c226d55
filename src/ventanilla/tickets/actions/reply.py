from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import MessageReplied
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.apply import apply_changes
from ventanilla.tickets.actions.change import change, first_act, shift
from ventanilla.tickets.actions.custom import check_ready
from ventanilla.tickets.actions.messages import add_message, queued, summary
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import (
    ANSWERED_BY_MAIL,
    PUBLIC_KINDS,
    Channel,
    Message,
    MessageKind,
    Status,
    Ticket,
)


class NewerMessage(Conflict):
    """A public message arrived while this reply was being written."""

    code = "newer_message"

    def __init__(self, message: str, newer: Message):
        super().__init__(message)
        self.newer = newer


@transactional
def reply(
    ticket: Ticket,
    act: Act,
    *,
    content: Content,
    status: Status | None = Status.PENDING,
    seen: int | None = None,
    override: bool = False,
    overrode: bool = False,
    forward: bool = False,
    also: Sequence[str] = (),
) -> Message:
    """Answer publicly: by the ticket's channel, or by mail where that carries no answer.

    status    what the ticket is set to; None leaves it (a new one opens)
    seen      id of the last message that the author has read; a newer public one stops the reply
              with NewerMessage unless `override`
    overrode  an earlier newer one was passed over when the reply was written
    forward   goes to a third party: answers no customer, stops no clock, leaves the status
    also      what is changed besides, by macros (`tickets.changes`); what can't be is left out
    Raises NotAllowed, Invalid (nobody to send to, nothing written), NewerMessage, FieldsMissing.
    """
    ticket.lock()
    require(act, "ticket.reply", ticket)
    check_content(content)
    stale = check_seen(ticket, act, seen, override=override)
    if not forward:
        check_ready(ticket, act, status)
    by_mail = forward or ticket.channel in ANSWERED_BY_MAIL
    channel = Channel.EMAIL if by_mail else ticket.channel
    message = add_message(
        ticket,
        act,
        content,
        kind=MessageKind.REPLY,
        channel=channel,
        forwarded=forward,
        delivery=queued(channel),
    )
    by_person = act.actor.kind == "agent" and not forward
    first = by_person and ticket.first_replied_at is None
    fields: dict[str, Any] = summary(ticket, message)
    if not forward:
        fields["waiting_since"] = None
    if first:
        fields["first_replied_at"] = act.when
    event = change(
        ticket,
        act,
        MessageReplied(
            message=message.pk,
            first=first,
            forwarded=forward,
            override=stale is not None or overrode,
            prepared=content.prepared,
        ),
        **fields,
    )
    if status is None or forward:
        first_act(ticket, act, event)
    elif ticket.status != status:
        shift(ticket, act.because_of(event), status, reason="replied")
    if also:
        change_besides(ticket, act.because_of(event), also, content, message)
    return message


def change_besides(
    ticket: Ticket, act: Act, also: Sequence[str], content: Content, message: Message
) -> None:
    """What the macros in a message change, in the same act."""
    apply_changes(ticket, act, changes=also, macros=content.prepared, message=message.pk)


def check_content(content: Content) -> None:
    """Raises Invalid: nobody to send to, nothing written."""
    if not content.to:
        raise Invalid(_("There is nobody to send this to. Add an address."), field="to")
    if not (content.text or content.html or content.files):
        raise Invalid(_("The message is empty. Write something first."), field="html")


def check_seen(ticket: Ticket, act: Act, seen: int | None, *, override: bool) -> Message | None:
    """The newest public message of somebody else after `seen`, if it is to be passed over.

    None when the author saw the last message. Raises NewerMessage unless `override`.
    """
    newer = _newer(ticket, act, seen)
    if newer and not override:
        raise NewerMessage(
            _("A new message arrived while you were writing. Read it before you send yours."),
            newer,
        )
    return newer


def _newer(ticket: Ticket, act: Act, seen: int | None) -> Message | None:
    if seen is None or (ticket.last_message_id or 0) <= seen:
        return None
    public = ticket.messages.filter(kind__in=PUBLIC_KINDS, pk__gt=seen)
    others = public.exclude(kind=MessageKind.SYSTEM)
    if act.actor.kind == "agent":  # what they wrote themselves they know
        others = others.exclude(kind=MessageKind.REPLY, agent_id=act.actor.id)
    return others.order_by("-pk").first()
