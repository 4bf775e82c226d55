"""A new ticket is acknowledged: once, in the customer's language, never to a machine (R11, R12).

What a stranger wrote is not sent back to an address that only the stranger vouches for: otherwise
anybody could have us mail their words to anybody.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation

from ventanilla.automation.reply_by import in_words
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib import clock, ratelimit
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.liquid import render
from ventanilla.mail import inboxes
from ventanilla.mail.loops import FRESH
from ventanilla.mail.models import RawMail
from ventanilla.people.models import Contact, DeskSettings
from ventanilla.people.names import first_name
from ventanilla.people.queries import configuration
from ventanilla.tickets.actions import write_automatic
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import (
    Channel,
    Message,
    MessageKind,
    MessageTemplate,
    Status,
    Ticket,
)

logger = structlog.get_logger(__name__)
KEY = "acknowledgement"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_HOUR, PER_HOUR_AUTHENTICATED, PER_DAY = 1, 5, 5  # to one address
PER_INBOX = 200  # an hour, to senders that nobody vouches for
NO_REPLY = re.compile(r"(?:no|not|dont|donot|nunca)[._-]?(?:reply|responder|contestar|answer)")
MACHINES = ("mailer-daemon", "postmaster", "abuse", "bounce", "bounces")


def acknowledge(event: Event) -> None:
    """Tell the customer that the inquiry has arrived, and by when an answer comes. Safe twice."""
    ticket = _ticket.get(pk=event.the_ticket)
    message = _first_message.first(ticket=ticket.pk)
    settings_, now = configuration(), clock.now()
    if message is None or ticket.contact is None or not settings_.acknowledge:
        return
    why_not = silence(ticket, message, now) or _too_many(ticket, message, now)
    if why_not:
        logger.info("not_acknowledged", ticket=ticket.pk, why=why_not)
        return
    content = _content(ticket, message, settings_, now)
    act = Act.of_system(now).because_of(event)
    if content is not None:
        write_automatic(ticket, act, content=content, template=KEY)


def silence(ticket: Ticket, message: Message, now: datetime) -> str:
    """The code of why this ticket is not acknowledged; empty: it is."""
    contact = ticket.contact
    if message.kind != MessageKind.INBOUND or ticket.channel != Channel.EMAIL:
        return "not_written_by_mail"
    if message.auto or not message.verified or contact is None:
        return message.auto or "unverified"
    if contact.blocked:
        return "blocked"
    if now - message.occurred_at > FRESH:
        return "old"
    if ticket.first_replied_at or ticket.status >= Status.RESOLVED:
        return "answered"
    if unanswerable(message.sender) or inboxes.known().is_own(message.sender):
        return "machine"
    automatic, quiet, done = _known.get(message=message.pk)
    return "automatic" if automatic else "quiet" if quiet else "done" if done else ""


@compiled
def _ticket() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("contact", "inbox").filter(pk=Given("pk"))


@compiled
def _first_message() -> QuerySet[Message]:
    return Message.objects.filter(ticket=Given("ticket")).order_by("pk")


@compiled
def _known() -> QuerySet[Message, tuple[bool, bool, bool]]:
    """Of a message: nothing automatic may answer its mail; its ticket is quiet; acknowledged."""
    mails = RawMail.objects.filter(message=OuterRef("pk")).exclude(no_answer="")
    opened = Event.objects.filter(ticket_id=OuterRef("ticket"), kind="ticket.opened")
    said = Message.objects.filter(ticket=OuterRef("ticket"), kind=MessageKind.SYSTEM, template=KEY)
    return Message.objects.filter(pk=Given("message")).values_list(
        Exists(mails), Exists(opened.filter(data__quiet=True)), Exists(said)
    )


def unanswerable(address: str) -> bool:
    """Whether nobody reads what is sent there, by the address itself."""
    local, at, domain = address.lower().partition("@")
    return not (at and domain) or local in MACHINES or bool(NO_REPLY.search(local))


def _too_many(ticket: Ticket, message: Message, now: datetime) -> str:
    """Count this acknowledgement, unless it would be one too many."""
    address, sure = message.sender.lower(), message.authenticated is True
    daily, hourly = f"acknowledge:day:{address}", f"acknowledge:hour:{address}"
    if ratelimit.wait(daily, limit=PER_DAY, window=DAY, now=now):
        return "enough_today"
    limit = PER_HOUR_AUTHENTICATED if sure else PER_HOUR
    if ratelimit.hit(hourly, limit=limit, window=HOUR, now=now):
        return "enough_this_hour"
    inbox = f"acknowledge:inbox:{ticket.inbox_id}"
    if not sure and ratelimit.hit(inbox, limit=PER_INBOX, window=HOUR, now=now):
        return "enough_of_the_inbox"
    ratelimit.hit(daily, limit=PER_DAY, window=DAY, now=now)
    return ""


def _content(
    ticket: Ticket, message: Message, settings_: DeskSettings, now: datetime
) -> Content | None:
    inbox_language = ticket.inbox.language if ticket.inbox else ""
    template = _template(ticket.language, inbox_language, settings_.language)
    if template is None:
        return None
    vouched = vouched_for(ticket, message)
    promise = _promise(ticket, settings_, now, template.language)
    variables = _variables(ticket, message, settings_, vouched=vouched) | {
        "reply_by": promise or None
    }
    name = message.author_name if vouched else ""
    return Content(
        text=render(template.body, variables, target="text").strip(),
        subject=render(template.subject, variables, target="header").strip(),
        author_name=ticket.inbox.name if ticket.inbox else settings_.name,
        to=[{"name": name, "addr": message.sender.lower()}],
        language=template.language,
        template=KEY,
    )


def as_at(ticket: Ticket, *, subject: str, body: str, language: str) -> tuple[str, str]:
    """How an acknowledgement's subject and text would read at a ticket. Raises TemplateFault."""
    settings_, message = configuration(), _first_message.first(ticket=ticket.pk)
    vouched = message is not None and vouched_for(ticket, message)
    said = message or Message(author_name="")
    variables = _variables(ticket, said, settings_, vouched=vouched) | {
        "reply_by": _promise(ticket, settings_, clock.now(), language) or None
    }
    in_subject = render(subject, variables, target="header").strip()
    return in_subject, render(body, variables, target="text").strip()


def _template(*languages: str) -> MessageTemplate | None:
    """The acknowledgement in the first of these languages that it is written in."""
    found = {each.language: each for each in _templates.all(key=KEY)}
    wanted = [language[:2].lower() for language in languages]
    return next((found[each] for each in [*wanted, *found] if each in found), None)


@compiled
def _templates() -> QuerySet[MessageTemplate]:
    return MessageTemplate.objects.filter(key=Given("key"))


def _variables(
    ticket: Ticket, message: Message, settings_: DeskSettings, *, vouched: bool
) -> dict[str, Any]:
    """What a template may say. The sender's own words only when the address is vouched for.

    What is missing is None: to Liquid the empty text is something.
    """
    return {
        "contact": {"first_name": (first_name(message.author_name) or None) if vouched else None},
        "ticket": {
            "number": ticket.number,
            "subject": (ticket.subject or None) if vouched else None,
        },
        "desk": {"name": settings_.name},
        "inbox": {"name": ticket.inbox.name if ticket.inbox else settings_.name},
    }


def _promise(ticket: Ticket, settings_: DeskSettings, now: datetime, language: str) -> str:
    """By when the first answer is due, in words; empty where nothing is promised."""
    if ticket.due_at is None or ticket.due_metric != "first_response":
        return ""
    with translation.override(language):
        return in_words(ticket.due_at, now, ZoneInfo(settings_.time_zone))


def vouched_for(ticket: Ticket, message: Message) -> bool:
    """Whether the sender's address is theirs: its domain says so, or we know the person."""
    return message.authenticated is True or (
        message.authenticated is None and ticket.contact is not None and _is_known(ticket.contact)
    )


def _is_known(contact: Contact) -> bool:
    """Whether they have confirmed an address, or were answered by a person before."""
    return (
        contact.identities.filter(kind="email", verified_at__isnull=False).exists()
        or contact.tickets.filter(first_replied_at__isnull=False).exists()
    )
