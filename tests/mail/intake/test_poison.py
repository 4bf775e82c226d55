"""A mail that can't be read stops nobody else, is shown, and is filled in after a fix (R4)."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.factories import MONDAY_9AM, make_contact, make_inbox
from tests.mail.intake.mails import HOLA, take, write
from ventanilla.events.models import Event
from ventanilla.lib import clock, storage
from ventanilla.mail import intake
from ventanilla.mail.intake import retry, take_in
from ventanilla.mail.keep import keep
from ventanilla.mail.models import RawMail
from ventanilla.mail.parse.child import ParserChild, ParserDied
from ventanilla.people.models import Contact
from ventanilla.tickets.actions import open_ticket
from ventanilla.tickets.models import Message, Status, Ticket, TicketLink

READ = ParserChild.parse


def in_spanish(text):
    with translation.override("es"):
        return gettext(text)


@pytest.fixture
def poison(monkeypatch):
    """Mails that hold the word POISON kill their parser, until `poison.clear()`."""
    words = [b"POISON"]

    def parse(self, raw):
        if any(word in raw for word in words):
            raise ValueError("a bug of ours\0")
        return READ(self, raw)

    monkeypatch.setattr(ParserChild, "parse", parse)
    return words


@pytest.mark.django_db
def test_every_tenth_mail_is_poison_and_the_others_come_in(poison):
    inbox = make_inbox()
    for number in range(30):
        word = "POISON" if number % 10 == 0 else "bien"
        raw = write(f"{word} {number}", sender=f"c{number}@correo.example")
        keep(raw, inbox=inbox, source="imap", received_at=MONDAY_9AM)

    assert take_in(100) == 30

    parked = RawMail.objects.filter(state="parked")
    assert parked.count() == 3
    assert RawMail.objects.filter(state="done", outcome="opened").count() == 27
    assert Ticket.objects.count() == 30


@pytest.mark.django_db
def test_a_parked_mail_has_its_error_and_one_ticket_with_the_mail_attached(poison):
    raw = write("POISON")

    row = take(raw)

    ticket = Ticket.objects.get()
    assert (row.state, row.outcome, row.ticket) == ("parked", "quarantined", ticket)
    assert row.why.startswith("ValueError: a bug of ours\n\nTraceback")
    assert (ticket.subject, ticket.contact, ticket.team) == (
        in_spanish("Unreadable mail"),
        None,
        row.inbox.team,
    )
    file = ticket.messages.get().attachments.get()
    assert (file.content_type, storage.read(file.digest)) == ("message/rfc822", raw)
    assert Event.objects.get(kind="ticket.opened").data["quiet"] is True


@pytest.mark.django_db
def test_a_second_failure_opens_no_second_ticket(poison):
    row = take(write("POISON"))

    assert retry() == [row.pk]
    assert take_in() == 1

    assert RawMail.objects.get().state == "parked"
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_after_a_fix_the_ticket_is_filled(poison):
    row = take(write("POISON", message_id="<1@x>"))
    poison.clear()

    retry([row.pk])
    take_in()

    row.refresh_from_db()
    ticket = Ticket.objects.get()
    assert (row.state, row.outcome, row.ticket) == ("done", "opened", ticket)
    assert ticket.subject == "Cobro duplicado en el pedido 20931"
    assert ticket.contact == Contact.objects.get()
    shell, mail = ticket.messages.order_by("id")
    assert (shell.contact, mail.text.strip()) == (None, "POISON")
    assert ticket.messages.last().contact == ticket.contact
    assert take(write("Y además", in_reply_to="<1@x>")).ticket == ticket


@pytest.mark.django_db
def test_after_a_fix_a_mail_that_belongs_elsewhere_goes_there_and_its_ticket_is_closed(poison):
    ticket = take(write(message_id="<1@x>")).ticket
    parked = take(write("POISON", in_reply_to="<1@x>"))
    shell = parked.ticket
    poison.clear()

    retry()
    take_in()

    parked.refresh_from_db()
    shell.refresh_from_db()
    assert (parked.outcome, parked.ticket) == ("appended", ticket)
    assert shell.status == Status.RESOLVED
    assert TicketLink.objects.get(ticket=shell).other == ticket


@pytest.mark.django_db
def test_a_parser_that_dies_gets_a_second_chance_and_then_the_mail_is_parked(monkeypatch):
    def die(self, raw):
        raise ParserDied("memory")

    monkeypatch.setattr(ParserChild, "parse", die)
    row = take(write())
    assert (row.state, row.attempts) == ("kept", 1)

    with clock.frozen(MONDAY_9AM + timedelta(seconds=1)):
        assert take_in() == 0
    with clock.frozen(MONDAY_9AM + timedelta(seconds=5)):
        assert take_in() == 1

    row.refresh_from_db()
    assert (row.state, row.outcome) == ("parked", "quarantined")
    assert "gave up: memory" in row.why


@pytest.mark.django_db
@pytest.mark.parametrize("obstacle", [OperationalError("deadlock detected"), OSError("no space")])
def test_what_may_pass_is_tried_again_and_nothing_is_left_half_done(monkeypatch, obstacle):
    def refuse(*_unused, **_more):
        raise obstacle

    monkeypatch.setattr("ventanilla.mail.admit.open_ticket", refuse)
    row = take(write())
    assert (row.state, row.attempts) == ("kept", 1)
    assert not Contact.objects.exists()

    monkeypatch.setattr("ventanilla.mail.admit.open_ticket", open_ticket)
    with clock.frozen(MONDAY_9AM + timedelta(seconds=2)):
        take_in()

    row.refresh_from_db()
    assert (row.state, row.outcome) == ("done", "opened")


@pytest.mark.django_db
def test_a_mail_whose_bytes_are_gone_is_parked_in_the_end():
    row = keep(write(), inbox=make_inbox(), source="imap", received_at=MONDAY_9AM).row
    storage.remove(row.digest)

    for hours in range(1, 10):
        with clock.frozen(MONDAY_9AM + timedelta(hours=hours)):
            take_in()

    row.refresh_from_db()
    assert row.state == "parked"
    assert row.why.startswith("Missing")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_several_workers_and_mails_delivered_many_times_make_each_mail_once():  # R2
    inbox = make_inbox()
    mails = [write(f"Mail {n}", sender=f"c{n}@x.example", message_id=f"<{n}@x>") for n in range(12)]

    def deliver(number):
        for raw in mails[number:] + mails[:number]:
            keep(raw, inbox=inbox.pk, source="imap", received_at=MONDAY_9AM)
        while take_in():
            pass

    at_once(5, deliver)

    assert RawMail.objects.filter(state="done", outcome="opened").count() == 12
    assert sum(RawMail.objects.values_list("copies", flat=True)) == 48
    assert Message.objects.count() == Ticket.objects.count() == Contact.objects.count() == 12


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_conversation_worked_on_by_many_at_once_is_one_ticket():  # R13
    inbox, contact = make_inbox(), make_contact()
    for number in range(8):
        before = " ".join(f"<{earlier}@x>" for earlier in range(number))
        raw = write(f"Mail {number}", message_id=f"<{number}@x>", references=before or "<r@x>")
        keep(raw, inbox=inbox, source="imap", received_at=MONDAY_9AM)

    at_once(4, lambda _number: [take_in() for _ in range(8)])

    ticket = Ticket.objects.get()
    assert ticket.contact == contact
    assert ticket.messages.count() == 8
    assert list(Event.objects.filter(ticket_id=ticket.pk).order_by("seq").values_list("seq")) == [
        (number,) for number in range(1, ticket.version + 1)
    ]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_that_is_killed_leaves_its_mail_to_the_next(monkeypatch):  # R1
    row = keep(write(), inbox=make_inbox(), source="imap", received_at=MONDAY_9AM).row

    def die(*_unused):
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(intake, "admit", die)
        with pytest.raises(SystemExit):
            take_in()
    assert take_in() == 1

    row.refresh_from_db()
    assert (row.outcome, Ticket.objects.count()) == ("opened", 1)


OUTCOMES = {"opened", "appended", "duplicate", "bounce", "auto", "blocked", "quarantined"}
PIECES = st.sampled_from(
    [b"From: a@b.c\r\n", b"To: hola@casaolmo.example\r\n", b"\r\n", b"\n", b"\0", b"Subject: ",
     b"Message-ID: <1@x>\r\n", b"In-Reply-To: <1@x>\r\n", b"References: ", b"#1 ",
     b"Content-Type: multipart/mixed; boundary=b\r\n", b"--b\r\n", b"=?utf-8?q?=ff?=",
     b"Content-Transfer-Encoding: base64\r\n", b"Auto-Submitted: auto-replied\r\n",
     b"Date: Mon, 99 Foo 99999 10:00:00 +9999\r\n", b"\xff\xfe", "ñ@ñ.ñ ".encode()]
)  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(PIECES, st.binary(max_size=40)), max_size=14).map(b"".join))
def test_any_bytes_end_as_a_ticket_or_a_recorded_outcome(raw):  # R10
    row = take(raw)

    assert row.state == "done", row.why
    assert row.outcome in OUTCOMES
    assert row.ticket_id or row.outcome in {"auto", "bounce", "blocked"}


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_envelope_comes_in(sender, recipient):  # R10
    raw = b"From: a@b.c\r\n\r\nHola"

    row = take(raw, source="smtp", envelope_from=sender, envelope_to=[recipient, HOLA])

    assert row.state == "done", row.why
