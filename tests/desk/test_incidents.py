"""A solved problem: its incidents are answered and resolved in one go."""

from __future__ import annotations

import pytest

from tests.factories import act, make_contact, make_ticket
from ventanilla.tickets.actions import connect, set_status
from ventanilla.tickets.models import Message, MessageKind, Status, TicketLink
from ventanilla.tickets.operations import Operation

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(world):
    """A problem with two incidents that are open, and one that is resolved."""
    marta = act(world.people["own"])
    made = make_ticket("No se puede pagar", team=world.team)
    for name in ("Ana Rey", "Pau Sol", "Luz Mar"):
        one = make_ticket("No puedo pagar", contact=make_contact(name), team=world.team)
        connect(one, marta, other=made, how=TicketLink.How.INCIDENT)
    set_status(one, marta, to=Status.RESOLVED)
    return made


def test_all_open_incidents_are_answered_by_name_and_resolved(world, problem):
    client, url = world.client("own"), f"/tickets/{problem.number}/incidents/"
    numbers = [one.ticket.number for one in problem.linked_from.order_by("pk")]

    html = client.get(url).text
    text = "Hola, {{ contact.first_name }}: ya se puede pagar."
    answer = client.post(url, {"n": numbers, "text": text, "itself": "on"})

    assert f'value="{numbers[0]}"' in html
    assert f'value="{numbers[2]}"' not in html  # it is resolved already
    operation = Operation.objects.latest("pk")
    assert answer.url == f"/operations/{operation.pk}/"
    assert (operation.total, operation.done) == (2, 2)
    replies = Message.objects.filter(kind=MessageKind.REPLY, text__contains="ya se puede")
    said = {one.to[0]["addr"]: one.text for one in replies}
    assert said == {
        "ana.rey@correo.example": "Hola, Ana: ya se puede pagar.",
        "pau.sol@correo.example": "Hola, Pau: ya se puede pagar.",
    }
    problem.refresh_from_db()
    assert problem.status == Status.RESOLVED
    assert all(one.ticket.status == Status.RESOLVED for one in problem.linked_from.all())
    assert "/undo" not in client.get(answer.url).text  # mails don't come back


def test_a_resolved_problem_offers_it(world, problem):
    client, place = world.client("own"), f"/tickets/{problem.number}/incidents/"
    set_status(problem, act(world.people["own"]), to=Status.RESOLVED)

    html = client.get(f"/tickets/{problem.number}/").text

    assert html.count(f'href="{place}"') == 2
    assert "2 incidencias de este problema siguen abiertas" in html


@pytest.mark.parametrize("text", ["", "Hola, {{ contact.name"])
def test_a_text_with_a_fault_answers_nobody(text, world, problem):
    number = problem.linked_from.first().ticket.number

    answer = world.client("own").post(
        f"/tickets/{problem.number}/incidents/", {"n": [number], "text": text}
    )

    assert answer.status_code == 422
    assert not Operation.objects.exclude(pk=world.operation.pk).exists()
