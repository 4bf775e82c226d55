"""Pages and what agents do on them, one after the other, against bare SQL and JSON."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import orjson
from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext

from bench import desk
from bench.client import PARTIAL, Client
from bench.installation import Installation
from bench.measure import Cost, cost
from bench.table import Row
from ventanilla.people.models import Contact, DeskSettings, Team
from ventanilla.tickets.models import Inbox, Ticket
from ventanilla.tickets.search.models import TicketWords

WARM = 10  # pages before it counts
MORE = re.compile(r'"(/inbox/[^"]*after=[^"]*)"')
# Statements without work: transactions.
NO_WORK = re.compile(r"(?:SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK|BEGIN|COMMIT)\b")


def measure(at: Installation, client: Client, inbox: Inbox, *, count: int, bulk: int) -> list[Row]:
    """bulk   how often the demo's tickets are copied first; 0: the desk is as large as it should"""
    with at.connect() as database:
        tickets = desk.multiply(database, bulk) if bulk else Ticket.objects.count()
    ticket = desk.long_ticket(30)
    DeskSettings.objects.update(undo_seconds=0)  # the reply itself, not the command that waits
    at.wait_for(at.is_quiet)
    at.pause("worker")  # so that the database's CPU is the page's alone
    try:
        return [
            _read(at, client, f"List of 50 of {tickets:,} tickets", "/inbox/all/", count),
            _bare(at, "Bare SQL and JSON: the same list", LIST, [], count),
            _list_after_list(at, client, count),
            _read(at, client, "Ticket with 30 messages", f"/tickets/{ticket.number}/", count),
            _bare(at, "Bare SQL and JSON: the same ticket", TICKET, [ticket.pk] * 2, count),
            _ticket_after_ticket(at, client, count),
            _write(at, client, "Create a ticket", "/tickets/new/", _new(), {}, count),
            _write(at, client, "Reply", *_answer(ticket), PARTIAL, count),
            *_bare_writes(at, ticket, count),
            *_searches(at, client, count),
        ]
    finally:
        at.resume("worker")


# -- pages -----------------------------------------------------------------------------------------
def _read(at: Installation, client: Client, what: str, path: str, count: int) -> Row:
    size = len(client.get(path))
    statements = _statements(client, lambda inside: inside.get(path))
    times, spent = _times(at, lambda _n: client.get(path), count)
    told = f"{size / 1000:.0f} KB of HTML; {spent.ms('web', count) + _db(spent, count):.1f} ms CPU"
    return Row(what, count, times, spent, statements=statements, told=told)


def _list_after_list(at: Installation, client: Client, count: int) -> Row:
    """Down the view page by page, so rows that no page before has shown."""
    first = path = "/inbox/all/"

    def go_on(_number: int) -> None:
        nonlocal path
        more = MORE.search(client.get(path))
        path = unescape(more[1]) if more else first

    times, spent = _times(at, go_on, count)
    told = f"{spent.ms('web', count) + _db(spent, count):.1f} ms CPU"
    return Row("List: a further page each time", count, times, spent, told=told)


def _ticket_after_ticket(at: Installation, client: Client, count: int) -> Row:
    """The longest conversations, each opened once."""
    longest = Ticket.objects.order_by("-message_count", "-pk")[: WARM + count]
    numbers = list(longest.values_list("number", "message_count"))

    def go_on(number: int) -> None:
        client.get(f"/tickets/{numbers[number % len(numbers)][0]}/")

    times, spent = _times(at, go_on, count)
    size = sum(messages for _number, messages in numbers) / len(numbers)
    told = f"{size:.0f} messages; {spent.ms('web', count) + _db(spent, count):.1f} ms CPU"
    return Row("Ticket: another each time", count, times, spent, told=told)


def _searches(at: Installation, client: Client, count: int) -> list[Row]:
    """A word of one ticket, one of a page of them, one that very many hold; none if unbuilt."""
    if not TicketWords.objects.exists():
        return []
    name = Contact.objects.order_by("-pk").values_list("name", flat=True)[7].split()[-1]
    ordered = Ticket.objects.filter(subject__regex=r"\d{7}").order_by("-pk")[7].subject
    rare = re.findall(r"\d{7}", ordered)[0]
    return [
        _read(at, client, "Search: the number of an order", f"/search/?q={rare}", count),
        _read(at, client, "Search: a customer's name", f"/search/?q={quote(name)}", count),
        _read(at, client, "Search: a common word", "/search/?q=factura", count),
        _bare(at, "Bare SQL and JSON: the newest of a common word", SEARCH, ["factura"], count),
    ]


def _write(
    at: Installation, client: Client, what: str, path: str, fields: dict, headers: dict, count: int
) -> Row:
    def post(number: int) -> None:
        client.post(
            path, {key: str(value).format(number) for key, value in fields.items()}, **headers
        )

    inside_headers = {f"HTTP_{name.replace('-', '_').upper()}": v for name, v in headers.items()}
    statements = _statements(client, lambda inside: inside.post(path, fields, **inside_headers))
    times, spent = _times(at, post, count)
    told = f"{spent.ms('web', count) + _db(spent, count):.1f} ms CPU"
    return Row(what, count, times, spent, statements=statements, told=told)


def _new() -> dict[str, object]:
    """What an agent types for somebody who has called; the number differs each time."""
    return {
        "customer": "Elena Vidal <elena.{}@correo.example>",
        "subject": "Llamada {}",
        "body": "Pregunta por su pedido {}. " + "Quiere saber cuándo llega. " * 20,
        "channel": "phone",
        "team": Team.objects.earliest("pk").pk,
        "priority": 1,
    }


def _answer(ticket: Ticket) -> tuple[str, dict[str, object]]:
    fields = {
        "kind": "reply",
        "html": "<p>Hola, {}</p>" + "<p>Lo hemos mirado y sale mañana del almacén.</p>" * 10,
        "to": "Elena Vidal <elena@correo.example>",
        "status": 2,
    }
    return f"/tickets/{ticket.number}/messages", fields


def _statements(client: Client, ask: Callable[[InProcess], object]) -> int:
    """How many statements one request takes, as this process does it too; sessions count."""
    inside = InProcess()
    inside.cookies.load(client.cookies)
    ask(inside)
    with CaptureQueriesContext(connection) as seen:
        ask(inside)
    return sum(not NO_WORK.match(each["sql"]) for each in seen.captured_queries)


# -- bare ------------------------------------------------------------------------------------------
LIST = """
SELECT ticket.id, ticket.number, ticket.subject, ticket.status, ticket.priority, ticket.channel,
    ticket.language, ticket.snippet, ticket.last_message_at, ticket.due_at, ticket.due_warn_at,
    ticket.clock_paused, contact.name AS contact, team.name AS team, assignee.name AS assignee
FROM tickets_ticket AS ticket JOIN people_team AS team ON team.id = ticket.team_id
LEFT JOIN people_contact AS contact ON contact.id = ticket.contact_id
LEFT JOIN people_user AS assignee ON assignee.id = ticket.assignee_id
WHERE ticket.status < 4 ORDER BY ticket.due_at NULLS LAST, ticket.id DESC LIMIT 50
"""
TICKET = """
SELECT to_jsonb(ticket), (
    SELECT jsonb_agg(to_jsonb(message) ORDER BY message.id) FROM tickets_message AS message
    WHERE message.ticket_id = %s
) FROM tickets_ticket AS ticket WHERE ticket.id = %s
"""


SEARCH = f"""
SELECT page.*, (
    SELECT left(message.text, 800) FROM tickets_message AS message
    JOIN tickets_ticket AS of ON of.last_message_id = message.id WHERE of.id = page.id
) FROM ({
    LIST.replace("ORDER BY ticket.due_at NULLS LAST, ticket.id DESC", "").replace(
        "WHERE ticket.status < 4",
        "JOIN search_ticketwords AS words ON words.ticket_id = ticket.id"
        " WHERE words.inside @@ to_tsquery('spanish', %s) ORDER BY words.newest DESC",
    )
}) AS page
"""
CREATE = """
    INSERT INTO tickets_ticket (number, {ticket}) SELECT nextval('ticket_number'), {ticket}
    FROM tickets_ticket WHERE id = %(like)s RETURNING id, 1 AS seq"""
REPLY = """
    UPDATE tickets_ticket SET version = version + 1, status = 2, updated_at = now(),
    message_count = message_count + 1 WHERE id = %(like)s RETURNING id, version AS seq"""
WRITTEN = (
    """INSERT INTO tickets_message (ticket_id, {message}) SELECT %(id)s, {message}
    FROM tickets_message WHERE id = %(message)s RETURNING id""",
    """INSERT INTO events_event (ticket_id, seq, {event}) SELECT %(id)s, %(seq)s, {event}
    FROM events_event WHERE ticket_id = %(like)s ORDER BY seq LIMIT 1 RETURNING id""",
)


def _bare_writes(at: Installation, ticket: Ticket, count: int) -> list[Row]:
    """A ticket or an answer to one, with its message and its event, committed; rows are copies."""
    with at.connect() as database:
        columns = {
            table.partition("_")[2]: ", ".join(desk.columns(database, table)) for table in desk.OWN
        }
        given = {"like": ticket.pk, "message": ticket.messages.latest("pk").pk}

        def written(first: str) -> Callable[[int], object]:
            statements = [one.format(**columns) for one in (first, *WRITTEN)]

            def write(_number: int) -> None:
                with database.transaction():
                    pk, seq = database.execute(statements[0], given).fetchone() or (0, 0)
                    values = given | {"id": pk, "seq": seq}
                    rows = [database.execute(one, values).fetchone() for one in statements[1:]]
                orjson.dumps([pk, seq, rows])

            return write

        return [
            _bare_row(at, "Bare SQL and JSON: create the same", written(CREATE), count, 3),
            _bare_row(at, "Bare SQL and JSON: the same reply", written(REPLY), count, 3),
        ]


def _bare_row(
    at: Installation, what: str, work: Callable[[int], object], count: int, statements: int
) -> Row:
    times, spent = _times(at, work, count)
    told = f"{spent.ms('bench', count) + _db(spent, count):.1f} ms CPU"
    return Row(what, count, times, spent, ("database", "bench"), statements=statements, told=told)


def _bare(at: Installation, what: str, statement: str, values: list[object], count: int) -> Row:
    with at.connect() as database:
        size = 0

        def ask(_number: int) -> None:
            nonlocal size
            size = len(orjson.dumps(database.execute(statement, values).fetchall()))

        times, spent = _times(at, ask, count)
    total = spent.ms("bench", count) + _db(spent, count)
    told = f"{size / 1000:.0f} KB of JSON; {total:.1f} ms CPU"
    return Row(what, count, times, spent, ("database", "bench"), statements=1, told=told)


# -- times -----------------------------------------------------------------------------------------
def _times(
    at: Installation, work: Callable[[int], object], count: int
) -> tuple[tuple[float, ...], Cost]:
    """Milliseconds of each of `count` times, one after the other, and what all of them took."""
    for number in range(WARM):
        work(number)
    times = []
    with cost(at.parts) as spent:
        for number in range(WARM, WARM + count):
            began = time.perf_counter()
            work(number)
            times.append(1000 * (time.perf_counter() - began))
    return tuple(times), spent


def _db(spent: Cost, count: int) -> float:
    return spent.ms("database", count)
