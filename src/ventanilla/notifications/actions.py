"""Changing notifications."""

from __future__ import annotations

from datetime import datetime

from ventanilla.events.signals import tell
from ventanilla.notifications.models import Notification
from ventanilla.notifications.queries import unread_count


def mark_read(agent_id: int, now: datetime, *, ticket_id: int | None = None) -> int:
    """Mark all, or those of one ticket, as read. 1 statement; 3 when there were any."""
    unread = Notification.objects.filter(agent_id=agent_id, read_at=None)
    if ticket_id is not None:
        unread = unread.filter(ticket_id=ticket_id)
    done = unread.update(read_at=now)
    if done:
        tell([agent_id], {"t": "notice", "n": unread_count(agent_id)})
    return done
