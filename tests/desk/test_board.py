"""A view as a board: what stands in which column, how cards are moved, and what it costs."""

from __future__ import annotations

import re

import pytest

from tests.desk.world import PARTIAL, statements
from tests.factories import MONDAY_9AM, act, make_team, make_ticket
from ventanilla.people.rights import viewer
from ventanilla.tickets import board, queries
from ventanilla.tickets.actions import assign, set_priority, set_status
from ventanilla.tickets.actions.views import save_view
from ventanilla.tickets.day import Day
from ventanilla.tickets.models import Priority, Status, Ticket
from ventanilla.tickets.operations import Operation
from ventanilla.tickets.views import BY_FIELD, Grouping

pytestmark = pytest.mark.django_db
DAY = Day(MONDAY_9AM, MONDAY_9AM, MONDAY_9AM)
BOARD = PARTIAL | {"HX-Target": "vt-board#board"}


def columns(page):
    """The cards' numbers by column, and the counts."""
    found = {}
    for lane in re.split(r'(?=<section class="bd-lane")', page)[1:]:
        value = int(re.search(r'data-lane="(\d+)"', lane)[1])
        count = re.search(r'class="count">([^<]*)<', lane)[1]
        found[value] = (list(map(int, re.findall(r'id="c(\d+)"', lane))), count)
    return found


def test_each_ticket_stands_in_the_column_of_its_status(world):
    waits, held = make_ticket("Espera", team=world.team), make_ticket("Pausa", team=world.team)
    set_status(waits, act(), to=Status.PENDING)
    set_status(held, act(), to=Status.ON_HOLD)
    other = make_ticket("De otros", team=world.other_team)

    page = world.client("own").get("/inbox/all/?display=board").text

    found = columns(page)
    assert found[Status.PENDING] == ([waits.number], "1")
    assert found[Status.ON_HOLD][0] == [held.number]
    assert world.number in found[Status.OPEN][0]
    assert list(found) == [0, 1, 2, 3, 4]
    assert f'id="c{other.number}"' not in page
    assert f'id="c{other.number}"' in world.client("admin").get("/inbox/all/?display=board").text


@pytest.mark.parametrize("by", BY_FIELD)
def test_a_board_holds_what_its_list_holds_in_every_way_to_divide_it(world, by):
    marta = world.people["own"]
    for number in range(8):
        ticket = make_ticket(f"T{number}", team=world.team)
        set_priority(ticket, act(), to=Priority(number % 4))
        if number % 3:
            assign(ticket, act(), to=marta)
    rights = viewer(marta.pk)
    there = queries.in_view("all", rights, DAY)
    values = {
        Grouping.STATUS: board.statuses(),
        Grouping.PRIORITY: [0, 1, 2, 3],
        Grouping.TEAM: [world.team.pk, world.other_team.pk],
        Grouping.ASSIGNEE: [0, marta.pk],
    }[by]

    with statements() as done:
        lanes = board.lanes(there, rights, by, values)

    assert done.count == 2
    shown = [one.pk for lane in lanes for one in lane.tickets]
    assert sorted(shown) == sorted(there.values_list("pk", flat=True))
    assert sum(lane.count for lane in lanes) == len(shown)
    for lane in lanes:
        listed = [pk for pk in queries_order(there) if pk in {one.pk for one in lane.tickets}]
        assert [one.pk for one in lane.tickets] == listed


def queries_order(there):
    return list(queries.for_rows(there, viewer(0)).order_by(*board.in_order(there).query.order_by)
                .values_list("pk", flat=True))  # fmt: skip


def test_a_column_is_read_on_where_it_ended(world, monkeypatch):
    monkeypatch.setattr(board, "CARDS", 3)
    made = {make_ticket(f"T{number}", team=world.team).number for number in range(8)}
    client = world.client("admin")
    page = client.get("/inbox/all/?display=board").text
    found = columns(page)[Status.NEW][0]

    while more := re.search(r'hx-get="(/inbox/all/board\?[^"]*lane=0[^"]*)"', page):
        page = client.get(more[1].replace("&amp;", "&"), headers=PARTIAL).text
        found += map(int, re.findall(r'id="c(\d+)"', page))

    assert len(found) == len(set(found))
    assert made <= set(found)
    assert client.get("/inbox/all/board?lane=9&after=x", headers=PARTIAL).status_code == 404
    assert client.get("/inbox/all/board?lane=0&after=x", headers=PARTIAL).status_code == 422


def test_what_was_read_on_stays_when_the_board_comes_anew(world, monkeypatch):
    monkeypatch.setattr(board, "CARDS", 3)
    for number in range(8):
        make_ticket(f"T{number}", team=world.team)
    client, url = world.client("admin"), "/inbox/all/?display=board"

    def new_ones(have):
        return len(columns(client.get(url + have, headers=BOARD).text)[Status.NEW][0])

    assert new_ones("") == 3
    assert new_ones("&have=0:6,1:20") == 6
    assert new_ones("&have=0:9999") >= 8
    assert new_ones("&have=x:y,0:") == 3


def test_a_moved_card_is_changed_told_and_can_be_undone(world):
    client = world.client("own")
    card = {"n": world.number, "by": "status", "was": int(Status.OPEN), "to": int(Status.PENDING)}
    page = "http://testserver/inbox/all/?display=board"

    answer = client.post("/inbox/all/board", card, headers=PARTIAL | {"HX-Current-URL": page})

    assert columns(answer.text)[Status.PENDING][0] == [world.number]
    assert 'hx-target="#views"' in answer.text
    operation = Operation.objects.latest("pk")
    assert f'hx-post="/operations/{operation.pk}/undo"' in answer.text
    assert Ticket.objects.get(number=world.number).status == Status.PENDING
    client.post(f"/operations/{operation.pk}/undo", headers=PARTIAL)
    assert Ticket.objects.get(number=world.number).status == Status.OPEN


def test_a_card_that_somebody_else_has_moved_stays_where_it_is(world):
    set_status(world.ticket, act(), to=Status.ON_HOLD)
    card = {"n": world.number, "by": "status", "was": int(Status.OPEN), "to": int(Status.PENDING)}

    answer = world.client("own").post("/inbox/all/board", card, headers=PARTIAL)

    assert answer.status_code == 409
    assert "Otra persona ha movido ya" in answer.text
    assert Ticket.objects.get(number=world.number).status == Status.ON_HOLD
    assert world.client("stranger").post("/inbox/all/board", card).status_code == 404


def test_a_card_changes_hands_by_its_column(world):
    marta = world.people["own"]
    was = world.ticket.assignee_id or 0
    card = {"n": world.number, "by": "assignee", "was": was, "to": marta.pk}
    if was == marta.pk:
        card["to"] = 0

    world.client("admin").post("/inbox/all/board", card)

    ticket = Ticket.objects.get(number=world.number)
    assert (ticket.assignee_id or 0) == card["to"]


def test_a_view_can_be_saved_as_a_board_and_shown_as_a_list(world):
    admin = world.people["admin"]
    view = save_view(
        act(admin), viewer(admin.pk), name="Tablero", conditions={}, display="board",
        group="priority",
    )  # fmt: skip
    client = world.client("admin")

    assert list(columns(client.get(f"/inbox/{view.slug}/").text)) == [3, 2, 1, 0]
    assert "bd-lane" not in client.get(f"/inbox/{view.slug}/?display=list").text
    assert "bd-lane" not in client.get("/inbox/resolved/?display=board").text


def test_what_is_resolved_has_a_column_in_views_that_hold_it(world):
    done = make_ticket("Hecho", team=world.team)
    set_status(done, act(), to=Status.RESOLVED)
    admin = world.people["admin"]
    every = {"all": [{"field": "status", "op": "is", "value": ["open", "resolved"]}]}
    view = save_view(act(admin), viewer(admin.pk), name="Todo", conditions=every)

    page = world.client("admin").get(f"/inbox/{view.slug}/?display=board").text

    assert columns(page)[Status.RESOLVED] == ([done.number], "1")


def test_a_board_asks_the_same_number_of_questions_for_any_number_of_columns(world):
    client = world.client("admin")
    for by in ("status", "team", "assignee"):
        with statements() as done:
            client.get(f"/inbox/all/?display=board&group={by}")
        assert done.count <= 8, (by, done.sql)
    few = done.count
    for number in range(5):
        team = make_team(f"Equipo {number}")
        make_ticket(f"T{number}", team=team)

    with statements() as done:
        client.get("/inbox/all/?display=board&group=assignee")

    assert done.count == few
