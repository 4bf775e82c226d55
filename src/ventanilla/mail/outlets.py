"""Outgoing servers as queues: who may talk to one, how long it rests, which mails are its own.

One conversation at a time per outlet keeps a slow or dead server from taking more than one worker;
the others' mails go on. Whoever talks holds a lease and renews it from a thread of its own, so
that a killed worker's mails are free again half a minute later.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import Error, connection
from django.db.models import Expression, Q

from ventanilla.lib import clock
from ventanilla.mail import retry, smtp
from ventanilla.mail.conversation import Server
from ventanilla.mail.models import MailAccount, OutgoingMail, Outlet
from ventanilla.tickets.models import Channel, Inbox

logger = structlog.get_logger(__name__)
CHANNEL = "outbox"  # on which workers are woken
DESK = "desk"
LEASE = timedelta(seconds=30)
RENEW_EVERY = 10.0  # seconds


def key_of(inbox: Inbox | None) -> str:
    """The outlet that an inbox's mail leaves by: its own server's, else the desk's."""
    account: MailAccount | None = getattr(inbox, "mail", None) if inbox else None
    return f"inbox:{account.pk}" if account and account.smtp_host else DESK


def mails_of(key: str) -> Q:
    """The condition on `OutgoingMail` for an outlet's mails, as the settings are now."""
    return OF_DESK if key == DESK else of_inbox(inbox_of(key))


OF_DESK = Q(inbox=None) | Q(inbox__mail__isnull=True) | Q(inbox__mail__smtp_host="")


def of_inbox(inbox_id: int | Expression) -> Q:
    return Q(inbox_id=inbox_id, inbox__mail__smtp_host__gt="")


def inbox_of(key: str) -> int:
    return int(key.partition(":")[2])


def server_for(mail: OutgoingMail) -> Server | None:
    """The server that takes this mail now; None when none is set up."""
    if mail.inbox is not None:
        return smtp.server_of(getattr(mail.inbox, "mail", None))
    return smtp.desk_server() or smtp.server_of(borrowed())


def borrowed() -> MailAccount | None:
    """Whose server the desk's own mail leaves by when it has none: the first inbox's."""
    accounts = MailAccount.objects.filter(inbox__active=True, smtp_host__gt="")
    return accounts.select_related("inbox").order_by("pk").first()


def desk_sender() -> str:
    """Whom the desk's own mail comes from. At most 2 statements."""
    if settings.MAIL_FROM:
        return str(settings.MAIL_FROM)
    account = borrowed()
    if account is not None:
        return account.inbox.address
    named = Inbox.objects.filter(channel=Channel.EMAIL, active=True).exclude(address="")
    address = named.order_by("pk").values_list("address", flat=True).first()
    return address or f"ventanilla@{urlsplit(settings.BASE_URL).hostname}"


@contextmanager
def leased(key: str) -> Iterator[bool]:
    """Hold an outlet alone. Yields False, without waiting, when it is busy or rests."""
    holder = uuid.uuid4().hex
    if not _take(key, holder, clock.now()):
        yield False
        return
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(key, holder, over), daemon=True)
    keeper.start()
    try:
        yield True
    finally:
        over.set()
        keeper.join()
        Outlet.objects.filter(key=key, holder=holder).update(leased_until=None, holder="")


def let_rest(key: str, now: datetime, *, words: str, locked_out: bool) -> datetime:
    """Leave a failing server alone for a while. Returns until when."""
    outlet = Outlet.objects.get(key=key)
    failures = outlet.failures + 1
    until = now + retry.rest(failures, key, locked_out=locked_out)
    Outlet.objects.filter(key=key).update(failures=failures, rests_until=until, error=words)
    return until


def works(key: str) -> None:
    """Note that the server has just taken a mail, if it had failed before."""
    Outlet.objects.filter(key=key, failures__gt=0).update(failures=0, rests_until=None, error="")


def wake_up(inbox: Inbox) -> None:
    """End the rest of an inbox's server at once, as when its settings were changed."""
    keys = [f"inbox:{inbox.pk}", DESK]
    Outlet.objects.filter(key__in=keys).update(failures=0, rests_until=None, error="")


def _take(key: str, holder: str, now: datetime) -> bool:
    Outlet.objects.bulk_create([Outlet(key=key)], ignore_conflicts=True)
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    awake = Q(rests_until=None) | Q(rests_until__lte=now)
    outlets = Outlet.objects.filter(free, awake, key=key)
    return bool(outlets.update(leased_until=now + LEASE, holder=holder))


def _keep(key: str, holder: str, over: threading.Event) -> None:
    """Renew the lease until told to end. A database that is away is asked again next time."""
    while not over.wait(RENEW_EVERY):
        try:
            mine = Outlet.objects.filter(key=key, holder=holder)
            mine.update(leased_until=clock.now() + LEASE)
        except Error as error:
            logger.warning("lease_not_renewed", outlet=key, error=str(error).strip())
        finally:
            connection.close()
