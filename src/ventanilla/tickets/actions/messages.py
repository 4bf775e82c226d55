"""Writing a message's rows. Not a verb: the verbs that add messages share it."""

from __future__ import annotations

from typing import Any

from ventanilla.events.acts import Act
from ventanilla.lib.fold import snippet
from ventanilla.lib.html import to_text
from ventanilla.lib.rows import insert
from ventanilla.people.models import Contact
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Attachment, Delivery, Message, MessageKind, Ticket


def add_message(
    ticket: Ticket,
    act: Act,
    content: Content,
    *,
    kind: MessageKind,
    channel: str,
    contact: Contact | None = None,
    verified: bool = True,
    forwarded: bool = False,
    delivery: str = "",
    origin: Ticket | None = None,
) -> Message:
    """Insert a message and its files into a locked ticket. 1 statement, 2 with files.

    origin   the ticket that it came to, if that was merged into this one
    The ticket's own fields are the caller's to save: see `summary`.
    """
    message = new_message(
        ticket,
        act,
        content,
        kind=kind,
        channel=channel,
        contact=contact,
        verified=verified,
        forwarded=forwarded,
        delivery=delivery,
    )
    message.origin_ticket = origin or ticket
    save_message(message, act, content)
    return message


def new_message(
    ticket: Ticket,
    act: Act,
    content: Content,
    *,
    kind: MessageKind,
    channel: str,
    contact: Contact | None = None,
    verified: bool = True,
    forwarded: bool = False,
    delivery: str = "",
    pk: int | None = None,
) -> Message:
    """The message, not in the database yet; nor need its ticket be."""
    text = content.text or (to_text(content.html) if content.html else "")
    return Message(
        pk=pk,
        ticket=ticket,
        origin_ticket=ticket,
        kind=kind,
        channel=channel,
        contact=contact,
        agent_id=act.actor.id if act.actor.kind == "agent" else None,
        author_name=content.author_name[:160],
        subject=content.subject[:400],
        html=content.html,
        text=text,
        reply=content.reply or text,
        signature=content.signature,
        sender=content.sender[:320],
        to=content.to,
        cc=content.cc,
        bcc=content.bcc,
        language=content.language,
        auto=content.auto,
        verified=verified,
        authenticated=content.authenticated,
        defects=[defect[:60] for defect in content.defects],
        message_id=content.message_id,
        raw_digest=content.raw_digest,
        occurred_at=act.when,
        dated_at=content.dated_at,
        delivery=delivery,
        forwarded=forwarded,
        begun_at=content.begun_at,
        composing=content.composing,
        template=content.template,
    )


def save_message(message: Message, act: Act, content: Content) -> None:
    message.ticket_id = message.ticket.pk  # a new ticket has it now
    message.origin_ticket_id = message.origin_ticket.pk
    insert(message)
    if not content.files:
        return
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            ticket_id=message.ticket_id,
            uploaded_by_id=message.agent_id,
            digest=file.digest,
            filename=file.filename[:255],
            content_type=file.content_type[:120],
            size=file.size,
            cid=file.cid[:255],
            inline=file.inline,
            created_at=act.when,
        )
        for file in content.files
    )


def summary(ticket: Ticket, message: Message) -> dict[str, Any]:
    """The ticket's fields that show its last message in lists, for the caller to save."""
    return {
        "last_message_at": message.occurred_at,
        "last_message_kind": message.kind,
        "last_message_id": message.pk,
        "snippet": snippet(message.reply or message.subject, 160),
        "message_count": ticket.message_count + 1,
    }


def shown_last(ticket: Ticket) -> dict[str, Any]:
    """The same fields, read anew from its messages, when some have come or gone. 2 statements."""
    said = ticket.messages.exclude(kind=MessageKind.SYSTEM).order_by("-pk").first()
    return {
        "last_message_at": said.occurred_at if said else None,
        "last_message_kind": said.kind if said else None,
        "last_message_id": said.pk if said else None,
        "snippet": snippet(said.reply or said.subject, 160) if said else "",
        "message_count": ticket.messages.count(),
    }


def queued(channel: str) -> str:
    """The delivery state that a new outgoing message starts with."""
    return Delivery.QUEUED if channel == "email" else ""
