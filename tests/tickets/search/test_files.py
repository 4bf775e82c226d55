"""Words inside of attachments: found soon after the message, and what can't be read is recorded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import MONDAY_9AM, make_agent, make_team, make_ticket
from tests.lib.test_documents import LOCKED, a_docx, a_pdf
from ventanilla.events.acts import Act
from ventanilla.lib import clock, storage
from ventanilla.people.models import Organization
from ventanilla.people.rights import viewer
from ventanilla.tickets.actions import note, receive
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import Attachment
from ventanilla.tickets.search import build, files, find
from ventanilla.tickets.search.models import FileText

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


@pytest.fixture
def ada(db):
    make_team("Facturación", routing="manual")
    return make_agent("Ada Sanz", role="administrator")


def send(ticket, data, name, content_type="application/octet-stream", text="Va adjunto."):
    file = File(storage.put(data), name, content_type, len(data))
    receive(
        ticket,
        Act.of_contact(ticket.contact_id, MONDAY_9AM + timedelta(minutes=5)),
        content=Content(text=text, files=[file]),
        channel="email",
        contact=ticket.contact,
    )
    return file.digest


def write_words(react):
    react()
    while build.catch_up():
        pass


def subjects(words, who, **options):
    return [one.subject for one in find.search(words, viewer(who.pk), MONDAY, **options).tickets]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (a_pdf("La cláusula séptima"), "contrato.pdf"),
        (a_docx("La cláusula", "séptima"), "contrato.docx"),
        ("La cláusula séptima".encode(), "contrato.txt"),
    ],
)
def test_a_word_in_a_file_is_found_after_the_words_of_its_message(ada, react, data, name):
    send(make_ticket("Contrato"), data, name)
    make_ticket("Otra cosa")

    write_words(react)
    assert subjects("adjunto", ada) == ["Contrato"]  # the message itself waits for nothing
    assert subjects("clausula septima", ada) == []
    assert files.read_next() == 1
    write_words(react)

    assert subjects("clausula septima", ada) == ["Contrato"]
    assert files.read_next() == 0


def test_the_same_file_is_read_once_for_all_tickets_that_have_it(ada, react):
    for name in ("Uno", "Dos"):
        send(make_ticket(name), b"condiciones generales", "c.txt")
    write_words(react)

    assert [files.read_next(), files.read_next()] == [1, 0]
    write_words(react)

    assert sorted(subjects("condiciones", ada)) == ["Dos", "Uno"]


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (a_pdf("secreto", LOCKED), "a.pdf", "locked"),
        (b"%PDF-1.7 nothing", "a.pdf", "broken"),
        (b"\x00" * 500, "a.txt", "other"),
    ],
)
def test_why_a_file_was_not_read_is_recorded_and_it_is_not_tried_again(ada, react, data, name, why):
    digest = send(make_ticket("Raro"), data, name, text="Lo que mando")
    write_words(react)

    assert files.read_next() == 1
    assert files.read_next() == 0

    assert FileText.objects.get(digest=digest).outcome == why
    assert subjects("mando", ada) == ["Raro"]


def test_a_file_whose_reader_dies_is_tried_again_and_then_left(ada, react, monkeypatch):
    digest = send(make_ticket("Mortal"), b"hola", "a.txt")
    write_words(react)

    def dies(_digest):
        raise KeyboardInterrupt  # as when the worker is killed

    monkeypatch.setattr(files, "_read", dies)
    now = MONDAY_9AM
    for _try in range(files.TRIES):
        with clock.frozen(now), pytest.raises(KeyboardInterrupt):
            files.read_next()
        with clock.frozen(now):
            assert files.read_next() == 0  # somebody may be at it
        now += files.FORGOTTEN * 2

    with clock.frozen(now):
        assert files.read_next() == 1
    assert FileText.objects.get(digest=digest).outcome == "broken"


def test_files_of_notes_are_internal(ada, react):
    ticket = make_ticket("Con nota")
    data = b"margen confidencial"
    file = File(storage.put(data), "nota.txt", "text/plain", len(data))
    note(ticket, Act.of_agent(ada.pk, MONDAY_9AM), content=Content(text="Ver", files=[file]))
    write_words(react)
    files.read_next()
    write_words(react)

    assert subjects("confidencial", ada) == ["Con nota"]
    assert subjects("confidencial", ada, notes=False) == []


def test_the_words_go_with_the_last_attachment(ada, react):
    for name in ("Uno", "Dos"):
        digest = send(make_ticket(name), b"condiciones generales", "c.txt")
    write_words(react)
    files.read_next()

    Attachment.objects.filter(message__ticket__subject="Uno").delete()
    assert FileText.objects.filter(digest=digest).exists()
    Attachment.objects.filter(digest=digest).update(digest="")  # exchanged, as well as removed
    assert not FileText.objects.exists()


def test_a_company_is_found_by_its_name(ada, react):
    ticket = make_ticket("De empresa")
    firm = Organization.objects.create(name="Muebles Quercus")
    ticket.contact.organization = firm
    ticket.contact.save()
    write_words(react)
    build.build([ticket.pk])

    assert subjects("quercus", ada) == ["De empresa"]
