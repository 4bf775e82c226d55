"""An inbox that sends through a test's server, and a reply that waits in its outbox."""

from __future__ import annotations

import email
import email.policy
from datetime import datetime
from email.message import EmailMessage

from tests.factories import MONDAY_9AM, act, address, make_agent, make_inbox, make_team, make_ticket
from ventanilla.events.models import Event
from ventanilla.lib.clock import frozen
from ventanilla.mail.consumers import queue_outgoing
from ventanilla.mail.models import MailAccount, OutgoingMail
from ventanilla.tickets.actions import reply
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Inbox, Message, Ticket

ELENA = "elena.vidal@correo.example"


def make_account(port: int = 0, *, inbox: Inbox | None = None, **fields) -> MailAccount:
    """The first inbox's account; with a port it sends there, in the clear on this machine."""
    plain = {"smtp_security": "none", "smtp_sign_in": "none"}
    server = {"smtp_host": "127.0.0.1", "smtp_port": port} | plain if port else {}
    account, _made = MailAccount.objects.update_or_create(
        inbox=inbox or make_inbox(), defaults=server | fields
    )
    return account


def make_reply(
    ticket: Ticket | None = None,
    *,
    to: list[str] | None = None,
    when: datetime = MONDAY_9AM,
    queued: bool = True,
    **content,
) -> Message:
    """A colleague answers; the answer waits in the outbox."""
    ticket = ticket or make_ticket()
    marta = make_team().members.first() or make_agent()
    content = {"html": "<p>Hola, Elena:</p><p>Está resuelto.</p>"} | content
    message = reply(
        ticket,
        act(marta, when=when),
        content=Content(to=[address(one) for one in to or [ELENA]], **content),
    )
    if queued:
        queue(message, when=when)
    return message


def queue(message: Message, *, when: datetime = MONDAY_9AM) -> OutgoingMail | None:
    """Run the consumer on the message's latest event."""
    event = Event.objects.filter(data__message=message.pk).latest("id")
    with frozen(when):
        queue_outgoing(event)
    return OutgoingMail.objects.filter(event_id=event.pk).first()


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def part(mail: EmailMessage, content_type: str) -> str:
    return next(
        each.get_content() for each in mail.walk() if each.get_content_type() == content_type
    )
