"""Fetching a mailbox for as long as it is set up: one thread per inbox.

What is new is kept and the cursor moved on in one commit; only then may the mail be marked or
moved. After any outage, however long, the next look finds everything above the cursor (R3).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import Error, connection, transaction
from django.utils import translation

from ventanilla.events.jobs import enqueue
from ventanilla.lib import clock
from ventanilla.mail import imap_advice, jobs
from ventanilla.mail.imap import Fetched, Folder, Mailbox, SignInRefused
from ventanilla.mail.intake_health import MISSED
from ventanilla.mail.keep import Arrival, keep_all
from ventanilla.mail.models import Cursor, MailAccount
from ventanilla.people.queries import desk

logger = structlog.get_logger(__name__)
POLL_EVERY = 20.0  # seconds, where the server can't tell what is new
LOOK_EVERY = 20.0  # seconds, where it can: some servers forget to, when they are busy
NOTED_EVERY = timedelta(seconds=30)
A_MOMENT = timedelta(seconds=1)  # a mailbox's clock counts whole ones
SKEW = timedelta(minutes=5)  # between the mailbox's clock and ours
LOCK = 0x7EA71  # with the inbox's id: one machine fetches it at a time
ELSEWHERE = 5.0  # seconds until a mailbox that another machine fetches is asked for again
SOON, LATER, REFUSED_LATER = 2.0, 60.0, 600.0  # seconds: waits after failures


class Poller(threading.Thread):
    """Fetches one inbox until told to stop. It survives whatever server and database do."""

    def __init__(self, inbox_id: int):
        super().__init__(name=f"imap-{inbox_id}", daemon=True)
        self.inbox_id = inbox_id
        self.ending = threading.Event()

    def end(self) -> None:
        self.ending.set()

    def run(self) -> None:
        failures = 0
        while not self.ending.is_set():
            try:
                done = self._while_ours()
                failures = 0
                pause = 0.0 if done else ELSEWHERE
            except Error as error:
                logger.warning("database_away", stage=self.name, error=str(error).strip())
                pause = SOON
            except Exception as error:
                failures += 1
                pause = _pause(failures, error)
                self._note_failure(error)
            finally:
                connection.close()
            self.ending.wait(pause)

    def _while_ours(self) -> bool:
        """Fetch while this process has the inbox's lock; False when another one has it."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, self.inbox_id])
            if not cursor.fetchone()[0]:
                return False
        account = MailAccount.objects.select_related("inbox").get(pk=self.inbox_id)
        with structlog.contextvars.bound_contextvars(inbox=self.inbox_id), Mailbox(account) as box:
            self._stay(box, account)
        return True

    def _stay(self, box: Mailbox, account: MailAccount) -> None:
        folder = box.open(account.imap_folder, writable=account.after_fetch != "leave")
        idles = box.can_idle
        cursor = place_cursor(box, folder, account, clock.now())
        while not self.ending.is_set():
            take_new(box, account, cursor, self.ending.is_set)
            note_success(account)
            if idles:
                box.wait(LOOK_EVERY, self.ending.is_set)
            else:
                self.ending.wait(POLL_EVERY)

    def _note_failure(self, error: Exception) -> None:
        logger.warning("fetch_failed", inbox=self.inbox_id, error=repr(error))
        try:
            note_failure(self.inbox_id, error)
        except Error as away:
            logger.warning("database_away", stage=self.name, error=str(away).strip())


def place_cursor(box: Mailbox, folder: Folder, account: MailAccount, now: datetime) -> Cursor:
    """Up to where the folder has been taken in; for a new one, where to begin.

    A new inbox begins with what has come since it was set up, even if the first connection is
    made later; or it takes what came since `start_at` quietly.
    When the UIDs count anew, everything since then is gone through again: digests tell what is
    known. An earlier `start_at` than before fetches what lies between.
    """
    cursor = Cursor.objects.filter(inbox=account.inbox_id, folder=account.imap_folder).first()
    newest = folder.uidnext - 1
    if cursor is None:
        cursor = Cursor(
            inbox_id=account.inbox_id,
            folder=account.imap_folder,
            uidvalidity=folder.uidvalidity,
            last_uid=newest,
            since=_start(account) or (account.fetched_since or now).replace(microsecond=0),
        )
        if cursor.since < now - A_MOMENT:
            _go_back(box, cursor, newest, quiet_to=newest if account.start_at else 0)
    elif cursor.uidvalidity != folder.uidvalidity:
        logger.warning("uidvalidity_changed", old=cursor.uidvalidity, new=folder.uidvalidity)
        cursor.uidvalidity, cursor.quiet_to = folder.uidvalidity, 0
        _go_back(box, cursor, newest, quiet_to=0)
    elif (start := _start(account)) and start < cursor.since:
        cursor.since = start
        _go_back(box, cursor, cursor.last_uid, quiet_to=cursor.last_uid)
    else:
        return cursor
    cursor.save()
    return cursor


def _start(account: MailAccount) -> datetime | None:
    """From when on older mail was asked for; a little earlier, as clocks differ."""
    return account.start_at and account.start_at - SKEW


def _go_back(box: Mailbox, cursor: Cursor, newest: int, *, quiet_to: int) -> None:
    """Set the cursor before the first mail that came since `cursor.since`."""
    wanted = box.since(cursor.since)
    cursor.since_to, cursor.quiet_to = newest, quiet_to
    cursor.last_uid = min([uid - 1 for uid in wanted if uid <= newest], default=newest)


def take_new(
    box: Mailbox, account: MailAccount, cursor: Cursor, stop: Callable[[], bool] = lambda: False
) -> int:
    """Keep all that is above the cursor, in batches. Returns how many mails were fetched."""
    fetched = 0
    for batch in box.batches(box.after(cursor.last_uid)):
        if batch:
            _keep_batch(batch, account, cursor)
            _leave_mark(box, account, [mail.uid for mail in batch])
            fetched += len(batch)
            note_success(account)
        if stop():
            break
    return fetched


def _keep_batch(batch: list[Fetched], account: MailAccount, cursor: Cursor) -> None:
    """Mails and cursor in one commit: neither is there without the other."""
    wanted = [mail for mail in batch if _is_wanted(mail, cursor)]
    last = max(mail.uid for mail in batch)
    with transaction.atomic(durable=True):
        kept = keep_all(
            [_arrival(mail, cursor) for mail in wanted], inbox=account.inbox_id, source="imap"
        )
        Cursor.objects.filter(pk=cursor.pk).update(last_uid=last)
    cursor.last_uid = last
    logger.info("mail_fetched", mails=len(kept), new=sum(each.new for each in kept))


def _is_wanted(mail: Fetched, cursor: Cursor) -> bool:
    """Leave alone what lay in the mailbox before it was ours to look after."""
    if mail.uid > cursor.since_to or mail.received_at is None:
        return True
    return mail.received_at >= cursor.since


def _arrival(mail: Fetched, cursor: Cursor) -> Arrival:
    now = clock.now()
    position = f"{cursor.folder[:80]}:{cursor.uidvalidity}:{mail.uid}"
    # a server that can't give a mail says nothing: its place at least is kept
    empty = f"X-Ventanilla-Position: {position.encode('ascii', 'replace').decode()}\r\n\r\n"
    return Arrival(
        raw=mail.raw or empty.encode(),
        received_at=min(mail.received_at or now, now),
        position=position,
        quiet=mail.uid <= cursor.quiet_to,
        size=mail.size,
    )


def _leave_mark(box: Mailbox, account: MailAccount, uids: list[int]) -> None:
    if account.after_fetch == MailAccount.AfterFetch.SEEN:
        box.mark_seen(uids)
    elif account.after_fetch == MailAccount.AfterFetch.MOVE and account.done_folder:
        box.move(uids, account.done_folder)


def note_success(account: MailAccount) -> None:
    """Note that the mailbox works; written down twice a minute at most."""
    now = clock.now()
    fresh = account.fetched_at is not None and now - account.fetched_at < NOTED_EVERY
    if fresh and not account.fetch_error and not account.fetch_failures:
        return
    account.fetched_at, account.fetch_error, account.fetch_failures = now, "", 0
    account.save(update_fields=["fetched_at", "fetch_error", "fetch_failures"])


def note_failure(inbox_id: int, error: Exception) -> None:
    """Note in words, in the desk's language, why the mailbox can't be fetched.

    The third time in a row administrators are told by mail, once until it works again.
    """
    account = MailAccount.objects.filter(pk=inbox_id).select_related("inbox").first()
    if account is not None:
        with translation.override(desk().language):
            account.fetch_error = imap_advice.advice(error, account)
        account.fetch_failures += 1
        with transaction.atomic():
            account.save(update_fields=["fetch_error", "fetch_failures"])
            if account.fetch_failures == MISSED:
                enqueue(jobs.tell_not_fetched, inbox_id=inbox_id)


def _pause(failures: int, error: Exception) -> float:
    """Longer each time; a server that refuses us is not asked often, or it locks the account."""
    if isinstance(error, SignInRefused):
        return min(30.0 * 2 ** (failures - 1), REFUSED_LATER)
    return min(SOON * 2 ** (failures - 1), LATER)
