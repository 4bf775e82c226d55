"""From a message to its mail: what is read, what is said, the row that waits to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils import dateformat, translation
from django.utils.translation import gettext as _

from ventanilla.events.models import Event, EventText
from ventanilla.events.wake import wake
from ventanilla.lib import storage
from ventanilla.lib.arrays import Among
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.liquid import TemplateFault
from ventanilla.lib.problems import Invalid
from ventanilla.lib.rows import insert
from ventanilla.lib.transactions import transactional
from ventanilla.mail import inboxes, mime, outlets, pictures, recipients, retry, tokens
from ventanilla.mail.compose import File, Letter, Quote, answer_to, compose
from ventanilla.mail.inboxes import Inboxes
from ventanilla.mail.models import MailAccount, OutgoingMail
from ventanilla.mail.recipients import Recipients
from ventanilla.people.models import DeskSettings
from ventanilla.people.queries import configuration
from ventanilla.people.signatures import filled_in, names_something, signature_of
from ventanilla.tickets.actions import mark_queued
from ventanilla.tickets.models import (
    PUBLIC_KINDS,
    Attachment,
    Inbox,
    Message,
    MessageKind,
    Ticket,
)
from ventanilla.tickets.variables import variables

logger = structlog.get_logger(__name__)
State = OutgoingMail.State


# -- reading -----------------------------------------------------------------------------------
def find_by_message_id(bare: str) -> OutgoingMail | None:
    """The latest mail that went out with this Message-ID, with its message and ticket."""
    mails = OutgoingMail.objects.filter(rfc_message_id=bare.strip().strip("<>"))
    return mails.select_related("message__ticket", "ticket").order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Progress:
    """How a message's mail does, for who looks at the conversation."""

    state: str  # of OutgoingMail.State
    attempts: int
    next_try_at: datetime | None  # None: no further try
    error: str  # of the last try, in words
    accepted: list[str]
    refused: dict[str, str]


def progress(message_ids: Iterable[int]) -> dict[int, Progress]:
    """The latest mail of each message that has one. 1 statement."""
    return {
        mail.message_id: Progress(
            state=mail.state,
            attempts=mail.attempts,
            next_try_at=mail.next_try_at if mail.state == State.WAITING else None,
            error=mail.error,
            accepted=mail.accepted,
            refused=mail.refused,
        )
        for mail in _of_messages.all(messages=list(message_ids))
        if mail.message_id is not None
    }


@compiled
def _of_messages() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(Among("message_id", Given("messages"))).order_by("pk")


# -- queueing ----------------------------------------------------------------------------------
def queue(message: Message, event: Event, now: datetime) -> OutgoingMail:
    """Build the mail of a message, keep its bytes, and let it be sent once this commits.

    The Message-ID is given once: a message that is sent again keeps it, so that whoever has the
    first copy sees one mail. Raises Invalid: nobody to send to, nowhere to send from. At most 12
    statements.
    """
    known, settings_ = inboxes.known(), configuration()
    inbox = _inbox(message.ticket, known)
    to = recipients.chosen(message.to, message.cc, message.bcc, is_own=known.is_own)
    message_id = message.message_id or _new_message_id(message, inbox)
    letter = _letter(message, inbox, to, message_id, settings_)
    mail = OutgoingMail(
        inbox=inbox,
        ticket_id=message.ticket_id,
        message=message,
        purpose=_purpose(message),
        event_id=event.pk,
        rfc_message_id=message_id,
        digest=storage.put(compose(letter)),
        envelope_from=_envelope_from(message, inbox),
        recipients=_still_without(message, event, to.addresses),
        created_at=now,
        next_try_at=now,
        give_up_at=now + retry.GIVE_UP,
    )
    _keep(mail, message)
    return mail


@transactional
def _keep(mail: OutgoingMail, message: Message) -> None:
    mark_queued(message, message_id=mail.rfc_message_id)
    insert(mail)
    wake(outlets.CHANNEL)


def _inbox(ticket: Ticket, known: Inboxes) -> Inbox:
    """Whose address it is sent from: the ticket's inbox, else one of its team, else any."""
    able = [inbox for inbox in known.active if inbox.address]
    own = known.by_id.get(ticket.inbox_id or 0)
    if own is not None and own.address:
        return own
    of_team = [inbox for inbox in able if inbox.team_id == ticket.team_id]
    found = next(iter(of_team or able), None)
    if found is None:
        raise Invalid(_("There is no mail inbox that this could be sent from. Set one up."))
    return found


def _new_message_id(message: Message, inbox: Inbox) -> str:
    domain = mime.checked(inbox.address).rpartition("@")[2]
    return tokens.make_message_id(message.ticket_id, message.pk, domain, _purpose(message))


def _purpose(message: Message) -> str:
    if message.kind == MessageKind.SYSTEM:
        return "automatic"
    return "forward" if message.forwarded else "reply"


def _takes_replies_apart(inbox: Inbox) -> bool:
    account: MailAccount | None = getattr(inbox, "mail", None)
    return account is not None and account.plus_addresses


def _reply_address(message: Message, inbox: Inbox) -> str:
    if _takes_replies_apart(inbox):
        return tokens.reply_address(inbox.address, message.ticket_id, message.pk)
    return inbox.address


def _envelope_from(message: Message, inbox: Inbox) -> str:
    """Where bounces go. Nowhere for what nobody wrote (R11), else to the message itself."""
    return "" if _purpose(message) == "automatic" else _reply_address(message, inbox)


def _still_without(message: Message, event: Event, addresses: list[str]) -> list[str]:
    """Of all recipients, those who did not get it yet when it is sent again."""
    if event.kind != "message.resent":
        return addresses
    earlier = OutgoingMail.objects.filter(message=message).order_by("pk")
    reached = {address for mail in earlier for address in mail.accepted}
    bounced = EventText.objects.filter(
        event__ticket_id=message.ticket_id,
        event__kind="message.bounced",
        event__data__message=message.pk,
        field="recipients",
    )
    returned = {one for text in bounced for one in text.text.lower().split(", ")}
    missing = [
        address for address in addresses if address not in reached or address.lower() in returned
    ]
    return missing or addresses


# -- what the mail says ------------------------------------------------------------------------
def _letter(
    message: Message, inbox: Inbox, to: Recipients, message_id: str, settings_: DeskSettings
) -> Letter:
    ticket, purpose = message.ticket, _purpose(message)
    automatic = purpose == "automatic"
    language = language_of(ticket.language, inbox.language, settings_.language)
    references = [] if purpose == "forward" else _references(message)
    with translation.override(language):
        return Letter(
            message_id=message_id,
            date=message.occurred_at.astimezone(ZoneInfo(settings_.time_zone)),
            sender=(_sender_name(message, inbox), inbox.address),
            recipients=to,
            subject=message.subject or answer_to(ticket.subject),
            language=message.language or ticket.language,
            text=message.text,
            html=message.html,
            reply_to=(inbox.name, _reply_address(message, inbox)),
            in_reply_to=references[-1] if references else "",
            references=references,
            signatures=[] if automatic else _signatures(message, settings_),
            reference=_reference(message, inbox),
            quote=_quote(message, to, settings_) if purpose == "reply" else None,
            files=_files(message, inbox),
            automatic="auto-replied" if automatic else "",
            loop=tokens.loop_mark() if automatic else "",
        )


def language_of(*wanted: str) -> str:
    """The first of these languages that our own words exist in."""
    ours = [code for code, _name in settings.LANGUAGES]
    return next((code for each in wanted if (code := each[:2].lower()) in ours), ours[0])


def _sender_name(message: Message, inbox: Inbox) -> str:
    author = message.agent.user.name if message.agent else ""
    return f"{author} ({inbox.name})" if author else inbox.name


def _signatures(message: Message, settings_: DeskSettings) -> list[str]:
    """The author's and the team's, in the message's language, with the values in them."""
    ticket, language = message.ticket, message.language or message.ticket.language
    author = [signature_of(message.agent, language)] if message.agent else []
    found = [*author, signature_of(ticket.team, language)]
    if any(map(names_something, found)):
        values = variables(ticket, message.agent, settings_.name)
        found = [_filled_in(one, values) for one in found]
    return [each for each in found if each.strip()]


def _filled_in(signature: str, values: dict[str, Any]) -> str:
    """One that was written before variables were, and holds braces by chance, stays as it is."""
    try:
        return filled_in(signature, values)
    except TemplateFault as fault:
        logger.warning("signature_not_filled_in", why=str(fault))
        return signature


def _reference(message: Message, inbox: Inbox) -> str:
    """The small last line: the number to name on the phone, and a signed mark where needed."""
    number = "" if message.kind == MessageKind.SYSTEM else _("Request %(number)s")
    mark = tokens.reference(message.ticket_id, message.pk)
    shown = [
        number % {"number": message.ticket.number} if number else "",
        "" if _takes_replies_apart(inbox) else mark,
    ]
    return " · ".join(filter(None, shown))


def _references(message: Message) -> list[str]:
    """Message-IDs of the conversation so far; the one that this answers stands last."""
    rows = _earlier_ids.all(ticket=message.ticket_id, before=message.pk)
    ids = [message_id for message_id, _kind in rows]
    from_customer = [message_id for message_id, kind in rows if kind == MessageKind.INBOUND]
    if from_customer:
        ids.remove(from_customer[-1])
        ids.append(from_customer[-1])
    return ids


@compiled
def _earlier_ids() -> QuerySet[Message, tuple[str, int]]:
    """Message-ID and kind of what was said in a ticket, oldest first."""
    earlier = Message.objects.filter(
        ticket_id=Given("ticket"),
        pk__lt=Given("before"),
        kind__in=PUBLIC_KINDS,
        forwarded=False,
        verified=True,
        auto="",
    ).exclude(message_id="")
    return earlier.order_by("pk").values_list("message_id", "kind")


def _quote(message: Message, to: Recipients, settings_: DeskSettings) -> Quote | None:
    """The customer's last words, for those only who have them already (R14)."""
    earlier = Message.objects.filter(
        ticket_id=message.ticket_id,
        pk__lt=message.pk,
        kind=MessageKind.INBOUND,
        verified=True,
        auto="",
    )
    last = earlier.order_by("-pk").first()
    if last is None or not last.reply.strip():
        return None
    had_it = {last.sender.lower(), *(each["addr"].lower() for each in (*last.to, *last.cc))}
    if not had_it.issuperset(address.lower() for address in to.addresses):
        return None
    at = last.occurred_at.astimezone(ZoneInfo(settings_.time_zone))
    attribution = _("On %(date)s at %(time)s, %(name)s wrote:") % {
        # Translators: day, month and year as Django's date filter writes them
        "date": dateformat.format(at, _("j M Y")),
        "time": dateformat.format(at, "H:i"),
        "name": mime.single_line(last.author_name or last.sender),
    }
    return Quote(attribution, last.reply)


def _files(message: Message, inbox: Inbox) -> list[File]:
    """The message's files with their bytes, and what its HTML may call the images."""
    attachments = _attachments.all(message=message.pk)
    places = _places(message, attachments)
    domain = mime.checked(inbox.address).rpartition("@")[2]
    return [
        File(
            filename=attachment.filename,
            content_type=attachment.content_type,
            content=storage.read(attachment.digest),
            cid=_cid(attachment, domain),
            places=tuple(places.get(attachment.digest, ())),
        )
        for attachment in attachments
    ]


@compiled
def _attachments() -> QuerySet[Attachment]:
    return Attachment.objects.filter(message=Given("message")).order_by("pk")


def _cid(attachment: Attachment, domain: str) -> str:
    if not attachment.content_type.startswith("image/"):
        return ""
    if mime.MESSAGE_ID.fullmatch(attachment.cid):
        return attachment.cid
    return f"{attachment.digest[:24]}.{attachment.pk}@{domain}"


def _places(message: Message, attachments: list[Attachment]) -> dict[str, list[str]]:
    """By digest, the numbers under which the HTML shows a file: an upload's, usually."""
    shown = pictures.places_in(message.html, settings.BASE_URL)
    if not shown or not attachments:
        return {}
    digests = [attachment.digest for attachment in attachments]
    found = Attachment.objects.filter(pk__in=shown, digest__in=digests)
    places: dict[str, list[str]] = {}
    for number, digest in found.values_list("pk", "digest"):
        places.setdefault(digest, []).append(str(number))
    return places
