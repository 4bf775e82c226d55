"""Talking SMTP: one connection to an outgoing server, and what became of each mail on it.

Every wait has a limit. Three ends are told apart, because they call for different things: the
server can't be used now (`Unavailable`: the mail is not to blame), it answered (`Verdict`, per
recipient), or the line broke after the last byte (`InDoubt`: nobody knows).
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from ventanilla.lib.problems import Problem

Stage = Literal["connect", "tls", "sign_in", "sender", "recipient", "content"]

CHUNK = 64 * 1024  # bytes; each is given the whole time-out, so a slow line makes progress
PATIENCE = 5  # time-outs that the verdict on the content may take: scanners are slow, doubles worse
LONGEST_WORDS = 500
SIGN_IN_CODES = {530, 534, 535, 538}
CLOSING = 421
LOOPBACK = re.compile(r"localhost|127\.[0-9.]+|::1")
LINE_START_DOT = re.compile(rb"(?m)^\.")


class Unavailable(Exception):
    """The server can't be used now, whatever the mail.

    words   the server's own, or the system's
    error   what was raised, for `advice`
    """

    def __init__(self, stage: Stage, words: str, error: BaseException | None = None):
        super().__init__(f"{stage}: {words}")
        self.stage: Stage = stage
        self.words = words
        self.error = error


class InDoubt(Exception):
    """The line broke between the mail's last byte and the server's answer."""


class NotEncrypted(Exception):
    """A password would have to travel in the clear."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and as whom mail is handed in.

    token         gives an OAuth2 access token; may talk to the network
    forget_token  is told when the server does not take that token
    helo          the name that we call ourselves by
    """

    host: str
    port: int
    security: str  # tls, starttls or none
    sign_in: str  # password, oauth2 or none
    user: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    forget_token: Callable[[], object] | None = field(default=None, compare=False, repr=False)
    helo: str = "localhost"


@dataclass(slots=True)
class Verdict:
    """What the server said, per address. `delayed` may be tried again, `refused` may not."""

    accepted: list[str] = field(default_factory=list)
    delayed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def put(self, addresses: Sequence[str], code: int, words: str) -> None:
        pile = self.delayed if 400 <= code < 500 else self.refused
        pile.update(dict.fromkeys(addresses, words))


class Conversation:
    """A connection, encrypted and signed in as the server's settings say. Use it as a context."""

    def __init__(self, server: Server, timeout: float):
        """Raises Unavailable."""
        self.server, self.timeout = server, timeout
        self._smtp = _connected(server, timeout)
        try:
            _encrypt(self._smtp, server)
            _sign_in(self._smtp, server)
        except BaseException:
            self._smtp.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, without insisting."""
        with contextlib.suppress(OSError, ValueError):
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(2)
            self._smtp.quit()
        self._smtp.close()

    def deliver(
        self,
        senders: Sequence[str],
        recipients: Sequence[str],
        content: bytes,
        *,
        before_content: Callable[[], object] = lambda: None,
    ) -> Verdict:
        """Hand in one mail. Raises Unavailable, InDoubt.

        senders         envelope senders in order of preference; "" is the null sender, which
                        some providers refuse to people who sign in
        content         with CRLF line ends
        before_content  is called when it can no longer be undone
        """
        verdict = Verdict()
        head = content.partition(b"\r\n\r\n")[0]
        beyond_ascii = not (head.isascii() and "".join([*senders, *recipients]).isascii())
        reason = self._cannot_take(len(content), beyond_ascii)
        if reason:
            verdict.put(recipients, 550, reason)
            return verdict
        code, words = self._name_sender(senders, len(content), beyond_ascii)
        if code != 250:
            verdict.put(recipients, code, words)
            return verdict
        self._name_recipients(recipients, verdict)
        if not verdict.accepted:
            self._command("recipient", "RSET")
            return verdict
        before_content()
        code, words = self._hand_over(content)
        if code != 250:
            verdict.put(verdict.accepted, code, words)
            verdict.accepted = []
        return verdict

    def try_addresses(self, sender: str, recipient: str) -> tuple[Stage, int, str]:
        """Name a sender and a recipient and take it back. Returns how far it went, and the answer.

        Nothing is sent. Raises Unavailable.
        """
        code, words = self._name_sender([sender])
        if code != 250:
            return "sender", code, words
        code, words = self._command("recipient", "RCPT", f"TO:<{recipient}>")
        self._command("recipient", "RSET")
        return "recipient", code, words

    def _cannot_take(self, size: int, beyond_ascii: bool) -> str:
        """Why the server can't be given this mail at all, from what it said of itself."""
        limit = self._smtp.esmtp_features.get("size", "")
        if limit.isdecimal() and 0 < int(limit) < size:
            return f"552 size {size} exceeds the server's limit of {limit} bytes"
        if beyond_ascii and not self._smtp.has_extn("smtputf8"):
            return "553 the server offers no SMTPUTF8: only addresses in plain ASCII"
        return ""

    def _name_sender(
        self, senders: Sequence[str], size: int = 0, beyond_ascii: bool = False
    ) -> tuple[int, str]:
        options = f" SIZE={size}" if size and self._smtp.has_extn("size") else ""
        if beyond_ascii:
            self._smtp.command_encoding = "utf-8"
            options += " BODY=8BITMIME SMTPUTF8"
        code, words = 550, "no sender"
        for sender in senders:
            code, words = self._command("sender", "MAIL", f"FROM:<{sender}>{options}")
            if code == 250 or not 500 <= code < 600:
                break
            self._command("sender", "RSET")
        return code, words

    def _name_recipients(self, recipients: Sequence[str], verdict: Verdict) -> None:
        for address in recipients:
            code, words = self._command("recipient", "RCPT", f"TO:<{address}>")
            if code in (250, 251, 252):
                verdict.accepted.append(address)
            else:
                verdict.put([address], code, words)

    def _hand_over(self, content: bytes) -> tuple[int, str]:
        code, words = self._command("content", "DATA")
        if code != 354:
            return (code, words) if code >= 400 else (451, words)
        stuffed = LINE_START_DOT.sub(b"..", content)
        stuffed = stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
        try:
            for start in range(0, len(stuffed), CHUNK):
                self._smtp.send(stuffed[start : start + CHUNK])
        except OSError as error:
            raise Unavailable("content", _said(error), error) from error
        try:
            self._smtp.send(b".\r\n")
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(PATIENCE * self.timeout)
            code, words = _answer(self._smtp.getreply())
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(self.timeout)
        except OSError as error:
            raise InDoubt(_said(error)) from error
        return code, words

    def _command(self, stage: Stage, verb: str, argument: str = "") -> tuple[int, str]:
        """Raises Unavailable: the line broke, the server is closing or wants a sign-in."""
        try:
            code, words = _answer(self._smtp.docmd(verb, argument))
        except OSError as error:
            raise Unavailable(stage, _said(error), error) from error
        if code == CLOSING or code == -1:
            raise Unavailable(stage, words)
        if code in SIGN_IN_CODES:
            raise Unavailable("sign_in", words)
        return code, words


def _connected(server: Server, timeout: float) -> smtplib.SMTP:
    where: dict[str, Any] = {
        "host": server.host,
        "port": server.port,
        "local_hostname": server.helo,
        "timeout": timeout,
    }
    try:
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(**where, context=ssl.create_default_context())
        else:
            smtp = smtplib.SMTP(**where)
        # the last dot is sent by itself; held back until the rest is acknowledged it takes 40 ms
        if smtp.sock is not None:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return smtp
    except ssl.SSLError as error:
        raise Unavailable("tls", _said(error), error) from error
    except (OSError, ValueError) as error:  # ValueError: not a host's name at all
        raise Unavailable("connect", _said(error), error) from error


def _encrypt(smtp: smtplib.SMTP, server: Server) -> None:
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
    except (smtplib.SMTPHeloError, smtplib.SMTPServerDisconnected) as error:
        raise Unavailable("connect", _said(error), error) from error
    except (OSError, ValueError) as error:
        raise Unavailable("tls", _said(error), error) from error


def _sign_in(smtp: smtplib.SMTP, server: Server) -> None:
    if server.sign_in == "none":
        return
    if server.security == "none" and not LOOPBACK.fullmatch(server.host):
        error = NotEncrypted()
        raise Unavailable("sign_in", "not encrypted", error)
    try:
        if server.sign_in == "oauth2":
            _with_token(smtp, server)
        elif f"{server.user}{server.password}".isascii():
            smtp.login(server.user, server.password)
        else:
            _with_plain(smtp, server)
    except (smtplib.SMTPException, Problem) as error:
        raise Unavailable("sign_in", _said(error), error) from error
    except OSError as error:
        raise Unavailable("connect", _said(error), error) from error


def _with_token(smtp: smtplib.SMTP, server: Server) -> None:
    if server.token is None:
        raise Unavailable("sign_in", "no OAuth2 token")
    said = f"user={server.user}\x01auth=Bearer {server.token()}\x01\x01"
    code, words = smtp.docmd("AUTH", "XOAUTH2 " + base64.b64encode(said.encode()).decode())
    if code == 334:  # the reason, in base64; an empty line asks for the verdict
        reason = words
        code, words = smtp.docmd("")
        with contextlib.suppress(ValueError):
            words += b" " + base64.b64decode(reason)
    if code != 235:
        if server.forget_token is not None:
            server.forget_token()
        raise smtplib.SMTPAuthenticationError(code, words)


def _with_plain(smtp: smtplib.SMTP, server: Server) -> None:
    """AUTH PLAIN in UTF-8, which the standard library can't."""
    said = f"\0{server.user}\0{server.password}".encode()
    code, words = smtp.docmd("AUTH", "PLAIN " + base64.b64encode(said).decode())
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _answer(reply: tuple[int, bytes]) -> tuple[int, str]:
    code, words = reply
    return code, _line(code, words)


def _line(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return f"{code} {' '.join(text.split())}"[:LONGEST_WORDS].strip()


def _said(error: BaseException) -> str:
    """What a failure says in one line, without the secrets that it was about."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _line(error.smtp_code, error.smtp_error)
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:LONGEST_WORDS]
