"""Redaction (R44): what is blacked out is nowhere any more, in no table and no file."""

import pytest
from django.db import connection

from tests.factories import MONDAY_9AM, act, address, make_agent, make_contact, make_ticket
from tests.mail.intake.mails import take, write
from ventanilla.events.acts import Act
from ventanilla.events.models import Event, EventText
from ventanilla.lib import storage
from ventanilla.lib.blacken import BLACK
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.mail.models import OutgoingMail, RawMail
from ventanilla.people.models import DeskSettings
from ventanilla.tickets.actions import (
    hold,
    mark_sent,
    merge,
    note,
    personal,
    receive,
    redact,
    redact_file,
    rename,
    reply,
)
from ventanilla.tickets.actions.redact import StillLeaving
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import Attachment, Message, Ticket
from ventanilla.tickets.search.build import build
from ventanilla.tickets.search.models import FileText

pytestmark = pytest.mark.django_db
CARD, DIGITS = "4111 1111 1111 1111", "4111111111111111"
TO = [address("elena.vidal@correo.example")]


def everywhere(*needles):
    """The tables and files in which one of these stands."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" AS t')
            rows = " ".join(row for (row,) in cursor)
            found += [table for one in needles if one in rows]
    for digest in storage.digests():
        data = storage.read(digest)
        found += [digest for one in needles if one.encode() in data]
    return found


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_the_digits_are_nowhere_any_more(committed, react):
    lead = make_agent(role="administrator")
    row = take(write(f"Mi tarjeta es {CARD}, gracias.", subject=f"Cobro {CARD}"))
    ticket, other = row.ticket, make_ticket("Otra")
    paper = storage.put(f"Extracto {DIGITS}".encode())
    html = f"<p>Su tarjeta <b>4111</b>&nbsp;1111 1111 1111</p><!-- {DIGITS} -->"
    sent = reply(ticket, act(lead), content=Content(html=html, to=TO))
    react()
    mark_sent(sent, act(), attempts=1)
    OutgoingMail.objects.update(state="sent")
    note(ticket, act(lead), content=Content(text=f"Ojo: {DIGITS}"))
    rename(ticket, act(lead), to=f"Tarjeta {DIGITS}")
    merge(other, act(lead), into=ticket)
    files = [File(paper, f"{DIGITS}.txt", "text/plain", 30)]
    receive(ticket, Act.of_contact(ticket.contact_id, MONDAY_9AM), channel="email",
            content=Content(text=f"> {CARD[:9]}\n> {CARD[10:]}\n", files=files),
            contact=ticket.contact)  # fmt: skip
    FileText.objects.create(
        digest=paper, text=f"Extracto {DIGITS}", outcome="read", asked_at=MONDAY_9AM
    )
    personal.save_draft(lead.pk, ticket, "reply", html=html, fields={"subject": CARD}, composing=1,
                        now=MONDAY_9AM)  # fmt: skip
    hold(ticket, act(lead), content=Content(html=html, text=CARD, to=TO), until=MONDAY_9AM,
         fields={"to": TO})  # fmt: skip
    build([ticket.pk])
    assert len(everywhere(CARD, DIGITS)) > 8

    with committed():
        redact(ticket, act(lead), words=CARD, why=f"La tarjeta {DIGITS} del cliente")

    assert everywhere(CARD, DIGITS, "4111</b>", "1111 1111") == []
    ticket.refresh_from_db()
    assert ticket.subject == f"Tarjeta {BLACK}"
    assert ticket.messages.first().text.strip() == f"Mi tarjeta es {BLACK}, gracias."
    event = Event.objects.get(kind="message.redacted")
    assert (event.actor_id, event.data["files"]) == (lead.pk, 1)
    assert EventText.objects.get(event=event).text == f"La tarjeta {BLACK} del cliente"
    row.refresh_from_db()
    assert (row.destroyed, storage.exists(row.digest)) == (True, False)


def test_a_file_is_blacked_out_in_this_ticket_alone(committed):
    lead, secret = make_agent(role="administrator"), storage.put(b"a secret picture")
    ticket, other = make_ticket(), make_ticket("Otra")
    for each in (ticket, other):
        file = File(secret, "dni.png", "image/png", 16)
        receive(each, Act.of_contact(make_contact().pk, MONDAY_9AM), channel="email",
                content=Content(text="Mi DNI", files=[file]), contact=make_contact())  # fmt: skip
    file = Attachment.objects.get(message__ticket=ticket)

    with committed():
        redact_file(ticket, act(lead), file=file, why="Un documento de identidad")

    file.refresh_from_db()
    assert (file.digest == secret, file.content_type) == (False, "text/plain")
    assert Attachment.objects.get(message__ticket=other).digest == secret
    assert storage.exists(secret)


def test_it_needs_the_right_the_words_and_a_reason():
    marta, lead, ticket = make_agent(), make_agent("Ada", role="administrator"), make_ticket()
    for who, words, why, refusal in (
        (marta, "389,00", "x", NotAllowed),
        (lead, "no está", "x", Invalid),
        (lead, "!!", "x", Invalid),
        (lead, "389,00", " ", Invalid),
    ):
        with pytest.raises(refusal):
            redact(ticket, act(who), words=words, why=why)
    message = reply(ticket, act(lead), content=Content(text="Son 389,00 €", to=TO))
    assert message.delivery == "queued"
    with pytest.raises(StillLeaving):
        redact(ticket, act(lead), words="389,00", why="x")
    assert "389,00" in Message.objects.get(pk=message.pk).text


@pytest.mark.parametrize("masks", [True, False])
def test_numbers_are_masked_as_they_arrive_where_the_desk_wants_it(masks, committed):
    DeskSettings.objects.update(mask_numbers=masks)

    with committed():
        row = take(write(f"Tarjeta {CARD}, IBAN ES91 2100 0418 4502 0005 1332", subject=CARD))

    assert (everywhere(CARD, "0418 4502") == []) is masks
    ticket = Ticket.objects.get()
    assert (ticket.subject == "•••• 1111") is masks
    assert (ticket.messages.get().raw_digest == "") is masks
    assert RawMail.objects.get(pk=row.pk).destroyed is masks
