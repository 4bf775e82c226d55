"""What always holds in the log."""

from __future__ import annotations

from collections.abc import Iterator

from ventanilla.lib.invariants import invariant, rows


@invariant("the events of each ticket are numbered without a gap")
def gaps() -> Iterator[str]:
    found = rows(
        "SELECT ticket_id, count(*), min(seq), max(seq) FROM events_event"
        " WHERE ticket_id IS NOT NULL GROUP BY 1"
        " HAVING min(seq) IS DISTINCT FROM 1 OR max(seq) IS DISTINCT FROM count(*)"
        " ORDER BY 1"
    )
    for ticket, count, first, last in found:
        yield f"Ticket {ticket} has {count} events, numbered {first} to {last}."
