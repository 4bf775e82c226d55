"""The intake: kept, parsed, a ticket; against a bare loop, under pages, behind 100,000 jobs."""

from __future__ import annotations

import email
import itertools
import threading
import time
from collections.abc import Callable

from django.db import transaction

from bench.client import Client
from bench.installation import Installation
from bench.mails import Sample, generate
from bench.measure import Cost, cost
from bench.table import Row
from ventanilla.lib import clock, storage
from ventanilla.mail.intake import take_in
from ventanilla.mail.keep import Arrival, keep_all
from ventanilla.mail.models import RawMail
from ventanilla.mail.parse.child import ParserChild
from ventanilla.tickets.models import Inbox

BATCH = 50  # mails that are kept in one commit, as an IMAP poller does
READERS, PAUSE = 4, 0.4  # browsers that ask for a page, then read it for so many seconds
JOBS = 100_000


def measure(at: Installation, client: Client, inbox: Inbox, *, count: int) -> list[Row]:
    rows = [*_stages(at, inbox, count)]
    for name, jobs in (("", 0), (f", {JOBS:,} jobs waiting", JOBS)):
        _let_wait(at, jobs)
        rows += _under_pages(at, client, inbox, count, name, seed=jobs + 2)
    _let_wait(at, 0)
    return rows


# -- stages, in this process alone ---------------------------------------------------------------
def _stages(at: Installation, inbox: Inbox, count: int) -> list[Row]:
    """The same mails: bare, then kept, parsed, and made tickets of by this one process."""
    mails = list(generate(count, to=inbox.address))
    at.wait_for(at.is_quiet)
    at.pause("worker")
    try:
        _warm_up(inbox)
        bare = _spent(at, lambda: _bare(at, mails))
        kept = _spent(at, lambda: _keep(inbox, mails))
        parsed = _spent(at, _parse)
        tickets = _spent(at, _admit)
    finally:
        at.resume("worker")
    at.wait_for(at.is_quiet)
    both, whole = _sum(kept, parsed), _sum(kept, tickets)
    size = sum(len(mail.raw) for mail in mails) / count / 1000
    ratio = _cpu(both) / _cpu(bare)
    return [
        _row("Bare loop: parse, one INSERT", count, bare, f"mails of {size:.0f} KB on average"),
        _row("Kept and parsed", count, both, f"{ratio:.2f} x the CPU of the bare loop"),
        _row("Kept, up to the committed ticket", count, whole, "CPU is bench + database"),
    ]


def _warm_up(inbox: Inbox) -> None:
    """Load what is loaded by the first mail of a process's life."""
    _keep(inbox, list(generate(10, to=inbox.address, seed=1)))
    _admit()


def _row(what: str, count: int, spent: Cost, told: str) -> Row:
    rate = f"{count / spent.wall:.0f}/s; {1000 * _cpu(spent) / count:.1f} ms CPU each; {told}"
    return Row(what, count, (), spent, parts=("database", "bench"), told=rate)


def _bare(at: Installation, mails: list[Sample]) -> None:
    """What taking mail costs at least: the standard library reads it, the database keeps it.

    In an ordinary table, committed mail by mail: what a crash takes is not kept.
    """
    with at.connect() as connection:
        connection.execute("CREATE TABLE bare (sender text, subject text, body text, raw bytea)")
        for sample in mails:
            mail = email.message_from_bytes(sample.raw)
            decoded = [part.get_payload(decode=True) for part in mail.walk()]
            text = next(filter(None, decoded)).decode()
            values = (mail["From"], mail["Subject"], text, sample.raw)
            connection.execute("INSERT INTO bare VALUES (%s, %s, %s, %s)", values)
        connection.execute("DROP TABLE bare")


def _keep(inbox: Inbox, mails: list[Sample]) -> None:
    for start in range(0, len(mails), BATCH):
        now = clock.now()
        arrivals = [
            Arrival(mail.raw, now, mail.sender, (inbox.address,))
            for mail in mails[start : start + BATCH]
        ]
        with transaction.atomic(durable=True):
            keep_all(arrivals, inbox=inbox, source="imap")


def _parse() -> None:
    with ParserChild() as parser:
        parser.parse(b"")
        for digest in RawMail.objects.filter(state="kept").values_list("digest", flat=True):
            parser.parse(storage.read(digest))


def _admit() -> None:
    while take_in():
        pass


# -- the whole house -------------------------------------------------------------------------------
def _under_pages(
    at: Installation, client: Client, inbox: Inbox, count: int, name: str, *, seed: int
) -> list[Row]:
    """A heap of kept mails is worked off by the worker, with all reactions, while agents read."""
    at.wait_for(at.is_quiet)
    at.pause("worker")
    _keep(inbox, list(generate(count, to=inbox.address, seed=seed)))
    readers = [Reader(client) for _ in range(READERS)]
    at.resume("worker")
    began = time.perf_counter()
    with cost(at.parts, memory=True) as spent:
        at.wait_for(lambda: not RawMail.objects.filter(state="kept").exists(), pause=0.02)
        tickets = time.perf_counter() - began
        at.wait_for(at.is_quiet)
    times = tuple(itertools.chain.from_iterable(reader.stop() for reader in readers))
    told = f"{count / tickets:.0f} tickets/s; {count / spent.wall:.0f}/s with all their reactions"
    parts = ("worker", "database")
    return [
        Row(f"Intake while pages are read{name}", count, (), spent, parts,
            memory=spent.memory["worker"], told=f"{told}; CPU per mail"),
        Row(f"Pages meanwhile{name}", len(times), times,
            told=f"{len(times) / spent.wall:.0f} pages/s, lists and tickets by turns"),
    ]  # fmt: skip


class Reader(threading.Thread):
    """An agent who looks at the list and at a ticket, by turns, until told to stop."""

    def __init__(self, client: Client):
        super().__init__(daemon=True)
        self.client, self.times, self.ending = client.another(), list[float](), threading.Event()
        self.start()

    def run(self) -> None:
        for path in itertools.cycle(["/inbox/all/", "/tickets/1042/"]):
            self.times.append(self.client.timed(path))
            if self.ending.wait(PAUSE):
                return

    def stop(self) -> list[float]:
        self.ending.set()
        self.join()
        return self.times


def _let_wait(at: Installation, jobs: int) -> None:
    """Let so many jobs wait for tomorrow, as retries of a mail server that is away do."""
    with at.connect() as connection:
        connection.execute("DELETE FROM procrastinate_jobs WHERE queue_name = 'bench'")
        connection.execute(WAITING, [jobs])
        connection.execute("VACUUM ANALYZE procrastinate_jobs")


WAITING = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at)
SELECT 'bench', 'bench.wait', jsonb_build_object('n', n), 'todo', now() + interval '1 day'
FROM generate_series(1, %s) AS n
"""


# -- sums ----------------------------------------------------------------------------------------
def _spent(at: Installation, work: Callable[[], None]) -> Cost:
    with cost(at.parts) as spent:
        work()
    return spent


def _sum(one: Cost, other: Cost) -> Cost:
    cpu = {part: one.cpu[part] + other.cpu[part] for part in one.cpu}
    return Cost(one.wall + other.wall, cpu)


def _cpu(spent: Cost) -> float:
    """Seconds of this process (with its parser) and the database."""
    return spent.cpu["bench"] + spent.cpu["database"]
