"""Is this mail a returned one, and whom did it not reach?

Standard delivery reports are read field by field. For the others evidence is weighed: a machine
as sender, its subject, its sentences (`bounce_words`); then the failed addresses are looked for
in the notice above the returned mail, preferring those that the returned mail was sent to.
"""

import re
from dataclasses import dataclass

from ventanilla.mail.parse import (
    addresses,
    bounce_words,
    delivery_status,
    headers,
    message_ids,
    services,
    structure,
)
from ventanilla.mail.parse.delivery_status import Outcome
from ventanilla.mail.parse.headers import Headers
from ventanilla.mail.parse.limits import WORDS, Defects
from ventanilla.mail.parse.model import Address, Bounce
from ventanilla.mail.parse.structure import Part

RETURNED_TYPES = {"message/rfc822", "message/global", "message/partial", "message/news"}
RETURNED_HEADERS = {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
RETURNED_HEADERS |= {"text/rfc822-header", "text/rfc822"}
SEPARATORS = re.compile(r"[._-]+")
BLANKS = re.compile(r"\s+")
REPLY = re.compile(
    r"^\s*(?:re|fw|fwd|rv|enc|tr|aw|wg|antw|r|i|sv|vs|odp|pd|vb)\s*(?:\[\d+\])?\s*[:：]", re.I
)
ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+=/~^!#$&'*?-])[A-Za-z0-9._%+=/~^!#$&'*?-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}"
)
NAMED_RECIPIENT = re.compile(
    r"(?im)(?:rcpt to:|recipients?\s?:|recipient address:|to:|failed recipient:"
    r"|undeliverable address:|original[- ]recipient:?|destinatario:?|destinataire:?|empfänger:?"
    r"|error-for:|mailbox:"
    r"|delivery to|message to|could not be delivered to|no such user|user unknown)"
    r"\s{0,3}(?:rfc822;)?\s{0,3}[<'\"]?$"
)
ALONE = re.compile(r"^[\s>*•·#|-]{0,20}[<'\"(\[]{0,2}$")
ALONE_AFTER = re.compile(r"^[>'\")\]]{0,2}(?:[\s:;,.]|$)")
ROLES = {"postmaster", "mailer-daemon", "abuse", "hostmaster", "helpdesk", "support", "noc"}
FIELD = re.compile(r"(?im)^(?:final-recipient|original-recipient)\s{0,3}:")
HEADER_LINE = re.compile(r"(?im)^(?:message-id|subject|to|from|date)\s{0,2}:[^\n]*")
ENOUGH = 3  # points of evidence that make a notice
LOOKED_AT = 6_000  # characters of a notice: they come to the point


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail as the bounce rules see it."""

    root: Part
    subject: str
    sender: Address | None
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
    failed = _header_recipients(notice.root.headers)
    outer = _outer_score(notice)
    if not outcomes and not failed and outer < 1:
        return None
    told, returned_text = _split(notice.text)
    if not outcomes:
        outcomes = _told_in_text(notice) or _passed_on(notice)
    failures = [outcome for outcome in outcomes if outcome.is_failure]
    if not failures and any(outcome.is_success for outcome in outcomes):
        return None
    returned = _returned(notice.root, returned_text)
    if not failures and not failed:
        needed = ENOUGH if _is_machine_made(notice) else ENOUGH + 1
        if outer + _inner_score(notice, told) + (returned is not None) < needed:
            return None
    status = next((outcome.status for outcome in failures if outcome.status), "")
    return Bounce(
        recipients=_recipients(notice, failures, failed, told, returned),
        temporary=_is_temporary(notice, failures, told),
        still_trying=_is_still_tried(notice, failures, told),
        status=status or _first(bounce_words.STATUS, told),
        diagnostic=next((o.diagnostic for o in failures if o.diagnostic), ""),
        original_message_id=_id_of(returned),
        original_references=_references(notice, returned),
        original_subject=returned.text("subject") if returned else "",
        original_to=_original_to(returned),
    )


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
    machine = notice.sender is not None and is_daemon(notice.sender)
    unanswerable = notice.sender is not None and bounce_words.NO_REPLY.search(notice.sender.addr)
    return machine or notice.null_sender or notice.automatic or bool(unanswerable)


def _outer_score(notice: Notice) -> int:
    """How much sender, subject and headers speak for a notice of a mail server."""
    machine = notice.sender is not None and is_daemon(notice.sender)
    if notice.is_list and not machine:
        return 0
    if REPLY.match(notice.subject) and not (machine or notice.null_sender):
        return 0
    report = notice.root.params.get("report-type", "").lower() == "delivery-status"
    score = 3 if report else 0
    score += 1 if machine else 0
    score += 1 if notice.null_sender or notice.automatic else 0
    score += 2 if bounce_words.SUBJECT.search(notice.subject.lower()) else 0
    if notice.is_reply and not machine and not report:
        score -= 1
    return score


def _inner_score(notice: Notice, told: str) -> int:
    """How much its words do."""
    folded = BLANKS.sub(" ", told[:LOOKED_AT]).lower()
    score = 1 if bounce_words.NOTICE.search(folded) else 0
    machine = notice.sender is not None and is_daemon(notice.sender)
    coded = bounce_words.STATUS.search(told) or bounce_words.FINAL.search(folded)
    if machine and coded and ADDRESS.search(told):
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


def _split(text: str) -> tuple[str, str]:
    """The notice, and the returned mail below it, if the text holds one."""
    text = text[:WORDS]
    for found in bounce_words.RETURNED.finditer(text):
        if text[: found.start()].strip():
            return text[: found.start()], text[found.start() :]
    return text, ""


def _header_recipients(fields: Headers) -> tuple[str, ...]:
    """Exim and Gmail name them in a header."""
    found = []
    for source in fields.sources("x-failed-recipients"):
        found += [a.addr for a in addresses.parse(source, Defects()) if a.usable]
    return tuple(dict.fromkeys(found))


def _recipients(
    notice: Notice,
    failures: list[Outcome],
    failed: tuple[str, ...],
    told: str,
    returned: Headers | None,
) -> tuple[str, ...]:
    permanent = [o.recipient for o in failures if o.recipient and not o.is_temporary]
    named = permanent or [o.recipient for o in failures if o.recipient]
    if named:
        return tuple(dict.fromkeys(named))
    if failed:
        return failed
    return _told(notice, told, returned)


def _told(notice: Notice, told: str, returned: Headers | None) -> tuple[str, ...]:
    """From the notice's words: addresses that the mail went to, else those in telling places."""
    sent_to = {addr.lower() for addr in _original_to(returned)}
    own = {addr.lower() for addr in notice.recipients} | _senders(notice, returned)
    found = [
        (match[0].strip("'\"=/"), match)
        for match in ADDRESS.finditer(told)
        if not told[: match.start()].endswith(("mailto:", "//"))
    ]
    known = [addr for addr, _ in found if addr.lower() in sent_to]
    if known:
        return _unique(known)
    others = [
        (addr, match)
        for addr, match in found
        if addr.lower() not in own and addr.partition("@")[0].lower() not in ROLES
    ]
    telling = [addr for addr, match in others if _in_telling_place(told, match)]
    if telling or others:
        return _unique(telling or [addr for addr, _ in others[:1]])
    if sent_to:
        return _unique(list(_original_to(returned)))
    return ()


def _in_telling_place(told: str, match: re.Match[str]) -> bool:
    """Alone on its line, first on it, or behind a word such as `RCPT TO:`."""
    line = told.rfind("\n", 0, match.start()) + 1
    before, after = told[line : match.start()], told[match.end() : match.end() + 3]
    if NAMED_RECIPIENT.search(before[-80:]):
        return True
    return bool(ALONE.match(before)) and bool(ALONE_AFTER.match(after))


def _senders(notice: Notice, returned: Headers | None) -> set[str]:
    sources = [notice.sender.addr] if notice.sender else []
    if returned:
        for name in ("from", "return-path", "reply-to", "sender"):
            found = addresses.parse(returned.source(name), Defects())
            sources += [address.addr for address in found]
    return {addr.lower() for addr in sources}


def _unique(found: list[str]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for addr in found:
        unique.setdefault(addr.lower(), addr)
    return tuple(unique.values())[:100]


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


def _id_of(returned: Headers | None) -> str | None:
    return message_ids.own_id(returned.source("message-id"), Defects()) if returned else None


def _returned(root: Part, returned_text: str) -> Headers | None:
    """The header block of the mail that came back."""
    for part in root.walk():
        if part.content_type in RETURNED_TYPES | RETURNED_HEADERS:
            fields, _ = headers.read(part.raw, part.start, part.stop, Defects())
            if fields.fields:
                return fields
        if part.depth and "from" in part.headers and "received" in part.headers:
            return part.headers  # the returned mail itself stands where a part should
    lines = list(HEADER_LINE.finditer(returned_text))
    if len(lines) < 2:
        return None
    block = "\n".join(line[0] for line in lines).encode()
    return headers.read(block, 0, len(block), Defects())[0]


def _references(notice: Notice, returned: Headers | None) -> tuple[str, ...]:
    """Ids by which the returned mail can be found, also where only the notice names them."""
    found: list[str] = []
    if returned:
        for name in ("message-id", "references", "in-reply-to"):
            found += message_ids.all_ids(returned.source(name), Defects())
    fields = notice.root.headers
    for name in ("in-reply-to", "references", "x-ms-exchange-original-message-id"):
        found += message_ids.all_ids(fields.source(name), Defects())
    return tuple(dict.fromkeys(found))


def _original_to(returned: Headers | None) -> tuple[str, ...]:
    if returned is None:
        return ()
    found = []
    for name in ("to", "cc", "bcc", "x-failed-recipients", "delivered-to", "x-original-to"):
        for source in returned.sources(name):
            found += [a.addr for a in addresses.parse(source, Defects()) if a.usable]
    return _unique(found)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
