"""The page that says why a ticket is as it is."""

from __future__ import annotations

import pytest

from tests.desk.world import statements
from tests.factories import MONDAY_9AM, act, make_inbox, make_ticket, system
from ventanilla.events.models import Event
from ventanilla.mail.models import RawMail
from ventanilla.sla.models import Clock
from ventanilla.tickets.actions import assign, set_priority, set_status
from ventanilla.tickets.explaining import explain
from ventanilla.tickets.models import Priority, Status

pytestmark = pytest.mark.django_db


def page(world, ticket, who="own"):
    return world.client(who).get(f"/tickets/{ticket.number}/why/").text


def test_each_field_names_who_set_it_and_what_that_came_of(world):
    ticket = make_ticket(team=world.team)
    set_priority(ticket, act(world.people["own"]), to=Priority.HIGH)
    opened = Event.objects.get(kind="ticket.opened", ticket_id=ticket.pk)
    assign(ticket, system().because_of(opened), to=world.people["own"], reason="round_robin")

    found = explain(ticket)
    html = page(world, ticket)

    assert found.setter("priority").kind == "ticket.priority_changed"
    assert [one.kind for one in found.chain(found.setter("assignee"))] == [
        "ticket.assigned", "ticket.opened",
    ]  # fmt: skip
    assert found.setter("team") == opened
    assert "Marta Ruiz" in html
    assert "por turno" in html
    assert "Se abrió el ticket" in html
    assert "hola@casaolmo.example" in html  # whose inbox gave it its team


def test_the_newest_change_counts(world):
    ticket = make_ticket(team=world.team)
    for status in (Status.PENDING, Status.OPEN):
        set_status(ticket, act(world.people["own"]), to=status)

    assert explain(ticket).setter("status").data["new"] == Status.OPEN


def test_a_deadline_is_shown_day_by_day(world):
    ticket = make_ticket(team=world.team)
    clock = Clock.objects.select_related("policy", "calendar").get(ticket=ticket)

    html = page(world, ticket)

    assert clock.policy.name in html
    assert clock.calendar.name in html
    assert "lunes 2 de marzo" in html
    assert "09:00–" in html


def test_a_mail_says_which_evidence_led_it_here(world):
    ticket = make_ticket(team=world.team)
    RawMail.objects.create(
        inbox=make_inbox(), digest="0" * 64, size=1, source="imap", received_at=MONDAY_9AM,
        state="done", outcome="appended", why="own_id:participant", ticket=ticket,
        sender="elena@correo.example",
    )  # fmt: skip

    html = page(world, ticket)

    assert "In-Reply-To" in html
    assert "El remitente participa en el ticket" in html


def test_it_asks_the_database_little(world):
    client = world.client("own")
    client.get(f"/tickets/{world.number}/why/")
    with statements() as done:
        client.get(f"/tickets/{world.number}/why/")

    assert done.count <= 16, done.sql
