"""What the database knows about a mail's people and tickets, before anything is decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q

from ventanilla.events.acts import Act
from ventanilla.mail.loops import STORM, STORM_WINDOW
from ventanilla.mail.sender import domain
from ventanilla.mail.thread import Candidate
from ventanilla.people.models import Contact
from ventanilla.tickets.actions.merged import end_of
from ventanilla.tickets.actions.receive import takes_messages
from ventanilla.tickets.models import Message, Status, Ticket
from ventanilla.tickets.moving import Transfer

_PEOPLE = """
SELECT contact.*, wanted.value AS address, agent.user_id AS agent_id,
    CASE WHEN wanted.value = %(sender)s THEN (
        SELECT count(*) FROM (
            SELECT 1 FROM mail_rawmail WHERE sender = %(sender)s
            AND received_at > %(since)s AND received_at <= %(until)s LIMIT %(storm)s
        ) AS recent
    ) END AS recent,
    wanted.value = %(sender)s AND %(name)s <> '' AND EXISTS (
        SELECT 1 FROM people_agent JOIN people_user ON people_user.id = people_agent.user_id
        WHERE lower(people_user.name) = lower(%(name)s) AND people_user.email <> %(sender)s
    ) AS agents_name
FROM unnest(%(addresses)s::text[]) AS wanted(value)
LEFT JOIN people_identity AS identity ON identity.kind = 'email' AND identity.value = wanted.value
LEFT JOIN people_contact AS contact ON contact.id = identity.contact_id
LEFT JOIN people_user AS account ON account.email = wanted.value AND account.is_active
LEFT JOIN people_agent AS agent ON agent.user_id = account.id
"""


@dataclass(frozen=True, slots=True)
class People:
    """Who the sender and the other recipients are here. Keys are lower-case addresses."""

    contacts: Mapping[str, Contact]
    agents: frozenset[str]  # addresses that agents sign in with
    storm: bool = False  # the sender wrote more within the hour than anybody answers
    agents_name: bool = False  # the sender bears an agent's name


def people(sender: str, name: str, others: Collection[str], at: datetime) -> People:
    """Look up a sender and those addressed beside us. 1 statement, however many."""
    addresses = list(dict.fromkeys([sender, *others]))
    if not sender:
        addresses = addresses[1:]
    values = {
        "sender": sender, "name": name.strip()[:200], "addresses": addresses,
        "since": at - STORM_WINDOW, "until": at, "storm": STORM,
    }  # fmt: skip
    rows: list[Any] = list(Contact.objects.raw(_PEOPLE, values)) if addresses else []
    return People(
        contacts={row.address: row for row in rows if row.pk is not None},
        agents=frozenset(row.address for row in rows if row.agent_id is not None),
        storm=any((row.recent or 0) >= STORM for row in rows),
        agents_name=any(row.agents_name for row in rows),
    )


def moved(message_ids: Collection[int]) -> dict[int, int]:
    """The ticket that each message belongs to since it was moved. 1 statement, none without ids.

    A merge moves none: undone, they are where they came to.
    """
    wanted = [pk for pk in message_ids if pk]
    if not wanted:
        return {}
    gone = Transfer.objects.filter(target=OuterRef("origin_ticket"), undone_at=None)
    found = Message.objects.filter(Exists(gone), pk__in=wanted)
    return dict(found.values_list("pk", "origin_ticket_id"))


@dataclass(frozen=True, slots=True)
class Tickets:
    """Tickets that evidence leads to, by id and by number, with whoever takes part."""

    by_id: Mapping[int, Ticket]
    by_number: Mapping[int, Ticket]
    participants: Mapping[int, frozenset[int]]  # ticket id -> contact ids, the contact's too


def tickets(ids: Collection[int], numbers: Collection[int]) -> Tickets:
    """1 statement; none when nothing is asked for."""
    rows: list[Ticket] = []
    if ids or numbers:
        wanted = Ticket.objects.filter(Q(pk__in=ids) | Q(number__in=numbers))
        taking_part = ArrayAgg("participants__contact", filter=Q(participants__isnull=False))
        rows = list(wanted.select_related("organization").annotate(taking_part=taking_part))
    return Tickets(
        by_id={row.pk: row for row in rows},
        by_number={row.number: row for row in rows},
        participants={row.pk: _all_participants(row) for row in rows},
    )


def candidates(
    found: Tickets, contact: Contact | None, sender: str, act: Act
) -> dict[int, Candidate]:
    """The sender's part in each ticket. 2 statements for each that is closed.

    What was merged takes messages as long as the ticket where it goes on does.
    """
    ends = {ticket.pk: end_of(ticket) for ticket in found.by_id.values()}
    return {
        ticket.pk: Candidate(
            ticket.pk,
            takes_part=contact is not None and contact.pk in found.participants[ticket.pk],
            same_organization=_is_colleague(ticket, sender),
            resolved=ends[ticket.pk].status >= Status.RESOLVED,
            too_late=not takes_messages(ends[ticket.pk], act),
        )
        for ticket in found.by_id.values()
    }


def _all_participants(ticket: Ticket) -> frozenset[int]:
    others: list[int] = getattr(ticket, "taking_part", None) or []
    return frozenset([*others, *([ticket.contact_id] if ticket.contact_id else [])])


def _is_colleague(ticket: Ticket, sender: str) -> bool:
    if ticket.organization is None or not sender:
        return False
    return domain(sender) in {each.lower() for each in ticket.organization.domains}
