"""How sending does: per inbox for its page, all together for health and metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from ventanilla.lib import clock, metrics
from ventanilla.mail.models import MailAccount, OutgoingMail

State = OutgoingMail.State
NOTED_EVERY = timedelta(minutes=1)  # success is written down this often at most
RECENT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sending:
    """The outbox as of one moment."""

    waiting: int
    waiting_since: datetime | None  # since when the oldest one waits
    failed: int  # within the last day
    doubled: int  # perhaps sent twice, ever: a try's outcome was never learned


def by_state() -> dict[tuple[str, ...], float]:
    """For the metrics: what waits, failed lately, went out twice perhaps. 3 statements."""
    found = sending(clock.now())
    return {
        ("waiting",): found.waiting,
        ("failed_today",): found.failed,
        ("perhaps_doubled",): found.doubled,
    }


metrics.gauge("outgoing_mails", "Mails on their way out, by state", by_state, ["state"])


def sending(now: datetime) -> Sending:
    """3 statements, each by an index of its own."""
    waits = OutgoingMail.objects.filter(state__in=(State.WAITING, State.SENDING))
    waiting = waits.aggregate(waiting=Count("pk"), waiting_since=Min("created_at"))
    lately = OutgoingMail.objects.filter(created_at__gte=now - RECENT)
    return Sending(
        **waiting,
        failed=lately.filter(state=State.FAILED).count(),
        doubled=OutgoingMail.objects.filter(unsure=True, state=State.SENT).count(),
    )


def sent(account: MailAccount | None, now: datetime) -> None:
    """Note on an inbox that its server works. Usually costs nothing."""
    if account is None:
        return
    stale = account.sent_at is None or account.sent_at < now - NOTED_EVERY
    if stale or account.send_error:
        MailAccount.objects.filter(pk=account.pk).update(sent_at=now, send_error="")


def not_sent(account: MailAccount | None, words: str) -> None:
    """Note on an inbox why its server can't be used. 1 statement."""
    if account is not None:
        MailAccount.objects.filter(pk=account.pk).update(send_error=words)
