"""Snoozing on screen: the menu, the head, the row, the story."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.desk.world import PARTIAL
from ventanilla.events.acts import Act
from ventanilla.lib import clock
from ventanilla.tickets.actions import receive
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Status

pytestmark = pytest.mark.django_db


def snooze(world, until):
    url = reverse("desk:snooze", args=[world.number])
    return world.client("own").post(url, {"until": until}, headers=PARTIAL)


def tomorrow():
    morning = clock.now() + timedelta(days=1)
    return timezone.make_naive(morning, timezone.get_fixed_timezone(60)).strftime("%Y-%m-%dT%H:%M")


def test_a_ticket_is_put_away_on_the_agents_clock_and_says_so(world):
    until = tomorrow()
    answer = snooze(world, until)

    world.ticket.refresh_from_db()
    assert answer.status_code == 303
    assert world.ticket.status == Status.ON_HOLD
    page = world.client("own").get(reverse("desk:ticket", args=[world.number])).text
    assert page.count("Aplazado hasta") >= 2  # the head, and the story
    row = world.client("own").get(reverse("desk:row", args=["all", world.number])).text
    assert "Aplazado hasta" in row
    assert "El cliente ha escrito" not in row.replace("chip-warn", "") or "is-unread" in row


def test_the_row_tells_that_the_customer_has_written_meanwhile(world):
    snooze(world, tomorrow())
    by = Act.of_contact(world.contact.pk, clock.now())
    receive(world.ticket, by, content=Content(text="¿Y?"), channel="email", contact=world.contact)

    row = world.client("own").get(reverse("desk:row", args=["all", world.number])).text

    assert "El cliente ha escrito" in row
    world.ticket.refresh_from_db()
    assert world.ticket.status == Status.ON_HOLD


def test_until_the_customer_writes(world):
    snooze(world, "customer")

    page = world.client("own").get(reverse("desk:ticket", args=[world.number])).text

    assert "Aplazado hasta que escriba el cliente" in page


@pytest.mark.parametrize("until", ["", "mañana", "2020-01-01T09:00", "2999-01-01T09:00"])
def test_times_that_make_no_sense_change_nothing(until, world):
    answer = snooze(world, until)

    world.ticket.refresh_from_db()
    assert answer.status_code == 422
    assert world.ticket.status != Status.ON_HOLD
