"""A new ticket is acknowledged once, in words that help, and never to a machine."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

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
from ventanilla.automation.acknowledge import acknowledge, first_name, unanswerable
from ventanilla.automation.reply_by import in_words
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.clock import frozen
from ventanilla.mail.models import MailAccount, OutgoingMail, RawMail
from ventanilla.people.models import Contact, DeskSettings, Identity
from ventanilla.tickets.actions import open_ticket, reply
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import MessageKind, MessageTemplate, Ticket

pytestmark = pytest.mark.django_db
ELENA = "elena.vidal@correo.example"
MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture(autouse=True)
def _monday():
    with frozen(MONDAY_9AM):
        yield


def write(
    subject="Cobro duplicado",
    *,
    sender=ELENA,
    name="Elena Vidal",
    when=MONDAY_9AM,
    authenticated=True,
    language="es",
    auto="",
    **options,
) -> Ticket:
    """A customer's mail opens a ticket."""
    contact = make_contact(name, sender)
    content = Content(
        text="¿Qué ha pasado?",
        sender=sender,
        author_name=name,
        authenticated=authenticated,
        auto=auto,
        message_id="first@correo.example",
    )
    return open_ticket(
        Act.of_contact(contact.pk, when),
        subject=subject,
        channel="email",
        team=make_team(),
        inbox=make_inbox(),
        contact=contact,
        content=content,
        language=language,
        **options,
    )


def written(ticket: Ticket):
    return ticket.messages.filter(kind=MessageKind.SYSTEM).first()


def test_it_says_the_number_and_by_when_an_answer_comes(react):
    DeskSettings.objects.update(name="Casa Olmo")
    ticket = write()
    Ticket.objects.filter(pk=ticket.pk).update(
        due_at=datetime(2026, 3, 2, 16, 20, tzinfo=UTC), due_metric="first_response"
    )

    react()

    message = written(ticket)
    assert message.subject == f"Hemos recibido la consulta {ticket.number}"
    assert message.text == (
        f"Hola, Elena:\n\nHemos recibido la consulta {ticket.number}: «Cobro duplicado».\n"
        "La respuesta llega hoy antes de las 18 h.\n\n"
        "Para añadir algo basta con responder a este correo.\n\nCasa Olmo"
    )
    assert (message.to, message.language) == ([address(ELENA, "Elena Vidal")], "es")
    assert message.delivery == "queued"
    mail = OutgoingMail.objects.get()
    assert (mail.purpose, mail.envelope_from) == ("automatic", "")


def test_in_the_customers_language_and_without_a_promise_that_nobody_made(react):
    ticket = write("Charged twice", language="en")
    Ticket.objects.filter(pk=ticket.pk).update(due_at=None, due_metric="")

    react()

    assert "The answer will come as soon as possible." in written(ticket).text
    assert written(ticket).subject == f"We have received request {ticket.number}"


def test_a_language_without_a_template_falls_back_to_the_inboxs(react):
    ticket = write(language="fr")

    react()

    assert written(ticket).language == "es"


def test_once_per_ticket_however_often_it_is_asked(react):  # R55
    ticket = write()
    react()

    acknowledge(Event.objects.get(kind="ticket.triaged"))

    assert ticket.messages.filter(kind=MessageKind.SYSTEM).count() == 1
    assert Event.objects.filter(kind="message.automatic").count() == 1


def test_it_answers_nobody(react):
    ticket = write()

    react()

    ticket.refresh_from_db()
    assert ticket.first_replied_at is None
    assert ticket.waiting_since == MONDAY_9AM
    assert ticket.status == 0


@pytest.mark.parametrize("auto", ["bounce", "auto_reply", "feedback"])
def test_a_machine_is_not_answered(auto, react):  # R11
    ticket = write(auto=auto)
    react()
    assert written(ticket) is None


@pytest.mark.parametrize(
    "sender",
    [
        "no-reply@tienda.example", "noreply@tienda.example", "do_not_reply@tienda.example",
        "mailer-daemon@tienda.example", "postmaster@tienda.example", "hola@casaolmo.example",
        "hola+t12@casaolmo.example", "ventas@casaolmo.example",
    ],
)  # fmt: skip
def test_no_reply_addresses_and_our_own_are_not_answered(sender, react):  # R11
    MailAccount.objects.create(inbox=make_inbox(), aliases=["ventas@casaolmo.example"])
    ticket = write(sender=sender)
    react()
    assert written(ticket) is None


def test_what_the_intake_marked_is_not_answered(react):  # R11
    ticket = write()
    RawMail.objects.create(
        inbox=make_inbox(), digest="0" * 64, size=1, source="smtp", received_at=MONDAY_9AM,
        state="done", no_answer="list_id", message=ticket.messages.get(), ticket=ticket,
    )  # fmt: skip
    react()
    assert written(ticket) is None


def test_quiet_tickets_stay_quiet(react):
    ticket = write(quiet=True)
    react()
    assert written(ticket) is None


def test_what_an_agent_opens_is_not_acknowledged(react):
    marta, contact = make_agent(), make_contact()
    ticket = open_ticket(
        act(marta), subject="Tu pedido", channel="email", team=make_team(), inbox=make_inbox(),
        contact=contact, content=Content(text="Ha llegado", to=[address(ELENA)]), outgoing=True,
    )  # fmt: skip
    react()
    assert written(ticket) is None


def test_mail_from_the_day_before_yesterday_is_not_acknowledged(react):
    ticket = write(when=MONDAY_9AM - timedelta(hours=25))
    react()
    assert written(ticket) is None


def test_a_blocked_contact_is_not_answered(react):
    make_contact()
    Contact.objects.update(blocked=True)
    ticket = write()
    react()
    assert written(ticket) is None


def test_a_ticket_that_was_answered_meanwhile_needs_none(react):
    marta, ticket = make_agent(), write()
    reply(ticket, act(marta), content=Content(text="Resuelto", to=[address(ELENA)]))
    react()
    assert written(ticket) is None


def test_the_desk_may_switch_it_off(react):
    DeskSettings.objects.update(acknowledge=False)
    ticket = write()
    react()
    assert written(ticket) is None


def test_one_an_hour_to_who_nobody_vouches_for_five_to_the_others(react):  # R11
    for _ in range(3):
        write(authenticated=None)
    for _ in range(7):
        write(sender="ana@correo.example", name="Ana")
    react()

    to = [mail.recipients[0] for mail in OutgoingMail.objects.all()]
    assert (to.count(ELENA), to.count("ana@correo.example")) == (1, 5)


def test_five_a_day_at_most(react):  # R11
    for hour in range(10):
        at = MONDAY_9AM + timedelta(hours=2 * hour)
        with frozen(at):
            write(when=at)
            react()

    assert OutgoingMail.objects.count() == 5


def test_many_forged_senders_get_no_more_than_an_inbox_may_send(react, monkeypatch):  # R12
    monkeypatch.setattr("ventanilla.automation.acknowledge.PER_INBOX", 4)
    for number in range(8):
        write(sender=f"victim{number}@correo.example", name="Comprar barato", authenticated=None)
    write(sender="ana@correo.example", name="Ana")
    react()

    assert OutgoingMail.objects.count() == 4 + 1  # whom a domain vouches for is not among them


def test_a_strangers_words_are_not_sent_back(react):  # R12
    ticket = write("Compra en spam.example", name="Gana Dinero", authenticated=None)

    react()

    message = written(ticket)
    assert "spam.example" not in message.text + message.subject
    assert "Gana" not in str(message.to) + message.text
    assert message.text.startswith("Hola:")
    assert f"Hemos recibido la consulta {ticket.number}." in message.text


def test_neither_is_anything_to_an_address_that_its_domain_disowns(react):  # R12
    make_contact()
    Identity.objects.update(verified_at=MONDAY_9AM)
    ticket = write("Compra en spam.example", authenticated=False)

    react()

    assert "spam.example" not in written(ticket).text


def test_a_known_person_reads_their_own_subject(react):  # R12
    marta, first = make_agent(), write(authenticated=None)
    reply(first, act(marta), content=Content(text="Resuelto", to=[address(ELENA)]))
    second = write("Otra cosa", authenticated=None)

    react()

    assert "«Otra cosa»" in written(second).text


def test_two_desks_that_acknowledge_each_other_stop_at_once(react):  # R11
    """Our acknowledgement, taken in by a desk like ours, is nothing to answer."""
    from ventanilla.lib import storage
    from ventanilla.mail.parse import parse

    write()
    react()

    parsed = parse(storage.read(OutgoingMail.objects.get().digest))
    assert parsed.suppress_reply


def test_a_template_shows_what_it_is_given_literally(react):  # R26
    MessageTemplate.objects.filter(language="es").update(body="Asunto: {{ ticket.subject }}")
    ticket = write("{{ 7 | times: 7 }} <b>")

    react()

    assert written(ticket).text == "Asunto: {{ 7 | times: 7 }} <b>"


@pytest.mark.parametrize(
    ("due", "spanish", "english"),
    [
        ("2026-03-02T16:20", "hoy antes de las 18 h", "today before 6 p.m."),
        ("2026-03-02T17:00", "hoy antes de las 18 h", "today before 6 p.m."),
        ("2026-03-02T22:30", "hoy", "today"),
        ("2026-03-03T08:59", "mañana antes de las 10 h", "tomorrow before 10 a.m."),
        ("2026-03-05T09:00", "el jueves antes de las 10 h", "on Thursday before 10 a.m."),
        ("2026-03-04T00:00", "el miércoles antes de la 1 h", "on Wednesday before 1 a.m."),
        ("2026-03-15T09:00", "el 15 de marzo antes de las 10 h", "on 15 March before 10 a.m."),
        ("2026-03-02T07:59", "", ""),
    ],
)
def test_by_when_in_words(due, spanish, english):
    at = datetime.fromisoformat(due).replace(tzinfo=UTC)

    with translation.override("es"):
        assert in_words(at, MONDAY_9AM, MADRID) == spanish
    with translation.override("en"):
        assert in_words(at, MONDAY_9AM, MADRID) == english


def test_the_summer_time_change_is_no_hour_off():
    friday = datetime(2026, 3, 27, 16, tzinfo=UTC)  # 17:00 in winter time
    monday = datetime(2026, 3, 30, 8, tzinfo=UTC)  # 10:00 in summer time

    with translation.override("es"):
        assert in_words(monday, friday, MADRID) == "el lunes antes de las 10 h"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Elena Vidal", "Elena"), ("Vidal, Elena", "Elena"), ("María José Ruiz", "María"),
        ("Jean-Luc Picard", "Jean-Luc"), ("elena", ""), ("elena@correo.example", ""),
        ("Casa Olmo 24h", ""), ("Compra en http://x", ""), ("", ""), ("A B C D E", ""),
    ],
)  # fmt: skip
def test_what_to_call_somebody(name, called):
    assert first_name(name) == called


def test_addresses_that_nobody_reads():
    assert unanswerable("No-Reply@x.example")
    assert unanswerable("nothing")
    assert not unanswerable("noelia.reply@x.example")
    assert not unanswerable(ELENA)


def test_statements_of_acknowledging(django_assert_max_num_queries):
    ticket = write()
    react_to = Event.objects.filter(kind="ticket.triaged")
    from ventanilla.automation.triage import triage

    triage(Event.objects.get(kind="ticket.opened", ticket_id=ticket.pk))

    with django_assert_max_num_queries(24):
        acknowledge(react_to.get())


def test_without_an_address_there_is_nobody_to_write_to(react):
    ticket = make_ticket()
    react()
    assert written(ticket) is None
