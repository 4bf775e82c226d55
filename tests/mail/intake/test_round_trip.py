"""Our own outgoing mail, as it is really built, comes back in all the ways that mail comes back."""

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, address, make_agent, make_inbox
from tests.mail.intake.mails import HOLA, take, write
from ventanilla.lib import clock, keyring, storage
from ventanilla.mail.models import MailAccount, OutgoingMail, RawMail
from ventanilla.mail.parse import parse
from ventanilla.tickets.actions import reply
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Delivery, Inbox, Message, Ticket

pytestmark = pytest.mark.django_db
ELENA = "elena.vidal@correo.example"


@pytest.fixture
def plus():
    """Whether mail to hola+something@ arrives."""
    return True


@pytest.fixture
def answer(react, plus):
    """Marta's answer to Elena's mail, as bytes on their way out."""
    MailAccount.objects.create(inbox=make_inbox(), plus_addresses=plus)
    ticket = take(write(message_id="<elena-1@correo.example>")).ticket
    with clock.frozen(MONDAY_9AM):
        content = Content(
            text="Lo miramos hoy.", html="<p>Lo miramos hoy.</p>", to=[address(ELENA)]
        )
        message = reply(ticket, act(make_agent()), content=content)
        react()
    mail = OutgoingMail.objects.get(message=message)
    mail.bytes = storage.read(mail.digest)
    mail.parsed = parse(mail.bytes)
    return mail


def test_the_customers_answer_returns_to_the_ticket(answer):  # R13
    parsed = answer.parsed

    row = take(
        write(
            "Gracias, ¿y cuándo?\n\n> Lo miramos hoy.",
            to=parsed.reply_to[0].addr if parsed.reply_to else HOLA,
            in_reply_to=f"<{parsed.message_id}>",
        )
    )

    assert (row.outcome, row.ticket) == ("appended", answer.ticket)
    assert row.message.verified
    assert row.message.reply == "Gracias, ¿y cuándo?"


def test_the_message_id_and_the_reply_address_each_lead_back_alone(answer):  # R13
    by_id = take(write("Uno", in_reply_to=f"<{answer.parsed.message_id}>"))
    by_address = take(write("Dos", to=answer.parsed.reply_to[0].addr))

    assert by_id.why == "own_id:participant"
    assert by_address.why == "reply_address:participant"


@pytest.mark.parametrize("plus", [False])
def test_where_plus_addresses_are_lost_the_quoted_text_leads_back(answer):  # R13
    quoted = "\n".join("> " + line for line in answer.parsed.text.splitlines())

    row = take(write(f"Tres\n\n{quoted}", subject="nada"))

    assert row.why == "reference:participant"


def test_a_copy_to_ourselves_is_no_message(answer):  # R11
    row = take(answer.bytes, source="smtp", envelope_from=HOLA, envelope_to=[HOLA])

    assert (row.outcome, row.why, row.message) == ("duplicate", "own_mail", answer.message)


def test_a_bounce_that_only_quotes_headers_marks_it(answer):
    head = answer.bytes.partition(b"\r\n\r\n")[0]
    dsn = (
        b"From: MAILER-DAEMON@correo.example\r\nTo: " + answer.envelope_from.encode() + b"\r\n"
        b"Subject: Undeliverable: Re: Cobro duplicado\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        b"Final-Recipient: rfc822; "
        + ELENA.encode()
        + b"\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" + head + b"\r\n\r\n--b--\r\n"
    )

    row = take(dsn, source="smtp", envelope_from="", envelope_to=[answer.envelope_from])

    assert (row.outcome, row.message) == ("bounce", answer.message)
    assert Message.objects.get(pk=answer.message_id).delivery == Delivery.BOUNCED


def test_two_desks_that_acknowledge_each_other_send_two_mails_at_most(react, monkeypatch):
    """R11: A writes to B as a customer would; B's acknowledgement reaches A, A's would reach B."""
    desk_a = make_inbox("soporte@a.example")
    take(write(to="soporte@a.example", sender="Mesa B <ayuda@b.example>"), inbox=desk_a)
    with clock.frozen(MONDAY_9AM):
        react()
    acknowledgement = storage.read(OutgoingMail.objects.get().digest)

    # now this installation is desk B, which knows nothing of A's keys
    Inbox.objects.update(address="ayuda@b.example")
    monkeypatch.setattr(keyring, "ring", lambda: (keyring.Key(b"b" * 32),))
    soon = MONDAY_9AM + timedelta(minutes=1)
    row = take(
        acknowledgement, inbox=desk_a, when=soon, source="smtp", envelope_from="",
        envelope_to=["ayuda@b.example"],
    )  # fmt: skip
    with clock.frozen(soon):
        react()

    assert row.no_answer != ""
    assert row.outcome == "auto"
    assert OutgoingMail.objects.count() == 1
    assert Ticket.objects.count() == 1
    assert RawMail.objects.count() == 2
