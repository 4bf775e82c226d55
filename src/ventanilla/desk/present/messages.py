"""A message as it is shown: its words inline or in a sandboxed page, its files, its delivery."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from ventanilla.desk.files import can_preview, dangerous, has_picture, safe_name
from ventanilla.desk.links import link
from ventanilla.desk.present import safe
from ventanilla.desk.shapes import Bubble, File
from ventanilla.mail.outgoing import Progress
from ventanilla.tickets.models import Attachment, Message, MessageKind, Ticket

KINDS = {
    MessageKind.INBOUND: "inbound",
    MessageKind.REPLY: "reply",
    MessageKind.NOTE: "note",
    MessageKind.CALL: "call",
    MessageKind.SYSTEM: "system",
}
SUBJECT_PREFIX = re.compile(r"^(?:\s*(?:re|rv|fwd?|fw|aw|tr|sv|odp|enc)\s*(?:\[\d+\])?:)+", re.I)


class May(NamedTuple):
    """What the reader may do with messages."""

    part: bool
    forward: bool
    redact: bool = False


def bubble(
    message: Message,
    files: Sequence[Attachment],
    ticket: Ticket,
    may: May,
    mail: Progress | None = None,
) -> Bubble:
    """What the template shows of one message. The message has its agent and contact selected.

    mail   how its mail does, if it waits to be sent
    """
    body, folded, frame, plain = _words(message, files)
    own = [one for one in files if one.message_id == message.pk]
    return Bubble(
        id=message.pk,
        kind=KINDS[MessageKind(message.kind)],
        author=author(message),
        at=message.occurred_at,
        channel=message.channel,
        body=body,
        folded=folded,
        frame=frame,
        plain=plain,
        language=_foreign(message.language),
        sender=message.sender,
        to=message.to,
        cc=message.cc,
        bcc=message.bcc,
        files=[file(one) for one in own if not _is_shown_inside(one, message)],
        delivery=message.delivery,
        delivery_reason=mail.error if mail else message.delivery_reason,
        next_try_at=mail.next_try_at if mail and mail.error else None,
        delivered_at=message.delivered_at,
        verified=message.verified,
        auto=message.auto,
        forwarded=message.forwarded,
        subject=_other_subject(message.subject, ticket.subject),
        defects=message.defects,
        original=link("desk:original", message.pk) if message.raw_digest else "",
        forward=_forward_url(message, ticket) if may.forward else "",
        part=f"{link('desk:parting', ticket.number)}?messages={message.pk}" if may.part else "",
        redact=_redaction_url(message, ticket) if may.redact else "",
        html_page=link("desk:message_html", message.pk) if message.html else "",
    )


def _redaction_url(message: Message, ticket: Ticket) -> str:
    return f"{link('desk:redaction', ticket.number)}?message={message.pk}"


def _forward_url(message: Message, ticket: Ticket) -> str:
    if message.kind in (MessageKind.NOTE, MessageKind.SYSTEM):
        return ""
    return link("desk:forward", ticket.number, message.pk)


def author(message: Message) -> str:
    if message.kind == MessageKind.SYSTEM:
        return _("Automatic message")
    if message.agent is not None:
        return message.agent.user.name
    named = message.author_name or (message.contact.name if message.contact else "")
    return named or message.sender or _("Unknown sender")


def file(one: Attachment) -> File:
    name = safe_name(one.filename)
    return File(
        name=name,
        size=one.size,
        url=link("desk:attachment", one.pk, name),
        content_type=one.content_type,
        thumb=picture_url(one, thumb=True) if has_picture(one.content_type, one.size) else "",
        id=one.pk,
        warning=_("Could be dangerous") if dangerous(name) else "",
        preview=link("desk:preview", one.pk) if can_preview(one) else "",
    )


def picture_url(one: Attachment, *, thumb: bool = False) -> str:
    return link("desk:picture", one.pk) + ("?thumb=1" if thumb else "")


def pictures(files: Iterable[Attachment], message_id: int | None) -> dict[str, str]:
    """Where the page finds a message's embedded pictures, by their Content-IDs."""
    own = (one for one in files if one.cid and one.message_id == message_id)
    return {one.cid: picture_url(one) for one in own}


def _words(message: Message, files: Sequence[Attachment]) -> tuple[Markup, Markup, str, bool]:
    """Body, what is folded under it, the URL of a page of its own, and whether it is plain."""
    rest = _rest(message)
    if message.html and not rest.strip():
        shown = safe.inline(message.html, pictures(files, message.pk))
        if shown is not None:
            return shown, Markup(), "", False
        return Markup(), Markup(), link("desk:message_html", message.pk), False
    folded = safe.from_text(rest) if rest.strip() else Markup()
    return safe.from_text(message.reply or message.text), folded, "", False


def _rest(message: Message) -> str:
    """What of the text is not in the new words: quoted history and signature. Never cut."""
    new, whole = message.reply, message.text
    if not new or new.strip() == whole.strip():
        return ""
    before, found, after = whole.partition(new)
    return f"{before.rstrip()}\n\n{after.lstrip()}".strip("\n") if found else whole


def _is_shown_inside(one: Attachment, message: Message) -> bool:
    return bool(one.inline and one.cid and one.cid in message.html)


def _other_subject(subject: str, known: str) -> str:
    """A message's subject where it says something new."""
    bare = SUBJECT_PREFIX.sub("", subject).strip()
    return subject if bare and bare != SUBJECT_PREFIX.sub("", known).strip() else ""


def _foreign(language: str) -> str:
    return language if language and language != (get_language() or "")[:2] else ""
