"""Reading notifications."""

from __future__ import annotations

from django.db.models import BooleanField, ExpressionWrapper, Q

from ventanilla.notifications.models import Notification


def unread_count(agent_id: int) -> int:
    return Notification.objects.filter(agent_id=agent_id, read_at=None).count()


def latest(agent_id: int, limit: int = 20) -> list[Notification]:
    """Unread ones first, newest first, with their tickets. 1 statement."""
    mine = Notification.objects.filter(agent_id=agent_id).select_related("ticket__contact")
    unread = ExpressionWrapper(Q(read_at=None), BooleanField())
    return list(mine.order_by(unread.desc(), "-created_at", "-id")[:limit])
