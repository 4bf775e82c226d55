"""The mail process: the receivers, and a poller for each inbox that is fetched.

It ends on SIGTERM or SIGINT, once what is being kept is kept. A database that is away is waited
for: meanwhile mail is asked for again (451) and mailboxes keep what they have.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connection

from ventanilla.lib.env import BadSetting
from ventanilla.mail.listen import Place, place
from ventanilla.mail.models import MailAccount
from ventanilla.mail.poller import Poller
from ventanilla.mail.receiver import Receiver, tls_context

logger = structlog.get_logger(__name__)
LOOK_EVERY = 2.0  # seconds after which a changed inbox is noticed
PATIENCE = 4.0  # seconds that a mail process of before has to leave the port
GOODBYE = 8.0  # seconds that pollers have to end; what they hold is safe in the mailbox

CONNECTION = (
    "imap_host", "imap_port", "imap_security", "imap_sign_in", "imap_user", "imap_password",
    "imap_folder", "after_fetch", "done_folder", "oauth_token_url", "oauth_client_id",
    "oauth_client_secret", "start_at",
)  # fmt: skip


class Pollers(threading.Thread):
    """Keeps one poller running per active inbox that is fetched, with its present settings."""

    def __init__(self) -> None:
        super().__init__(name="pollers", daemon=True)
        self.running: dict[int, tuple[Any, Poller]] = {}
        self.ending = threading.Event()

    def run(self) -> None:
        while not self.ending.wait(LOOK_EVERY if self.running else LOOK_EVERY / 2):
            try:
                self.arrange(wanted())
            except Error as error:
                logger.warning("database_away", stage=self.name, error=str(error).strip())
                connection.close()
        self.arrange({})
        connection.close()

    def arrange(self, accounts: dict[int, Any]) -> None:
        """End the pollers whose inbox changed or is off; start what is missing."""
        stale = [pk for pk, (known, _thread) in self.running.items() if accounts.get(pk) != known]
        for pk in stale:
            self.running[pk][1].end()
        for pk in stale:
            self.running.pop(pk)[1].join(GOODBYE)
        for pk, known in accounts.items():
            if pk not in self.running or not self.running[pk][1].is_alive():
                poller = Poller(pk)
                self.running[pk] = (known, poller)
                poller.start()

    def end(self) -> None:
        self.ending.set()


def wanted() -> dict[int, Any]:
    """The inboxes to fetch, each with what its connection is made of. 1 statement."""
    accounts = MailAccount.objects.filter(inbox__active=True).exclude(imap_host="")
    return {row[0]: row[1:] for row in accounts.values_list("pk", *CONNECTION)}


def run() -> int:
    """Receive and fetch until told to end. Raises BadSetting for a place that can't be had."""
    smtp = place("VENTANILLA_SMTP_LISTEN", settings.SMTP_LISTEN)
    lmtp = place("VENTANILLA_LMTP_LISTEN", settings.LMTP_LISTEN, sockets=True)
    tls = tls_context(settings.SMTP_TLS_CERTIFICATE, settings.SMTP_TLS_KEY)
    pollers = Pollers()
    pollers.start()
    try:
        asyncio.run(_receive(Receiver(socket.gethostname(), tls), smtp, lmtp))
    finally:
        pollers.end()
        pollers.join(GOODBYE * 2)
    return 0


async def _receive(receiver: Receiver, smtp: Place | None, lmtp: Place | None) -> None:
    """Listen until a signal comes, then let what is being kept be kept."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    servers = [
        await _listen(at, receiver, lmtp=is_lmtp)
        for at, is_lmtp in ((smtp, False), (lmtp, True))
        if at is not None
    ]
    await stop.wait()
    for server in servers:
        server.close()
    await asyncio.to_thread(receiver.close)


async def _listen(at: Place, receiver: Receiver, *, lmtp: bool) -> asyncio.Server:
    name, end = "LMTP" if lmtp else "SMTP", time.monotonic() + PATIENCE
    while True:
        try:
            server = await at.serve(lambda: receiver.protocol(lmtp=lmtp))
        except OSError as error:
            if time.monotonic() > end:
                raise BadSetting(
                    f"VENTANILLA_{name}_LISTEN={at}: we can't listen there "
                    f"({error.strerror or error}). Choose another place, or none."
                ) from error
            await asyncio.sleep(0.2)
        else:
            logger.info("listening", protocol=name, at=str(at))
            return server
