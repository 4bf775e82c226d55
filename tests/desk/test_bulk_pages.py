"""The bar that changes many tickets, its answers, and the page of an operation."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL, statements
from tests.factories import make_ticket
from ventanilla.tickets.models import Category, Status, Ticket
from ventanilla.tickets.operations import Operation

pytestmark = pytest.mark.django_db
OPERATIONS = "/operations/"


@pytest.fixture
def world(shared_world):
    return shared_world


@pytest.fixture
def tickets(world):
    return [world.ticket, *(make_ticket(f"Consulta {n}", team=world.team) for n in range(2))]


def post(world, fields, who="own", **headers):
    return world.client(who).post(OPERATIONS, fields, headers=PARTIAL | headers)


def numbers(tickets):
    return [one.number for one in tickets]


def test_the_bar_offers_what_can_be_changed(world):
    page = world.client("own").get("/operations/bar?view=all", headers=PARTIAL).text

    assert 'id="bulk"' in page
    assert world.team.name in page
    assert world.category.name in page
    assert "Marta Ruiz" in page
    assert "Iván Ferrer" not in page  # of a team that Marta is not in
    assert 'name="view" value="all"' in page


def test_the_bar_takes_no_view_that_is_none(world):
    page = world.client("own").get('/operations/bar?view="><b', headers=PARTIAL).text

    assert 'name="view" value=""' in page


def test_rows_counts_and_undo_come_back(world, tickets):
    answer = post(world, {"n": numbers(tickets), "status": int(Status.RESOLVED), "view": "all"})

    assert answer.status_code == 200
    for number in numbers(tickets):
        assert f'hx-target="#t{number}"' in answer.text
    assert answer.text.count("is-gone") == 3  # they no longer belong to the view
    assert 'hx-target="#views"' in answer.text
    operation = Operation.objects.latest("pk")
    assert reverse("desk:operation_undo", args=[operation.pk]) in answer.text
    assert 'data-act="undo"' in answer.text


@pytest.mark.parametrize(
    ("fields", "column", "value"),
    [
        ({"priority": 3}, "priority", 3),
        ({"assignee": "me"}, "assignee", None),
        ({"category": ""}, "category", None),
        ({"add": ["uno", "dos"]}, "subject", None),
    ],
)
def test_one_thing_is_changed(world, tickets, fields, column, value):
    if "assignee" in fields:
        fields = {"assignee": world.people["own"].pk}
        value = world.people["own"].pk
    answer = post(world, {"n": numbers(tickets), **fields})

    assert answer.status_code == 200
    if value is not None:
        assert set(Ticket.objects.values_list(column, flat=True)) == {value}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"priority": 3, "status": 4},
        {"priority": 9},
        {"team": "x"},
        {"add": "x" * 61},
        {"snippet": "x", "priority": 3},
        {"n": "1;2", "priority": 3},
    ],
)
def test_what_can_not_be_meant_is_refused(world, fields):  # R29
    answer = post(world, {"n": [world.number]} | fields)

    assert answer.status_code == 422


def test_a_whole_view_is_what_it_holds_now(world, tickets):
    Category.objects.all()
    hidden = make_ticket("De otro equipo", team=world.other_team)

    post(world, {"whole": "1", "view": f"team-{world.team.pk}", "priority": 3})

    assert Operation.objects.latest("pk").total == 3
    assert Ticket.objects.get(pk=hidden.pk).priority == 1


def test_a_view_that_is_not_theirs_is_not_changed(world):  # R28
    answer = post(world, {"whole": "1", "view": f"team-{world.other_team.pk}", "priority": 3})

    assert answer.status_code == 404


def test_without_script_the_answer_is_its_page(world, tickets):
    client = world.client("own")

    answer = client.post(OPERATIONS, {"n": numbers(tickets), "priority": 3})

    operation = Operation.objects.latest("pk")
    assert answer["Location"] == reverse("desk:operation", args=[operation.pk])
    page = client.get(answer["Location"]).text
    assert f"#{tickets[1].number} Consulta 0" in page


def test_a_page_shows_nothing_of_tickets_that_are_out_of_sight(world, tickets):  # R28
    operation = post(world, {"n": numbers(tickets), "team": world.other_team.pk})
    found = Operation.objects.latest("pk")

    page = world.client("own").get(reverse("desk:operation", args=[found.pk])).text

    assert operation.status_code == 200
    assert "Consulta 0" not in page


def test_undoing_answers_with_the_rows(world, tickets):
    post(world, {"n": numbers(tickets), "status": 4, "view": "all"})
    url = reverse("desk:operation_undo", args=[Operation.objects.latest("pk").pk])
    here = {"HX-Current-URL": "http://testserver/inbox/all/"}

    answer = world.client("own").post(url, headers=PARTIAL | here)

    assert answer.status_code == 200
    assert len(re.findall(r'hx-target="#t[0-9]', answer.text)) == 3
    assert "is-gone" not in answer.text
    again = world.client("own").post(url, headers=PARTIAL)
    assert again.status_code == 409


def test_a_large_change_shows_its_progress(world, tickets, monkeypatch):
    monkeypatch.setattr("ventanilla.tickets.actions.bulk.AT_ONCE", 1)
    monkeypatch.setattr("ventanilla.desk.views.bulk.AT_ONCE", 1)

    answer = post(world, {"n": numbers(tickets), "priority": 3, "view": "all"})

    operation = Operation.objects.latest("pk")
    assert f'data-live="operation-{operation.pk}"' in answer.text
    assert "<progress" in answer.text
    assert "vt-toast" not in answer.text
    part = {"HX-Target": "div#bulk-last"}
    url = reverse("desk:operation", args=[operation.pk])
    assert "<progress" in world.client("own").get(url, headers=PARTIAL | part).text


def test_the_lists_own_budget_is_not_touched(world):
    client = world.client("own")
    client.get("/operations/bar?view=all", headers=PARTIAL)

    with statements() as done:
        client.get("/operations/bar?view=all", headers=PARTIAL)

    assert done.count <= 6


def test_recent_changes_are_ones_own(world):
    mine = world.client("own").get(OPERATIONS).text
    others = world.client("stranger").get(OPERATIONS).text

    assert reverse("desk:operation", args=[world.operation.pk]) in mine
    assert reverse("desk:operation", args=[world.operation.pk]) not in others
