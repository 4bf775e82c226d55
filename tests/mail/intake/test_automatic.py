"""Bounces, auto-replies and loops: recorded and shown, never a storm (R11)."""

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, address, make_agent, make_inbox
from tests.mail.intake.mails import HOLA, take, write
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.mail import tokens
from ventanilla.mail.intake import release, take_in
from ventanilla.mail.intake_health import aside
from ventanilla.people.models import Contact
from ventanilla.tickets.actions import reply, set_status
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Delivery, Message, Status, Ticket

pytestmark = pytest.mark.django_db

DSN = """From: Mail Delivery System <mailer-daemon@correo.example>\r
To: {to}\r
Subject: Undelivered Mail Returned to Sender\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
I'm sorry to have to inform you that your message could not be delivered.\r
\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; correo.example\r
\r
Final-Recipient: rfc822; elena.vidal@correo.example\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: smtp; 550 5.1.1 no such user\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: <{original}>\r
Subject: Re: Cobro duplicado\r
\r
--b--\r
"""


def dsn(original="", *, to=HOLA, action="failed", status="5.1.1"):
    return DSN.format(original=original, to=to, action=action, status=status).encode()


@pytest.fixture
def ticket():
    take(write(message_id="<elena-1@correo.example>"))
    ticket = Ticket.objects.get()
    content = Content(text="Lo miramos.", to=[address("elena.vidal@correo.example")])
    ticket.answer = reply(ticket, act(make_agent()), content=content)
    ticket.own_id = tokens.make_message_id(ticket.pk, ticket.answer.pk, "casaolmo.example", "reply")
    ticket.reply_to = tokens.reply_address(HOLA, ticket.pk, ticket.answer.pk)
    return ticket


def test_a_bounce_marks_the_message_that_came_back_and_opens_its_ticket(ticket):
    row = take(dsn(ticket.own_id), source="smtp", envelope_from="")

    ticket.refresh_from_db()
    answer = Message.objects.get(pk=ticket.answer.pk)
    assert (row.outcome, row.why, row.message) == ("bounce", "returned", answer)
    assert answer.delivery == Delivery.BOUNCED
    assert "550 5.1.1 no such user" in answer.delivery_reason
    assert ticket.status == Status.OPEN
    event = Event.objects.get(kind="message.bounced")
    assert event.texts.get(field="recipients").text == "elena.vidal@correo.example"
    assert Ticket.objects.count() == 1


def test_a_bounce_finds_its_message_by_the_address_it_comes_to(ticket):
    row = take(dsn("rewritten@provider.example", to=ticket.reply_to))

    assert (row.outcome, row.message) == ("bounce", ticket.answer)


def test_a_delay_is_only_shown(ticket):
    row = take(dsn(ticket.own_id, action="delayed", status="4.4.1"))

    ticket.refresh_from_db()
    assert (row.outcome, row.why) == ("bounce", "delayed")
    assert Message.objects.get(pk=ticket.answer.pk).delivery == Delivery.QUEUED
    assert ticket.status == Status.PENDING
    assert Event.objects.get(kind="message.bounced").data["temporary"] is True


def test_a_bounce_that_nobody_can_relate_is_recorded_and_opens_nothing():
    row = take(dsn("somebody@else.example"))

    assert (row.state, row.outcome, row.why) == ("done", "bounce", "unrelated")
    assert not Ticket.objects.exists()
    assert not Contact.objects.exists()


def test_nobody_can_bounce_by_guessing(ticket):  # R13
    forged = ticket.own_id.replace(ticket.own_id[5], "a" if ticket.own_id[5] != "a" else "b")

    row = take(dsn(forged))

    assert row.why == "unrelated"
    assert Message.objects.get(pk=ticket.answer.pk).delivery == Delivery.QUEUED


def out_of_office(ticket, **more):
    return write(
        "Estoy fuera de la oficina hasta el lunes.",
        subject="Respuesta automática: Cobro duplicado",
        auto_submitted="auto-replied",
        in_reply_to=f"<{ticket.own_id}>",
        **more,
    )


def test_an_auto_reply_is_shown_in_its_ticket_and_changes_nothing(ticket):  # R11
    row = take(out_of_office(ticket))

    ticket.refresh_from_db()
    assert (row.outcome, row.no_answer) == ("appended", "auto_reply")
    assert Message.objects.get(pk=row.message_id).auto == "auto_reply"
    assert (ticket.status, ticket.waiting_since) == (Status.PENDING, None)


def test_an_auto_reply_reopens_nothing_however_late(ticket):  # R11
    set_status(ticket, act(), to=Status.CLOSED)

    row = take(out_of_office(ticket), when=MONDAY_9AM + timedelta(days=30))

    ticket.refresh_from_db()
    assert (row.outcome, ticket.status) == ("appended", Status.CLOSED)


def test_an_auto_reply_without_a_ticket_is_only_recorded():  # R11
    row = take(
        write(
            "Estoy fuera de la oficina.",
            subject="Respuesta automática",
            auto_submitted="auto-replied",
        )
    )

    assert (row.state, row.outcome, row.why) == ("done", "auto", "auto_reply")
    assert not Ticket.objects.exists()
    assert not Contact.objects.exists()


def test_two_instances_that_acknowledge_each_other_fall_silent():  # R11
    """Our acknowledgement reaches another desk, whose own answer says what ours says."""
    asked = take(write(sender="Otra mesa <soporte@otra.example>"))
    theirs = write(
        "Hemos recibido su mensaje.",
        sender="Otra mesa <soporte@otra.example>",
        subject="Re: Cobro duplicado",
        auto_submitted="auto-replied",
        x_auto_response_suppress="All",
    )

    row = take(theirs, source="smtp", envelope_from="")

    assert asked.no_answer == ""
    assert row.no_answer != ""
    assert Ticket.objects.count() == 1


def test_our_own_acknowledgement_that_comes_back_ends_there():  # R11
    make_inbox("pedidos@casaolmo.example", name="Pedidos")
    ours = write(
        "Hemos recibido tu mensaje.",
        sender="pedidos@casaolmo.example",
        message_id=f"<{tokens.make_message_id(1, 1, 'casaolmo.example', 'automatic')}>",
        auto_submitted="auto-replied",
        **{tokens.LOOP_HEADER: tokens.loop_mark()},
    )

    row = take(ours)

    assert (row.outcome, row.why, row.no_answer) == ("auto", "own_mail", "own_mail")
    assert not Ticket.objects.exists()


def test_a_loop_through_an_address_that_hides_ours_ends_by_its_mark():  # R11
    row = take(
        write(sender="gateway@elsewhere.example", **{tokens.LOOP_HEADER: tokens.loop_mark()})
    )

    assert (row.outcome, row.why) == ("auto", "own_mail")


def test_a_person_may_take_in_what_was_set_aside():
    """A customer whose program writes as machines do is not lost."""
    row = take(
        write(
            "Estoy fuera de la oficina, pero mi mesa llegó rota.",
            subject="Respuesta automática",
            auto_submitted="auto-replied",
        )
    )
    bounce = take(dsn("somebody@else.example"))
    assert aside() == [bounce, row]

    assert release([row.pk, bounce.pk]) == [row.pk, bounce.pk]
    with clock.frozen(MONDAY_9AM):
        assert take_in() == 2

    row.refresh_from_db()
    assert (row.outcome, row.ticket.contact.name) == ("opened", "Elena Vidal")
    assert (row.message.auto, row.no_answer) == ("", "auto_reply")
    assert aside() == []
    assert release([row.pk]) == []
