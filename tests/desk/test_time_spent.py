"""Time spent on a ticket: written down, corrected by its author, gone along with a merge."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_ticket
from tests.tickets.steps import rows
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotAllowed, NotFound
from ventanilla.tickets.actions import merge, unmerge
from ventanilla.tickets.actions.time_spent import add_time, change_time, remove_time
from ventanilla.tickets.spent import by_agent, total

pytestmark = pytest.mark.django_db


def said(ticket):
    ticket.refresh_from_db()
    return [(one["minutes"], one["note"], one["by"]) for one in ticket.time_spent]


@pytest.fixture
def world(shared_world):
    return shared_world


def test_time_is_added_corrected_and_removed_on_the_page(world):
    client, at, marta = world.client("own"), f"/tickets/{world.number}", world.people["own"]

    client.post(f"{at}/times", {"time": "1:20", "note": " Llamar  al banco "})
    client.post(f"{at}/times", {"time": "15"})

    assert said(world.ticket) == [(80, "Llamar al banco", marta.pk), (15, "", marta.pk)]
    html = client.get(f"{at}/").text
    assert "1 h 35 min" in html
    assert "Tiempo añadido: <b>1 h 20 min · Llamar al banco</b>" in html

    first, second = (one["id"] for one in world.ticket.time_spent)
    client.post(f"{at}/times/{first}", {"do": "change", "time": "1 h", "note": "Banco"})
    client.post(f"{at}/times/{second}", {"do": "remove", "time": "15 min"})

    assert said(world.ticket) == [(60, "Banco", marta.pk)]
    assert "Tiempo corregido, antes <b>1 h 20 min</b>" in client.get(f"{at}/").text


def test_what_cannot_be_read_is_said(world):
    answer = world.client("own").post(f"/tickets/{world.number}/times", {"time": "un rato"})

    assert answer.status_code == 422
    assert "«15 min»" in answer.text
    assert said(world.ticket) == []


def test_only_its_author_and_who_may_change_people_correct_it(world):
    marta, other = act(world.people["own"]), act(make_agent("Pau Gil", team=world.team))
    add_time(world.ticket, marta, minutes=15)
    entry = world.ticket.time_spent[0]["id"]

    for refused in (other, act(world.people["light"])):
        with pytest.raises(NotAllowed):
            change_time(world.ticket, refused, entry=entry, minutes=5)
    change_time(world.ticket, act(world.people["admin"]), entry=entry, minutes=20)

    assert said(world.ticket) == [(20, "", world.people["own"].pk)]


def test_what_cannot_be_is_refused_and_what_is_so_is_no_event(world):
    marta = act(world.people["own"])
    for minutes in (0, -5, 24 * 60 + 1):
        with pytest.raises(Invalid):
            add_time(world.ticket, marta, minutes=minutes)
    with pytest.raises(NotAllowed):
        add_time(world.ticket, act(), minutes=5)  # nobody's time
    with pytest.raises(NotFound):
        remove_time(world.ticket, marta, entry="gone")
    add_time(world.ticket, marta, minutes=5)
    entry = world.ticket.time_spent[0]["id"]
    assert change_time(world.ticket, marta, entry=entry, minutes=5) is None
    assert Event.objects.filter(kind="ticket.time_changed").count() == 1


def test_it_goes_along_with_merges_and_comes_back():
    marta, eva = make_agent("Iris Sol"), make_agent("Eva Luz")
    first, second, third = (make_ticket(f"Cobro {n}") for n in range(3))
    for ticket, minutes in ((first, 10), (second, 20), (third, 30)):
        add_time(ticket, act(marta), minutes=minutes)
    before = rows(first, second, third)
    later = MONDAY_9AM + timedelta(hours=1)

    inner = merge(first, act(marta, when=later), into=second)
    between = rows(first, second, third)
    outer = merge(second, act(marta, when=later), into=third)
    third.refresh_from_db()
    assert (total(third.time_spent), by_agent(third.time_spent)) == (60, [(marta.pk, 60)])
    assert said(first) == said(second) == []

    unmerge(outer, act(marta, when=later))
    assert rows(first, second, third) == between
    unmerge(inner, act(marta, when=later))
    assert rows(first, second, third) == before

    # what was corrected or added since stays where it belongs
    again = merge(first, act(marta, when=later), into=second)
    second.refresh_from_db()
    change_time(second, act(marta), entry=second.time_spent[1]["id"], minutes=11)
    add_time(second, act(eva), minutes=1)
    unmerge(again, act(marta, when=later))
    assert said(first) == [(11, "", marta.pk)]
    assert said(second) == [(20, "", marta.pk), (1, "", eva.pk)]
