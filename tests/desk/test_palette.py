"""The command palette: where one can go, and what a few letters find."""

from __future__ import annotations

import pytest

from tests.desk.world import statements
from tests.factories import act, make_agent, make_contact, make_team, make_ticket
from ventanilla.tickets.actions import assign
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.search.build import build

pytestmark = pytest.mark.django_db


def asked(world, query, who="own"):
    build(list(Ticket.objects.values_list("pk", flat=True)))
    return world.client(who).get(f"/palette?{query}").text


@pytest.mark.parametrize(
    "query", ["q=COBRO", "q=dupl", "q=vidal", "q=elena.vidal", "q={number}", "q=%23{number}"]
)
def test_a_ticket_is_found_by_number_subject_and_customer(query, world):
    html = asked(world, query.format(number=world.number))

    assert f"/tickets/{world.number}/" in html


def test_accents_do_not_count(world):
    contact = make_contact("Íñigo Muñoz")
    ticket = make_ticket("Dirección de envío", contact=contact, team=world.team)

    assert f"/tickets/{ticket.number}/" in asked(world, "q=direccion")
    assert f"/customers/{contact.pk}/" in asked(world, "q=munoz")


def test_nobody_finds_what_is_not_theirs_to_see(world):
    for query in (f"q={world.number}", "q=cobro", "q=vidal", f"recent={world.number}"):
        html = asked(world, query, who="stranger")

        assert f"/tickets/{world.number}/" not in html
        assert f"/customers/{world.contact.pk}/" not in html


def test_recent_tickets_come_in_their_order(world):
    other = make_ticket("Otra cosa", team=world.team)

    html = asked(world, f"recent={other.number},{world.number},999999,x")

    assert html.index(f'data-id="#{other.number}"') < html.index(f'data-id="#{world.number}"')


def test_it_leads_to_what_one_may_open(world):
    agent, admin = asked(world, ""), asked(world, "", who="admin")

    for place in ("/inbox/mine/", "/inbox/due-today/", "/customers/", "/notices/", "/me/"):
        assert f'href="{place}"' in agent
    assert "/settings/people/" in admin
    assert "/settings/people/" not in agent


@pytest.mark.parametrize("query", ["", "recent={number}", "q=cobro", "q={number}"])
def test_it_takes_four_statements_at_most(query, world):
    client = world.client("own")
    url = f"/palette?{query.format(number=world.number)}"
    client.get(url)
    client.get(url)

    with statements() as done:
        client.get(url)

    assert done.count <= 4, "\n".join(done.sql)


def test_the_next_ticket_is_the_most_urgent_of_ones_teams(world):
    team = make_team("Pedidos")
    marta = make_agent("Nora Paz", team=team)
    make_ticket("De otro equipo", team=world.other_team)
    first, _second = make_ticket("Primero", team=team), make_ticket("Segundo", team=team)
    taken = make_ticket("De alguien", team=team)
    assign(taken, act(marta), to=marta)
    world.people["nora"] = marta
    client = world.client("nora")

    answer = client.post("/tickets/next")

    assert answer.status_code == 303
    assert answer.url == f"/inbox/mine/{first.number}/"
    assert Ticket.objects.get(pk=first.pk).assignee == marta


def test_when_nothing_waits_it_says_so(world):
    nora = make_agent("Nora Paz", team=make_team("Pedidos"))
    world.people["nora"] = nora
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}

    answer = world.client("nora").post("/tickets/next", headers=headers)

    assert answer.status_code == 200
    assert "#toasts" in answer.text
