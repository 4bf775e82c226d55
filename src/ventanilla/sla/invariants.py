"""What always holds of clocks."""

from __future__ import annotations

from collections.abc import Iterator

from ventanilla.lib.invariants import invariant, rows


@invariant("a timer for each running clock")
def unwatched_clocks() -> Iterator[str]:
    found = rows(
        "SELECT clock.id, clock.metric, clock.ticket_id FROM sla_clock AS clock"
        " WHERE state = 'running' AND breached_at IS NULL AND NOT EXISTS ("
        "  SELECT FROM events_timer WHERE what = 'sla.due' AND ticket_id = clock.ticket_id"
        "  AND episode = clock.metric || ':' || clock.cycle"
        ") ORDER BY 1"
    )
    for clock, metric, ticket in found:
        yield f"Clock {clock} ({metric} of ticket {ticket}) runs, but nothing wakes it."


@invariant("a ticket shows the clock that is due next")
def wrong_deadlines() -> Iterator[str]:
    found = rows(
        "SELECT number, ticket.due_at, clock.due_at FROM tickets_ticket AS ticket LEFT JOIN"
        " (SELECT ticket_id, min(due_at) AS due_at FROM sla_clock WHERE state = 'running'"
        "  GROUP BY 1) AS clock ON clock.ticket_id = ticket.id"
        " WHERE ticket.due_at IS DISTINCT FROM clock.due_at ORDER BY 1"
    )
    for number, shown, due in found:
        yield f"Ticket #{number} shows {shown} as due, its clock says {due}."
