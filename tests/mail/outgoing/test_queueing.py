"""From what somebody wrote to the mail that waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    MONDAY_9AM,
    act,
    address,
    make_agent,
    make_contact,
    make_inbox,
    make_team,
    make_ticket,
)
from tests.mail.outgoing.cast import ELENA, make_account, make_reply, parsed, part, queue
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.events.relay import relay
from ventanilla.lib import storage
from ventanilla.lib.clock import frozen
from ventanilla.mail import outgoing, sweep, tokens
from ventanilla.mail.models import OutgoingMail
from ventanilla.mail.postmen import outlets_due
from ventanilla.tickets.actions import open_ticket, receive, reply
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db
LATER = MONDAY_9AM + timedelta(hours=1)


def built(message: Message):
    row = OutgoingMail.objects.filter(message=message).latest("id")
    return parsed(storage.read(row.digest).replace(b"\r\n", b"\n"))


def customer_writes(ticket: Ticket, text: str, *, when=LATER, **content) -> Message:
    mail = {"sender": ELENA, "author_name": "Elena Vidal", "message_id": f"{when:%H%M}@x"}
    content = mail | content
    return receive(
        ticket,
        Act.of_contact(ticket.contact_id, when),
        content=Content(text=text, **content),
        channel="email",
        contact=ticket.contact,
        verified=True,
    )


def test_the_answer_leads_back_to_its_ticket():
    make_account()
    ticket = make_ticket()
    customer_writes(ticket, "¿Y mi dinero?")

    message = make_reply(ticket)

    message.refresh_from_db()
    mail, row = built(message), OutgoingMail.objects.get()
    assert mail["From"] == '"Marta Ruiz (Hola)" <hola@casaolmo.example>'
    assert mail["To"] == ELENA
    assert mail["Subject"] == "Re: Cobro duplicado en el pedido 20931"
    assert mail["Message-ID"] == f"<{message.message_id}>"
    assert mail["In-Reply-To"] == mail["References"] == "<0900@x>"
    here = (ticket.pk, message.pk)
    assert tokens.ticket_of_message_id(message.message_id) == here
    assert tokens.ticket_of_address(mail["Reply-To"].addresses[0].addr_spec) == here
    assert tokens.ticket_of_address(row.envelope_from) == here  # a bounce finds it, too
    assert "Auto-Submitted" not in mail
    assert row.recipients == [ELENA]
    assert (row.purpose, row.give_up_at) == ("reply", MONDAY_9AM + timedelta(days=3))
    with frozen(MONDAY_9AM):
        assert outlets_due() == ["desk"]


def test_below_the_answer_stand_signatures_number_and_the_customers_last_words():
    team = make_team(signature="<p>Casa Olmo · Facturación</p>")
    make_account()
    make_agent(signature="<p>Marta <b>Ruiz</b></p>")
    ticket = make_ticket(team=team)
    customer_writes(ticket, "Sigo igual.\n\n> cita vieja", reply="Sigo igual.")

    mail = built(make_reply(ticket))

    assert part(mail, "text/plain") == (
        "Hola, Elena:\n\nEstá resuelto.\n\n"
        "-- \nMarta Ruiz\n\nCasa Olmo · Facturación\n\n"
        f"Consulta {ticket.number}\n\n"
        "El 2 mar 2026, a las 10:00, Elena Vidal escribió:\n\n> Sigo igual.\n"
    )
    assert "<p>Marta <b>Ruiz</b></p>" in part(mail, "text/html")


def test_it_speaks_the_tickets_language():
    make_account()
    ticket = make_ticket(language="en")
    customer_writes(ticket, "Any news?")

    text = part(built(make_reply(ticket)), "text/plain")

    assert f"Request {ticket.number}" in text
    assert "On 2 Mar 2026 at 10:00, Elena Vidal wrote:\n\n> Any news?" in text


def test_who_did_not_get_the_customers_words_does_not_get_them_quoted():  # R14
    make_account()
    ticket = make_ticket()
    customer_writes(ticket, "Mi tarjeta acaba en 1234", cc=[address("ana@correo.example")])

    with_copy = make_reply(ticket, to=[ELENA, "ana@correo.example"])
    with_stranger = make_reply(ticket, to=[ELENA, "nuevo@correo.example"])

    assert "1234" in part(built(with_copy), "text/plain")
    assert "1234" not in part(built(with_stranger), "text/plain")
    assert "1234" not in part(built(with_stranger), "text/html")


def test_an_unverified_senders_words_are_neither_quoted_nor_referred_to():  # R14
    make_account()
    ticket = make_ticket()
    stranger = make_contact("Otro", "otro@correo.example")
    receive(
        ticket,
        Act.of_contact(stranger.pk, LATER),
        content=Content(text="soy yo", sender="otro@correo.example", message_id="bad@x"),
        channel="email",
        contact=stranger,
        verified=False,
    )

    mail = built(make_reply(ticket))

    assert "soy yo" not in part(mail, "text/plain")
    assert "bad@x" not in str(mail["References"])


def test_without_a_plus_address_the_body_carries_the_reference():
    make_account(plus_addresses=False)
    message = make_reply()

    mail, row = built(message), OutgoingMail.objects.get()

    assert mail["Reply-To"].addresses[0].addr_spec == "hola@casaolmo.example"
    assert row.envelope_from == "hola@casaolmo.example"
    [mark] = tokens.tickets_of_text(part(mail, "text/plain"))
    assert mark == (message.ticket_id, message.pk)
    assert "ref:t" in part(mail, "text/html")


def test_blind_copies_stand_in_the_envelope_only():
    make_account()
    message = make_reply(cc=[address("c@correo.example")], bcc=[address("b@correo.example")])

    assert OutgoingMail.objects.get().recipients == [ELENA, "c@correo.example", "b@correo.example"]
    assert built(message)["Cc"] == "c@correo.example"
    assert b"b@correo.example" not in storage.read(OutgoingMail.objects.get().digest)


def test_a_pasted_picture_is_shown_inside_by_what_the_page_calls_it():
    make_account()
    marta, ticket = make_agent(), make_ticket()
    digest = storage.put(b"\x89PNG pasted")
    upload = Attachment.objects.create(
        uploaded_by=marta, digest=digest, filename="captura.png", content_type="image/png",
        size=11, created_at=MONDAY_9AM,
    )  # fmt: skip

    message = make_reply(
        ticket,
        html=f'<p>Mira: <img src="/pictures/{upload.pk}"></p>',
        files=[File(digest, "captura.png", "image/png", 11, inline=True)],
    )

    mail = built(message)
    [picture] = [each for each in mail.walk() if each.get_content_type() == "image/png"]
    assert picture.get_content() == b"\x89PNG pasted"
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in part(mail, "text/html")


def test_another_tickets_file_does_not_travel_by_its_number():  # R22
    make_account()
    secret = storage.put(b"\x89PNG secret")
    other = make_ticket("Privado")
    foreign = Attachment.objects.create(
        message=other.messages.get(), ticket=other, digest=secret, filename="dni.png",
        content_type="image/png", size=11, created_at=MONDAY_9AM,
    )  # fmt: skip

    message = make_reply(html=f'<p>Mira: <img src="/pictures/{foreign.pk}"></p>')

    assert "image/png" not in {each.get_content_type() for each in built(message).walk()}


def test_a_forward_starts_a_thread_of_its_own():
    make_account()
    marta, ticket = make_agent(), make_ticket()
    customer_writes(ticket, "Mi tarjeta acaba en 1234")
    message = reply(
        ticket,
        act(marta),
        content=Content(
            text="¿Puedes mirarlo?", subject="Fwd: Cobro", to=[address("b@pasarela.example")]
        ),
        forward=True,
    )
    queue(message)

    mail = built(message)
    assert mail["Subject"] == "Fwd: Cobro"
    assert mail["In-Reply-To"] is None
    assert "1234" not in part(mail, "text/plain")
    assert OutgoingMail.objects.get().purpose == "forward"


def test_what_an_agent_writes_first_is_sent_too():
    make_account()
    marta, contact = make_agent(), make_contact()
    ticket = open_ticket(
        act(marta),
        subject="Tu pedido ha llegado",
        channel="email",
        team=make_team(),
        inbox=make_inbox(),
        contact=contact,
        content=Content(text="Ha llegado.", subject="Tu pedido ha llegado", to=[address(ELENA)]),
        outgoing=True,
    )

    relay()

    assert built(ticket.messages.get())["Subject"] == "Tu pedido ha llegado"


def test_a_customers_own_message_is_not_sent():
    make_account()
    make_ticket()

    relay()

    assert not OutgoingMail.objects.filter(purpose="reply").exists()


def test_the_consumer_run_twice_queues_once():  # R55
    make_account()
    message = make_reply()

    queue(message)
    queue(message)

    assert OutgoingMail.objects.count() == 1


def test_nobody_left_to_send_to_fails_at_once_in_words():
    make_account()
    message = make_reply(to=["hola+orders@casaolmo.example"])

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "direcciones de este mismo servicio" in message.delivery_reason
    assert not OutgoingMail.objects.exists()


def test_a_ticket_without_inbox_is_answered_from_its_teams():
    make_account()
    other = make_inbox("envios@casaolmo.example", team=make_team("Envíos"), name="Envíos")
    ticket = make_ticket(team=make_team("Envíos"))
    Ticket.objects.filter(pk=ticket.pk).update(inbox=None)
    ticket.refresh_from_db()
    ivan = make_agent("Iván Ferrer", team=make_team("Envíos"))
    message = reply(ticket, act(ivan), content=Content(text="Hola", to=[address(ELENA)]))
    queue(message)

    assert OutgoingMail.objects.get().inbox == other


def test_a_bounce_finds_the_mail_by_its_id():
    make_account()
    message = make_reply()
    message.refresh_from_db()

    assert outgoing.find_by_message_id(f"<{message.message_id}>").message == message
    assert outgoing.find_by_message_id("nobody@nowhere") is None


def test_statements_of_queueing():
    make_account()
    ticket = make_ticket()
    for number in range(30):
        customer_writes(ticket, "hola", when=LATER + timedelta(minutes=number))
    message = make_reply(ticket, queued=False)

    with CaptureQueriesContext(connection) as done:
        queue(message)

    statements = [each for each in done.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert len(statements) <= 17  # two of them the test's own


# -- belt and braces ---------------------------------------------------------------------------
def test_a_message_that_never_became_a_mail_becomes_one():
    make_account()
    message = make_reply(queued=False)
    recorded = Event.objects.get(kind="message.replied").recorded_at

    with frozen(recorded + timedelta(minutes=5)):
        sweep.queue_forgotten()
        assert not OutgoingMail.objects.exists()
    with frozen(recorded + timedelta(minutes=11)):
        sweep.queue_forgotten()

    assert OutgoingMail.objects.get().message == message


def test_what_had_no_server_leaves_by_itself_once_there_is_one(settings):
    from ventanilla.mail.send import drain

    settings.SMTP_URL = settings.MAIL_FOLDER = ""
    account = make_account()
    message = make_reply()
    with frozen(MONDAY_9AM):
        drain("desk")
        assert sweep.renew_without_server() == 0
        account.smtp_host = "smtp.casaolmo.example"
        account.save()
        assert sweep.renew_without_server() == 1
        assert sweep.renew_without_server() == 0
        relay()

    message.refresh_from_db()
    assert message.delivery == "queued"
    first, second = OutgoingMail.objects.order_by("pk")
    assert (first.failure, second.state) == ("renewed", "waiting")
    assert first.rfc_message_id == second.rfc_message_id
