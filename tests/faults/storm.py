"""What goes on while processes die: mail by SMTP and IMAP, agents' replies, and the killer.

Each thread does what its model in the world does. An MTA offers a mail again until it hears 250; an
agent's browser gets an answer or an error; nobody of them knows what dies when.
"""

from __future__ import annotations

import html
import http.client
import http.cookiejar
import os
import random
import re
import signal
import smtplib
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

import psycopg

from tests.faults import disk
from tests.faults.weather import MOODS, Moody
from tests.installation import Installation
from tests.mail.servers.dovecot import Dovecot

INBOX = "hola@casaolmo.example"
ROLES = ("worker", "web", "mail", "postgres")
AT_ONCE = 10  # mails that one IMAP client appends
WRITERS = 50  # at once on one ticket
WEATHER = (0.1, 0.9)  # between these shares of the mails the outgoing server has its moods
# As an administrator does who presses "try now": what waits for its next try goes at once.
TRY_NOW = """WITH rested AS (UPDATE mail_outlet SET rests_until = NULL WHERE rests_until > now())
UPDATE mail_outgoingmail SET next_try_at = now()
WHERE state = 'waiting' AND next_try_at > now() RETURNING id"""


@dataclass(frozen=True)
class Letter:
    number: int
    raw: bytes

    @property
    def message_id(self) -> str:
        return f"{self.number:06}@tormenta.example"


def letters(several: int) -> list[Letter]:
    """That many distinct mails; every tenth has a file."""
    return [Letter(number, _write(number)) for number in range(several)]


def _write(number: int) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Cliente {number} <c{number}@correo{number % 7}.example>"
    mail["To"] = INBOX
    mail["Subject"] = f"Consulta {number:06} sobre mi pedido"
    mail["Date"] = "Mon, 02 Mar 2026 10:00:00 +0100"
    mail["Message-ID"] = f"<{number:06}@tormenta.example>"
    mail.set_content(f"Hola:\n\nEsta es la consulta {number:06}. ¿Cuándo llega el pedido?\n" * 3)
    if number % 10 == 0:
        content = random.Random(number).randbytes(5_000)
        mail.add_attachment(content, maintype="application", subtype="pdf", filename="f.pdf")
    return bytes(mail)


@dataclass
class Outage:
    """What was seen while there was no database, and how long it took until all was well again."""

    pages: Counter[int | None] = field(default_factory=Counter)
    mails: Counter[int] = field(default_factory=Counter)
    same_processes: bool = False
    recovered_after: float = 0.0  # seconds


@dataclass
class FullDisk:
    """What senders heard while neither the database nor the files had room."""

    mails: Counter[int] = field(default_factory=Counter)
    lasts: bool = False
    recovered_after: float | None = None  # seconds; None: it was never full


@dataclass
class Storm:
    """Everything under way, and what was promised: `accepted` mails, `taken` replies and notes."""

    product: Installation
    imap: Dovecot
    out: Moody
    dice: random.Random
    accepted: set[int] = field(default_factory=set)
    to_offer: int = 0  # mails by SMTP, and how many of them were taken
    offered: int = 0
    taken: set[str] = field(default_factory=set)
    unknown: Counter[str] = field(default_factory=Counter)
    crowded: int = 0  # the ticket on which many write at once
    noted: set[str] = field(default_factory=set)
    late: list[Letter] = field(default_factory=list)  # come by SMTP while the disk is full
    full: FullDisk = field(default_factory=lambda: FullDisk())
    kills: list[str] = field(default_factory=list)
    outage: Outage = field(default_factory=lambda: Outage())
    over: threading.Event = field(default_factory=threading.Event)
    errors: list[BaseException] = field(default_factory=list)

    def thread(self, work, *arguments) -> threading.Thread:
        def run() -> None:
            try:
                work(*arguments)
            except BaseException as error:
                self.errors.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    # -- mail ----------------------------------------------------------------------------------
    def offer_by_smtp(self, mails: list[Letter]) -> None:
        """As an MTA: each mail again and again until it is taken, a connection for a few."""
        waiting = list(mails)
        while waiting and not self.errors:
            try:
                with smtplib.SMTP("127.0.0.1", self.product.smtp_port, timeout=30) as talk:
                    while waiting:
                        talk.sendmail("c@correo.example", [INBOX], waiting[0].raw)
                        self.accepted.add(waiting.pop(0).number)
                        self.offered += 1
            except (OSError, smtplib.SMTPException) as error:
                if self.full.lasts and isinstance(error, smtplib.SMTPResponseException):
                    self.full.mails[error.smtp_code] += 1
                time.sleep(0.1)

    def put_into_the_mailbox(self, mails: list[Letter]) -> None:
        """As the provider: into the folder that the product fetches, while the others come in."""
        for start in range(0, len(mails), AT_ONCE):
            self._until(start / len(mails))
            some = mails[start : start + AT_ONCE]
            self.imap.append(INBOX, *[mail.raw for mail in some])
            self.accepted |= {mail.number for mail in some}

    def _until(self, share: float) -> None:
        """Wait until that share of the mails that come by SMTP has been taken."""
        while self.offered < share * self.to_offer and not self.errors:
            time.sleep(0.02)

    # -- replies -------------------------------------------------------------------------------
    def answer(self, agent: Agent, at_least: int) -> None:
        """As an agent: one reply after the other to tickets that are there, until it is over."""
        for number in count():
            if self.over.is_set() and len(self.taken) >= at_least:
                return
            time.sleep(self.dice.uniform(0.05, 0.3))
            ticket, mark = self._some_ticket(), f"R{number:04}"
            if ticket is None:
                continue
            try:
                agent.reply(ticket, f"Contestación {mark}. Sale hoy.")
                self.taken.add(mark)
            except Unknown as what:
                self.unknown[str(what)] += 1

    def _some_ticket(self) -> int | None:
        try:
            found = self.product.rows("SELECT number FROM tickets_ticket ORDER BY random() LIMIT 1")
        except psycopg.Error:
            return None
        return found[0]["number"] if found else None

    def crowd(self, agent: Agent) -> None:
        """Many write into one ticket at the same moment, each until it is told that it is there."""
        self._until(0.3)
        while not self.crowded:
            self.crowded = self._some_ticket() or 0
        token, start = self._token(agent), threading.Barrier(WRITERS)

        def write(number: int) -> None:
            mark = f"N{number:04}"
            start.wait()
            while not self.errors:
                try:
                    agent.note(self.crowded, f"Apunte {mark}.", token, f"writer-{number:06}")
                except Unknown:
                    time.sleep(0.1)
                else:
                    self.noted.add(mark)
                    return

        for writing in [self.thread(write, number) for number in range(WRITERS)]:
            writing.join()

    def _token(self, agent: Agent) -> str:
        while True:
            try:
                return agent.token(self.crowded)
            except Unknown:
                time.sleep(0.1)

    # -- the outgoing server -------------------------------------------------------------------
    def change_moods(self) -> None:
        """One mood after the other while mails come in; each until it was felt at least once."""
        first, last = WEATHER
        for number, mood in enumerate(MOODS, 1):
            self._until(first + (last - first) * (number - 1) / len(MOODS))
            self.out.mood = mood
            self._until(first + (last - first) * number / len(MOODS))
            while not self.out.met[mood] and not self.errors:
                self.try_now()
                time.sleep(0.1)
        self.out.mood = "fair"

    def try_now(self) -> None:
        try:
            self.product.rows(TRY_NOW)
        except psycopg.Error:
            return  # the next time

    # -- deaths --------------------------------------------------------------------------------
    def kill(self, times: int, outage: float) -> None:
        """Each role that many times, in any order, at random moments of what comes in.

        Once among them the database stays away, for `outage` seconds.
        """
        victims = [*ROLES * times, "outage", "disk"]
        self.dice.shuffle(victims)
        moments = sorted(self.dice.uniform(0.02, 0.98) for _ in victims)
        for role, moment in zip(victims, moments, strict=True):
            self._until(moment)
            time.sleep(self.dice.uniform(0, 0.05))  # not always just after a "250"
            if role == "outage":
                self._stop_the_database(outage)
            elif role == "disk":
                self._fill_the_disk(outage)
            else:
                self.product.wait_for(lambda role=role: self._shoot(role), f"a {role} to kill")

    def _fill_the_disk(self, seconds: float) -> None:
        """No room for the database and the files, until senders have heard of it."""
        folder = self.product.home
        if not os.path.ismount(folder):
            self.offer_by_smtp(self.late)
            return
        self.product.wait_for(lambda: self.product.status("/readyz") == 200, "a healthy start")
        with disk.filled(folder):
            end = time.monotonic() + seconds
            self.full.lasts = True
            coming = self.thread(self.offer_by_smtp, self.late)
            while (time.monotonic() < end or not self.full.mails) and not self.errors:
                time.sleep(0.05)
            self.full.lasts = False
        began = time.monotonic()
        self.product.wait_for(lambda: self.product.status("/readyz") == 200, "room again")
        self.full.recovered_after = time.monotonic() - began
        coming.join()

    def _stop_the_database(self, seconds: float) -> None:
        product, supervisor = self.product, self.product.process
        assert supervisor is not None
        roles = ("worker", "web", "mail")
        product.wait_for(lambda: product.status("/readyz") == 200, "a healthy start")
        before = [product.wait_for(lambda role=role: product.pid_of(role), role) for role in roles]
        supervisor.send_signal(signal.SIGSTOP)  # it would bring the database back at once
        try:
            product.wait_for(lambda: self._shoot("postgres"), "a database to kill")
            end = time.monotonic() + seconds
            while not self.outage.mails or time.monotonic() < end:
                self.outage.pages[product.status("/login/")] += 1
                self.outage.mails[self._offer_one()] += 1
                time.sleep(min(1.0, seconds / 4))
            self.outage.same_processes = before == [product.pid_of(role) for role in roles]
        finally:
            supervisor.send_signal(signal.SIGCONT)
        began = time.monotonic()
        product.wait_for(lambda: product.status("/readyz") == 200, "the database")
        self.outage.recovered_after = time.monotonic() - began

    def _offer_one(self) -> int:
        """What the server says to a mail that nobody will miss."""
        try:
            with smtplib.SMTP("127.0.0.1", self.product.smtp_port, timeout=30) as talk:
                talk.ehlo()
                for verb in ("MAIL FROM:<c@correo.example>", f"RCPT TO:<{INBOX}>"):
                    code, _words = talk.docmd(verb)
                    if code != 250:
                        return code
                return talk.data(b"Subject: in the outage\r\n\r\nNobody keeps this.\r\n")[0]
        except smtplib.SMTPResponseException as error:
            return error.smtp_code

    def _shoot(self, role: str) -> bool:
        pid = self.product.postmaster() if role == "postgres" else self.product.pid_of(role)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.kills.append(role)
        return True


class Unknown(Exception):
    """The agent can't know whether the server has the reply."""


@contextmanager
def unknown() -> Iterator[None]:
    """Whatever goes wrong between browser and server."""
    try:
        yield
    except urllib.error.HTTPError as error:
        raise Unknown(error.code) from error
    except (OSError, http.client.HTTPException) as error:
        raise Unknown(type(error).__name__) from error


class Agent:
    """A browser without a screen: cookies, the form's token, and what the composer posts."""

    def __init__(self, product: Installation, email: str):
        self.product = product
        self.jar = http.cookiejar.CookieJar()
        self.client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        link = product.command("signin-link", email).strip()
        self._post(link, {"csrfmiddlewaretoken": self._token_in(self._get(link))})

    def token(self, number: int) -> str:
        """The form's token. Raises Unknown."""
        with unknown():
            return self._token_in(self._get(self.product.url(f"/tickets/{number}/")))

    def note(self, number: int, text: str, token: str, mark: str) -> None:
        """Return once the server has said that it has the note. Raises Unknown.

        mark   the same again is the same note
        """
        fields = {"csrfmiddlewaretoken": token, "kind": "note", "body": text, "mark": mark}
        with unknown():
            self._post(self.product.url(f"/tickets/{number}/messages"), fields)

    def reply(self, number: int, text: str) -> None:
        """Return once the server has said that it has the reply. Raises Unknown."""
        url = self.product.url(f"/tickets/{number}/messages")
        with unknown():
            page = self._get(self.product.url(f"/tickets/{number}/"))
            address = re.search(r'name="to" value="([^"]+)"', page)
            fields = {
                "csrfmiddlewaretoken": self._token_in(page),
                "kind": "reply",
                "to": html.unescape(address[1]) if address else "",
                "body": text,
                "status": "2",
            }
            self._post(url, fields)

    def _get(self, url: str) -> str:
        with self.client.open(url, timeout=20) as answer:
            text: str = answer.read().decode()
            return text

    def _post(self, url: str, fields: dict[str, str]) -> int:
        data = urllib.parse.urlencode(fields).encode()
        headers = {"Referer": url}
        with self.client.open(urllib.request.Request(url, data, headers), timeout=20) as answer:
            return int(answer.status)

    @staticmethod
    def _token_in(page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, page[:2000]
        return found[1]
