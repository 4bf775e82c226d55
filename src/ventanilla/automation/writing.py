"""What a rule writes to the customer: by mail, in their language, never to a machine (R12).

A stranger's own words are not sent back to an address that only the stranger vouches for, and
nobody gets more than a few such messages a day: see `acknowledge`, which keeps the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.automation.acknowledge import unanswerable, vouched_for
from ventanilla.events.acts import Act
from ventanilla.lib import ratelimit
from ventanilla.lib.liquid import render
from ventanilla.lib.problems import Conflict
from ventanilla.mail import inboxes
from ventanilla.mail.models import RawMail
from ventanilla.people.queries import configuration
from ventanilla.people.rights import require
from ventanilla.tickets.actions import write_automatic
from ventanilla.tickets.content import Content
from ventanilla.tickets.macros import ANY
from ventanilla.tickets.models import Channel, Message, MessageKind, Ticket
from ventanilla.tickets.variables import variables

PER_DAY = 5  # to one address, of all rules
DAY = timedelta(days=1)


class NotWritten(Conflict):
    """Why nothing was written to the customer."""

    code = "not_written"


def write(texts: Mapping[str, str], ticket: Ticket, act: Act) -> str:
    """Write to the customer of a locked ticket; returns the text. Raises NotWritten, TemplateFault,
    NotAllowed."""
    require(act, "ticket.reply", ticket)
    message = _last_word(ticket)
    address = _address(ticket, message)
    values = _values(ticket, message)
    language, template = _in_language(texts, ticket.language)
    text = render(template, values, target="text").strip()
    key = f"rule:day:{address}"
    if ratelimit.hit(key, limit=PER_DAY, window=DAY, now=act.when):
        raise NotWritten(_("enough was written to this address today"))
    content = Content(
        text=text,
        author_name=ticket.inbox.name if ticket.inbox else configuration().name,
        to=[{"name": message.author_name if vouched_for(ticket, message) else "", "addr": address}],
        language=language,
        template="rule",
    )
    if not text or write_automatic(ticket, act, content=content, template=_once(act)) is None:
        raise NotWritten(_("there was nothing to write"))
    return text


def _once(act: Act) -> str:
    """One message for each thing that a rule acts on, however often it is tried."""
    return f"rule {act.actor.id or 0} {act.cause or int(act.when.timestamp())}"[:40]


def _last_word(ticket: Ticket) -> Message:
    """The customer's last mail that is theirs."""
    theirs = Message.objects.filter(ticket=ticket, kind=MessageKind.INBOUND, verified=True)
    found = theirs.filter(channel=Channel.EMAIL).order_by("-pk").first()
    if found is None or ticket.contact is None:
        raise NotWritten(_("the customer has not written by mail"))
    return found


def _address(ticket: Ticket, message: Message) -> str:
    address = message.sender.lower()
    blocked = ticket.contact is not None and ticket.contact.blocked
    if blocked or unanswerable(address) or inboxes.known().is_own(address):
        raise NotWritten(_("nobody reads what is sent to this address"))
    no_answer = RawMail.objects.filter(message=message.pk).exclude(no_answer="")
    if message.auto or no_answer.exists():
        raise NotWritten(_("the customer's last mail was written by a machine"))
    return address


def _values(ticket: Ticket, message: Message) -> dict[str, Any]:
    values = variables(ticket, None, configuration().name)
    if not vouched_for(ticket, message):
        nobody = {"name": None, "first_name": None}
        ours = values["ticket"] | {"subject": None}
        values = values | {"contact": nobody, "organization": {"name": None}, "ticket": ours}
    return values


def _in_language(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The customer's, else the one for all others, else any."""
    wanted = [language[:2].lower(), configuration().language, ANY, *texts]
    found = next(one for one in wanted if one in texts)
    return found or configuration().language, texts[found]
