"""What a rule writes to customers: in their language, once, and never to a machine."""

from __future__ import annotations

import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_contact, make_ticket
from ventanilla.automation.actions import save_rule
from ventanilla.automation.models import RuleRun
from ventanilla.automation.rules import attempt, in_use
from ventanilla.lib import clock
from ventanilla.mail.models import OutgoingMail
from ventanilla.people.models import Contact, Identity
from ventanilla.people.queries import forget_configuration
from ventanilla.tickets.models import Message, MessageKind, Ticket

pytestmark = pytest.mark.django_db
TEXTS = {
    "": "We have it: {{ ticket.subject | default: '…' }}",
    "es": "Lo tenemos{% if contact.first_name %}, {{ contact.first_name }}{% endif %}:"
    " {{ ticket.subject | default: 'la consulta' }}",
}


@pytest.fixture(autouse=True)
def known_anew():
    with clock.frozen(MONDAY_9AM):
        yield
    forget_configuration()


@pytest.fixture
def ada():
    ada = make_agent("Ada Soler", role="administrator")
    save_rule(act(ada), name="Respuesta", said={"on": ["created"], "message": TEXTS})
    return ada


def open_ticket(sender="elena@correo.example", *, known=True, **fields):
    contact = make_contact(email=sender)
    if known:
        Identity.objects.filter(contact=contact).update(verified_at=MONDAY_9AM)
    ticket = make_ticket("Cobro doble", contact=contact, **fields)
    Message.objects.filter(ticket=ticket).update(sender=sender, authenticated=None)
    return ticket


def said(ticket):
    rules = Message.objects.filter(ticket=ticket, kind=MessageKind.SYSTEM)
    return list(rules.filter(template="rule").values_list("text", flat=True))


def test_it_leaves_by_mail_in_the_customers_language(ada, react):
    spanish, other = open_ticket(), open_ticket("joao@correo.example")
    Ticket.objects.filter(pk=other.pk).update(language="pt")

    react()

    assert said(spanish) == ["Lo tenemos, Elena: Cobro doble"]
    assert said(other) == ["Lo tenemos, Elena: Cobro doble"]  # the desk's language before any
    to = OutgoingMail.objects.filter(message__template="rule").order_by("pk")
    assert to.count() == 2
    assert RuleRun.objects.filter(done=["message"]).count() == 2


def test_a_strangers_words_are_not_sent_back(ada, react):
    ticket = open_ticket(known=False)

    react()

    assert said(ticket) == ["Lo tenemos: la consulta"]


@pytest.mark.parametrize(
    ("sender", "auto", "blocked"),
    [
        ("no-reply@tienda.example", "", False),
        ("mailer-daemon@tienda.example", "", False),
        ("elena@correo.example", "auto_reply", False),
        ("elena@correo.example", "", True),
    ],
)
def test_nobody_writes_to_a_machine(sender, auto, blocked, ada, react):  # R12
    ticket = open_ticket(sender)
    Message.objects.filter(ticket=ticket).update(auto=auto)
    Contact.objects.filter(pk=ticket.contact_id).update(blocked=blocked)

    react()

    assert said(ticket) == []
    assert RuleRun.objects.get().left_out[0][0] == "message"


def test_five_a_day_to_one_address_are_enough(ada, react):
    tickets = [open_ticket() for _number in range(7)]

    react()

    assert sum(len(said(ticket)) for ticket in tickets) == 5


def test_a_trial_sends_nothing(ada, react):
    ticket = open_ticket()

    trial = attempt(in_use()[0].definition, ticket, author=ada.pk, name="Respuesta")

    assert trial.effect.message == "Lo tenemos, Elena: Cobro doble"
    assert said(ticket) == []
    assert not OutgoingMail.objects.exists()
