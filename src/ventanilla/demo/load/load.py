"""Loads the desk: rows are made in processes of their own and copied in as they come.

Two transactions side by side, for PostgreSQL writes each with one process: one for the log, one
for everything else. Both commit at the end or neither does.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
from django.db import connection, transaction
from django.utils.translation import gettext as _

from ventanilla.demo.load import contacts
from ventanilla.demo.load.build import NUMBERED, build
from ventanilla.demo.load.hours import seconds
from ventanilla.demo.load.ledger import Desk
from ventanilla.demo.load.making import Rows, made
from ventanilla.demo.load.shapes import Shape, shapes
from ventanilla.demo.load.size import Size
from ventanilla.demo.load.tables import Bare, bare
from ventanilla.lib.problems import Conflict
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.models import Agent, Contact
from ventanilla.tickets.models import Ticket

LOG = ("events.Event", "events.EventText", "events.Timer")
WITH_LOG = ("events_outbox",)  # empty: it refers to the log

Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was made, and what it took: seconds of copying, of indexing, of counting for plans."""

    tickets: int
    copying: float
    indexing: float
    analysing: float

    @property
    def seconds(self) -> float:
        return self.copying + self.indexing + self.analysing


def load(now: datetime, *, tickets: int, seed: int = 481, told: Told | None = None) -> Loaded:
    """Fill an empty desk. `told` hears how many tickets are copied, of how many.

    Nobody may work in it meanwhile: the tables are locked. Raises Conflict if it isn't empty.
    """
    if Agent.objects.exists() or Ticket.objects.exists() or Contact.objects.exists():
        raise Conflict(_("This desk is not empty. A load needs one of its own."))
    size, known = Size(tickets, seconds(now), seed), shapes()
    began = time.perf_counter()
    with _second_connection() as other:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            tables = bare(cursor, [s.table for name, s in known.items() if name not in LOG])
            desk = build(size, known)
            log = Log(other, known)
            try:
                _copy(desk, known, cursor, log, told)
                copied = time.perf_counter()
                tables.whole()
            finally:
                log.end()
            log.check()
            _set_sequences(known)
            configuration_changed()
        other.commit()
    indexed = time.perf_counter()
    _analyse()
    return Loaded(tickets, copied - began, indexed - copied, time.perf_counter() - indexed)


@contextmanager
def _second_connection() -> Iterator[psycopg.Connection]:
    """A connection beside Django's, to the same database; what it has not committed is undone."""
    known = ("host", "port", "user", "password", "dbname", "options", "sslmode")
    given = connection.get_connection_params()
    with psycopg.Connection.connect(**{k: v for k, v in given.items() if k in known}) as other:
        yield other
        other.rollback()


# -- copying -----------------------------------------------------------------------------------
class Log(threading.Thread):
    """Copies what belongs to the log, on a connection of its own; makes it whole at the end."""

    def __init__(self, other: psycopg.Connection, known: Mapping[str, Shape]):
        super().__init__(daemon=True)
        self.cursor, self.known = other.cursor(), known
        self.waiting: queue.Queue[Rows | None] = queue.Queue(maxsize=2)
        self.failed: BaseException | None = None
        self.tables: Bare = bare(self.cursor, [*(known[name].table for name in LOG), *WITH_LOG])
        self.start()

    def run(self) -> None:
        while (rows := self.waiting.get()) is not None:
            self._do(partial(_write, self.cursor, self.known, rows))
        self._do(self.tables.whole)
        self._do(partial(_go_on, self.cursor, self.known["events.Event"].table))

    def put(self, rows: Rows) -> None:
        self.check()
        self.waiting.put(rows)

    def end(self) -> None:
        """Wait until all of it is there and whole."""
        self.waiting.put(None)
        self.join()

    def check(self) -> None:
        if self.failed is not None:
            raise self.failed

    def _do(self, work: Callable[[], object]) -> None:
        """Keep the first failure for the main thread; nothing is done after it."""
        if self.failed is None:
            try:
                work()
            except BaseException as error:
                self.failed = error


def _copy(desk: Desk, known: Mapping[str, Shape], cursor: Any, log: Log, told: Told | None) -> None:
    firms = {"people.Organization": contacts.organizations(desk)}
    _write(cursor, known, firms)
    for tickets, rows in made(desk):
        log.put({name: text for name, text in rows.items() if name in LOG})
        _write(cursor, known, {name: text for name, text in rows.items() if name not in LOG})
        if told:
            told(tickets, desk.size.tickets)


def _write(cursor: Any, known: Mapping[str, Shape], rows: Rows) -> None:
    for name, text in rows.items():
        if text:
            with cursor.copy(known[name].statement) as copy:
                copy.write(text)


# -- afterwards --------------------------------------------------------------------------------
def _set_sequences(known: Mapping[str, Shape]) -> None:
    """Let ids and numbers go on behind what was copied. The log's are the other transaction's."""
    with connection.cursor() as cursor:
        for name in NUMBERED:
            table = known[name].table
            if name not in LOG:
                _go_on(cursor, table)
        cursor.execute("SELECT setval('ticket_number', max(number)) FROM tickets_ticket")


def _go_on(cursor: Any, table: str) -> None:
    cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")  # noqa: S608


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
