"""An incident's priority from its impact and its urgency. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ventanilla.tickets.models import Priority, Ticket, Type

LEVELS = 3


def priority_of(matrix: Sequence[int], impact: int | None, urgency: int | None) -> Priority | None:
    """None where one of the two is not known.

    matrix  the priorities of the urgencies, low to high, of low impact, then of medium, of high
    """
    if impact is None or urgency is None:
        return None
    return Priority(matrix[impact * LEVELS + urgency])


def rated(ticket: Ticket, matrix: Sequence[int]) -> Priority | None:
    """The priority that an incident's impact and urgency give it; None: they give it none."""
    if ticket.type != Type.INCIDENT:
        return None
    return priority_of(matrix, ticket.impact, ticket.urgency)
