"""One mail under consideration, and what may become of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ventanilla.mail import loops, sender
from ventanilla.mail.content import store_files
from ventanilla.mail.inboxes import Inboxes
from ventanilla.mail.models import RawMail
from ventanilla.mail.parse.model import Address, Parsed
from ventanilla.people.models import DeskSettings
from ventanilla.tickets.content import File
from ventanilla.tickets.models import Inbox, Ticket

LONGEST_ADDRESS = 320  # characters; nobody has a longer one
MOST_COPIED = 20  # further recipients of one mail who come to take part


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail: opened, appended, duplicate, bounce, auto, blocked or quarantined.

    why         a code: evidence and standing, or what it was recognised by
    no_answer   the code of why nothing automatic may answer; empty: it may be
    """

    name: str
    why: str
    ticket_id: int | None = None
    message_id: int | None = None
    no_answer: str = ""


@dataclass(frozen=True)
class Mail:
    """A mail's row and its reading, beside what the desk is at this moment.

    waiting   the "unreadable mail" ticket that it was parked in; filled instead of a new one
    released  a person said that it is a customer's mail, whatever it looks like
    """

    raw: RawMail
    parsed: Parsed
    inboxes: Inboxes
    desk: DeskSettings
    now: datetime
    waiting: Ticket | None = None
    released: bool = False

    @cached_property
    def files(self) -> Sequence[File]:
        """Its attachments, put into storage for a message; what opens none stores none."""
        return store_files(self.parsed, self.raw)

    @cached_property
    def inbox(self) -> Inbox:
        return self.inboxes.by_id[self.raw.inbox_id]

    @cached_property
    def from_us(self) -> bool:
        return self.parsed.sender is not None and self.inboxes.is_own(self.parsed.sender.addr)

    @cached_property
    def author(self) -> Address | None:
        """Whom an answer goes to. Our own address (a form on our site) gives way to Reply-To."""
        found = self.parsed.sender
        if self.from_us:
            others = (a for a in self.parsed.reply_to if a.usable)
            found = next((a for a in others if not self.inboxes.is_own(a.addr)), None)
        return found if found and len(found.addr) <= LONGEST_ADDRESS else None

    @cached_property
    def address(self) -> str:
        return self.author.addr.lower() if self.author else ""

    @cached_property
    def authenticated(self) -> bool | None:
        """DMARC's word for the author, who is not the one in From when that is ourselves."""
        told = sender.authenticated(self.parsed, self.inboxes.trusted(self.inbox))
        return None if told and self.from_us else told

    @cached_property
    def recipients(self) -> list[str]:
        """Everybody whom the mail went to, ourselves included: envelope first."""
        headers = [*self.parsed.to, *self.parsed.cc]
        envelope = [*self.raw.envelope_to, *self.parsed.delivered_to]
        return list(dict.fromkeys([*envelope, *(a.addr for a in headers if a.usable)]))

    @cached_property
    def copied(self) -> list[Address]:
        """Recipients beside us and the author, each once."""
        named = (a for a in (*self.parsed.to, *self.parsed.cc) if a.usable)
        others = {a.addr.lower(): a for a in named if len(a.addr) <= LONGEST_ADDRESS}
        others.pop(self.address, None)
        return [a for a in others.values() if not self.inboxes.is_own(a.addr)][:MOST_COPIED]

    @property
    def is_automatic(self) -> bool:
        return self.parsed.auto is not None and not self.released

    @property
    def is_bounce(self) -> bool:
        return self.parsed.auto == "bounce" and not self.released

    @property
    def is_own(self) -> bool:
        return not self.released and loops.is_own_mail(self.parsed, from_us=self.from_us)

    def no_answer(self, *, storm: bool) -> str:
        """The code of why nothing automatic may answer; empty: it may be answered."""
        by_envelope = self.raw.source in ("smtp", "lmtp") and not self.raw.envelope_from
        found = loops.no_answer(
            self.parsed,
            from_us=self.from_us,
            null_sender=by_envelope or self.parsed.return_path == "",
            authenticated=self.authenticated,
            received_at=self.raw.received_at,
            now=self.now,
        )
        return found or ("storm" if storm else "backfill" if self.raw.quiet else "")
