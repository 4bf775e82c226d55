"""Real SMTP servers on free ports: one that takes mail, and ones that fail at each stage."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


@dataclass
class Taken:
    sender: str
    recipients: list[str]
    content: bytes
    user: str = ""


@dataclass
class Sink:
    """What arrived, and what to answer instead of 250: `rcpt` per address, `data` for content."""

    port: int = 0
    mails: list[Taken] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    mail_from: dict[str, str] = field(default_factory=dict)
    data: str = ""
    tries: int = 0
    connections: int = 0
    users: dict[str, str] = field(default_factory=dict)
    on_rcpt: Callable[[], None] = lambda: None
    on_data: Callable[[], None] = lambda: None

    # aiosmtpd's hooks
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.users and not session.authenticated:
            return "530 5.7.0 sign in first"
        if refusal := self.mail_from.get(address or ""):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tries += 1
        if refusal := self.rcpt.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        self.on_rcpt()
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data:
            return self.data
        user = session.auth_data.login.decode() if session.auth_data else ""
        self.mails.append(
            Taken(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content, user)
        )
        self.on_data()
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data):
        known = isinstance(data, LoginPassword)
        right = known and self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=right, auth_data=data, handled=bool(right))


@contextmanager
def sink(
    *, users: dict[str, str] | None = None, box: Sink | None = None, **options
) -> Iterator[Sink]:
    """A server that takes mail into the `box`. With `users`, only theirs."""
    box = box or Sink(users=users or {})
    if users:
        options |= {"authenticator": box.authenticate, "auth_require_tls": False}
    controller = Controller(
        box, hostname="127.0.0.1", port=0, server_hostname="sink.example", **options
    )
    controller.port = free_port()
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def tls_sink(certificate, *, starttls: bool = False) -> Iterator[Sink]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    given = {"tls_context": context} if starttls else {"ssl_context": context}
    with sink(**given) as box:
        yield box


@contextmanager
def scripted(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does with each connection whatever `script` says. Yields its port."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    script(connection)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(10)


def talk_until_content(connection: socket.socket, *, greeting: bool = True) -> bytes:
    """Play a server up to the final dot, and return the content without answering it."""
    lines = connection.makefile("rb")
    if greeting:
        connection.sendall(b"220 scripted\r\n")
    for line in lines:
        verb = line[:4].upper()
        if verb == b"EHLO":
            connection.sendall(b"250 scripted\r\n")
        elif verb == b"DATA":
            connection.sendall(b"354 go on\r\n")
            content = b""
            for part in lines:
                if part == b".\r\n":
                    return content
                content += part
        elif verb == b"QUIT":
            return b""
        else:
            connection.sendall(b"250 ok\r\n")
    return b""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
