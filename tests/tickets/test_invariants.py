"""A desk that was only changed through its actions has no findings; each kind of damage has."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.factories import MONDAY_9AM, act, address, make_agent, make_inbox, make_ticket
from ventanilla.lib import clock, storage
from ventanilla.lib.invariants import violations
from ventanilla.mail.models import RawMail
from ventanilla.tickets.actions import note, reply, write_automatic
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Attachment

ANSWER = Content(text="Hola", to=[address("elena.vidal@correo.example")])


@pytest.fixture
def ticket(db, settings, tmp_path):
    """A ticket that came by mail, with an attachment, and a clock that runs."""
    settings.HOME, settings.STORAGE_URL = tmp_path, ""
    ticket = make_ticket()
    message = ticket.messages.get()
    RawMail.objects.create(
        inbox=make_inbox(), digest=storage.put(b"raw"), size=3, source="smtp",
        received_at=MONDAY_9AM, state="done", outcome="opened", ticket=ticket, message=message,
    )  # fmt: skip
    Attachment.objects.create(
        message=message, ticket=ticket, digest=storage.put(b"file"), filename="a.pdf",
        content_type="application/pdf", size=4, created_at=MONDAY_9AM,
    )  # fmt: skip
    return ticket


def found() -> list[str]:
    return [violation.invariant for violation in violations()]


def test_a_sound_desk_has_no_findings(ticket):  # R59
    marta = make_agent()
    make_ticket("Otra cosa")
    note(ticket, act(marta), content=Content(text="Lo miro."))
    reply(ticket, act(marta), content=ANSWER)
    write_automatic(ticket, act(), content=ANSWER, template="acknowledgement")

    assert found() == []


DAMAGES = {
    "the events of each ticket are numbered without a gap": (
        "ALTER TABLE events_event DISABLE TRIGGER USER;"
        "UPDATE events_event SET seq = seq + 10 WHERE id = (SELECT max(id) FROM events_event)",
        "each ticket's version counts its events",
    ),
    "each ticket's version counts its events": "UPDATE tickets_ticket SET version = version + 1",
    "what stands on a ticket's row equals a recount of its messages": (
        "UPDATE tickets_ticket SET message_count = 9"
    ),
    "each mail taken in has its message or its ticket": "UPDATE mail_rawmail SET message_id = NULL",
    "each message that waits to be sent has a mail on its way": (
        "UPDATE tickets_message SET delivery = 'queued'; DELETE FROM events_outbox"
    ),
    "a timer for each running clock": "DELETE FROM events_timer",
    "a ticket shows the clock that is due next": "UPDATE tickets_ticket SET due_at = NULL",
    "every row's file is there, and every file has a row": "DELETE FROM tickets_attachment",
}


@pytest.mark.parametrize("invariant", DAMAGES)
def test_each_kind_of_damage_is_found(ticket, invariant):  # R59
    damage = DAMAGES[invariant]
    statements, *also = damage if isinstance(damage, tuple) else (damage,)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statements)

    with clock.frozen(clock.now() + timedelta(days=2)):  # until then a file's row may still come
        assert sorted(found()) == sorted([invariant, *also])
