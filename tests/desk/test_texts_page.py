"""What Ventanilla writes by itself: written on screen, checked, previewed, used."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.automation.test_acknowledge import write
from tests.desk.test_settings_pages import fresh_client, url
from tests.factories import make_agent, make_team, make_ticket
from ventanilla.lib import clock
from ventanilla.people.models import Agent, AuditEntry, Contact
from ventanilla.tickets.models import Message, MessageTemplate

pytestmark = pytest.mark.django_db
WORDS = {
    "subject": "Nos llegó [#{{ ticket.number }}]",
    "body": "Hola, {{ contact.first_name | default: 'buenas' }}:\n\nYa está en {{ desk.name }}.",
}


@pytest.fixture
def ada() -> Agent:
    return make_agent("Ada Sanz", role="administrator", team=make_team())


@pytest.fixture
def client(ada) -> Client:
    return fresh_client(ada)


def text() -> str:
    return url("text", "acknowledgement", "es")


def test_a_text_is_written_and_then_used(client, react):
    answer = client.post(text(), WORDS, follow=True)
    ticket = write(when=clock.now())
    react()

    assert "Nos llegó [#{{ ticket.number }}]" in answer.text
    sent = Message.objects.get(ticket=ticket, template="acknowledgement")
    assert sent.subject == f"Nos llegó [#{ticket.number}]"
    assert "Ya está en Ventanilla." in sent.text
    assert AuditEntry.objects.filter(what="template.changed").count() == 1


def test_the_preview_reads_as_it_would_at_the_ticket(client):
    before = MessageTemplate.objects.get(key="acknowledgement", language="es").body
    older, _newer = make_ticket("Silla"), make_ticket("Mesa")

    answer = client.post(text(), WORDS | {"preview": "1", "ticket": older.number})

    assert f"Nos llegó [#{older.number}]" in answer.text
    assert "Hola, buenas:" in answer.text  # a stranger's words are not said (R12)
    assert MessageTemplate.objects.get(key="acknowledgement", language="es").body == before


def test_the_preview_names_who_is_known(client):
    ticket = make_ticket()
    Contact.objects.get().identities.update(verified_at=clock.now())

    shown = client.post(text(), WORDS | {"preview": "1"}).text

    assert f"Nos llegó [#{ticket.number}]" in shown
    assert "Hola, Elena:" in shown


def test_what_a_customer_wrote_is_no_template(client):  # R26
    make_ticket("{{ desk.name }} {{7*7}}")
    Contact.objects.get().identities.update(verified_at=clock.now())

    given = WORDS | {"subject": "{{ ticket.subject }}", "preview": "1"}
    shown = client.post(text(), given).text

    assert "<b>{{ desk.name }} {{7*7}}</b>" in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [("body", "{{ settings.SECRET_KEY }}"), ("body", "{% if %}"), ("subject", "{{ x }}"),
     ("subject", ""), ("ticket", "999999")],
)  # fmt: skip
def test_a_bad_text_is_refused_at_its_field(field, value, client):
    more = {"preview": "1"} if field == "ticket" else {}
    answer = client.post(text(), WORDS | {field: value} | more)

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text


@pytest.mark.parametrize("wrong", [("nothing", "es"), ("acknowledgement", "xx")])
def test_other_texts_do_not_exist(wrong, client):
    assert client.get(url("text", *wrong)).status_code == 404
