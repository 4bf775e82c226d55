"""Mail that came back: which message it was, and telling its ticket."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from django.utils import translation

from ventanilla.events.acts import Act
from ventanilla.mail import tokens
from ventanilla.mail.arrived import Mail, Outcome
from ventanilla.mail.bounce_reasons import in_words
from ventanilla.mail.evidence import TEXT, ids_of
from ventanilla.mail.models import OutgoingMail
from ventanilla.mail.parse.model import Bounce
from ventanilla.tickets.actions import mark_bounced
from ventanilla.tickets.models import Message, MessageKind

OURS = (MessageKind.REPLY, MessageKind.SYSTEM)
LOOKED_AT = 20  # marks of one mail that are looked up


def take(mail: Mail) -> Outcome:
    """Mark the message that did not arrive. Nobody's bounce is only recorded: no ticket for it."""
    bounce = mail.parsed.bounce or Bounce((), temporary=False)
    message = returned_message(mail, bounce)
    if message is None:
        return Outcome("bounce", "unrelated", no_answer="bounce")
    with translation.override(mail.desk.language):
        reason = in_words(bounce)
    mark_bounced(
        message,
        Act.of_system(mail.raw.received_at, via="mail"),
        recipients=list(bounce.recipients or bounce.original_to),
        temporary=bounce.still_trying,
        reason=reason,
    )
    return Outcome("bounce", "delayed" if bounce.still_trying else "returned",
                   message.ticket_id, message.pk, "bounce")  # fmt: skip


def returned_message(mail: Mail, bounce: Bounce) -> Message | None:
    """The message of ours that came back, by what we signed: nobody can bounce another's."""
    original = [bounce.original_message_id or ""]
    marks = chain(
        map(tokens.ticket_of_message_id, original),
        map(tokens.ticket_of_address, mail.recipients),
        map(tokens.ticket_of_message_id, ids_of(mail.parsed)),
        tokens.tickets_of_text(mail.parsed.text[:TEXT]),
    )
    return message_of(marks) or _sent_as(original[0])


def message_of(marks: Iterable[tokens.Mark | None]) -> Message | None:
    """The first marked message that is there and was ours to send. 1 statement."""
    wanted = [mark for mark in marks if mark and mark.message_id][:LOOKED_AT]
    if not wanted:
        return None
    found = Message.objects.filter(pk__in=[mark.message_id for mark in wanted], kind__in=OURS)
    by_id = {message.pk: message for message in found.select_related("ticket")}
    return next((by_id[mark.message_id] for mark in wanted if mark.message_id in by_id), None)


def _sent_as(message_id: str) -> Message | None:
    if not tokens.is_ours(message_id):
        return None
    sent = OutgoingMail.objects.filter(rfc_message_id=message_id, message__isnull=False)
    row = sent.select_related("message__ticket").first()
    return row.message if row else None
