"""The demo desk made ready to be measured: agents with room, and some thousand tickets."""

from __future__ import annotations

from datetime import timedelta

import psycopg

from bench.mails import SERVER, generate
from ventanilla.events.acts import Act
from ventanilla.lib import clock
from ventanilla.mail.models import MailAccount
from ventanilla.mail.parse import parse
from ventanilla.people.models import Agent
from ventanilla.tickets.actions import receive, reply
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Inbox, Status, Ticket

# What a copy of a row has for itself.
OWN = {
    "tickets_ticket": ("id", "number"),
    "tickets_message": ("id", "ticket_id"),
    "events_event": ("id", "ticket_id", "seq"),
}


def inbox() -> Inbox:
    """The demo's mail inbox; the word of the mails' server about their senders counts there."""
    found = Inbox.objects.exclude(address="").earliest("pk")
    MailAccount.objects.update_or_create(inbox=found, defaults={"trusted_authserv": SERVER})
    return found


def make_room() -> None:
    """Let the agents have time for all that is to come, so that everything is assigned."""
    Agent.objects.filter(capacity__gt=0).update(capacity=30_000)


def multiply(connection: psycopg.Connection, times: int) -> int:
    """Copy each ticket of the demo with its messages. Returns how many tickets there are then."""
    ticket, message = (columns(connection, f"tickets_{name}") for name in ("ticket", "message"))
    copied = COPY.format(
        ticket=", ".join(ticket),
        message=", ".join(message),
        values=", ".join("made.id" if n == '"origin_ticket_id"' else f"m.{n}" for n in message),
    )
    with connection.transaction():
        for _round in range(times):
            connection.execute(copied)
        connection.execute(LAST)
    connection.execute("ANALYZE")
    return Ticket.objects.count()


# The first 300 tickets are the demo's; a copy keeps everything but its number.
COPY = """
WITH made AS (
    INSERT INTO tickets_ticket (number, {ticket})
    SELECT nextval('ticket_number'), {ticket} FROM tickets_ticket WHERE id <= 300 ORDER BY id
    RETURNING id, last_message_id
)
INSERT INTO tickets_message (ticket_id, {message})
SELECT made.id, {values} FROM made
JOIN tickets_message AS old ON old.id = made.last_message_id
JOIN tickets_message AS m ON m.ticket_id = old.ticket_id
ORDER BY m.id
"""
LAST = """
UPDATE tickets_ticket AS ticket SET last_message_id = newest.id
FROM (SELECT ticket_id, max(id) AS id FROM tickets_message GROUP BY ticket_id) AS newest
WHERE newest.ticket_id = ticket.id AND ticket.last_message_id <> newest.id
"""


def columns(connection: psycopg.Connection, table: str) -> list[str]:
    """The columns that a copy shares with its original."""
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return [f'"{name}"' for (name,) in rows if name not in OWN[table]]


def long_ticket(messages: int) -> Ticket:
    """A live ticket with as many messages, by turns from customer and agent, mails as they come."""
    ticket = Ticket.objects.filter(status__lt=Status.RESOLVED, assignee__isnull=False).latest("pk")
    room = messages - ticket.messages.count()
    written = generate(room, to="hola@casaolmo.example", seed=30)
    for number, sample in enumerate(written):
        at = clock.now() - timedelta(minutes=messages - number)
        _write(ticket, sample.raw, Act.of_contact(ticket.contact_id, at, "mail"), number)
    return ticket


def _write(ticket: Ticket, raw: bytes, act: Act, number: int) -> None:
    mail = parse(raw)
    if number % 2:
        answer = Act.of_agent(ticket.assignee_id or 0, act.when)
        to = [{"name": "", "addr": mail.from_[0].addr}]
        reply(ticket, answer, content=Content(html=f"<p>{mail.reply.text[:2000]}</p>", to=to))
        return
    content = Content(
        text=mail.text, html=mail.html or "", reply=mail.reply.text, subject=mail.subject,
        sender=mail.from_[0].addr, author_name=mail.from_[0].name,
    )  # fmt: skip
    receive(ticket, act, content=content, channel="email", contact=ticket.contact)
