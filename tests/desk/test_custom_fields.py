"""The desk's own fields on screen: set up, asked for, changed in place, missed when resolving."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL, make_world, statements
from tests.factories import act, system
from ventanilla.people.rights import viewer
from ventanilla.tickets.actions import set_fields
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.actions.views import save_view
from ventanilla.tickets.custom_fields import CustomField
from ventanilla.tickets.models import Category, Ticket
from ventanilla.tickets.operations import Operation
from ventanilla.tickets.views import SavedView

pytestmark = pytest.mark.django_db
CAUSES = [{"key": "transport", "labels": {"es": "Transporte"}}, {"key": "factory", "labels": {}}]
CALL = {
    "customer": "Ana <ana@correo.example>",
    "subject": "Llamada",
    "body": "Una pata rota",
    "channel": "phone",
    "priority": "1",
}


def url(name, *args):
    return reverse(f"desk:{name}", args=args)


def make_field(key="cause", kind="text", **more):
    labels = {"es": "Causa" if key == "cause" else key.capitalize()}
    return save_field(system(), **{"key": key, "kind": kind, "labels": labels} | more)


# -- setting them up -----------------------------------------------------------------------------
def test_an_administrator_makes_a_field_and_sees_where_it_is_shown():
    world = make_world()
    form = {
        "label_es": "Causa",
        "label_en": "Cause",
        "kind": "choice",
        "options": "Transporte | Transport\nfab: Fábrica\n",
        "category": [str(world.category.pk)],
        "type": ["question"],
        "to_resolve": "on",
        "active": "on",
    }

    answer = world.client("admin").post(url("custom_field", "-"), form)

    assert answer.status_code == 302, answer.text
    field = CustomField.objects.get(key="causa")
    assert (field.key, field.to_resolve, field.to_create) == ("causa", True, False)
    assert [one["key"] for one in field.options] == ["transporte", "fab"]
    assert field.conditions == {"all": [{"field": "type", "op": "is", "value": ["question"]}]}
    page = world.client("admin").get(url("custom_field", "causa")).text
    assert "transporte: Transporte | Transport\nfab: Fábrica" in page
    assert "lo muestran" in page


def test_a_form_with_a_fault_says_where():
    world = make_world()
    form = {"label_es": "Serie", "kind": "pattern", "pattern": "(a", "active": "on"}

    answer = world.client("admin").post(url("custom_field", "-"), form)

    assert answer.status_code == 422
    assert 'id="id_pattern_error"' in answer.text


def test_conditions_beyond_the_form_stay_as_they_are():
    world = make_world()
    make_field("broken", "yes_no")
    asked = {"any": [{"field": "custom.broken", "op": "set"}]}
    make_field(conditions=asked)
    form = {"label_es": "Motivo", "active": "on"}

    world.client("admin").post(url("custom_field", "cause"), form)

    field = CustomField.objects.get(key="cause")
    assert (field.labels, field.conditions) == ({"es": "Motivo"}, asked)


def test_fields_change_places():
    world = make_world()
    make_field("one")
    make_field("two")

    world.client("admin").post(url("fields"), {"key": "two", "up": "1"})

    keys = CustomField.objects.order_by("position").values_list("key", flat=True)
    assert list(keys) == ["order_code", "two", "one"]


# -- a new ticket --------------------------------------------------------------------------------
def test_the_form_of_a_new_ticket_asks_for_what_its_category_requires():
    world = make_world()
    inside = Category.objects.create(name="Daños")
    make_field(categories=[inside.pk], to_create=True)
    form = CALL | {"team": world.team.pk, "category": inside.pk}

    without = world.client("own").post(url("new_fields"), CALL | {"team": world.team.pk})
    with_it = world.client("own").post(url("new_fields"), form)
    refused = world.client("own").post(url("new_ticket"), form)
    opened = world.client("own").post(url("new_ticket"), form | {"custom.cause": "Transporte"})

    assert "custom.cause" not in without.text
    assert 'name="custom.cause"' in with_it.text
    assert refused.status_code == 422
    assert 'id="f-custom.cause-err"' in refused.text
    assert opened.status_code == 303
    ticket = Ticket.objects.latest("pk")
    assert (ticket.category, ticket.custom) == (inside, {"cause": "Transporte"})


def test_a_field_that_is_not_one_of_the_desk_s_is_refused():
    world = make_world()

    answer = world.client("own").post(url("new_ticket"), CALL | {"custom.nothing": "1"})

    assert answer.status_code == 422


# -- beside a ticket -----------------------------------------------------------------------------
def test_a_ticket_shows_its_fields_and_each_is_changed_in_place():
    world = make_world()
    make_field("cause", "choices", options=CAUSES)
    make_field("serial", to_create=True)
    make_field("hidden", conditions={"all": [{"field": "custom.serial", "op": "set"}]})
    client, number = world.client("own"), world.number

    before = client.get(url("ticket", number)).text
    client.post(url("field", number, "serial"), {"value": "XJ 4", "was": ""})
    client.post(url("field", number, "cause"), {"add": "factory"})
    client.post(url("field", number, "cause"), {"add": "transport"})
    client.post(url("field", number, "cause"), {"remove": "factory"})
    after = client.get(url("ticket", number)).text

    assert f'popovertarget="field-serial-{number}"' in before
    assert "Falta" in before and "field-hidden" not in before
    assert "XJ 4" in after and "field-hidden" in after and "Falta" not in after
    world.ticket.refresh_from_db()
    assert world.ticket.custom == {"serial": "XJ 4", "cause": ["transport"]}


def test_a_value_that_is_refused_names_its_field():
    world = make_world()
    make_field("serial", "number")

    answer = world.client("own").post(
        url("field", world.number, "serial"), {"value": "doce"}, headers=PARTIAL
    )

    assert answer.status_code == 422
    assert "Serial: " in answer.text


def test_resolving_leads_to_the_field_that_is_missing():
    world = make_world()
    make_field(to_resolve=True)
    client, number = world.client("own"), world.number
    message = {"kind": "reply", "html": "<p>Hecho</p>", "to": "elena.vidal@correo.example"}

    there = PARTIAL | {"HX-Current-URL": f"http://testserver/tickets/{number}/"}
    button = client.post(url("status", number), {"status": "4"}, headers=there)
    reply = client.post(url("messages", number), message | {"status": "4"}, headers=there)
    on_a_list = client.post(url("status", number), {"status": "4"}, headers=PARTIAL)
    plain = client.post(url("status", number), {"status": "4"})

    for answer in (button, reply):
        assert answer.status_code == 422
        assert f'popovertarget="field-cause-{number}"' in answer.text
    assert f'href="{url("ticket", number)}"' in on_a_list.text
    assert plain.status_code == 422 and url("ticket", number) in plain.text
    client.post(url("field", number, "cause"), {"value": "Transporte"})
    assert client.post(url("status", number), {"status": "4"}).status_code == 303


def test_an_incident_is_rated_in_its_panel_and_the_matrix_is_the_desk_s():
    world = make_world()
    client, number = world.client("own"), world.number
    page = world.client("admin").get(url("desk")).text
    assert 'name="matrix_8"' in page and "Impacto alta" not in page
    assert f'popovertarget="impact-{number}"' not in client.get(url("ticket", number)).text

    client.post(url("type", number), {"type": "incident"})
    client.post(url("impact", number), {"level": "high", "was": "0"})
    client.post(url("urgency", number), {"level": "high"})

    shown = client.get(url("ticket", number)).text
    assert f'popovertarget="impact-{number}"' in shown
    world.ticket.refresh_from_db()
    assert (world.ticket.impact, world.ticket.urgency, world.ticket.priority) == (2, 2, 3)
    client.post(url("priority", number), {"priority": "0"})
    assert url("matrix", number) in client.get(url("ticket", number)).text


def test_a_field_is_set_on_many_tickets_and_taken_back():
    world = make_world()
    make_field("cause", "choice", options=CAUSES)
    client, number = world.client("own"), world.number

    bar = client.get(url("bulk_bar"), {"here": "all"}).text
    client.post(url("operations"), {"n": number, "field": "cause=transport"})

    assert 'value="cause=transport"' in bar and "Causa: Transporte" in bar
    world.ticket.refresh_from_db()
    assert world.ticket.custom == {"cause": "transport"}
    assert "Causa: Transporte" in client.get(url("operations")).text
    client.post(url("operation_undo", Operation.objects.latest("pk").pk))
    world.ticket.refresh_from_db()
    assert world.ticket.custom == {}


def test_a_view_asks_for_fields_and_counts_what_fits():
    world = make_world()
    make_field("cause", "choice", options=CAUSES)
    make_field("amount", "number")
    parts = [
        {"field": "custom.cause", "op": "is", "value": ["transport"]},
        {"field": "custom.amount", "op": "at_least", "value": 3.5},
        {"field": "custom.cause", "op": "set"},
    ]
    boss = world.people["admin"]
    save_view(act(boss), viewer(boss.pk), name="Rotos", conditions={"all": parts}, share="desk")
    page = url("inbox", SavedView.objects.latest("pk").slug)
    client = world.client("own")

    before = client.get(page).text
    set_fields(world.ticket, act(boss), values={"cause": "transport", "amount": "3,5"})
    after = client.get(page).text

    assert f'id="t{world.number}"' in after and f'id="t{world.number}"' not in before


def test_fields_cost_no_statement():
    world = make_world()
    client, page = world.client("own"), url("ticket", world.number)
    client.get(page)
    with statements() as before:
        client.get(page)
    for n in range(5):
        make_field(f"field{n}", "choice", options=CAUSES, categories=[world.category.pk])
        make_field(f"text{n}")
    client.get(page)
    with statements() as after:
        client.get(page)

    assert len(after.sql) == len(before.sql)
