"""How mail comes in: what waits, what is parked, and which mailboxes can't be fetched (R5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from ventanilla.lib import clock, metrics
from ventanilla.mail.models import ERASED, MailAccount, RawMail

MISSED = 3  # looks in a row that failed or did not take place: then it is red
LOOK = timedelta(seconds=60)  # how often a mailbox is looked into at least


@dataclass(frozen=True, slots=True)
class Intake:
    """The intake as of one moment."""

    waiting: int  # kept and not yet worked on
    waiting_since: datetime | None  # when the oldest of them came to us
    parked: int  # could not be read, wait for a person


@dataclass(frozen=True, slots=True)
class Fetching:
    """One mailbox that is fetched. `words` say what failed last, in the desk's language."""

    inbox_id: int
    name: str
    red: bool
    fetched_at: datetime | None
    failures: int
    words: str


def intake() -> Intake:
    """2 statements, each by an index of its own."""
    kept = RawMail.objects.filter(state=RawMail.State.KEPT)
    waiting = kept.aggregate(waiting=Count("pk"), waiting_since=Min("received_at"))
    return Intake(**waiting, parked=RawMail.objects.filter(state=RawMail.State.PARKED).count())


def aside(limit: int = 50) -> list[RawMail]:
    """Mails that led to no ticket, newest first: automatic, blocked, nobody's bounces. 1 statement.

    `intake.release` takes one in all the same.
    """
    found = RawMail.objects.filter(state=RawMail.State.DONE, ticket=None).exclude(outcome=ERASED)
    return list(found.select_related("inbox").order_by("-pk")[:limit])


def fetching(now: datetime) -> list[Fetching]:
    """Every active mailbox. Red: three looks failed, or none took place so long. 1 statement."""
    accounts = MailAccount.objects.filter(inbox__active=True).exclude(imap_host="")
    return [
        Fetching(
            account.pk,
            account.inbox.name,
            _is_red(account, now),
            account.fetched_at,
            account.fetch_failures,
            account.fetch_error,
        )
        for account in accounts.select_related("inbox").order_by("pk")
    ]


def _is_red(account: MailAccount, now: datetime) -> bool:
    silent = account.fetched_at is not None and now - account.fetched_at > MISSED * LOOK
    return silent or account.fetch_failures >= MISSED


def _by_state() -> dict[tuple[str, ...], float]:
    found = intake()
    return {("waiting",): found.waiting, ("parked",): found.parked}


def _lag() -> float:
    since = intake().waiting_since
    return max(0.0, (clock.now() - since).total_seconds()) if since else 0.0


def _mailboxes() -> dict[tuple[str, ...], float]:
    found = fetching(clock.now())
    red = sum(each.red for each in found)
    return {("ok",): len(found) - red, ("failing",): red}


metrics.gauge("incoming_mails", "Mails that were kept, by state", _by_state, ["state"])
metrics.gauge("incoming_lag_seconds", "Since when the oldest mail waits to be taken in", _lag)
metrics.gauge("mailboxes", "Mailboxes that are fetched, by how that goes", _mailboxes, ["state"])
