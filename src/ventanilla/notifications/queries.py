"""Reading notifications."""

from __future__ import annotations

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from ventanilla.lib.compiled import Given, compiled
from ventanilla.notifications.models import Notification

MOST = 1000  # notices that are counted


def unread_count(agent_id: int) -> int:
    """How many the agent has not read, MOST + 1 at most. 1 statement."""
    return len(_unread.all(agent=agent_id))


@compiled
def _unread() -> QuerySet[Notification, int]:
    unread = Notification.objects.filter(agent_id=Given("agent"), read_at=None)
    return unread.values_list("pk", flat=True)[: MOST + 1]


def latest(agent_id: int, limit: int = 20) -> list[Notification]:
    """Unread ones first, newest first, with their tickets. 1 statement."""
    mine = Notification.objects.filter(agent_id=agent_id).order_by("-created_at", "-id")
    unread, read = mine.filter(read_at=None), mine.filter(read_at__isnull=False)
    newest = unread.values("pk")[:limit].union(read.values("pk")[:limit], all=True)
    found = Notification.objects.filter(pk__in=newest).select_related("ticket__contact")
    is_unread = ExpressionWrapper(Q(read_at=None), BooleanField())
    return list(found.order_by(is_unread.desc(), "-created_at", "-id")[:limit])
