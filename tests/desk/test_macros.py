"""Macros at a ticket: who is offered which, filled in, run; the pages to write them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.desk.test_writing import REPLY
from tests.desk.world import PARTIAL
from tests.factories import MONDAY_9AM
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Draft, Message

pytestmark = pytest.mark.django_db
GREETING = "Hola, {{ contact.first_name | default: 'buenos días' }}:"
BODY = GREETING + "\n\nMiramos el pedido.\n\n{{ agent.name }}"


@pytest.fixture(autouse=True)
def monday(world):
    Macro.objects.all().delete()  # those that a test makes are all there are
    with clock.frozen(MONDAY_9AM):
        yield


def text(name="Saludo", body=BODY, language="", **fields):
    texts = {language: body} if body else {}
    return Macro.objects.create(name=name, texts=texts, changed_at=MONDAY_9AM, **fields)


def offered(world, who="own"):
    url = reverse("desk:macros_for", args=[world.number])
    return [one["name"] for one in world.client(who).get(url).json()["texts"]]


def filled(world, one, who="own"):
    url = reverse("desk:macros_for", args=[world.number])
    return world.client(who).get(f"{url}?id={one.pk}")


def save(world, who="own", pk=0, **fields):
    given = {"name": "Saludo", "text": BODY, "whose": "own"} | fields
    return world.client(who).post(reverse("desk:macro", args=[pk]), given)


def test_own_the_teams_and_the_desks_are_offered_in_the_tickets_language_first(world):
    text("Mesa"), text("Inglés", language="en"), text("Equipo", team=world.team)
    text("Mía", agent=world.people["own"]), text("Vieja", archived=True)
    text("De otra", agent=world.people["admin"]), text("De otro equipo", team=world.other_team)

    assert offered(world) == ["Mía", "Equipo", "Mesa", "Inglés"]


def test_variables_are_filled_in_and_nothing_else_is(world):
    world.contact.name = "Elena <b>Vidal</b>"
    world.contact.save()
    one = text(body="{{ ticket.number }}: {{ contact.name }} <i>{{ nada }}</i>")

    html = filled(world, one).json()["html"]

    assert html == (f"<p>{world.number}: Elena &lt;b&gt;Vidal&lt;/b&gt; &lt;i&gt;&lt;/i&gt;</p>")


def test_a_greeting_reads_well(world):
    html = filled(world, text()).json()["html"]

    assert html == "<p>Hola, Elena:</p><p>Miramos el pedido.</p><p>Marta Ruiz</p>"


def test_others_texts_cannot_be_asked_for(world):
    one = text(agent=world.people["admin"])

    assert filled(world, one).status_code == 404
    assert filled(world, text(), who="stranger").status_code == 404


def test_which_one_was_used_is_kept(world):
    one, other = text(), text("Otra")
    Draft.objects.all().delete()
    url = reverse("desk:messages", args=[world.number])

    fields = REPLY | {"prepared": f"{other.pk},{one.pk}"}
    world.client("own").post(url, fields, headers=PARTIAL)
    world.client("own").post(url, fields | {"kind": "note"}, headers=PARTIAL)

    told = [
        event.data["prepared"]
        for event in Event.objects.order_by("-pk")
        if "prepared" in event.data
    ]
    assert told[:2] == [[other.pk, one.pk], [other.pk, one.pk]]
    assert Message.objects.latest("pk").template == f"macro:{one.pk}"


def test_a_draft_remembers_which_one_went_into_it(world):
    one = text()
    url = reverse("desk:ticket_draft", args=["reply", world.number])
    world.client("own").post(url, {"html": "<p>a</p>", "prepared": str(one.pk)})

    page = world.client("own").get(reverse("desk:ticket", args=[world.number])).text

    assert f'name="prepared" value="{one.pk}"' in page


def test_an_agent_writes_for_themselves_and_their_team(world):
    assert save(world).status_code == 302
    assert save(world, whose=str(world.team.pk), name="Equipo").status_code == 302
    assert save(world, whose=str(world.other_team.pk)).status_code == 422
    assert save(world, whose="desk").status_code == 422
    assert save(world, who="admin", whose="desk", name="Mesa").status_code == 302

    kept = {one.name: (one.agent_id, one.team_id) for one in Macro.objects.all()}
    assert kept == {
        "Saludo": (world.people["own"].pk, None),
        "Equipo": (None, world.team.pk),
        "Mesa": (None, None),
    }


def test_a_mistake_in_the_text_is_named(world):
    answer = save(world, text="Hola {{ contact.frist }}\n{% fi %}")

    assert answer.status_code == 422
    assert "id_text_error" in answer.text
    assert not Macro.objects.exists()


def test_others_texts_cannot_be_changed(world):
    one = text(agent=world.people["admin"])

    assert save(world, pk=one.pk, name="Otra").status_code == 404
    one.refresh_from_db()
    assert one.name == "Saludo"


def test_the_preview_reads_as_at_a_real_ticket_and_keeps_nothing(world):
    answer = save(world, preview="1", ticket=str(world.number))

    assert answer.status_code == 200
    assert "<p>Hola, Elena:</p>" in answer.text
    assert not Macro.objects.exists()


def test_the_preview_shows_no_foreign_ticket(world):
    answer = save(world, who="stranger", preview="1", ticket=str(world.number))

    assert answer.status_code == 422
    assert "Elena" not in answer.text


def test_what_is_changed_and_archived_is_no_longer_offered(world):
    one = text(team=world.team)

    save(world, pk=one.pk, whose=str(world.team.pk), archived="on")

    assert offered(world) == []
    page = world.client("own").get(reverse("desk:macros")).text
    assert "Saludo" not in page.partition("<main")[2]
