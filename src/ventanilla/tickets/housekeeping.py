"""Swept a few times a minute: who is long gone from a ticket, marks that nobody posts again."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.lib import clock
from ventanilla.tickets import presence
from ventanilla.tickets.writing import Posted

MARKS_KEPT = timedelta(days=30)  # a browser may be away for that long with something to send


def sweep() -> None:
    now = clock.now()
    presence.forget(now)
    Posted.objects.filter(at__lt=now - MARKS_KEPT).delete()
