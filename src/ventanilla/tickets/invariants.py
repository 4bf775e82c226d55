"""What always holds of tickets: the row agrees with its events and its messages."""

from __future__ import annotations

from collections.abc import Iterator

from ventanilla.lib.invariants import Digests, invariant, referring, rows
from ventanilla.tickets.models import Attachment, Message


@invariant("each ticket's version counts its events")
def versions() -> Iterator[str]:
    found = rows(
        "SELECT number, version, last FROM tickets_ticket LEFT JOIN"
        " (SELECT ticket_id, max(seq) AS last FROM events_event GROUP BY 1) AS log"
        " ON log.ticket_id = tickets_ticket.id"
        " WHERE version IS DISTINCT FROM coalesce(last, 0) ORDER BY 1"
    )
    for number, version, last in found:
        yield f"Ticket #{number} has version {version}, its last event {last}."


@invariant("what stands on a ticket's row equals a recount of its messages")
def counters() -> Iterator[str]:
    found = rows(
        "SELECT number, message_count, counted, last_message_id, last FROM tickets_ticket LEFT JOIN"
        " (SELECT ticket_id, count(*) AS counted, max(id) FILTER (WHERE kind <> 4) AS last"
        " FROM tickets_message GROUP BY 1)"  # 4: what the desk says by itself; it answers nobody
        " AS conversation ON conversation.ticket_id = tickets_ticket.id"
        " WHERE message_count <> coalesce(counted, 0) OR last_message_id IS DISTINCT FROM last"
        " ORDER BY 1"
    )
    for number, shown, counted, last_shown, last in found:
        yield (
            f"Ticket #{number} says {shown} messages, the last {last_shown};"
            f" there are {counted or 0}, the last {last}."
        )


@invariant("what is spam or in the trash knows what it was")
def no_way_back() -> Iterator[str]:
    found = rows(
        "SELECT number FROM tickets_ticket AS ticket WHERE aside IS NOT NULL AND NOT EXISTS ("
        "  SELECT FROM tickets_setaside WHERE ticket_id = ticket.id AND place = ticket.aside"
        ") ORDER BY 1"
    )
    for (number,) in found:
        yield f"Ticket #{number} is set aside, but nothing tells what it was before."


@referring
def attachments() -> Digests:
    return Attachment.objects.values_list("digest", flat=True)


@referring
def originals() -> Digests:
    return Message.objects.exclude(raw_digest="").values_list("raw_digest", flat=True)
