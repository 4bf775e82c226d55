"""The whole product at work: real processes, a real IMAP server, a real browser, and a sink."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import Person, chromium
from tests.installation import Installation, installed
from tests.mail.outgoing.cast import parsed
from tests.mail.outgoing.sink import Sink, sink
from tests.mail.servers import dovecot
from tests.mail.servers.dovecot import Dovecot
from tests.needs import program


@dataclass
class Desk:
    """A set-up desk, its mail servers, and what tests do with them."""

    product: Installation
    imap: Dovecot
    out: Sink
    sessions: dict[str, Any] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: count(1))

    def deliver(self, raw: bytes, inbox: str = "hola@casaolmo.example") -> None:
        """A mail arrives at the provider."""
        self.imap.append(inbox, raw)

    def sent_to(self, address: str, having: Callable[[EmailMessage], bool] = bool) -> EmailMessage:
        """Return the newest mail to an address that has something, once it has come."""

        def newest() -> EmailMessage | None:
            mails = (parsed(one.content) for one in reversed(self.mails_to(address)))
            return next((mail for mail in mails if having(mail)), None)

        found: EmailMessage = self.product.wait_for(newest, f"a mail to {address}")
        return found

    def mails_to(self, address: str) -> list[Any]:
        return [mail for mail in self.out.mails if address in mail.recipients]

    def copies_of(self, mail: EmailMessage) -> list[Any]:
        """Return how often a mail has arrived at the sink, told by its Message-ID."""
        mark = mail["Message-ID"].encode()
        return [one for one in self.out.mails if mark in one.content.partition(b"\r\n\r\n")[0]]

    def outcome_of(self, message_id: str) -> dict[str, Any]:
        """Return what became of an incoming mail, once it has been worked on."""
        sql = """SELECT raw.outcome, raw.why, ticket.number FROM mail_rawmail raw
            LEFT JOIN tickets_ticket ticket ON ticket.id = raw.ticket_id
            LEFT JOIN tickets_message message ON message.id = raw.message_id
            WHERE message.message_id = %s"""
        found: list[dict[str, Any]] = self.product.wait_for(
            lambda: self.product.rows(sql, message_id), f"the mail {message_id}"
        )
        return found[0]

    def someone(self) -> str:
        """Return an address that no test has used."""
        return f"cliente{next(self._numbers):03}@correo.example"


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    program("dovecot")
    with dovecot.running() as imap, sink() as out, installed() as product:
        servers = {"imap": imap.port, "smtp": out.port, "password": imap.password}
        product.python("-m", "tests.make_desk", given=json.dumps(servers).encode())
        yield Desk(product, imap, out)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One per module: while Playwright runs, its event loop keeps Django's ORM from this thread."""
    with chromium() as running:
        yield running


@pytest.fixture
def sign_in(browser: Browser, desk: Desk) -> Iterator[Callable[..., Person]]:
    """Seat somebody at a browser; what their pages complain of fails the test."""
    people: list[Person] = []

    def seat(email: str = "marta@casaolmo.example", **options: Any) -> Person:
        people.append(Person(browser, desk.product, **options))
        people[-1].sign_in(email, desk.sessions)
        return people[-1]

    yield seat
    troubles = [trouble for person in people for trouble in person.troubles]
    for person in people:
        person.close()
    assert not troubles
