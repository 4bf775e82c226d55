"""Mail that can't be read: one ticket with the mail as it came, filled once it can (R4)."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.mail.arrived import Mail, Outcome
from ventanilla.mail.content import original
from ventanilla.mail.models import RawMail
from ventanilla.people.models import Contact
from ventanilla.tickets.actions import link, open_ticket, receive, rename, set_contact, set_status
from ventanilla.tickets.content import Content
from ventanilla.tickets.masking import masked
from ventanilla.tickets.models import Inbox, Status, Ticket, TicketLink


def open_for(raw: RawMail, inbox: Inbox) -> Ticket:
    """The ticket that tells people of a mail nobody could read. It has no contact to answer."""
    with translation.override(inbox.language):
        subject = _("Unreadable mail")
        text = _(
            "This mail could not be read. It is attached as it came.\n"
            "An administrator can have it read again after an update: ventanilla mail retry %(id)d"
        ) % {"id": raw.pk}
    return open_ticket(
        Act.of_system(raw.received_at, via="mail"),
        subject=subject,
        channel="email",
        team=inbox.team,
        inbox=inbox,
        content=Content(text=text, subject=subject, files=[original(raw)], raw_digest=raw.digest),
        quiet=True,
        language=inbox.language,
    )


def fill(ticket: Ticket, act: Act, mail: Mail, content: Content, contact: Contact | None) -> Ticket:
    """Let the "unreadable mail" ticket become what the mail would have opened."""
    by_us = Act.of_system(mail.now, via="mail")
    if contact is not None:
        set_contact(ticket, by_us, to=contact)
    if content.subject.strip():
        rename(ticket, by_us, to=masked(content.subject))
    receive(ticket, act, content=content, channel="email", contact=contact)
    return ticket


def settle(ticket: Ticket, mail: Mail, outcome: Outcome) -> None:
    """Close the "unreadable mail" ticket of a mail that belonged elsewhere, and point there."""
    by_us = Act.of_system(mail.now, via="mail")
    other = Ticket.objects.filter(pk=outcome.ticket_id or 0).first()
    if other is not None:
        link(ticket, by_us, other=other, how=TicketLink.How.RELATED, why="read_again")
    set_status(ticket, by_us, to=Status.RESOLVED, reason="read_again")
