"""The desk's own mail to those who work at it: links to sign in, and what needs their hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation

from ventanilla.events.wake import wake
from ventanilla.lib import storage
from ventanilla.mail import outlets, tokens
from ventanilla.mail.compose import Letter, compose
from ventanilla.mail.models import OutgoingMail
from ventanilla.mail.outgoing import language_of
from ventanilla.mail.recipients import Recipients
from ventanilla.people.models import DeskSettings, User
from ventanilla.people.queries import desk


@dataclass(frozen=True, slots=True)
class Words:
    subject: str
    body: str


@transaction.atomic
def write(
    user: User, words: Callable[[DeskSettings], Words], when: datetime, lasts: timedelta
) -> OutgoingMail:
    """Mail somebody in their language. It leaves once this commits.

    words   called with the person's language active
    lasts   for how long it is tried; its bytes are removed once it is settled
    """
    settings, sender = desk(), outlets.desk_sender()
    language = language_of(user.language, settings.language)
    with translation.override(language):
        said = words(settings)
    message_id = tokens.make_message_id(0, 0, sender.rpartition("@")[2], "account")
    letter = Letter(
        message_id=message_id,
        date=when.astimezone(ZoneInfo(settings.time_zone)),
        sender=(settings.name, sender),
        recipients=Recipients(to=((user.name, user.email),), cc=(), bcc=()),
        subject=said.subject,
        language=language,
        text=said.body,
        automatic="auto-generated",
        loop=tokens.loop_mark(),
    )
    mail = OutgoingMail.objects.create(
        purpose="account",
        rfc_message_id=message_id,
        digest=storage.put(compose(letter)),
        envelope_from="",
        recipients=letter.recipients.addresses,
        created_at=when,
        next_try_at=when,
        give_up_at=when + lasts,
    )
    wake(outlets.CHANNEL)
    return mail
