"""The built-in receiver: takes mail for the desk's inboxes by SMTP and LMTP.

A mail is answered with 250 only once it is kept. What can't be kept now is asked for again (451,
452). The database is spoken to in threads, never on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import InterfaceError, OperationalError, close_old_connections

from ventanilla.lib import clock
from ventanilla.lib.env import BadSetting
from ventanilla.mail import inboxes
from ventanilla.mail.keep import CantKeepNow, TooLarge, keep
from ventanilla.mail.parse.limits import MESSAGE as LARGEST

logger = structlog.get_logger(__name__)
logging.getLogger("mail.log").setLevel(logging.ERROR)  # the library tells every connection

THREADS = 4  # that keep mail; each has a database connection
MOST_CONNECTIONS = 50
MOST_RECIPIENTS = 100
SILENCE = 300.0  # seconds after which a client that says nothing is let go

KEPT = "250 2.0.0 Kept"
BUSY = b"421 4.3.2 Too many connections, come back soon\r\n"
NO_INBOX = "550 5.1.1 No inbox has this address"
TOO_MANY = "452 4.5.3 Too many recipients"
TOO_LARGE = "552 5.3.4 The mail is too large"
NOT_NOW = "451 4.3.0 The mail can't be kept now, offer it again"
NO_ROOM = "452 4.3.1 There is no room for the mail now, offer it again"

Result = TypeVar("Result")


class Receiver:
    """What stands behind the connections: threads that keep mail, and how many are open.

    Its `handle_` methods are what the protocol library calls.
    """

    def __init__(self, hostname: str, tls: ssl.SSLContext | None = None):
        self.hostname, self.tls = hostname, tls
        self.open: set[Any] = set()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="keep")

    def protocol(self, *, lmtp: bool = False) -> asyncio.BaseProtocol:
        if len(self.open) >= MOST_CONNECTIONS:
            return Busy()
        return (LmtpConnection if lmtp else SmtpConnection)(self)

    def close(self) -> None:
        """End once what is being kept is kept."""
        self._threads.shutdown(wait=True)

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, hostname: str, offers: list[str]
    ) -> list[str]:
        """Nobody signs in here, so no way to do it is offered."""
        session.host_name = hostname
        return [offer for offer in offers if not offer.startswith(("250-AUTH", "250 AUTH"))]

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            inbox_id = await self._in_thread(lambda: _inbox_of(address))
        except (OperationalError, InterfaceError) as error:
            logger.warning("database_away", stage="receiver", error=str(error).strip())
            return NOT_NOW
        if inbox_id is None:
            return NO_INBOX
        _inboxes(envelope)[address] = inbox_id
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        """One answer for all recipients; by LMTP one line for each."""
        lmtp = isinstance(server, LMTP)
        source = "lmtp" if lmtp else "smtp"
        answers = await self._in_thread(lambda: _keep(envelope, source))
        told = [answers[_inboxes(envelope)[address]] for address in envelope.rcpt_tos]
        if lmtp:
            return "\r\n".join(told)
        return next((answer for answer in told if answer != KEPT), KEPT)

    async def handle_exception(self, error: Exception) -> str:
        """A mistake of ours never costs a mail."""
        logger.error("receiver_failed", exc_info=error)
        return NOT_NOW

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        def run() -> Result:
            close_old_connections()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)


class Connection:
    """How our connections differ from the library's."""

    line_length_limit = LARGEST  # a line may be as long as the mail

    def __init__(self, receiver: Receiver):
        self.receiver = receiver
        super().__init__(  # type: ignore[call-arg]
            receiver,
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname=receiver.hostname,
            ident="Ventanilla",
            tls_context=receiver.tls,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            timeout=SILENCE,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.receiver.open.add(self)
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        self.receiver.open.discard(self)
        super().connection_lost(error)  # type: ignore[misc]


class SmtpConnection(Connection, SMTP):
    pass


class LmtpConnection(Connection, LMTP):
    pass


class Busy(asyncio.Protocol):
    """Says that there are too many, and goodbye."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(BUSY)
        transport.close()


def tls_context(certificate: str, key: str) -> ssl.SSLContext | None:
    """For STARTTLS, from files in PEM; None when none is set. Raises BadSetting."""
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key or None)
    except (OSError, ssl.SSLError) as error:
        raise BadSetting(
            f"VENTANILLA_SMTP_TLS_CERTIFICATE={certificate}: it can't be used ({error})."
        ) from error
    return context


def _inbox_of(address: str) -> int | None:
    found = inboxes.load().find(address)
    return found.pk if found else None


def _keep(envelope: Envelope, source: str) -> dict[int, str]:
    """Keep the mail once in each inbox that it goes to. Returns the answer per inbox."""
    answers: dict[int, str] = {}
    for inbox_id in dict.fromkeys(_inboxes(envelope).values()):
        try:
            keep(
                envelope.original_content or b"",
                inbox=inbox_id,
                source=source,
                received_at=clock.now(),
                envelope_from=(envelope.mail_from or "").replace("<>", ""),
                envelope_to=envelope.rcpt_tos,
            )
        except TooLarge:
            answers[inbox_id] = TOO_LARGE
        except CantKeepNow as problem:
            logger.warning("mail_not_kept", error=repr(problem.__cause__))
            answers[inbox_id] = NO_ROOM if isinstance(problem.__cause__, OSError) else NOT_NOW
        else:
            answers[inbox_id] = KEPT
    return answers


def _inboxes(envelope: Envelope) -> dict[str, int]:
    """Which inbox each accepted recipient is."""
    found: dict[str, int] = envelope.__dict__.setdefault("inboxes", {})
    return found
