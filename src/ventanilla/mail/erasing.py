"""What mail keeps of what nobody may read any more: that its bytes were there once. In step."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from ventanilla.events.models import Event
from ventanilla.lib import leftovers
from ventanilla.mail.models import ERASED, OutgoingMail, RawMail
from ventanilla.tickets.models import Attachment, Message, Ticket


def on_erased(event: Event, ticket: Ticket) -> None:
    """Forget its mails but for their digests, by which none is taken in again. 4 statements."""
    raw = RawMail.objects.filter(Q(ticket=ticket) | Q(message__ticket=ticket))
    rows = dict(raw.values_list("pk", "digest"))
    sent = OutgoingMail.objects.filter(Q(ticket=ticket) | Q(message__ticket=ticket))
    digests = [*rows.values(), *sent.values_list("digest", flat=True)]
    sent.delete()
    RawMail.objects.filter(pk__in=rows).update(
        state=RawMail.State.DONE,
        outcome=ERASED,
        destroyed=True,
        ticket=None,
        message=None,
        why="",
        sender="",
        envelope_from="",
        envelope_to=[],
        no_answer="",
        next_try_at=None,
    )
    destroy(digests)


def on_redacted(event: Event, ticket: Ticket) -> None:
    """Forget the originals of messages in which something was blacked out, and what was sent.

    4 statements. A message that is sent again is built anew, as it stands now.
    """
    messages = event.data["messages"]
    raw = RawMail.objects.filter(message__in=messages, destroyed=False)
    sent = OutgoingMail.objects.filter(message__in=messages).exclude(digest="")
    destroy(list(raw.values_list("digest", flat=True)))
    destroy(list(sent.values_list("digest", flat=True)))
    raw.update(destroyed=True)
    sent.update(digest="")


def forget_masked(raw: RawMail) -> None:
    """Destroy the original of a mail in which numbers were masked: its message is without it.

    So is then what told of it as long as it could not be read.
    """
    if Message.objects.filter(pk=raw.message_id or 0, raw_digest="").exists():
        same = Message.objects.filter(ticket=raw.ticket_id or 0, raw_digest=raw.digest)
        Attachment.objects.filter(message__in=same, digest=raw.digest).delete()
        same.update(raw_digest="")
        RawMail.objects.filter(pk=raw.pk).update(destroyed=True)
        destroy([raw.digest])


def destroy(digests: list[str]) -> None:
    """Once this is committed."""
    transaction.on_commit(lambda: leftovers.destroy(digests))
