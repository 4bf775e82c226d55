"""Reading a mailbox by IMAP: connect, what is new, the bytes. Relies neither on flags nor dates."""

from __future__ import annotations

import contextlib
import imaplib
import re
import select
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from ventanilla.mail import oauth
from ventanilla.mail.conversation import LOOPBACK, NotEncrypted
from ventanilla.mail.models import MailAccount
from ventanilla.mail.parse.limits import MESSAGE as LARGEST

TIMEOUT = 30.0  # seconds for any one answer
BATCH = 25  # mails fetched and committed together, ...
BATCH_BYTES = 8 * 1024 * 1024  # ... or fewer when they are large
SIZES_AT_ONCE = 500
CUT = 1024 * 1024  # bytes kept of a mail that is larger than the limit
SLICE = 1.0  # seconds after which a waiting poller looks whether it is to stop

FAILURES = (imaplib.IMAP4.error, ImapToolsError, OSError, EOFError)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
RECEIVED = re.compile(
    rb'INTERNALDATE "([ \d]?\d)-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"'
)


class SignInRefused(Exception):
    """The server does not let us in. It holds the server's words."""


class NoFolder(Exception):
    """The folder can't be opened. It holds the server's words."""


@dataclass(frozen=True, slots=True)
class Folder:
    """An opened folder: its UIDs count from `uidvalidity`, the next mail gets `uidnext`."""

    uidvalidity: int
    uidnext: int


@dataclass(frozen=True, slots=True)
class Fetched:
    uid: int
    raw: bytes  # its beginning only, when the mail is larger than the limit
    size: int
    received_at: datetime | None  # INTERNALDATE


class Mailbox:
    """A signed-in connection with one folder open. Use it as a context."""

    def __init__(self, account: MailAccount, *, timeout: float = TIMEOUT):
        """Connect and sign in. Raises SignInRefused, NotEncrypted, oauth.NoToken, FAILURES."""
        self._box = connect(account, timeout)
        try:
            sign_in(self._box, account)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave; a server that does not answer is not waited for."""
        with contextlib.suppress(*FAILURES):
            self._box.client.sock.settimeout(2)
            self._box.client.logout()
        with contextlib.suppress(*FAILURES):
            self._box.client.shutdown()

    def open(self, folder: str, *, writable: bool = False) -> Folder:
        """Open the folder; what we only read, we can't change. Raises NoFolder."""
        try:
            self._box.folder.set(folder, readonly=not writable)
        except ImapToolsError as error:
            raise NoFolder(_words(error)) from error
        return Folder(self._number("UIDVALIDITY") or 0, self._number("UIDNEXT") or self._last() + 1)

    def has_folder(self, folder: str) -> bool:
        return bool(self._box.folder.exists(folder))

    @property
    def can_idle(self) -> bool:
        self._box.client.noop()  # some tell their capabilities only after the sign-in
        return "IDLE" in {word.upper() for word in self._capabilities()}

    def after(self, uid: int) -> list[int]:
        """UIDs above `uid`, ascending. Costs the server no look at older mail (R6)."""
        found = self._search(f"UID {uid + 1}:*")  # the last mail is named even when it is older
        return sorted(each for each in found if each > uid)

    def since(self, moment: datetime) -> list[int]:
        """UIDs of mails that came to the mailbox on that day or later; by the server's clock."""
        day = moment.astimezone(UTC) - timedelta(days=1)
        return sorted(self._search(f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}"))

    def batches(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        """The mails in pieces that are small enough to hold; those that have gone are left out."""
        for start in range(0, len(uids), SIZES_AT_ONCE):
            sizes = self._sizes(uids[start : start + SIZES_AT_ONCE])
            for group in _groups(sizes):
                yield self._fetch(group)

    def mark_seen(self, uids: Iterable[int]) -> None:
        self._do("STORE", _set(uids), "+FLAGS.SILENT", r"(\Seen)")

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Where the server can't move: copy, and mark as deleted; expunging is its owner's."""
        if "MOVE" in {word.upper() for word in self._capabilities()}:
            self._box.move([str(uid) for uid in uids], folder)
            return
        self._box.copy([str(uid) for uid in uids], folder)
        self._do("STORE", _set(uids), "+FLAGS.SILENT", r"(\Deleted)")

    def wait(self, seconds: float, stop: Callable[[], bool]) -> None:
        """Return when the server says that something is new, after a while, or on `stop`."""
        self._box.idle.start()
        try:
            until = time.monotonic() + seconds
            while not stop() and time.monotonic() < until and not self._has_news():
                continue
        finally:
            self._box.idle.stop()

    def _has_news(self) -> bool:
        client: Any = self._box.client
        if self._buffered(client):
            return True
        poll = select.poll()
        poll.register(client.sock, select.POLLIN)
        return bool(poll.poll(SLICE * 1000))

    @staticmethod
    def _buffered(client: Any) -> bool:
        """Whether something was read along with the last answer, where no poll can see it."""
        file = vars(client).get("_file") or client.file  # as Python has it from 3.12, before
        client.sock.settimeout(0)
        try:
            return bool(file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            client.sock.settimeout(TIMEOUT)

    def _capabilities(self) -> list[str]:
        _kind, data = self._box.client.capability()
        return (data[0] or b"").decode("ascii", "replace").split()

    def _number(self, name: str) -> int | None:
        _kind, data = self._box.client.response(name)
        text = data[-1] if data else None
        return int(text) if isinstance(text, bytes) and text.isdigit() else None

    def _last(self) -> int:
        return max(self._search("UID *"), default=0)

    def _search(self, criteria: str) -> list[int]:
        data = self._do("SEARCH", criteria)
        return [int(each) for line in data if isinstance(line, bytes) for each in line.split()]

    def _sizes(self, uids: Sequence[int]) -> list[tuple[int, int]]:
        rows, wanted = self._do("FETCH", _set(uids), "(UID RFC822.SIZE)"), set(uids)
        found = {}
        for row in rows:
            line = row[0] if isinstance(row, tuple) else row or b""
            if (uid := UID.search(line)) and (size := SIZE.search(line)):
                found[int(uid[1])] = int(size[1])
        return sorted((uid, size) for uid, size in found.items() if uid in wanted)

    def _fetch(self, group: Sequence[tuple[int, int]]) -> list[Fetched]:
        """Fetch whole mails, or the beginning of one that is larger than the limit."""
        sizes = dict(group)
        cut = f"<0.{CUT}>" if max(sizes.values()) > LARGEST else ""
        data = self._do("FETCH", _set(sizes), f"(UID INTERNALDATE BODY.PEEK[]{cut})")
        return [
            Fetched(uid, raw, sizes[uid], received_at)
            for uid, raw, received_at in _mails(data)
            if uid in sizes
        ]

    def _do(self, command: str, *arguments: str) -> list[Any]:
        kind, data = self._box.client.uid(command, *arguments)
        if kind != "OK":
            raise imaplib.IMAP4.error(f"{command}: {_text(data)}")
        return list(data)


def connect(account: MailAccount, timeout: float = TIMEOUT) -> BaseMailBox:
    """Reach the server, encrypted as set. Raises NotEncrypted, FAILURES."""
    host, port = account.imap_host, account.imap_port
    if account.imap_security == MailAccount.Security.TLS:
        return MailBox(host, port, timeout, ssl_context=ssl.create_default_context())
    if account.imap_security == MailAccount.Security.STARTTLS:
        return MailBoxStartTls(host, port, timeout, ssl_context=ssl.create_default_context())
    if not LOOPBACK.fullmatch(host):
        raise NotEncrypted(host)
    return MailBoxUnencrypted(host, port, timeout)


def sign_in(box: BaseMailBox, account: MailAccount) -> None:
    user, password = account.imap_user, str(account.imap_password)
    try:
        if account.imap_sign_in == MailAccount.SignIn.OAUTH2:
            box.xoauth2(user, oauth.access_token(account), initial_folder=None)
        elif (user + password).isascii():
            box.login(user, password, initial_folder=None)
        else:
            box.login_utf8(user, password, initial_folder=None)
    except imaplib.IMAP4.abort:  # the line broke: nobody was refused
        raise
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        oauth.forget(account)
        raise SignInRefused(_words(error)) from error


def _set(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))


def _groups(sizes: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Neighbours that together are small enough; what is too large stands alone."""
    group: list[tuple[int, int]] = []
    room = BATCH_BYTES
    for uid, size in sizes:
        if group and (len(group) == BATCH or size > room):
            yield group
            group, room = [], BATCH_BYTES
        group.append((uid, size))
        room -= size
    if group:
        yield group


def _mails(data: Sequence[Any]) -> Iterator[tuple[int, bytes, datetime | None]]:
    """Pick the mails out of imaplib's answer: a literal is a tuple, its rest the line after it."""
    for position, row in enumerate(data):
        if isinstance(row, tuple):
            rest = data[position + 1] if position + 1 < len(data) else b""
            about, raw = row[0] + (rest if isinstance(rest, bytes) else b""), row[1]
        elif isinstance(row, bytes) and b"BODY[]" in row.upper():
            about, raw = row, b""  # an empty mail is no literal
        else:
            continue
        if uid := UID.search(about):
            yield int(uid[1]), raw, _received(about)


def _received(about: bytes) -> datetime | None:
    found = RECEIVED.search(about)
    if not found or (month := found[2].decode().title()) not in MONTHS:
        return None
    day, year, hour, minute, second, east, west = (
        int(found[n]) if n != 7 else 0 for n in (1, 3, 4, 5, 6, 8, 9)
    )
    offset = timedelta(hours=east, minutes=west) * (-1 if found[7] == b"-" else 1)
    try:
        zone = timezone(offset)
        at = datetime(year, MONTHS.index(month) + 1, day, hour, minute, second, tzinfo=zone)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _words(error: Exception) -> str:
    result = getattr(error, "command_result", None)
    return _text(result[1]) if result else str(error)


def _text(data: Any) -> str:
    lines = [line.decode("utf-8", "replace") for line in data if isinstance(line, bytes)]
    return " ".join(lines)[:300]
