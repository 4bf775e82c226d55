"""Who is at a ticket right now, and who writes: no events, a table that a crash may empty."""

from __future__ import annotations

from datetime import datetime, timedelta

from ventanilla.events.signals import Key, tell_who_sees
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.writing import Presence

STAYS = timedelta(seconds=25)


def there(ticket: Ticket, now: datetime, *, besides: int | None = None) -> list[Presence]:
    """Who has shown signs of life at the ticket lately, each with `agent.user`. 1 statement."""
    fresh = Presence.objects.filter(ticket=ticket, seen_at__gt=now - STAYS)
    others = fresh.exclude(agent_id=besides) if besides is not None else fresh
    return list(others.select_related("agent__user").order_by("pk"))


def who_is_there(ticket: Ticket, now: datetime) -> list[int]:
    """Their user ids. 1 statement."""
    fresh = Presence.objects.filter(ticket=ticket, seen_at__gt=now - STAYS)
    return list(fresh.values_list("agent_id", flat=True))


def come(ticket: Ticket, agent_id: int, now: datetime, *, typing: bool) -> None:
    """An agent has the ticket on screen. 2 statements, 3 when that is news."""
    here = there(ticket, now)
    before = next((one for one in here if one.agent_id == agent_id), None)
    Presence.objects.bulk_create(
        [Presence(ticket=ticket, agent_id=agent_id, typing=typing, seen_at=now)],
        update_conflicts=True,
        unique_fields=["ticket", "agent"],
        update_fields=["typing", "seen_at"],
    )
    if before is None or before.typing != typing:
        _tell(ticket)


def go(ticket: Ticket, agent_id: int, now: datetime) -> None:
    """An agent has left the ticket. 1 statement, 2 when they were there."""
    left, _by_table = Presence.objects.filter(ticket=ticket, agent_id=agent_id).delete()
    if left:
        _tell(ticket)


def forget(now: datetime) -> None:
    """Sweep away who went without a word, and say so. 1 statement, usually."""
    gone = Presence.objects.filter(seen_at__lte=now - STAYS)
    left = {one.ticket_id: one for one in gone.select_related("ticket")}
    if left:
        gone.delete()
        for one in left.values():
            _tell(one.ticket)


def _tell(ticket: Ticket) -> None:
    """Who sees the ticket may have its row on screen, or be at it."""
    key = Key((ticket.team_id,), (ticket.assignee_id or 0,), (ticket.category_id or 0,))
    tell_who_sees(key, {"t": "presence", "n": ticket.number})
