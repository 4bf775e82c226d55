"""A large desk, copied in: as the actions would have left it, and work goes on in it."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client

from ventanilla.demo.clear import clear
from ventanilla.demo.load.build import openings
from ventanilla.demo.load.hours import Hours, seconds, stamp
from ventanilla.demo.load.load import load
from ventanilla.demo.load.people import colleagues, customer
from ventanilla.demo.load.size import CHUNK, Size, arrivals, contacts_by, known_since
from ventanilla.events.acts import Act
from ventanilla.events.kinds import KINDS
from ventanilla.events.models import Event
from ventanilla.events.relay import relay
from ventanilla.events.timers import fire_due
from ventanilla.lib import clock
from ventanilla.lib.business_time import Calendar, due, elapsed
from ventanilla.lib.invariants import violations
from ventanilla.lib.problems import Conflict
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.models import Agent, Contact, Team
from ventanilla.sla.models import Clock
from ventanilla.tickets.actions import open_ticket, receive
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Inbox, Message, Status, Ticket

NOW = datetime(2026, 3, 5, 11, tzinfo=UTC)
SIZE = Size(100_000, seconds(NOW))
OFFICE = Calendar.from_json("Europe/Madrid", {str(d): [["09:00", "18:00"]] for d in range(5)}, {})
FINGERPRINT = """
SELECT subject, status, priority, message_count, version, created_at, due_at, snippet,
    (SELECT string_agg(text, '|' ORDER BY id) FROM tickets_message
        WHERE ticket_id = ticket.id AND kind <> 4),
    (SELECT string_agg(kind, '|' ORDER BY seq) FROM events_event WHERE ticket_id = ticket.id)
FROM tickets_ticket AS ticket ORDER BY number
"""
CASTS = re.compile(r"::[a-z ]+(\[\])?|[()]")


@pytest.fixture
def quick(settings):
    """Pages without hashed file names: nothing was collected for them."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


# -- its plan: pure --------------------------------------------------------------------------------
def test_working_time_is_counted_as_the_clocks_count_it():
    hours, random = Hours(openings(OFFICE, SIZE)), Random(7)
    for _ in range(500):
        start = random.randrange(SIZE.start, SIZE.now)
        working = random.randrange(1, 200_000)
        at = datetime.fromtimestamp(start, UTC)

        ends = due(at, timedelta(seconds=working), OFFICE)

        assert hours.due(start, working) == seconds(ends), (at, working)
        assert hours.elapsed(start, seconds(ends)) == elapsed(at, ends, OFFICE).total_seconds()


def test_a_moment_is_written_as_the_database_reads_it():
    assert stamp(seconds(NOW) + 61) == "2026-03-05 11:01:01+00"


def test_tickets_come_in_order_by_day_and_hardly_at_night():
    times = [at for chunk in range(3) for at in arrivals(SIZE, chunk)]

    assert len(times) == 3 * CHUNK
    assert times == sorted(times)
    assert all(SIZE.start <= at < SIZE.now for at in times)
    night = sum(datetime.fromtimestamp(at, UTC).hour < 5 for at in times)
    assert 0 < night < len(times) / 20
    assert sum(len(arrivals(SIZE, chunk)) for chunk in range(SIZE.chunks)) == SIZE.tickets


def test_no_customer_writes_before_they_are_known():
    for at in range(SIZE.start, SIZE.now, 5_000_000):
        last = contacts_by(SIZE, at) - 1
        assert known_since(SIZE, last) <= at + 86_400


def test_everybody_has_an_address_of_their_own_and_each_team_an_agent():
    addresses = {customer(SIZE, number).email for number in range(5_000)}
    assert len(addresses) == 5_000
    staffed = {team for one in colleagues(SIZE) for team in one.teams}
    assert staffed == set(range(SIZE.teams))
    large = Size(1_000_000, seconds(NOW))
    assert (large.contacts, large.agents, large.teams, large.tags) == (200_000, 500, 40, 500)


# -- the desk --------------------------------------------------------------------------------------
@pytest.mark.usefixtures("new_desk", "quick")
def test_it_is_a_desk_like_any_other():
    constraints = _constraints()

    done = load(NOW, tickets=500)

    assert done.tickets == Ticket.objects.count() == 500
    assert list(violations()) == []
    assert _constraints() == constraints
    _assert_it_is_believable()
    _assert_events_are_whole()
    _assert_pages_open()
    _assert_work_goes_on()
    with pytest.raises(Conflict):
        load(NOW, tickets=500)
    assert clear()["tickets"] == 502
    assert not Team.objects.exists()


@pytest.mark.usefixtures("new_desk")
def test_the_same_seed_gives_the_same_desk():
    fingerprints = []
    for seed in (1, 1, 2):
        load(NOW, tickets=120, seed=seed)
        fingerprints.append(_fingerprint())
        clear()

    first, again, other = fingerprints
    assert first == again != other


@pytest.mark.usefixtures("new_desk")
def test_what_fails_midway_leaves_the_desk_as_it_was(monkeypatch):
    before = _constraints()

    def fail(*_arguments: object) -> None:
        raise RuntimeError("the machine went away")

    monkeypatch.setattr("ventanilla.demo.load.load._set_sequences", fail)
    with pytest.raises(RuntimeError):
        load(NOW, tickets=60)

    assert _constraints() == before
    assert not any(model.objects.exists() for model in (Ticket, Event, Contact, Agent))


def _constraints() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype <> 'n' UNION ALL"
            " SELECT indrelid::regclass::text, indexrelid::regclass::text,"
            " pg_get_indexdef(indexrelid) FROM pg_index ORDER BY 1, 2, 3"
        )
        found = [row for row in cursor.fetchall() if not row[0].startswith("pg_")]
    # what was read and written again may have its casts elsewhere
    return [(table, name, CASTS.sub("", text)) for table, name, text in found]


def _fingerprint() -> str:
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT)
        return hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()


def _assert_it_is_believable() -> None:
    tickets = Ticket.objects.all()
    live = tickets.filter(status__lt=Status.RESOLVED).count()
    assert 10 < live < 150
    assert tickets.filter(status=Status.CLOSED).count() > 250
    assert 4 < Message.objects.count() / 500 < 6.5
    per_contact = sorted(
        tickets.values("contact").annotate(n=Count("pk")).values_list("n", flat=True)
    )
    assert per_contact[-1] > 5 * per_contact[len(per_contact) // 2]
    per_team = list(tickets.values("team").annotate(n=Count("pk")).values_list("n", flat=True))
    assert max(per_team) > 2 * min(per_team)
    lengths = sorted(map(len, Message.objects.values_list("text", flat=True)))
    assert lengths[-1] > 8 * lengths[250]
    assert set(Clock.objects.values_list("state", flat=True)) >= {"met", "breached", "running"}
    assert not Event.objects.filter(occurred_at__gt=NOW).exists()


def _assert_events_are_whole() -> None:
    """Each tells exactly what its kind tells; those of a ticket come after one another."""
    for event in Event.objects.order_by("ticket_id", "seq"):
        KINDS[event.kind](**event.data)
    for ticket in Ticket.objects.order_by("-version")[:20]:
        log = list(Event.objects.filter(ticket_id=ticket.pk).order_by("seq"))
        causes = {event.pk for event in log}
        assert all(event.cause_id is None or event.cause_id in causes for event in log)
        times = [e.occurred_at for e in log if e.kind not in ("message.sent", "message.bounced")]
        assert all(later >= earlier for earlier, later in pairwise(times)), ticket
        status = [e.data["new"] for e in log if e.kind == "ticket.status_changed"]
        assert status[-1] == ticket.status


def _assert_pages_open() -> None:
    client = Client()
    for role in ("administrator", "agent"):
        client.force_login(Agent.objects.filter(role__key=role).order_by("pk")[0].user)
        for view in ("mine", "unassigned", "due-today", "waiting", "all", "resolved"):
            assert client.get(f"/inbox/{view}/").status_code == 200, view
    client.force_login(Agent.objects.filter(role__key="administrator")[0].user)
    for ticket in Ticket.objects.order_by("-message_count")[:5]:
        page = client.get(f"/tickets/{ticket.number}/").content.decode()
        assert ticket.contact.name in page
    assert client.get("/notices/").status_code == 200


def _assert_work_goes_on() -> None:
    """New mail comes, an old ticket is written to, timers fire; all still holds."""
    with clock.frozen(NOW):
        inbox = Inbox.objects.earliest("pk")
        contact = find_or_make(Act.of_system(NOW), kind="email", value="new@correo.example")
        act = Act.of_contact(contact.pk, NOW)
        for subject in ("Uno", "Dos"):
            open_ticket(
                act, subject=subject, channel="email", team=inbox.team, inbox=inbox,
                contact=contact, content=Content(text="Hola", sender="new@correo.example"),
            )  # fmt: skip
        waiting = Ticket.objects.filter(status=Status.PENDING).latest("pk")
        message = receive(
            waiting, Act.of_contact(waiting.contact_id, NOW), content=Content(text="¿Y?"),
            channel="email", contact=waiting.contact,
        )  # fmt: skip
        while relay():
            pass
    fire_due(NOW + timedelta(days=5), limit=1000)
    waiting.refresh_from_db()
    assert waiting.last_message_id == message.pk
    assert list(violations()) == []
