"""Statements: few, and as many for fifty as for ten. Session and user count."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.desk.test_writing import REPLY
from tests.desk.world import PARTIAL, picture, statements, stored
from tests.factories import MONDAY_9AM, make_contact, make_ticket
from ventanilla.events.acts import Act
from ventanilla.tickets.actions import receive
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Draft

pytestmark = pytest.mark.django_db
LIST, TICKET, CHANGE, SEARCH = 8, 12, 15, 6


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """What a process asks once a second is of no page; a busy machine takes longer than that."""
    monkeypatch.setattr("ventanilla.people.queries.FRESH", 60)


def taken(world, url, **headers):
    client = world.client("own")
    client.get(url, headers=headers)
    with statements() as done:
        answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    return done.count


def many_tickets(world, number):
    for index in range(number):
        contact = make_contact(f"Cliente {index}")
        make_ticket(f"Consulta {index}", contact=contact, team=world.team)


def many_messages(world, number):
    for index in range(number):
        file = stored(picture(), f"{index}.png", "image/png", cid=f"{index}@x", inline=True)
        receive(
            world.ticket,
            Act.of_contact(world.contact.pk, MONDAY_9AM + timedelta(minutes=index)),
            content=Content(html=f'<p>{index}</p><img src="cid:{index}@x">', files=[file]),
            channel="email",
            contact=world.contact,
        )


@pytest.mark.parametrize(
    ("target", "most"), [("", LIST), ("div#list", LIST), ("div#more", LIST), ("div#news", LIST)]
)
def test_a_list_costs_the_same_for_fifty_rows_as_for_ten(target, most, world):
    headers = PARTIAL | {"HX-Target": target} if target else {}
    many_tickets(world, 10)
    few = taken(world, "/inbox/all/", **headers)

    many_tickets(world, 50)

    assert taken(world, "/inbox/all/", **headers) == few <= most


def test_a_ticket_costs_the_same_for_thirty_messages_as_for_three(world):
    url = reverse("desk:ticket", args=[world.number])
    many_messages(world, 3)
    few = taken(world, url)

    many_messages(world, 30)

    assert taken(world, url) == few <= TICKET


def test_a_ticket_beside_its_list(world):
    url = reverse("desk:inbox_ticket", args=["all", world.number])
    many_tickets(world, 30)

    assert taken(world, url) <= TICKET + 1
    assert taken(world, url, **PARTIAL, **{"HX-Target": "section#conv"}) <= TICKET


def test_what_live_changes_fetch(world):
    assert taken(world, reverse("desk:row", args=["all", world.number])) <= 3
    assert taken(world, reverse("desk:counts")) <= 4
    assert taken(world, reverse("desk:conversation", args=[world.number])) <= TICKET


def test_a_search(world):
    many_tickets(world, 30)

    assert taken(world, "/search/?q=consulta") <= SEARCH


def test_writing_a_reply(world):
    client, url = world.client("own"), reverse("desk:messages", args=[world.number])
    Draft.objects.all().delete()

    with statements() as done:
        answer = client.post(url, REPLY, headers=PARTIAL)

    assert answer.status_code == 303
    assert done.count <= CHANGE, "\n".join(done.sql)


def test_writing_a_note(world):
    client, url = world.client("own"), reverse("desk:messages", args=[world.number])

    with statements() as done:
        answer = client.post(url, REPLY | {"kind": "note"}, headers=PARTIAL)

    assert answer.status_code == 303
    assert done.count <= CHANGE


@pytest.mark.parametrize(("name", "value"), [("status", "4"), ("priority", "3"), ("add", "vip")])
def test_changing_a_property(name, value, world):
    url = reverse(f"desk:{'tags' if name == 'add' else name}", args=[world.number])
    client = world.client("own")

    with statements() as done:
        answer = client.post(url, {name: value}, headers=PARTIAL)

    assert answer.status_code == 303
    assert done.count <= CHANGE, "\n".join(done.sql)


def test_opening_a_ticket_for_a_customer(world):
    fields = {
        "customer": "elena.vidal@correo.example",
        "subject": "Llamada",
        "body": "Quiere anular",
        "channel": "phone",
        "team": world.team.pk,
        "priority": "1",
    }

    client = world.client("own")

    with statements() as done:
        answer = client.post("/tickets/new/", fields)

    assert answer.status_code == 303
    assert done.count <= CHANGE, "\n".join(done.sql)
