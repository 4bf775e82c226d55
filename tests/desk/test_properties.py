"""Properties changed in place: the verb runs, and every part that shows the ticket comes back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL
from tests.factories import act, make_agent
from ventanilla.events.models import Event
from ventanilla.tickets.actions import assign, set_priority
from ventanilla.tickets.models import Category, Priority, Status, Tag

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(shared_world):
    return shared_world


def change(world, name, who="own", here="", **fields):
    headers = dict(PARTIAL)
    if here:
        headers["HX-Current-URL"] = f"http://testserver/inbox/{here}/{world.number}/"
    url = reverse(f"desk:{name}", args=[world.number])
    return world.client(who).post(url, fields, headers=headers)


def reload(world):
    world.ticket.refresh_from_db()
    return world.ticket


def test_each_property_is_set_and_recorded(world):
    admin = world.people["admin"]

    change(world, "status", status="3", hold="approval")
    change(world, "priority", priority="3")
    change(world, "type", type="incident")
    change(world, "assignee", assignee=str(admin.pk))
    change(world, "category", category="")
    change(world, "subject", subject="  Dos   cargos ")

    ticket = reload(world)
    assert (ticket.status, ticket.hold_reason) == (Status.ON_HOLD, "approval")
    assert (ticket.priority, ticket.type, ticket.assignee) == (3, "incident", admin)
    assert (ticket.category, ticket.subject) == (None, "Dos cargos")
    last = Event.objects.filter(ticket_id=ticket.pk).latest("seq")
    assert (last.kind, last.actor_id, last.via) == (
        "ticket.subject_changed",
        world.people["own"].pk,
        "web",
    )


def test_the_answer_leads_to_the_parts_in_the_view_around_it(world):
    answer = change(world, "priority", here="all", priority="3")
    parts = world.client("own").get(answer["Location"], headers=PARTIAL).text

    assert answer.status_code == 303
    for target in (f"#head-{world.number}", f"#conv-{world.number}", f"#t{world.number}", "#views"):
        assert f'hx-target="{target}"' in parts, target
    assert "Urgente" in parts


def test_taking_a_ticket(world):
    change(world, "assignee", assignee="me")

    assert reload(world).assignee == world.people["own"]

    change(world, "assignee", assignee="")

    assert world.ticket.assignee == world.people["own"]
    assert reload(world).assignee is None


def test_an_assignee_of_another_team_is_refused_with_the_way_out(world):
    answer = change(world, "assignee", assignee=str(world.people["stranger"].pk))

    assert answer.status_code == 409
    assert "Iván Ferrer no está en Facturación" in answer.text
    assert 'hx-target="#problems"' in answer.text


def test_tags_are_added_removed_and_created(world):
    change(world, "tags", add=["vip"], create=["Pasarela de pago"])
    change(world, "tags", remove=["reembolso"])

    names = dict(Tag.objects.values_list("pk", "name"))
    assert [names[pk] for pk in reload(world).tags] == ["vip", "pasarela de pago"]


def test_the_same_field_changed_by_two_is_refused_with_its_value(world):  # R54
    set_priority(world.ticket, act(world.people["admin"]), to=Priority.URGENT)

    answer = change(world, "priority", priority="0", was="1")

    assert answer.status_code == 409
    assert "Urgente" in answer.text
    assert reload(world).priority == Priority.URGENT


def test_moved_out_of_sight_leads_back_to_the_list(world):
    answer = change(world, "team", here="mine", team=str(world.other_team.pk))

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/inbox/mine/"
    assert reload(world).team == world.other_team


def test_without_script_a_change_leads_back_to_the_page(world):
    url = reverse("desk:status", args=[world.number])
    page = f"http://testserver/inbox/all/{world.number}/"

    answer = world.client("own").post(url, {"status": "4"}, headers={"Referer": page})

    assert answer.status_code == 303
    assert answer["Location"] == f"/inbox/all/{world.number}/"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("status", {"status": "9"}),
        ("status", {}),
        ("priority", {"priority": "high"}),
        ("type", {"type": "wish"}),
        ("team", {"team": ""}),
        ("team", {"team": "99999"}),
        ("assignee", {"assignee": "me; DROP"}),
        ("assignee", {}),
        ("category", {"category": "99999"}),
        ("tags", {"add": "x" * 61}),
        ("subject", {"subject": "  "}),
        ("contact", {"customer": "nadie"}),
        ("contact", {"customer": "a@b.example, c@d.example"}),
        ("participants", {"add": "nadie"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(name, fields, world):
    version = world.ticket.version

    answer = change(world, name, **fields)

    assert answer.status_code == 422
    assert "banner" in answer.text
    assert reload(world).version == version


def test_an_archived_category_is_offered_to_nobody_else(world):
    old = Category.objects.create(name="Vieja", archived=True)

    assert change(world, "category", category=str(old.pk)).status_code == 422


def test_a_new_customer_and_new_participants(world):
    change(world, "contact", customer="Ana Soler <ana@correo.example>")
    change(world, "participants", add="vecina@correo.example", remove=[world.participant.pk])

    ticket = reload(world)
    assert ticket.contact.name == "Ana Soler"
    values = ticket.participants.values_list("contact__identities__value", flat=True)
    assert list(values) == ["vecina@correo.example"]


def test_a_refused_change_makes_no_customer(world):
    answer = change(world, "contact", "light", customer="ana@correo.example")

    assert answer.status_code == 403
    assert "Change status" in answer.text or "Cambiar" in answer.text
    assert not world.contact.__class__.objects.filter(identities__value="ana@correo.example")


def test_refusals_name_who_can_grant_it(world):
    answer = change(world, "status", "light", status="4")

    assert answer.status_code == 403
    assert "administra" in answer.text.lower()


def test_scripts_get_refusals_as_json(world):
    url = reverse("desk:status", args=[world.number])

    answer = world.client("light").post(
        url, {"status": "4"}, headers={"Accept": "application/json"}
    )

    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"


def test_being_away_is_ones_own_choice(world):
    page = {"Referer": "http://testserver/inbox/all/"}

    answer = world.client("own").post(
        reverse("desk:availability"), {"availability": "away"}, headers=page
    )

    world.people["own"].refresh_from_db()
    assert answer["Location"] == "/inbox/all/"
    assert world.people["own"].availability == "away"


def test_no_change_leads_to_somebody_elses_page(world):  # R27
    page = {"Referer": "https://evil.example/inbox/all/"}

    answer = world.client("own").post(
        reverse("desk:availability"), {"availability": "away"}, headers=page
    )

    assert answer["Location"] == "/"


def test_menus_offer_what_can_be_chosen(world):
    former = make_agent("Pepe Gil", team=world.team)
    former.user.is_active = False
    former.user.save()

    text = world.client("own").get(reverse("desk:ticket", args=[world.number])).text

    menu = text.partition(f'id="assignee-{world.number}"')[2].partition("</vt-menu>")[0]
    assert "Ada Sanz" in menu
    assert "Iván Ferrer" not in menu
    assert "Pepe Gil" not in menu


def test_a_menu_posts_what_it_showed(world):  # R54
    text = world.client("own").get(reverse("desk:ticket", args=[world.number])).text

    def shown(name):
        menu = text.partition(f'id="{name}-{world.number}"')[2].partition("</vt-menu>")[0]
        return menu.partition('name="was" value="')[2].partition('"')[0]

    assert shown("status") == str(world.ticket.status)
    assert shown("priority") == "1"
    assert shown("assignee") == "0"  # nobody
    assert shown("category") == str(world.category.pk)

    assign(world.ticket, act(world.people["own"]), to=world.people["own"])
    answer = change(world, "assignee", assignee=str(world.people["admin"].pk), was="0")

    assert answer.status_code == 409
    assert reload(world).assignee == world.people["own"]
