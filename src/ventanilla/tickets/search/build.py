"""Writing the rows that are searched. Everything here may be done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
import structlog
from django.db import OperationalError, connection, transaction

from ventanilla.lib.fold import fold
from ventanilla.tickets.models import MessageKind
from ventanilla.tickets.search import files, marks, own, trigrams, vocabulary
from ventanilla.tickets.search.models import TicketWords
from ventanilla.tickets.search.vectors import BYTES, Texts, fresh_lines, vector
from ventanilla.tickets.search.words import Forms, forms_of, words_in

logger = structlog.get_logger(__name__)

BATCH = 50  # tickets that one commit of the worker takes
BULK = 500  # tickets that a rebuild reads at once
MOST_WORDS = 30_000  # of messages and files together; messages alone may have more
PEOPLE, FILES = 200, 300  # of a ticket that are found by name: the index takes a megabyte

READ = """
SELECT ticket.id, ticket.subject, ticket.team_id, ticket.assignee_id, ticket.category_id,
  ticket.tags, ticket.status, ticket.priority, ticket.channel, ticket.type, ticket.created_at,
  ticket.custom,
  (SELECT json_agg(json_build_array(message.id, message.kind, message.subject,
            left(message.text, %(most)s), message.author_name, message.sender)
          ORDER BY message.id DESC)
   FROM tickets_message message WHERE message.ticket_id = ticket.id),
  (SELECT json_agg(json_build_array(contact.id, contact.name, organization.name,
            (SELECT json_agg(value ORDER BY id) FROM people_identity identity
             WHERE identity.contact_id = contact.id)))
   FROM (SELECT ticket.contact_id AS id UNION
         SELECT contact_id FROM tickets_participant taking WHERE taking.ticket_id = ticket.id) who
   JOIN people_contact contact ON contact.id = who.id
   LEFT JOIN people_organization organization ON organization.id = contact.organization_id),
  (SELECT json_agg(json_build_array(file.filename, file.content_type, file.digest, message.kind,
            found.outcome, left(found.text, %(most)s)) ORDER BY file.id)
   FROM tickets_attachment file
   JOIN tickets_message message ON message.id = file.message_id
   LEFT JOIN search_filetext found ON found.digest = file.digest
   WHERE message.ticket_id = ticket.id AND NOT file.inline)
FROM tickets_ticket ticket WHERE ticket.id = ANY(%(ids)s) AND ticket.aside IS NULL
"""
WRITE = """
INSERT INTO search_ticketwords (ticket_id, newest, inside, public)
SELECT id, newest, inside::tsvector, public::tsvector
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS given(id, newest, inside, public)
WHERE EXISTS (
  SELECT FROM tickets_ticket ticket WHERE ticket.id = given.id AND ticket.aside IS NULL)
ON CONFLICT (ticket_id) DO UPDATE
SET newest = excluded.newest, inside = excluded.inside, public = excluded.public
WHERE (search_ticketwords.newest, search_ticketwords.inside, search_ticketwords.public)
  IS DISTINCT FROM (excluded.newest, excluded.inside, excluded.public)
"""
WRITE_CONTACTS = """
INSERT INTO search_contactwords (contact_id, text, trigrams)
SELECT id, text, ARRAY(SELECT jsonb_array_elements_text(pieces))
FROM unnest(%s::bigint[], %s::text[], %s::jsonb[]) AS given(id, text, pieces)
WHERE EXISTS (SELECT FROM people_contact contact WHERE contact.id = given.id)
ON CONFLICT (contact_id) DO UPDATE SET text = excluded.text, trigrams = excluded.trigrams
"""
KNOWN_CONTACTS = "SELECT contact_id, text FROM search_contactwords WHERE contact_id = ANY(%s)"
TAKE = """
DELETE FROM search_stale WHERE ticket_id IN (
  SELECT ticket_id FROM search_stale ORDER BY ticket_id DESC LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING ticket_id
"""

# a savepoint's deferred checks would keep an index from being made
DROP = "SET CONSTRAINTS ALL IMMEDIATE; DROP INDEX IF EXISTS search_inside, search_contacts"
CREATE = """
SET CONSTRAINTS ALL IMMEDIATE;
CREATE INDEX IF NOT EXISTS search_inside
  ON search_ticketwords USING gin (inside) WITH (fastupdate = off);
CREATE INDEX IF NOT EXISTS search_contacts
  ON search_contactwords USING gin (trigrams) WITH (fastupdate = off);
"""
HEAP = f"""
{CREATE}
ALTER INDEX search_inside SET (fastupdate = on, gin_pending_list_limit = 65536);
ALTER INDEX search_contacts SET (fastupdate = on, gin_pending_list_limit = 16384);
"""
SORT_IN = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER INDEX search_inside SET (fastupdate = off);
ALTER INDEX search_contacts SET (fastupdate = off);
SELECT gin_clean_pending_list('search_inside'), gin_clean_pending_list('search_contacts');
"""


def catch_up(limit: int = BATCH) -> int:
    """Write the words of tickets that have changed, newest first. Returns how many.

    Any number of workers share the work; a killed one's is free again at once.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [limit])
            ids = [pk for (pk,) in cursor.fetchall()]
        if ids:
            _build_what_can_be(ids)
    return len(ids)


def _build_what_can_be(ids: list[int]) -> None:
    """One ticket that can't be written must not keep the others from being found."""
    try:
        with transaction.atomic():
            build(ids)
    except OperationalError:
        raise  # the database is away: all of it again, later
    except Exception:
        logger.exception("search_rows_failed", tickets=ids)
        if len(ids) > 1:
            for pk in ids:
                _build_what_can_be([pk])


def rebuild(told: Callable[[int], None] = lambda done: None) -> int:
    """Write all rows anew, while people work. Returns how many tickets there were."""
    vocabulary.forget()
    done = 0
    with many_at_once():
        for ids in _batches(_every_id("tickets_ticket"), BULK):
            with transaction.atomic():
                build(ids)
            done += len(ids)
            told(done)
        for ids in _batches(_every_id("people_contact"), BULK):
            build_contacts(ids)
    return done


@contextmanager
def many_at_once() -> Iterator[None]:
    """While very many rows are written: keep what goes into the indexes in heaps.

    A heap is sorted in at once, ten times as fast as row by row; searches read it through
    meanwhile. Where nothing is searched yet, the indexes are made afterwards, faster still; killed
    before that, it has to be begun again.
    """
    fresh = not TicketWords.objects.exists()
    before, after = (DROP, CREATE) if fresh else (HEAP, SORT_IN)
    try:
        with connection.cursor() as cursor:
            cursor.execute(before)
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(after)


def build(ticket_ids: Sequence[int]) -> None:
    """Write the words of these tickets and their customers. 5 statements, however many.

    One more for words that this process meets for the first time, and one where files are that
    nobody has read. For some hundreds at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute(READ, {"ids": list(ticket_ids), "most": BYTES})
        rows = [_Row(*row) for row in cursor.fetchall()]
    if not rows:
        return
    files.ask(digest for row in rows for digest in row.unread())
    texts = [row.texts() for row in rows]
    spoken = [each.words() for each in texts]
    forms = forms_of(set().union(*spoken))
    columns = [
        (row.pk, row.newest, vector(each, forms, notes=True), _public(each, forms))
        for row, each in zip(rows, texts, strict=True)
    ]
    people = {person[0]: person for row in rows for person in row.people}
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(column) for column in zip(*columns, strict=True)])
    _write_contacts(people.values())
    vocabulary.learn([row.pk for row in rows], spoken, forms)


def build_contacts(contact_ids: Sequence[int]) -> None:
    """Write what these customers are found by. 3 statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT contact.id, contact.name, organization.name,
                 ARRAY(SELECT value FROM people_identity identity
                       WHERE identity.contact_id = contact.id ORDER BY id)
               FROM people_contact contact LEFT JOIN people_organization organization
                 ON organization.id = contact.organization_id
               WHERE contact.id = ANY(%s) AND contact.merged_into_id IS NULL""",
            [list(contact_ids)],
        )
        rows = cursor.fetchall()
    _write_contacts(rows)


# -- one ticket --------------------------------------------------------------------------------
class _Row:
    """What `READ` finds of one ticket."""

    def __init__(self, *columns: Any):
        (
            self.pk, self.subject, self.team, self.assignee, self.category, self.tags, self.status,
            self.priority, self.channel, self.type, self.created_at,
        ) = columns[:11]  # fmt: skip
        self.custom = _rows(columns[11]) or {}  # the desk's own fields, by key
        self.messages, self.people, self.files = (_rows(column) for column in columns[12:])
        self.newest: int = self.messages[0][0] if self.messages else 0

    def texts(self) -> Texts:
        messages = [
            (kind == MessageKind.NOTE, text) for _pk, kind, _s, text, *_who in self.messages
        ]
        public, notes = fresh_lines(messages)
        inside, inside_notes = self._inside(public, notes)
        subjects = {self.subject: None} | {row[2]: None for row in self.messages[:20] if row[2]}
        return Texts(
            subject=words_in("\n".join(subjects)),
            people=[words_in(each) for each in self._people()],
            files=[words_in(each) for each in self._names()[:FILES]],
            messages=public,
            notes=[*own.texts_of(self.custom), *notes],
            inside=inside,
            inside_notes=inside_notes,
            marks=self._marks(),
        )

    def _names(self) -> list[str]:
        return list(dict.fromkeys(name for name, *_what in self.files))

    def unread(self) -> Iterator[str]:
        """Digests of files that may hold words and that nobody has asked to be read."""
        for name, content_type, digest, _kind, outcome, _text in self.files:
            if outcome is None and files.readable(name, content_type):
                yield digest

    def _inside(self, *messages: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
        """Words of the newest files, as far as the messages leave room: these come first."""
        left = MOST_WORDS - sum(len(text) for several in messages for text in several)
        public: list[list[str]] = []
        notes: list[list[str]] = []
        for _name, _type, _digest, kind, _outcome, text in reversed(self.files):
            if not text or left <= 0:
                continue
            words = words_in(text)[:left]
            left -= len(words)
            (notes if kind == MessageKind.NOTE else public).append(words)
        return public, notes

    def _people(self) -> Iterable[str]:
        """Names and addresses: the customer, who takes part, and who wrote."""
        found: dict[str, None] = {}
        for _pk, name, organization, addresses in self.people[:PEOPLE]:
            found |= dict.fromkeys([name or "", organization or "", *(addresses or ())])
        for _pk, kind, _subject, _text, author, sender in self.messages[:50]:
            if kind == MessageKind.INBOUND:
                found |= dict.fromkeys([author or "", sender or ""])
        return [text for text in found if text]

    def _marks(self) -> list[str]:
        created: datetime = self.created_at
        found = [
            marks.status(self.status),
            marks.priority(self.priority),
            marks.channel(self.channel),
            marks.kind(self.type),
            marks.team(self.team),
            marks.assignee(self.assignee),
            marks.category(self.category),
            marks.month(created.date()),
            *(marks.tag(tag) for tag in self.tags),
            *own.marks_of(self.custom),
            *marks.of_age(self.newest),
        ]
        return [*found, marks.has("file")] if self.files else found


def _public(texts: Texts, forms: dict[str, Forms]) -> str | None:
    return vector(texts, forms, notes=False) if texts.notes else None


def _rows(found: Any) -> Any:
    return (orjson.loads(found) if isinstance(found, str) else found) or []


# -- customers -----------------------------------------------------------------------
def _write_contacts(people: Iterable[Any]) -> None:
    """Those that are called otherwise than was written. 2 statements, 1 when none is."""
    texts = {pk: _contact_text(*called) for pk, *called in people}
    if not texts:
        return
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_CONTACTS, [list(texts)])
        known = dict(cursor.fetchall())
        rows = sorted((pk, text) for pk, text in texts.items() if known.get(pk) != text)
        if rows:
            pieces = [orjson.dumps(trigrams.inner(text)).decode() for _pk, text in rows]
            cursor.execute(WRITE_CONTACTS, [*map(list, zip(*rows, strict=True)), pieces])


def _contact_text(name: str | None, organization: str | None, values: list[str] | None) -> str:
    """All in one line; a phone number a second time without its blanks."""
    parts = [name or "", organization or ""]
    for value in values or ():
        digits = "".join(letter for letter in value if letter.isdecimal())
        parts += [value, digits] if "@" not in value and digits != value else [value]
    return fold(" ".join(" ".join(parts).split()))[:2000]


# -- all of them -------------------------------------------------------------------------------
def _every_id(table: str) -> Iterator[int]:
    """Ids from the newest down, in steps that hold no transaction open."""
    below: int | None = None
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {table} WHERE %s::bigint IS NULL OR id < %s "  # noqa: S608
                "ORDER BY id DESC LIMIT 10000",
                [below, below],
            )
            ids = [pk for (pk,) in cursor.fetchall()]
        if not ids:
            return
        yield from ids
        below = ids[-1]


def _batches(ids: Iterator[int], size: int) -> Iterator[list[int]]:
    while batch := list(islice(ids, size)):
        yield batch
