"""The intake: kept mails, one commit each, become tickets, messages or recorded outcomes.

Any number of workers may do this at once. A mail's row is locked while it is being worked on, so
a killed worker's mail is free at once; what it did is undone with it.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from ventanilla.events.wake import wake
from ventanilla.lib import clock, rows, storage
from ventanilla.mail import erasing, inboxes, unreadable
from ventanilla.mail.admit import admit
from ventanilla.mail.arrived import Mail, Outcome
from ventanilla.mail.inboxes import Inboxes
from ventanilla.mail.keep import CHANNEL
from ventanilla.mail.models import ERASED, RawMail
from ventanilla.mail.parse.child import ParserChild, ParserDied
from ventanilla.people.models import DeskSettings
from ventanilla.people.queries import desk
from ventanilla.tickets.models import Ticket

logger = structlog.get_logger(__name__)
PASSING = (OperationalError, InterfaceError, OSError)  # database and storage: later it may work
TRIES = {ParserDied: 2, OperationalError: 8, InterfaceError: 8, OSError: 8}
LONGEST_WAIT = timedelta(minutes=10)
RELEASED = "released"  # the outcome of a mail that a person has freed, until it is worked on

NEXT = f"""SELECT {rows.columns(RawMail)} FROM mail_rawmail
WHERE state = 'kept' AND (next_try_at IS NULL OR next_try_at <= %s)
ORDER BY quiet, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"""  # noqa: S608 (constants only)

_own = threading.local()


def take_in(limit: int = 50) -> int:
    """Work on up to `limit` kept mails, fresh ones first. Returns how many; 0: none waits.

    Raises what the database raises when it is away: nothing is lost, call again later.
    """
    house = House()
    for done in range(limit):
        if not _take(house, _next):
            return done
    return limit


def take_in_one(raw_id: int) -> RawMail:
    """Work on this mail now, or wait for whoever is at it. Returns its row as it then is."""
    _take(House(), lambda: RawMail.objects.select_for_update(no_key=True).get(pk=raw_id))
    return RawMail.objects.get(pk=raw_id)


def retry(raw_ids: list[int] | None = None) -> list[int]:
    """Free parked mails, all or these, to be worked on again. Returns their ids."""
    parked = RawMail.objects.filter(state=RawMail.State.PARKED)
    if raw_ids is not None:
        parked = parked.filter(pk__in=raw_ids)
    with transaction.atomic():
        found = list(parked.select_for_update().order_by("pk").values_list("pk", flat=True))
        RawMail.objects.filter(pk__in=found).update(
            state=RawMail.State.KEPT, attempts=0, next_try_at=None
        )
        wake(CHANNEL)
    return found


def release(raw_ids: list[int]) -> list[int]:
    """Free mails that led to no ticket (automatic, blocked, bounces): a person says they count.

    Returns the ids of those that were so; their state is `kept` again.
    """
    aside = RawMail.objects.filter(pk__in=raw_ids, state="done", ticket=None)
    aside = aside.exclude(outcome=ERASED)
    with transaction.atomic():
        found = list(aside.select_for_update().order_by("pk").values_list("pk", flat=True))
        RawMail.objects.filter(pk__in=found).update(state=RawMail.State.KEPT, outcome=RELEASED)
        wake(CHANNEL)
    return found


class House:
    """The desk and its inboxes, read when the first mail asks and used for one round."""

    @cached_property
    def inboxes(self) -> Inboxes:
        return inboxes.load()

    @cached_property
    def desk(self) -> DeskSettings:
        return desk()


def _next() -> RawMail | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [clock.now()])
        found = cursor.fetchone()
        return rows.read(RawMail, found) if found else None


def _take(house: House, claim: Callable[[], RawMail | None]) -> bool:
    raw = None
    try:
        with transaction.atomic(durable=True):
            raw = claim()
            if raw is None or raw.state != RawMail.State.KEPT:
                return False
            with structlog.contextvars.bound_contextvars(mail=raw.pk):
                _work(raw, house)
    except Exception as error:
        if raw is None or connection.connection is None:  # the database went away, not the mail
            raise
        _failed(raw.pk, house, error)
    return True


def _work(raw: RawMail, house: House) -> None:
    parsed = _parser().parse(_bytes_of(raw))
    waiting = Ticket.objects.get(pk=raw.ticket_id) if raw.ticket_id else None
    released = raw.outcome == RELEASED
    now = clock.now()
    mail = Mail(raw, parsed, house.inboxes, house.desk, now, waiting, released)
    outcome = admit(mail)
    if waiting is not None and outcome.name != "opened":
        unreadable.settle(waiting, mail, outcome)
    raw.sender = mail.address
    _finish(raw, outcome)
    if house.desk.mask_numbers and outcome.name in ("opened", "appended"):
        erasing.forget_masked(raw)


def _finish(raw: RawMail, outcome: Outcome, state: str = RawMail.State.DONE) -> None:
    raw.state, raw.outcome, raw.why = state, outcome.name, outcome.why
    raw.ticket_id, raw.message_id = outcome.ticket_id, outcome.message_id
    raw.no_answer, raw.next_try_at = outcome.no_answer, None
    rows.update(
        raw, "state", "outcome", "why", "ticket", "message", "no_answer", "next_try_at", "sender",
        "attempts",
    )  # fmt: skip
    logger.info("mail_taken", outcome=outcome.name, ticket=outcome.ticket_id)


@transaction.atomic(durable=True)
def _failed(raw_id: int, house: House, error: Exception) -> None:
    """Try again later what may pass; park the rest, so that the next mail is not stopped (R4)."""
    kept = RawMail.objects.select_for_update(skip_locked=True, no_key=True)
    raw = kept.filter(pk=raw_id, state=RawMail.State.KEPT).first()
    if raw is None:  # another worker has it by now
        return
    raw.attempts += 1
    most = next((tries for kind, tries in TRIES.items() if isinstance(error, kind)), 1)
    if raw.attempts < most:
        wait = min(timedelta(seconds=2**raw.attempts), LONGEST_WAIT)
        raw.next_try_at = clock.now() + wait
        raw.save(update_fields=["attempts", "next_try_at"])
        logger.warning("mail_waits", mail=raw_id, error=repr(error), attempts=raw.attempts)
        return
    logger.error("mail_parked", mail=raw_id, exc_info=error)
    _park(raw, house, error)


def _park(raw: RawMail, house: House, error: Exception) -> None:
    told = Outcome("quarantined", _told(error), raw.ticket_id, raw.message_id, "unreadable")
    if raw.ticket_id is None:
        try:
            with transaction.atomic():
                ticket = unreadable.open_for(raw, house.inboxes.by_id[raw.inbox_id])
                told = replace(told, ticket_id=ticket.pk, message_id=ticket.last_message_id)
        except Exception:  # the mail stays parked and shown to administrators all the same
            logger.exception("unreadable_ticket_failed")
    _finish(raw, told, RawMail.State.PARKED)


def _told(error: Exception) -> str:
    """The error and its trace as the database takes them: the end says most."""
    whole = "".join(traceback.format_exception(error)).replace("\0", "")
    return f"{type(error).__name__}: {error}\n\n{whole[-8000:]}".replace("\0", "")


def _bytes_of(raw: RawMail) -> bytes:
    """The mail as the parser gets it: a null sender told by the envelope stands before it."""
    data = storage.read(raw.digest)
    if raw.source in ("smtp", "lmtp") and not raw.envelope_from:
        return b"Return-Path: <>\r\n" + data
    return data


def _parser() -> ParserChild:
    """This thread's child; it outlives the mail, and its own death."""
    if not hasattr(_own, "parser"):
        _own.parser = ParserChild()
    parser: ParserChild = _own.parser
    return parser
