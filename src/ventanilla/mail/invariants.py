"""What always holds of mail: nothing that was kept is lost, nothing that was answered unsent."""

from __future__ import annotations

from collections.abc import Iterator

from ventanilla.lib.invariants import Digests, invariant, referring, rows
from ventanilla.mail.models import OutgoingMail, RawMail


@invariant("each mail taken in has its message or its ticket")
def lost_mails() -> Iterator[str]:
    found = rows(
        "SELECT id, state, outcome FROM mail_rawmail WHERE"
        " (state = 'done' AND outcome IN ('opened', 'appended') AND message_id IS NULL)"
        " OR (state = 'done' AND outcome = '') OR (state = 'parked' AND ticket_id IS NULL)"
        " ORDER BY 1"
    )
    for mail, state, outcome in found:
        yield f"Mail {mail} is {state} ({outcome or 'no outcome'}) without what it led to."


@invariant("each message that waits to be sent has a mail on its way")
def unsent_messages() -> Iterator[str]:
    found = rows(
        "SELECT message.id FROM tickets_message AS message WHERE delivery = 'queued'"
        " AND channel = 'email'"
        " AND NOT EXISTS (SELECT FROM mail_outgoingmail WHERE message_id = message.id)"
        " AND NOT EXISTS ("  # its event may still wait for the relay
        "  SELECT FROM events_outbox JOIN events_event ON events_event.id = event_id"
        "  WHERE events_event.ticket_id = message.ticket_id"
        ") ORDER BY 1"
    )
    for (message,) in found:
        yield f"Message {message} waits, but no mail was made of it."


@referring
def originals() -> Digests:
    return RawMail.objects.filter(destroyed=False).values_list("digest", flat=True)


@referring
def built() -> Digests:
    kept = OutgoingMail.objects.exclude(digest="")  # empty: sent, and no longer kept
    return kept.values_list("digest", flat=True)
