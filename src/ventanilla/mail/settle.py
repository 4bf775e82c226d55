"""What became of a try, written down with what its ticket is told: one commit each.

Each is safe to run again when its commit was not confirmed: what is settled already stays so.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib import storage
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.rows import update
from ventanilla.mail import retry
from ventanilla.mail.conversation import Verdict
from ventanilla.mail.models import OutgoingMail
from ventanilla.tickets.actions import mark_bounced, mark_failed, mark_sent

logger = structlog.get_logger(__name__)
State, Failure = OutgoingMail.State, OutgoingMail.Failure


@transaction.atomic
def answered(mail: OutgoingMail, now: datetime, verdict: Verdict) -> None:
    """The server answered for each address: some have it, some may be tried again, some not."""
    mail = copy(mail)
    if not _is_open(mail):
        return
    refused, retry_at = dict(verdict.refused), None
    if verdict.delayed:
        retry_at = retry.next_try(mail.attempts, str(mail.pk), now, mail.give_up_at)
        if retry_at is None:
            refused |= verdict.delayed
    _tell(mail, now, verdict.accepted, refused, final=retry_at is None)
    mail.accepted = [*mail.accepted, *verdict.accepted]
    mail.refused = {**mail.refused, **refused}
    mail.error = _words(verdict.delayed or mail.refused)
    if verdict.accepted and mail.sent_at is None:
        mail.sent_at = now
    if retry_at is not None:
        _wait(mail, retry_at)
    elif mail.accepted:
        _end(mail, State.SENT)
    else:
        _end(mail, State.FAILED, Failure.LATE if verdict.delayed else Failure.REFUSED)


@transaction.atomic
def later(mail: OutgoingMail, now: datetime, words: str, *, unsure: bool = False) -> None:
    """The try ended without an answer about the mail; the next one follows in time."""
    mail = copy(mail)
    mail.unsure, mail.error = mail.unsure or unsure, words
    at = retry.next_try(mail.attempts, str(mail.pk), now, mail.give_up_at)
    if at is None:
        too_late(mail, now, words)
    elif _is_open(mail):
        _wait(mail, at)


@transaction.atomic
def back(mail: OutgoingMail, until: datetime, words: str) -> None:
    """Not this mail's fault: it waits as long as its server rests."""
    mail = copy(mail)
    mail.error = words
    if _is_open(mail):
        _wait(mail, until)


@transaction.atomic
def too_late(mail: OutgoingMail, now: datetime, words: str) -> None:
    reason = _("Given up after many tries. The last answer: %(words)s") % {"words": words}
    _fail(mail, now, reason, Failure.LATE)


@transaction.atomic
def without_server(mail: OutgoingMail, now: datetime, reason: str) -> None:
    """Nothing to send with. Sent by itself once a server is set up."""
    _fail(mail, now, reason, Failure.NO_SERVER)


@transaction.atomic
def lost(mail: OutgoingMail, now: datetime) -> None:
    reason = _("The mail as it was built is no longer in the storage. Send the message again.")
    logger.error("built_mail_missing", mail=mail.pk, digest=mail.digest)
    _fail(mail, now, reason, Failure.LOST)


def _is_open(mail: OutgoingMail) -> bool:
    """Lock the ticket, then see that nobody has settled this try meanwhile. 2 statements."""
    if mail.message is not None:
        mail.message.ticket.lock()
    return _as_it_was.exists(pk=mail.pk, state=mail.state, attempts=mail.attempts)


@compiled
def _as_it_was() -> QuerySet[OutgoingMail]:
    mails = OutgoingMail.objects.filter(pk=Given("pk"))
    return mails.filter(state=Given("state"), attempts=Given("attempts"))


def _fail(mail: OutgoingMail, now: datetime, reason: str, failure: str) -> None:
    mail = copy(mail)
    if not _is_open(mail):
        return
    mail.error = reason
    left = {
        address: reason
        for address in mail.recipients
        if address not in mail.accepted and address not in mail.refused
    }
    _tell(mail, now, [], left, final=True)
    mail.refused = {**mail.refused, **left}
    _end(mail, State.SENT if mail.accepted else State.FAILED, failure)


def _tell(
    mail: OutgoingMail, now: datetime, accepted: list[str], refused: dict[str, str], *, final: bool
) -> None:
    """Tell the ticket what is new: sent when the first address has it, returned for the others.

    Takes the ticket's lock before the mail's row is written, as everybody does.
    """
    if mail.message is None:
        return
    act = replace(Act.of_system(now), cause=mail.event_id, depth=1)
    first = bool(accepted) and not mail.accepted
    if first:
        mark_sent(mail.message, act, attempts=mail.attempts, doubled=mail.unsure)
        refused = {**mail.refused, **refused}
    if (first or mail.accepted) and refused:
        mark_bounced(
            mail.message, act, recipients=list(refused), temporary=False, reason=_words(refused)
        )
    elif final and not accepted and not mail.accepted:
        everybody = {**mail.refused, **refused}
        same = set(everybody.values())
        reason = same.pop() if len(same) == 1 else _words(everybody)
        mark_failed(mail.message, act, attempts=mail.attempts, reason=reason)


def _wait(mail: OutgoingMail, at: datetime) -> None:
    mail.state, mail.next_try_at, mail.claimed_until = State.WAITING, at, None
    _save(mail)


def _end(mail: OutgoingMail, state: str, failure: str = "") -> None:
    mail.state, mail.failure, mail.claimed_until = state, failure, None
    if mail.purpose == "account":  # it holds a link that lets people in: not kept
        digest, mail.digest = mail.digest, ""
        transaction.on_commit(lambda: storage.remove(digest), robust=True)
    _save(mail)


def _save(mail: OutgoingMail) -> None:
    update(
        mail, "state", "next_try_at", "claimed_until", "accepted", "refused", "sent_at", "error",
        "failure", "unsure", "digest",
    )  # fmt: skip


def _words(said: dict[str, str]) -> str:
    """What was said about whom, in a line for each different answer."""
    by_words: dict[str, list[str]] = {}
    for address, words in said.items():
        by_words.setdefault(words, []).append(address)
    return "\n".join(f"{', '.join(who)}: {words}" for words, who in by_words.items())
