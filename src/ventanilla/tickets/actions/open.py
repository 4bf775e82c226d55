from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TicketOpened
from ventanilla.events.log import record
from ventanilla.lib.rows import insert
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Agent, Contact, Team
from ventanilla.people.rights import require
from ventanilla.tickets.actions.custom import as_codes, as_texts, check_filled, check_new
from ventanilla.tickets.actions.messages import new_message, queued, save_message, summary
from ventanilla.tickets.content import Content
from ventanilla.tickets.masking import arriving, masked
from ventanilla.tickets.models import (
    Category,
    Inbox,
    Message,
    MessageKind,
    Priority,
    Status,
    Ticket,
    Type,
)

NEXT_NUMBERS = """
SELECT nextval('ticket_number'), nextval(pg_get_serial_sequence('tickets_ticket', 'id')),
    nextval(pg_get_serial_sequence('tickets_message', 'id'))
"""


@transactional
def open_ticket(
    act: Act,
    *,
    subject: str,
    channel: str,
    team: Team,
    content: Content | None,
    inbox: Inbox | None = None,
    contact: Contact | None = None,
    outgoing: bool = False,
    verified: bool = True,
    quiet: bool = False,
    language: str = "",
    priority: Priority = Priority.NORMAL,
    type: Type = Type.QUESTION,
    category: Category | None = None,
    assignee: Agent | None = None,
    status: Status | None = None,
    custom: Mapping[str, Any] | None = None,
) -> Ticket:
    """Open a ticket, usually with its first message.

    The ticket's row is written last (what refers to it is checked at the commit), so that what
    its opening sets in motion, such as a clock, stands in it without a second write.

    contact   None only when nobody can be told (unreadable mail)
    outgoing  an agent writes first: the message is a public reply and is sent
    quiet     no reactions: neither rules nor routing nor acknowledgement
    status    default: new, or pending when an agent writes first
    custom    values of the desk's own fields, by key, where somebody could be asked for them;
              None: nobody could, as by mail, and the ticket shows what is missing
    Raises NotAllowed, FieldsRefused (also where it is to be resolved at once).
    """
    require(act, "ticket.create")
    if content is not None and act.actor.kind == "contact":
        subject, content = masked(subject), arriving(content)
    first = status if status is not None else Status.PENDING if outgoing else Status.NEW
    number, ticket_id, message_id = _next_numbers()
    ticket = Ticket(
        pk=ticket_id,
        number=number,
        subject=" ".join(subject.split())[:400],
        status=first,
        priority=priority,
        type=type,
        channel=channel,
        inbox=inbox,
        team=team,
        assignee=assignee,
        contact=contact,
        organization_id=contact.organization_id if contact else None,
        category=category,
        language=language or (contact.language if contact else "") or team_language(inbox),
        created_at=act.when,
        updated_at=act.when,
        resolved_at=act.when if first >= Status.RESOLVED else None,
        pinned=_pinned(act, priority, category, assignee),
        version=1,
    )
    if custom is not None:
        ticket.custom = check_new(ticket, act, custom)
    if first >= Status.RESOLVED:
        check_filled(ticket, act, first)
    message = None
    if content is not None:
        message = new_message(
            ticket,
            act,
            content,
            pk=message_id,
            kind=MessageKind.REPLY if outgoing else MessageKind.INBOUND,
            channel=channel,
            contact=None if outgoing else contact,
            verified=verified,
            delivery=queued(channel) if outgoing else "",
        )
        _show(ticket, message, waits=not outgoing and not content.auto)
        save_message(message, act, content)
    record(
        ticket,
        act,
        TicketOpened(
            number=ticket.number,
            inbox=inbox.pk if inbox else None,
            channel=channel,
            contact=contact.pk if contact else None,
            team=team.pk,
            status=int(first),
            priority=int(priority),
            message=message.pk if message else None,
            quiet=quiet,
            fields=as_codes(ticket.custom),
        ),
        texts=as_texts(ticket.custom),
    )
    insert(ticket)
    return ticket


def team_language(inbox: Inbox | None) -> str:
    return inbox.language if inbox else "es"


def _next_numbers() -> tuple[int, int, int]:
    """The ticket's number and id, and the id of its first message. 1 statement."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBERS)
        number, ticket_id, message_id = cursor.fetchone()
    return number, ticket_id, message_id


def _pinned(
    act: Act, priority: Priority, category: Category | None, assignee: Agent | None
) -> list[str]:
    if act.actor.kind != "agent":
        return []
    by_hand = {
        "priority": priority != Priority.NORMAL,
        "category": category is not None,
        "assignee": assignee is not None,
    }
    return [field for field, chosen in by_hand.items() if chosen]


def _show(ticket: Ticket, message: Message, *, waits: bool) -> None:
    """Let the new row show its first message, and since when the customer waits for an answer."""
    for name, value in summary(ticket, message).items():
        setattr(ticket, name, value)
    ticket.waiting_since = message.occurred_at if waits else None
