"""The customers' pages: list, search, one customer with everything."""

from __future__ import annotations

import pytest

from tests.desk.world import PARTIAL, statements
from tests.factories import act, make_contact, make_ticket
from ventanilla.events.models import Event
from ventanilla.people.models import Contact, Organization
from ventanilla.tickets import customers
from ventanilla.tickets.actions import set_status
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.search.build import build, build_contacts

pytestmark = pytest.mark.django_db


def listed(world, query="", who="own", **headers):
    build(list(Ticket.objects.values_list("pk", flat=True)))
    return world.client(who).get(f"/customers/?{query}", headers=headers).text


@pytest.mark.parametrize("words", ["elena", "VIDAL", "elena vidal", "vidal elena", "correo.exam"])
def test_customers_are_found_by_parts_of_name_and_address(words, world):
    other = make_contact("Pedro Nuez", "pedro@nuez.example")
    make_ticket("Otra cosa", contact=other, team=world.team)

    html = listed(world, f"q={words}")

    assert f"/customers/{world.contact.pk}/" in html
    assert f"/customers/{other.pk}/" not in html


def test_a_search_without_result_says_what_to_do(world):
    html = listed(world, "q=xyzzy")

    assert "xyzzy" in html
    assert 'href="/customers/"' in html


def test_who_sees_no_ticket_of_a_customer_does_not_see_the_customer(world):
    alone = make_contact("Recién Llegada", "nueva@correo.example")

    html = listed(world, who="stranger")

    assert f"/customers/{world.contact.pk}/" not in html
    assert f"/customers/{alone.pk}/" in html
    assert world.client("stranger").get(f"/customers/{world.contact.pk}/").status_code == 404


def test_a_page_goes_on_where_the_last_one_ended(world, monkeypatch):
    monkeypatch.setattr(customers, "PAGE", 2)
    people = [make_contact(f"Cliente {index}") for index in range(5)]

    first = listed(world)
    second = listed(world, f"after={people[3].pk}", **PARTIAL, **{"HX-Target": "tr#more"})

    assert f"after={people[3].pk}" in first
    shown = [one.pk for one in people if f"/customers/{one.pk}/" in second]
    assert shown == [people[1].pk, people[2].pk]
    assert "<html" not in second


def test_one_customer_with_contact_points_organization_and_tickets(world):
    organization = Organization.objects.create(name="Hotel Arrayán", domains=["arrayan.example"])
    friend = make_contact("Luis Rey", "luis@arrayan.example")
    type(friend).objects.filter(pk__in=[friend.pk, world.contact.pk]).update(
        organization=organization, notes="Prefiere el correo."
    )
    done = make_ticket("Ya resuelto", contact=world.contact, team=world.team)
    set_status(done, act(world.people["own"]), to=Status.RESOLVED)

    html = world.client("own").get(f"/customers/{world.contact.pk}/").text

    for text in ("Elena Vidal", "elena.vidal@correo.example", "Hotel Arrayán", "arrayan.example",
                 "Prefiere el correo.", "Ya resuelto", "Cobro duplicado", "Luis Rey"):  # fmt: skip
        assert text in html, text
    assert html.index("Cobro duplicado") < html.index("Ya resuelto")  # what is open comes first


def test_who_a_customer_is_can_be_said(world, react):
    client, url = world.client("own"), f"/customers/{world.contact.pk}/"
    fields = {"name": "Elena Vidal Sanz", "notes": "Solo por la mañana.", "vip": "on"}

    answer = client.post(url, fields)
    react()

    assert answer.status_code == 302
    contact = Contact.objects.get(pk=world.contact.pk)
    assert (contact.name, contact.notes, contact.vip) == (*list(fields.values())[:2], True)
    event = Event.objects.get(kind="contact.changed")
    assert event.data["fields"] == ["name", "notes", "vip"]
    texts = {one.field: one.text for one in event.texts.all()}
    assert texts["old name"] == "Elena Vidal"
    assert texts["new notes"] == "Solo por la mañana."
    assert "Solo por la mañana." in client.get(url).text
    assert f"/customers/{contact.pk}/" in client.get("/customers/?q=sanz").text

    client.post(url, fields)

    assert Event.objects.filter(kind="contact.changed").count() == 1  # nothing happened


def test_who_may_not_change_customers_gets_no_form(world):
    html = world.client("light").get(f"/customers/{world.contact.pk}/").text

    assert 'name="notes"' not in html


def test_the_context_leads_there(world):
    html = world.client("own").get(f"/tickets/{world.number}/").text

    assert f'href="/customers/{world.contact.pk}/"' in html


def test_the_list_costs_the_same_for_fifty_as_for_ten(world):
    client = world.client("own")
    for index in range(10):
        make_ticket(contact=make_contact(f"Cliente {index}"), team=world.team)
    few = count(client, "/customers/")

    for index in range(40):
        make_ticket(contact=make_contact(f"Cliente {index + 10}"), team=world.team)

    assert count(client, "/customers/") == few <= 8
    assert count(client, f"/customers/{world.contact.pk}/") <= 8


def test_a_name_is_found_as_soon_as_its_words_are_built(world):
    new = make_contact("Aurora Boreal", "aurora@norte.example")
    build_contacts([new.pk])

    assert [one.pk for one in customers.page(world_viewer(world), "boreal").contacts] == [new.pk]


def world_viewer(world):
    from ventanilla.people.rights import viewer

    return viewer(world.people["own"].pk)


def count(client, url):
    client.get(url)
    with statements() as done:
        assert client.get(url).status_code == 200
    return done.count
