"""What the database does for a search: little, and no more for many tickets than for some."""

from __future__ import annotations

from copy import copy
from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import make_agent, make_team, make_ticket
from tests.plans import watched
from ventanilla.people.rights import viewer
from ventanilla.tickets.models import Message, Ticket
from ventanilla.tickets.search import build, find, marks

MONDAY = date(2026, 3, 2)
TICKETS = 8_000
MESSAGES = 5  # ids from one ticket's last message to the next one's


@pytest.fixture
def agents(db):
    """Who sees all of some thousand tickets, and who sees one in forty."""
    team, other = make_team("Facturación"), make_team("Envíos")
    ada = make_agent("Ada Sanz", role="administrator", team=team)
    iván = make_agent("Iván Ferrer", team=other)
    model = make_ticket("Modelo", team=team)
    tickets = [
        copied(model, number, other if number % 40 == 0 else team) for number in range(TICKETS)
    ]
    Ticket.objects.bulk_create(tickets, batch_size=1_000)
    rows = [(one.pk, one.last_message_id, words_of(one), None) for one in tickets]
    with connection.cursor() as cursor:
        cursor.execute(build.WRITE, [list(column) for column in zip(*rows, strict=True)])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE search_ticketwords, tickets_ticket")
    Message.objects.filter(ticket=model).update(id=TICKETS * MESSAGES + 1)
    return {"all": viewer(ada.pk), "team": viewer(iván.pk)}


def copied(model, number, team):
    ticket = copy(model)
    ticket.pk, ticket.number, ticket.team = None, 100_000 + number, team
    ticket.last_message_id = (number + 1) * MESSAGES
    ticket._state = copy(model._state)
    ticket._state.adding = True
    return ticket


def words_of(ticket):
    """The word "comun" in each, "raro" in one of 400, and what the ticket is."""
    what = [marks.team(ticket.team_id), marks.assignee(None), marks.status(0)]
    words = ["comun", *(["raro"] if ticket.number % 400 == 0 else [])]
    return " ".join(f"'{one}'" for one in [*words, *what, *marks.of_age(ticket.last_message_id)])


def read(text, who):
    """How many rows of words and of tickets were met, and how many were found."""
    with watched() as plans:
        found = find.search(text, who, MONDAY)
    met = {
        table: max((node.rows for node in plans.nodes if node.on == table), default=0)
        for table in ("search_ticketwords", "tickets_ticket")
    }
    kinds = {node.kind for node in plans.nodes if node.on in met}
    return met, kinds, found


@pytest.mark.parametrize("prepared", ["force_generic_plan", "force_custom_plan"])
def test_a_search_reads_the_newest_tickets_only(prepared, agents):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL plan_cache_mode = {prepared}")

    common, kinds, found = read("comun", agents["all"])
    rare, rare_kinds, few = read("raro", agents["all"])
    mine, _kinds, some = read("comun", agents["team"])
    both, _kinds, open_ones = read("raro estado:nuevo", agents["all"])

    # a word in every ticket: the newest steps, until a thousand are there
    assert found.count == find.COUNTED + 1
    assert found.tickets[0].number == 100_000 + TICKETS - 1
    assert common["search_ticketwords"] <= 4 * 4_096 / MESSAGES + 1
    assert common["tickets_ticket"] <= find.PAGE
    # a rare one: what there is of it, and no more
    assert few.count == rare["search_ticketwords"] == TICKETS / 400
    # what others' teams have is not even looked at
    assert some.count == mine["search_ticketwords"] == mine["tickets_ticket"] == TICKETS / 40
    assert open_ones.count == both["search_ticketwords"] == TICKETS / 400
    assert "Seq Scan" not in kinds | rare_kinds


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_the_steps_hold_each_ticket_once(one, other):
    newest, top = sorted((one, other))
    top = min(top, 2**27 + top % 2**20)  # thirty years of a large desk
    newest = min(newest, top)

    steps = marks.ages(top)

    found = [step for step in steps if set(step) & set(marks.of_age(newest))]
    assert len(found) == 1
    assert len(set(found[0]) & set(marks.of_age(newest))) == 1


def test_steps_are_few_and_begin_with_the_newest():
    steps = marks.ages(5_000_000)

    assert len(steps) <= 8
    assert marks.of_age(5_000_000)[0] in steps[0]
    assert marks.of_age(0)[-1] in steps[-1]
