"""What is still to be done about a ticket: written down, given to somebody, ticked off."""

from __future__ import annotations

import pytest

from tests.at_once import at_once
from tests.factories import act, make_ticket
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotAllowed, NotFound
from ventanilla.notifications.models import Notification
from ventanilla.tickets.actions import checklist
from ventanilla.tickets.actions.checklist import add_task, give_task, remove_task, tick_task
from ventanilla.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def texts(ticket):
    ticket.refresh_from_db()
    return [(one["text"], bool(one["done"]), one["for"]) for one in ticket.checklist]


def test_tasks_are_added_given_ticked_and_removed_on_the_page(world, react):
    client, at = world.client("own"), f"/tickets/{world.number}"
    admin = world.people["admin"]

    client.post(f"{at}/tasks", {"text": " Llamar  al banco ", "to": admin.pk})
    client.post(f"{at}/tasks", {"text": "Devolver"})
    client.post(f"{at}/tasks/1", {"do": "tick"})
    react()

    assert texts(world.ticket) == [("Llamar al banco", True, admin.pk), ("Devolver", False, None)]
    html = client.get(f"{at}/").text
    assert "1/2" in html
    assert "Tarea hecha: <b>Llamar al banco</b>" in html
    assert Notification.objects.get(what="task").agent == admin

    client.post(f"{at}/tasks/1", {"do": "untick"})
    client.post(f"{at}/tasks/2", {"do": "give", "to": world.people["own"].pk})
    client.post(f"{at}/tasks/1", {"do": "remove"})
    react()

    assert texts(world.ticket) == [("Devolver", False, world.people["own"].pk)]
    assert Notification.objects.filter(what="task").count() == 1  # who takes one needs no notice


def test_ids_are_not_given_twice_while_a_later_task_stands(world):
    marta = act(world.people["own"])
    for text in ("Uno", "Dos"):
        add_task(world.ticket, marta, text=text)
    remove_task(world.ticket, marta, task=1)
    add_task(world.ticket, marta, text="Tres")

    assert [one["id"] for one in world.ticket.checklist] == [2, 3]


def test_what_cannot_be_is_refused(world, monkeypatch):
    marta = act(world.people["own"])
    with pytest.raises(Invalid):
        add_task(world.ticket, marta, text="  ")
    with pytest.raises(NotAllowed):
        add_task(world.ticket, act(world.people["light"]), text="Algo")
    with pytest.raises(NotFound):
        tick_task(world.ticket, marta, task=7, done=True)
    add_task(world.ticket, marta, text="Algo")
    assert tick_task(world.ticket, marta, task=1, done=False) is None
    assert give_task(world.ticket, marta, task=1, to=None) is None
    monkeypatch.setattr(checklist, "MOST", 1)
    with pytest.raises(Invalid):
        add_task(world.ticket, marta, text="Más")
    assert Event.objects.filter(kind="ticket.checklist_changed").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_people_ticking_at_once_lose_nothing():
    ticket = make_ticket()
    for text in ("Uno", "Dos"):
        add_task(ticket, act(), text=text)

    def tick(task):
        tick_task(Ticket.objects.get(pk=ticket.pk), act(), task=task, done=True)

    at_once(2, lambda number: tick(number + 1))

    assert [done for _text, done, _whose in texts(ticket)] == [True, True]
