"""Mail to screen: from the 250 until an open browser shows the mail's ticket, assigned."""

from __future__ import annotations

import queue
import re
import smtplib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from bench.client import Client
from bench.installation import Installation
from bench.mails import Sample, generate
from bench.measure import cost
from bench.table import Row

PATIENCE = 30.0  # seconds after the last mail
KEEPS_UP = 5.0  # seconds after which what was shown is no longer at work
ORDER = re.compile(r"7-\d{6}")
SEED = 7  # what the orders of these mails begin with


class Screen:
    """An open browser: it hears of a ticket and fetches its row, once for all that it has heard.

    In the view of unassigned tickets the row is greyed as soon as somebody has the ticket.
    """

    def __init__(self, client: Client):
        self.client, self.shown = client, dict[str, float]()
        self._heard: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.done: set[int] = set()
        for work in (self._listen, self._fetch):
            threading.Thread(target=work, daemon=True).start()

    def _listen(self) -> None:
        for number in self.client.another().live():
            self._heard.put(number)

    def _fetch(self) -> None:
        while True:
            numbers = {self._heard.get()}
            while not self._heard.empty():
                numbers.add(self._heard.get())
            for number in sorted(numbers - self.done - {0}):
                self._look_at(number)

    def _look_at(self, number: int) -> None:
        row = self.client.get(f"/inbox/unassigned/{number}/row")
        if "is-gone" in row:
            self.done.add(number)
            if order := ORDER.search(row):
                self.shown[order[0]] = time.perf_counter()


class KeepingUp(threading.Thread):
    """Keeps what is at work as small as on a desk that keeps up: what is shown waits soon."""

    def __init__(self, at: Installation, screen: Screen):
        super().__init__(daemon=True)
        self.at, self.screen, self.ending = at, screen, threading.Event()
        self.start()

    def run(self) -> None:
        waiting = "UPDATE tickets_ticket SET status = 2 WHERE number = ANY(%s) AND status < 2"
        with self.at.connect() as database:
            answered = set[int]()
            while not self.ending.wait(KEEPS_UP):
                shown = self.screen.done - answered
                database.execute(waiting, [sorted(shown)])
                answered |= shown


def measure(at: Installation, client: Client, to: str, *, rate: float, seconds: float) -> list[Row]:
    mails = list(generate(int(rate * seconds), to=to, seed=SEED))
    screen, kept = Screen(client), dict[str, float]()
    agents = KeepingUp(at, screen)
    time.sleep(1)  # until the stream is open

    def send(mail: Sample) -> None:
        with smtplib.SMTP("127.0.0.1", at.smtp_port, timeout=30) as server:
            server.sendmail(mail.sender, to, mail.raw)
            kept[mail.order] = time.perf_counter()

    with cost(at.parts, memory=True) as spent:
        _at_a_rate(mails, rate, send)
        end = time.monotonic() + PATIENCE
        while len(screen.shown) < len(mails) and time.monotonic() < end:
            time.sleep(0.05)
    agents.ending.set()
    times = [1000 * (screen.shown[order] - kept[order]) for order in kept if order in screen.shown]
    missing = f", {len(mails) - len(times)} not shown" if len(times) < len(mails) else ""
    own = f"mail process {spent.ms('mail', len(mails)):.1f}"
    if spent.settled:
        highest = ", ".join(f"{part} {size:.0f}" for part, size in spent.memory.items())
        own += f"; memory {spent.settled:.0f} MB after a minute, {spent.last:.0f} at the end"
        own += f" (highest: {highest})"
    return [
        Row(
            f"Mail to screen, {rate:g} a second", len(mails), tuple(times), spent,
            parts=("web", "worker", "database"), memory=sum(spent.memory.values()),
            told=f"CPU per mail; {own}{missing}",
        )
    ]  # fmt: skip


def _at_a_rate(mails: list[Sample], rate: float, send) -> None:
    """Send each at its time, whether or not the one before has been taken yet."""
    began = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        for number, mail in enumerate(mails):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            threads.submit(send, mail)
