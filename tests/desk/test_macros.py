"""Macros at a ticket: who is offered which, filled in, run; the pages to write them."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.desk.test_writing import REPLY
from tests.desk.world import PARTIAL
from tests.factories import MONDAY_9AM, system
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Draft, Message, Tag
from ventanilla.tickets.operations import Operation

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


# -- changes -------------------------------------------------------------------------------------
def at(world, one, who="own", **kwargs):
    url = reverse("desk:macro_at", args=[world.number, one.pk])
    return world.client(who).get(url, headers=PARTIAL, **kwargs)


def run(world, one, who="own", **fields):
    url = reverse("desk:macro_at", args=[world.number, one.pk])
    return world.client(who).post(url, fields, headers=PARTIAL)


def test_a_macro_is_looked_at_before_it_is_run(world):
    one = text(body="", changes=["priority=3", "type=question", "add=999"])

    shown = at(world, one).text

    assert re.search(r"<s[^>]*>Normal</s>.*Prioridad: Urgente", shown, re.DOTALL)
    assert "ya está así" in shown
    assert re.search(r'value="add=999" disabled', shown)
    world.ticket.refresh_from_db()
    assert world.ticket.priority == 1


def test_running_one_makes_its_changes_and_offers_to_undo_them(world):
    one = text(body="", changes=["priority=3", "type=incident", "team=999"])

    answer = run(world, one)
    told = world.client("own").get(answer["Location"], headers=PARTIAL).text

    operation = Operation.objects.latest("pk")
    assert reverse("desk:operation_undo", args=[operation.pk]) in told
    assert "«Saludo» aplicada. No se ha hecho: Equipo" in told
    world.ticket.refresh_from_db()
    assert (world.ticket.priority, world.ticket.type) == (3, "incident")

    world.client("own").post(reverse("desk:operation_undo", args=[operation.pk]), headers=PARTIAL)
    world.ticket.refresh_from_db()
    assert (world.ticket.priority, world.ticket.type) == (1, "question")


def test_what_was_unticked_is_not_changed_and_nothing_else_can_be_ticked(world):
    one = text(body="", changes=["priority=3", "type=incident"])

    run(world, one, chosen="1", also=["type=incident", "status=4"])

    world.ticket.refresh_from_db()
    assert (world.ticket.priority, world.ticket.type) == (1, "incident")
    assert world.ticket.status != 4


def test_nobody_runs_anothers_macro_or_runs_one_at_a_ticket_they_cannot_see(world):  # R28
    one, mine = text(agent=world.people["admin"], changes=["priority=3"]), text()

    assert run(world, one).status_code == 404
    assert run(world, mine, who="stranger").status_code == 404
    assert at(world, one).status_code == 404
    bulk = {"n": world.number, "macro": one.pk}
    assert world.client("own").post(reverse("desk:operations"), bulk).status_code == 404


def test_one_that_can_change_nothing_says_why(world):
    answer = run(world, text(body="", changes=["team=999"]))

    assert answer.status_code == 409
    assert "ya no existe" in answer.text


def test_its_changes_come_as_ticks_and_stay_in_the_draft(world):
    one = text(changes=["status=4", "priority=3"], write_as="note")
    answer = filled(world, one).json()
    assert answer["kind"] == "note"
    assert answer["chips"].count("checked") == 2

    url = reverse("desk:ticket_draft", args=["reply", world.number])
    world.client("own").post(url, {"html": "<p>a</p>", "also": ["priority=3"]})

    page = world.client("own").get(reverse("desk:ticket", args=[world.number])).text
    assert re.search(r'name="also" value="priority=3" checked', page)
    assert 'value="status=4" checked' not in page


@pytest.mark.parametrize(
    ("button", "also", "status"),
    [("2", ["status=4"], 4), ("1", ["status=4"], 1), ("2", ["snooze=customer"], 3), ("2", [], 2)],
)
def test_a_macros_status_takes_the_place_of_the_main_buttons(world, button, also, status):
    fields = REPLY | {"status": button, "also": [*also, "priority=3"]}

    world.client("own").post(reverse("desk:messages", args=[world.number]), fields, headers=PARTIAL)

    world.ticket.refresh_from_db()
    assert (world.ticket.status, world.ticket.priority) == (status, 3)


def test_what_waits_to_leave_says_what_it_will_change(world):
    fields = REPLY | {"later": "2026-03-03T09:00", "also": ["priority=3"]}

    world.client("own").post(reverse("desk:messages", args=[world.number]), fields, headers=PARTIAL)

    page = world.client("own").get(reverse("desk:ticket", args=[world.number])).text
    assert "Espera al cliente · Prioridad: Urgente" in page
    world.ticket.refresh_from_db()
    assert world.ticket.priority == 1


def test_what_is_no_change_is_refused_and_nothing_is_sent(world):
    before = Message.objects.count()
    url = reverse("desk:messages", args=[world.number])

    answer = world.client("own").post(url, REPLY | {"also": "owner=1"}, headers=PARTIAL)

    assert answer.status_code == 422
    assert Message.objects.count() == before


def test_many_tickets_are_changed_by_a_macro(world):
    one = text(changes=["priority=3", "add=999"])
    bar = world.client("own").get(reverse("desk:bulk_bar"), {"view": "all"}, headers=PARTIAL).text
    assert "bulk-macro" in bar
    assert "sin su texto" in bar

    world.client("own").post(reverse("desk:operations"), {"n": world.number, "macro": one.pk})

    operation = Operation.objects.latest("pk")
    assert (operation.what, operation.done) == ("macro", 1)
    page = world.client("own").get(reverse("desk:operation", args=[operation.pk])).text
    assert "Macro: Saludo" in page


# -- the pages -----------------------------------------------------------------------------------
def test_the_form_keeps_texts_by_language_and_changes(world):
    save(
        world, name="Cajón:: Saludo", text_en="Hello", status="snooze=2d", priority="priority=3",
        assignee="assignee=me", add="Nueva, reembolso", position="3", write_as="reply",
    )  # fmt: skip

    one = Macro.objects.get()
    assert (one.name, one.texts["en"], one.texts[""]) == ("Cajón::Saludo", "Hello", BODY)
    tags = {f"add={one.pk}" for one in Tag.objects.filter(name__in=["nueva", "reembolso"])}
    assert set(one.changes) == {"snooze=2d", "priority=3", "assignee=me"} | tags

    page = world.client("own").get(reverse("desk:macro", args=[one.pk])).text
    assert re.search(r'value="snooze=2d"\s+selected', page)
    assert "nueva, reembolso" in page or "reembolso, nueva" in page


def test_the_form_sets_the_desks_own_fields(world):
    options = [{"key": "moved", "labels": {"es": "Mudanza"}}]
    save_field(system(), key="cause", kind="choice", labels={"es": "Causa"}, options=options)
    save_field(system(), key="serial", kind="pattern", labels={"es": "Serie"}, pattern=r"\d{4}")
    save_field(system(), key="story", kind="long_text", labels={"es": "Historia"})

    wrong = save(world, field_cause="moved", field_serial="abc")
    assert wrong.status_code == 422
    assert "id_field_serial_error" in wrong.text
    assert "Historia" not in wrong.text
    save(world, field_cause="moved", field_serial="1234")

    one = Macro.objects.get()
    assert one.changes == ["field=cause:moved", "field=serial:1234"]
    assert "Causa: Mudanza" in at(world, one).text
    page = world.client("own").get(reverse("desk:macro", args=[one.pk])).text
    assert re.search(r'value="moved"\s+selected', page)

    fields = REPLY | {"status": "4", "also": one.changes}
    world.client("own").post(reverse("desk:messages", args=[world.number]), fields, headers=PARTIAL)
    world.ticket.refresh_from_db()
    assert world.ticket.custom == {"cause": "moved", "serial": "1234"}
    assert world.ticket.status == 4


def test_the_preview_follows_what_is_typed_and_makes_nothing(world):
    url = f"{reverse('desk:macro', args=[0])}?preview=1"
    fields = {"name": "", "text": "Hola {{ contact.name }}", "add": "nunca", "whose": "own"}

    seen = world.client("own").post(
        url, fields, headers=PARTIAL | {"HX-Target": "div#macro-preview"}
    )

    assert "<html" not in seen.text
    assert "<p>Hola Elena Vidal</p>" in seen.text
    assert not Tag.objects.filter(name="nunca").exists()


def test_what_is_being_written_becomes_a_macro(world):
    page = world.client("own").get(reverse("desk:macro", args=[0]), {"from": world.number}).text

    assert re.search(r"<textarea[^>]*>\s*Empiezo</textarea>", page)


def test_the_list_finds_by_words_in_texts_and_changes(world):
    text("Uno", changes=["priority=3"]), text("Dos", body="nada"), text("Tres", archived=True)
    url, client = reverse("desk:macros"), world.client("own")

    def names(**asked):
        page = client.get(url, asked).text
        return [one for one in ("Uno", "Dos", "Tres") if f"{one}</" in page or f"{one}\n" in page]

    assert names() == ["Uno", "Dos"]
    assert names(q="prioridad urgente") == ["Uno"]
    assert names(old="1") == ["Tres"]
