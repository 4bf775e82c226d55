"""Swept a few times a minute: who is long gone from a ticket, marks that nobody posts again, mails
that have left."""

from __future__ import annotations

from datetime import timedelta

from ventanilla.lib import clock
from ventanilla.tickets import presence
from ventanilla.tickets.writing import HeldMail, Posted

MARKS_KEPT = timedelta(days=30)  # a browser may be away for that long with something to send
LEFT_KEPT = timedelta(days=1)  # a page that waits for a mail to leave is told its ticket


def sweep() -> None:
    now = clock.now()
    presence.forget(now)
    Posted.objects.filter(at__lt=now - MARKS_KEPT).delete()
    HeldMail.objects.filter(ticket__isnull=False, due_at__lt=now - LEFT_KEPT).delete()
