"""The tickets that a query finds: the newest hits ranked, then the older ones by date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat, Left
from django.utils.translation import gettext as _

from ventanilla.lib.arrays import Among
from ventanilla.lib.compiled import Compiled, Given, compiled
from ventanilla.lib.problems import Invalid
from ventanilla.people.rights import Viewer, any_viewer
from ventanilla.tickets import queries
from ventanilla.tickets.models import Message, MessageKind, Ticket
from ventanilla.tickets.paging import PAGE
from ventanilla.tickets.search import marks
from ventanilla.tickets.search.own import operators
from ventanilla.tickets.search.parse import Trouble, parse
from ventanilla.tickets.search.understand import Customer, Understood, understand
from ventanilla.tickets.search.words import WORD, plain

RANKED = 500  # newest hits that are put in order of how well they fit
COUNTED = 1_000  # more are "1,000+"
SHOWN, SHOWN_OF = 6, 800  # messages of a ticket that an excerpt is looked for in; letters of each
SHOWN_FILES, SHOWN_OF_FILE = 4, 60_000  # the same of files
WEIGHTS = "{0.15, 0.2, 0.6, 1.0}"  # text, files, people, subject
WITHOUT_FILES = "{a,b,d}"  # the weights of everything else

# Steps go from the newest tickets to ever larger piles of older ones, and the outer limit ends
# them: what it has, it has from the newest. Each step asks the index alone; a ticket's own row is
# looked at only for what the index has named (OFFSET keeps the planner from turning that round).
HITS = """
SELECT found.ticket_id, found.newest, found.vector
FROM unnest(%s::text[]) AS step(ages), LATERAL (
  SELECT words.ticket_id, words.newest, {vector} AS vector
  FROM search_ticketwords words
  WHERE {match}
    AND (words.newest, words.ticket_id) < (%s, %s)
    {allowed}
  ORDER BY words.newest DESC, words.ticket_id DESC
  LIMIT %s
) found
LIMIT %s
"""
INSIDE = ("words.inside", "words.inside @@ step.ages::tsquery")
PUBLIC = (
    "coalesce(words.public, words.inside)",
    """(words.public @@ step.ages::tsquery
        OR words.public IS NULL AND words.inside @@ step.ages::tsquery)""",
)
BEST = """
WITH hit AS MATERIALIZED ({hits}),
pile AS (SELECT * FROM hit ORDER BY newest DESC, ticket_id DESC LIMIT %s),
ranked AS (SELECT ticket_id, newest, {score} AS score FROM pile),
page AS (
  SELECT * FROM ranked WHERE (score, newest, ticket_id) < (%s, %s, %s)
  ORDER BY score DESC, newest DESC, ticket_id DESC LIMIT %s)
SELECT (SELECT count(*) FROM hit),
  (SELECT json_build_array(newest, ticket_id) FROM pile ORDER BY newest, ticket_id LIMIT 1),
  (SELECT json_agg(json_build_array(score, newest, ticket_id)
          ORDER BY score DESC, newest DESC, ticket_id DESC) FROM page)
"""
SCORE = "round(100 * ts_rank(%s::real[], vector, %s::tsquery, 1))::int"
# Files that have words, of tickets that are found by nothing else: names, and what stands in them.
INSIDE_FILES = """
CASE WHEN EXISTS (SELECT FROM search_ticketwords words WHERE words.ticket_id = tickets_ticket.id
                  AND NOT ts_filter(words.inside, '{without}') @@ %s::tsquery)
THEN ARRAY(SELECT file.filename || E'\n' || left(found.text, {most})
  FROM tickets_message message JOIN tickets_attachment file ON file.message_id = message.id
  LEFT JOIN search_filetext found ON found.digest = file.digest
  WHERE message.ticket_id = tickets_ticket.id AND NOT file.inline AND {public}
  ORDER BY file.id DESC LIMIT {files})
ELSE '{{}}' END
"""
COUNT = "SELECT count(*) FROM ({hits}) counted"
BEYOND = 2**62  # above every id and score


@dataclass(frozen=True, slots=True)
class Instead:
    """What may have been meant: how to ask for it, and how many tickets that finds."""

    text: str
    word: str
    count: int  # COUNTED + 1 stands for more than that


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found.

    tickets  as `queries.for_rows` gives them, each with `shown`: the beginnings of its newest
             messages, to look for an excerpt in, behind the digit of their kind; and `inside`:
             names of its newest files and, below each, what stands in it, where only files have
             the words
    after    asks for the next page; empty at the end
    count    how many there are; None behind the first page; COUNTED + 1: more than that
    """

    understood: Understood
    tickets: Sequence[Ticket] = ()
    after: str = ""
    count: int | None = None
    instead: Sequence[Instead] = ()

    def troubles(self) -> Sequence[Trouble]:
        """What could not be understood."""
        return self.understood.troubles

    def customers(self) -> Sequence[Customer]:
        """Whom the words name."""
        return self.understood.customers


def search(text: str, viewer: Viewer, today: date, *, after: str = "", notes: bool = True) -> Found:
    """What somebody finds by what they typed. 3 statements.

    today  the reader's day, for "yesterday" and the like
    after  a page's cursor. Raises Invalid for one that is none
    notes  whether internal notes are searched; without, their words find nothing
    """
    understood = understand(parse(text, today, operators()), viewer, today)
    cursor = _Cursor.read(after, understood.top)
    if understood.query.empty or understood.impossible:
        return Found(understood, count=0)
    ids, following, count = _page(understood, viewer, cursor, notes=notes)
    number = understood.query.number if not after else None
    if not ids and number is None:
        return Found(understood, count=0, instead=_instead(understood, text, viewer, notes=notes))
    tickets = _tickets(ids, number, viewer, understood.rank, notes=notes)
    return Found(understood, tickets, following, None if after else max(count, len(tickets)))


def one(number: int, viewer: Viewer, rank: str = "") -> Ticket | None:
    """A ticket as `search` gives it, if it may be seen. 1 statement.

    rank   of what was understood
    """
    return next(iter(_tickets([], number, viewer, rank, notes=True)), None)


def number_seen(number: int, viewer: Viewer) -> bool:
    """Whether there is such a ticket, to be seen by this agent. 1 statement."""
    return Ticket.objects.visible_to(viewer).filter(number=number).exists()


# -- one page ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Cursor:
    """Behind what a page begins: in the ranked pile, or below it by date."""

    top: int  # id of the newest message when the first page was read: later ones stay out
    ranked: tuple[int, int, int] | None = (BEYOND, BEYOND, BEYOND)  # score, newest, ticket
    below: tuple[int, int] = (BEYOND, BEYOND)  # newest, ticket

    @classmethod
    def read(cls, text: str, top: int) -> _Cursor:
        if not text:
            return cls(top)
        parts = text.split("~")
        if not all(part.isdecimal() and len(part) < 19 for part in parts):
            raise _bad_cursor()
        numbers = [int(part) for part in parts]
        if len(numbers) == 4:
            return cls(numbers[0], (numbers[1], numbers[2], numbers[3]))
        if len(numbers) == 2:
            return cls(numbers[0], None, (numbers[0], numbers[1]))
        raise _bad_cursor()


def _bad_cursor() -> Invalid:
    return Invalid(_("This part of the list can't be found any more. Open the list again."))


def _page(
    understood: Understood, viewer: Viewer, cursor: _Cursor, *, notes: bool
) -> tuple[list[int], str, int]:
    """Ids of a page's tickets, the next page's cursor, how many were found. 1 statement."""
    begin, below, pile, most = (BEYOND, BEYOND, BEYOND), cursor.below, PAGE + 1, PAGE + 1
    score, weights = "0", []
    if cursor.ranked is not None:
        begin, below, pile, most = cursor.ranked, (cursor.top, BEYOND), RANKED, COUNTED + 1
        if understood.rank:
            score, weights = SCORE, [WEIGHTS, understood.rank]
    hits, values = _hits(understood, viewer, below, cursor.top, most, notes=notes)
    sql = BEST.format(hits=hits, score=score)
    with connection.cursor() as asking:
        asking.execute(sql, [*values, pile, *weights, *begin, PAGE + 1])
        count, oldest, rows = asking.fetchone()
    page, oldest = _rows(rows), _rows(oldest)
    ids = [pk for _score, _newest, pk in page[:PAGE]]
    return ids, _following(cursor, page, oldest, more=count > pile), count


def _following(cursor: _Cursor, page: list[list[int]], oldest: list[int], *, more: bool) -> str:
    """Where the next page begins: further down in the ranked pile, then below it."""
    if len(page) > PAGE:
        score, newest, pk = page[PAGE - 1]
        if cursor.ranked is None:
            return f"{newest}~{pk}"
        return f"{cursor.top}~{score}~{newest}~{pk}"
    return f"{oldest[0]}~{oldest[1]}" if more and oldest and cursor.ranked else ""


def _hits(
    understood: Understood,
    viewer: Viewer,
    below: tuple[int, int],
    top: int,
    most: int,
    *,
    notes: bool,
) -> tuple[str, list[Any]]:
    """The newest tickets that match, as SQL with its values."""
    vector, match = INSIDE if notes else PUBLIC
    allowed, values = _allowed(understood.condition, viewer)
    asked = f"{understood.match} & " if understood.match else ""
    steps = [asked + marks.any_of(step) for step in marks.ages(top)]
    sql = HITS.format(vector=vector, match=match, allowed=allowed)
    return sql, [steps, *below, *values, most, most]


def _allowed(condition: Q, viewer: Viewer) -> tuple[str, list[Any]]:
    """What the ticket's own row must say: that it may be seen, and what operators ask.

    What is spam or in the trash has no words: nothing need be asked for that.
    """
    tickets = Ticket.objects.visible_to(viewer, anywhere=True).filter(condition)
    if not tickets.query.where:
        return "", []
    this = tickets.filter(pk=RawSQL("words.ticket_id", [])).order_by().values("pk")
    sql, values = this.query.sql_with_params()
    return f"AND EXISTS ({sql} OFFSET 0)", list(values)


def _tickets(
    ids: Sequence[int], number: int | None, viewer: Viewer, rank: str, *, notes: bool
) -> list[Ticket]:
    """The rows in the order of their ids; a ticket of that number comes first. 1 statement."""
    asked = _named(viewer.sight, numbered=number is not None, notes=notes, words=bool(rank))
    rows = asked.all(ids=list(ids), number=number, rank=rank, **viewer.given)
    place = {pk: at for at, pk in enumerate(ids)}
    return sorted(rows, key=lambda one: (one.number != number, place.get(one.pk, 0)))


@cache
def _named(sight: str, *, numbered: bool, notes: bool, words: bool) -> Compiled[Ticket]:
    anyone = any_viewer(sight)

    @compiled
    def asked() -> QuerySet[Ticket]:
        wanted = Q(Among("pk", Given("ids")))
        if numbered:
            wanted |= Q(number=Given("number"))
        rows = queries.for_rows(Ticket.objects.visible_to(anyone).filter(wanted), anyone)
        return rows.annotate(
            shown=ArraySubquery(_shown(notes=notes)),
            inside=_inside_files(notes=notes) if words else Value([], TEXTS),
        )

    return asked


TEXTS = ArrayField(TextField())


def _inside_files(*, notes: bool) -> RawSQL:
    sql = INSIDE_FILES.format(
        without=WITHOUT_FILES,
        most=SHOWN_OF_FILE,
        files=SHOWN_FILES,
        public="true" if notes else f"message.kind <> {int(MessageKind.NOTE)}",
    )
    return RawSQL(sql, [Given("rank")], TEXTS)  # noqa: S611 (ours, with one value)


def _shown(*, notes: bool) -> QuerySet[Any, Any]:
    """As plain text: to read 400 small JSON objects took a third of a search's time."""
    messages = Message.objects.filter(ticket=OuterRef("pk")).order_by("-pk")
    if not notes:
        messages = messages.exclude(kind=MessageKind.NOTE)
    text = Concat(Cast("kind", TextField()), Left(F("reply"), SHOWN_OF), output_field=TextField())
    return messages.values(one=text)[:SHOWN]


# -- did you mean ------------------------------------------------------------------------------
def _instead(understood: Understood, text: str, viewer: Viewer, *, notes: bool) -> list[Instead]:
    """Other spellings that find something, the one that finds most first. 1 statement, or none."""
    if not understood.corrections:
        return []
    asked, values = [], []
    for one in understood.corrections:
        again = replace(understood, match=one.match)
        below = (BEYOND, BEYOND)
        hits, of_it = _hits(again, viewer, below, understood.top, COUNTED + 1, notes=notes)
        asked.append(f"({COUNT.format(hits=hits)})")
        values += of_it
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}", values)
        counts = cursor.fetchone()
    found = [
        Instead(_corrected(text, one.words), " ".join(one.words.values()), count)
        for one, count in zip(understood.corrections, counts, strict=True)
        if count
    ]
    return sorted(found, key=lambda one: -one.count)


def _corrected(text: str, words: dict[str, str]) -> str:
    """The query as typed, with other words in place of some."""
    return WORD.sub(lambda found: words.get(plain(found[0]), found[0]), text)


def _rows(found: Any) -> list[Any]:
    return (orjson.loads(found) if isinstance(found, str) else found) or []
