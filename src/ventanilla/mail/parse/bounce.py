"""Is this mail a returned one, and whom did it not reach?

Standard delivery reports are read field by field. For the others evidence is weighed: a machine
as sender, its subject, its sentences (`bounce_words`); then the failed addresses are looked for
in the notice above the returned mail, preferring those that the returned mail was sent to.
"""

import re
from dataclasses import dataclass

from ventanilla.mail.parse import (
    bounce_words,
    bounced,
    delivery_status,
    message_ids,
    returned,
    services,
    structure,
)
from ventanilla.mail.parse.delivery_status import Outcome
from ventanilla.mail.parse.limits import WORDS, Defects
from ventanilla.mail.parse.model import Address, Bounce
from ventanilla.mail.parse.returned import Returned
from ventanilla.mail.parse.structure import Part

SEPARATORS = re.compile(r"[._-]+")
BLANKS = re.compile(r"\s+")
REPLY = re.compile(
    r"^\s*(?:re|fw|fwd|rv|enc|tr|aw|wg|antw|r|i|sv|vs|odp|pd|vb)\s*(?:\[\d+\])?\s*[:：]", re.I
)
FIELD = re.compile(r"(?im)^(?:final-recipient|original-recipient)\s{0,3}:")
ENOUGH = 3  # points of evidence that make a notice
LOOKED_AT = 6_000  # characters of a notice: they come to the point


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail as the bounce rules see it."""

    root: Part
    subject: str
    sender: Address | None
    from_daemon: bool  # the sender is a mail system, see `is_daemon`
    recipients: tuple[str, ...]
    null_sender: bool
    automatic: bool  # its own headers call it so
    is_reply: bool  # it answers another mail
    is_list: bool
    text: str
    new_words: str  # the text without quoted mail and signature


def read(notice: Notice) -> Bounce | None:
    """The bounce that this mail is, None if it is none."""
    if notification := services.read(notice.text):
        return _notified(notification)
    outcomes = delivery_status.outcomes(notice.root)
    failed = returned.unique(returned.usable(notice.root.headers, "x-failed-recipients"))
    outer = _outer_score(notice)
    if not outcomes and not failed and outer < 1:
        return None
    told, below = returned.split(notice.text)
    if not outcomes:
        outcomes = _told_in_text(notice) or _passed_on(notice)
    failures = [outcome for outcome in outcomes if outcome.is_failure]
    if not failures and any(outcome.is_success for outcome in outcomes):
        return None
    mail = returned.find(notice.root, below)
    if not failures and not failed:
        needed = ENOUGH if _is_machine_made(notice) else ENOUGH + 1
        if outer + _inner_score(notice, told) + bool(mail or below.strip()) < needed:
            return None
    status = next((outcome.status for outcome in failures if outcome.status), "")
    return Bounce(
        recipients=_recipients(notice, failures, failed, told, mail),
        temporary=_is_temporary(notice, failures, told),
        still_trying=_is_still_tried(notice, failures, told),
        status=status or _first(bounce_words.STATUS, told),
        diagnostic=next((o.diagnostic for o in failures if o.diagnostic), ""),
        original_message_id=mail.message_id if mail else None,
        original_references=_references(notice, mail),
        original_subject=mail.subject if mail else "",
        original_to=mail.sent_to if mail else (),
    )


def _recipients(
    notice: Notice,
    failures: list[Outcome],
    failed: tuple[str, ...],
    told: str,
    mail: Returned | None,
) -> tuple[str, ...]:
    """From the report, else from a header (Exim, Gmail), else from the words."""
    permanent = [o.recipient for o in failures if o.recipient and not o.is_temporary]
    named = permanent or [o.recipient for o in failures if o.recipient]
    if named or failed:
        return returned.unique(named) or failed
    own = {addr.lower() for addr in notice.recipients}
    if notice.sender:
        own.add(notice.sender.addr.lower())
    return bounced.recipients(told, own, mail)


def _references(notice: Notice, mail: Returned | None) -> tuple[str, ...]:
    """Ids by which the returned mail can be found, also where only the notice names them."""
    found = list(mail.references if mail else ())
    fields = notice.root.headers
    for name in ("in-reply-to", "references", "x-ms-exchange-original-message-id"):
        found += message_ids.all_ids(fields.source(name), Defects())
    return tuple(dict.fromkeys(found))


def _notified(notification: services.Notification) -> Bounce | None:
    if notification.kind != "bounce":
        return None
    return Bounce(
        recipients=notification.recipients,
        temporary=notification.temporary,
        status=notification.status,
        diagnostic=notification.diagnostic,
        original_message_id=notification.message_id,
    )


def _told_in_text(notice: Notice) -> list[Outcome]:
    """A report's fields in the plain text of a notice."""
    if not FIELD.search(notice.text):
        return []
    return delivery_status.of_fields(notice.text[:WORDS].encode())


def _passed_on(notice: Notice) -> list[Outcome]:
    """A report inside the message that a gateway's own notice returns."""
    for part in notice.root.walk():
        if part.content_type == "message/rfc822":
            return delivery_status.outcomes(structure.split(part.body, Defects()))
    return []


def is_receipt(root: Part) -> bool:
    """A read receipt, or a report of success only: automatic, but nothing failed."""
    kinds = {part.content_type for part in root.walk()}
    report = root.params.get("report-type", "").lower()
    if report == "disposition-notification" or "message/disposition-notification" in kinds:
        return True
    outcomes = delivery_status.outcomes(root)
    return bool(outcomes) and all(outcome.is_success for outcome in outcomes)


def _is_machine_made(notice: Notice) -> bool:
    """Whether anything but words says that no person wrote it."""
    unanswerable = notice.sender is not None and bounce_words.NO_REPLY.search(notice.sender.addr)
    machine = notice.from_daemon or notice.null_sender or notice.automatic
    return machine or bool(unanswerable)


def _outer_score(notice: Notice) -> int:
    """How much sender, subject and headers speak for a notice of a mail server."""
    if REPLY.match(notice.subject) and not (notice.from_daemon or notice.null_sender):
        return 0
    report = notice.root.params.get("report-type", "").lower() == "delivery-status"
    score = 3 if report else 0
    score += 1 if notice.from_daemon else 0
    score += 1 if notice.null_sender or notice.automatic else 0
    score += 2 if bounce_words.SUBJECT.search(notice.subject.lower()) else 0
    if notice.is_reply and not notice.from_daemon and not report:
        score -= 1
    if notice.is_list and not notice.from_daemon:
        score -= 1  # lists also talk about mail that came back
    return score


def _inner_score(notice: Notice, told: str) -> int:
    """How much its words do."""
    folded = BLANKS.sub(" ", told[:LOOKED_AT]).lower()
    score = 1 if bounce_words.NOTICE.search(folded) else 0
    coded = bounce_words.STATUS.search(told) or bounce_words.FINAL.search(folded)
    if notice.from_daemon and coded and bounced.ADDRESS.search(told):
        score += 1
    return score


def is_daemon(sender: Address) -> bool:
    """A mail system's own address or name."""
    local = sender.addr.rpartition("@")[0] or sender.addr
    local = local.lower().partition("+")[0]
    stem = local.rstrip("0123456789").rstrip("-_.")
    if local in bounce_words.DAEMONS or stem in bounce_words.DAEMONS:
        return True
    if local.startswith(("mailer-daemon", "microsoftexchange", "postmaster")):
        return True
    words = SEPARATORS.sub(" ", local)
    found = (bounce_words.DAEMON_NAME.search(text) for text in (sender.name.lower(), words))
    return any(found)


def _is_temporary(notice: Notice, failures: list[Outcome], told: str) -> bool:
    if failures:
        return all(outcome.is_temporary for outcome in failures)
    folded = BLANKS.sub(" ", told[:LOOKED_AT]).lower()
    if _is_still_tried(notice, failures, told):
        return True
    refused = bounce_words.REFUSED_FOR_NOW.search(folded)
    return bool(refused) and not bounce_words.FINAL.search(folded)


def _is_still_tried(notice: Notice, failures: list[Outcome], told: str) -> bool:
    """The other side has not given up: a warning, no failure."""
    if failures:
        return all(outcome.action.startswith("delay") for outcome in failures)
    folded = BLANKS.sub(" ", f"{notice.subject}\n{told[:LOOKED_AT]}").lower()
    return bool(bounce_words.DELAYED.search(folded))


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
