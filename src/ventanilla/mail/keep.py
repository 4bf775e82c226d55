"""Keeping what arrives: once `keep` returns, the mail survives a power cut, and only then may the
source be told "accepted" (R1). Nothing here looks into the mail."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from ventanilla.events.wake import wake
from ventanilla.lib import storage
from ventanilla.lib.problems import Invalid, Problem
from ventanilla.mail.models import RawMail
from ventanilla.mail.parse.limits import MESSAGE as LARGEST
from ventanilla.tickets.models import Inbox

CHANNEL = "intake"  # of wake-ups

_COLUMNS = (
    "inbox_id, digest, size, source, position, envelope_from, envelope_to, received_at, quiet,"
    " state, attempts, outcome, why, copies, sender, no_answer"
)
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, 'kept', 0, '', '', 0, '', '')"
_AGAIN = """ON CONFLICT (inbox_id, digest) DO UPDATE SET copies = mail_rawmail.copies + 1
    RETURNING mail_rawmail.*, xmax = 0 AS new"""


class CantKeepNow(Problem):
    """The database or the disk refuses at the moment: the source must offer the mail again."""

    status, code = 503, "cant_keep_now"


class TooLarge(Invalid):
    code = "mail_too_large"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail as its source hands it over.

    received_at   by our server, or IMAP's INTERNALDATE; never what the mail claims
    position      where in the source it was, such as "INBOX:7:42"
    quiet         take it in without reactions
    size          of the whole mail, when `raw` is only its beginning
    """

    raw: bytes
    received_at: datetime
    envelope_from: str = ""
    envelope_to: Sequence[str] = field(default_factory=tuple)
    position: str = ""
    quiet: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    row: RawMail
    new: bool  # False: the same bytes were in this inbox before


def keep(
    raw: bytes,
    *,
    inbox: Inbox | int,
    source: str,
    received_at: datetime,
    envelope_from: str = "",
    envelope_to: Sequence[str] = (),
    position: str = "",
    quiet: bool = False,
) -> Kept:
    """Keep one mail; on return it is on the disk and committed. 1 statement.

    source   "imap", "smtp", "lmtp" or "pipe"
    The same bytes again only count as a copy. Raises TooLarge, CantKeepNow.
    """
    arrival = Arrival(raw, received_at, envelope_from, envelope_to, position, quiet)
    try:
        with transaction.atomic(durable=True):
            return keep_all([arrival], inbox=inbox, source=source)[0]
    except (OperationalError, InterfaceError) as error:
        connection.close_if_unusable_or_obsolete()
        raise CantKeepNow(_("The database does not take mail at the moment.")) from error


def keep_all(arrivals: Sequence[Arrival], *, inbox: Inbox | int, source: str) -> list[Kept]:
    """Keep several mails of one inbox in the caller's transaction. 1 statement.

    They are safe once that has committed. The answer is in the order of `arrivals`. Raises
    TooLarge, CantKeepNow (storage), and what the database raises.
    """
    first: dict[str, Arrival] = {}
    order: list[tuple[str, bool]] = []  # digest, and whether it comes first in this batch
    for arrival in arrivals:
        digest = _store(arrival)
        order.append((digest, digest not in first))
        first.setdefault(digest, arrival)
    inbox_id = inbox if isinstance(inbox, int) else inbox.pk
    rows = {row.digest: row for row in _insert(first, inbox_id, source)}
    wake(CHANNEL)
    return [Kept(rows[digest], rows[digest].new and is_first) for digest, is_first in order]


def _store(arrival: Arrival) -> str:
    if len(arrival.raw) > LARGEST:
        raise TooLarge(_("The mail is larger than %(size)d MB.") % {"size": LARGEST >> 20})
    try:
        return storage.put(arrival.raw)
    except OSError as error:
        raise CantKeepNow(_("The disk does not take mail at the moment.")) from error


def _insert(mails: dict[str, Arrival], inbox_id: int, source: str) -> Any:
    """Insert in the order of arrival, which the intake follows."""
    values: list[Any] = []
    for digest, mail in mails.items():
        values += [
            inbox_id, digest, mail.size or len(mail.raw), source, _clean(mail.position)[:120],
            _clean(mail.envelope_from)[:320],
            json.dumps([_clean(address) for address in mail.envelope_to]), mail.received_at,
            mail.quiet,
        ]  # fmt: skip
    rows = ", ".join([_ROW] * len(mails))
    sql = f"INSERT INTO mail_rawmail ({_COLUMNS}) VALUES {rows} {_AGAIN}"  # noqa: S608 (constants)
    return list(RawMail.objects.raw(sql, values)) if mails else []


def _clean(text: str) -> str:
    """The text without what the database refuses: NUL and lone surrogates."""
    return text.replace("\0", "").encode(errors="replace").decode()
