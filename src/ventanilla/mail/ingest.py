"""Mail handed over by a program: which inbox it is for, and what an MTA's pipe is told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ventanilla.lib import clock
from ventanilla.lib.problems import NotFound
from ventanilla.mail import inboxes
from ventanilla.mail.inboxes import Inboxes
from ventanilla.mail.keep import CantKeepNow, Kept, keep
from ventanilla.mail.models import RawMail
from ventanilla.mail.parse import addresses, headers
from ventanilla.mail.parse.limits import Defects
from ventanilla.tickets.models import Inbox

LONGEST = 16_384  # characters of a header that are looked at for an address
PATIENCE = 60.0  # seconds that somebody waits for the outcome of one mail
DELIVERED = ("delivered-to", "x-original-to", "envelope-to")
NAMED = ("to", "cc", "bcc", "resent-to")


class NoSuchInbox(NotFound):
    code = "no_such_inbox"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a mail, for the terminal: ticket by its number, message by its id."""

    outcome: str
    ticket: int | None
    message: int | None
    why: str


def ingest(
    raw: bytes, *, named: str = "", sender: str = "", recipients: Sequence[str] = ()
) -> Kept:
    """Keep a mail in the inbox called `named`, or else in the one that it was addressed to.

    What fits no inbox goes to the oldest: nothing is lost. Raises NoSuchInbox for a name that is
    none, CantKeepNow (also when there is no inbox yet), TooLarge.
    """
    known = inboxes.load()
    return keep(
        raw,
        inbox=_inbox_for(raw, known, named, recipients),
        source="pipe",
        received_at=clock.now(),
        envelope_from=sender,
        envelope_to=recipients,
    )


def wait_for(kept: Kept) -> Told:
    """Work on the mail now and tell what became of it. Raises CantKeepNow after a minute."""
    from ventanilla.mail.intake import take_in_one  # a pipe that only keeps starts without it

    end = time.monotonic() + PATIENCE
    while (row := take_in_one(kept.row.pk)).state == RawMail.State.KEPT:
        if time.monotonic() > end:
            raise CantKeepNow(_("The mail is kept, but could not be worked on yet."))
        time.sleep(0.5)
    return told(row, again=not kept.new)


def told(row: RawMail, *, again: bool = False) -> Told:
    """again   these bytes were delivered before: a duplicate, whatever the first became"""
    number = row.ticket.number if row.ticket else None
    if again:
        return Told("duplicate", number, row.message_id, "same_bytes")
    return Told(row.outcome, number, row.message_id, row.why)


def _inbox_for(raw: bytes, known: Inboxes, named: str, recipients: Sequence[str]) -> Inbox:
    if named:
        found = known.find(named)
        if found is None:
            raise NoSuchInbox(
                _("There is no active inbox with the address %(address)s.") % {"address": named}
            )
        return found
    if not known.active:
        raise CantKeepNow(_("There is no mail inbox yet. Set one up, then mail can come in."))
    return known.first([*recipients, *_addressed(raw)]) or known.active[0]


def _addressed(raw: bytes) -> Iterator[str]:
    """The addresses that the headers name, those of the delivery first."""
    defects = Defects()
    fields, _body = headers.read(raw, 0, len(raw), defects)
    for name in (*DELIVERED, *NAMED):
        for source in fields.sources(name):
            yield from (
                each.addr for each in addresses.parse(source[:LONGEST], defects) if each.usable
            )
