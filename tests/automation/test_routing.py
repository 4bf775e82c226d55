"""Who gets a ticket: the choice is pure; the race is real."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.factories import MONDAY_9AM, act, make_agent, make_team, make_ticket
from ventanilla.automation.routing import Candidate, candidates, choose
from ventanilla.events.models import Event
from ventanilla.events.relay import relay
from ventanilla.people.actions.availability import set_availability
from ventanilla.people.models import Agent
from ventanilla.tickets.actions import assign, set_status
from ventanilla.tickets.models import Status, Ticket


def test_least_loaded_looks_at_the_share_of_capacity():
    small, large = Candidate(1, 2, 4, None), Candidate(2, 3, 10, None)

    assert choose("least_loaded", [small, large]) == large


def test_round_robin_is_whoever_waited_longest():
    early = Candidate(1, 5, 10, MONDAY_9AM)
    late = Candidate(2, 0, 10, MONDAY_9AM + timedelta(minutes=1))

    assert choose("round_robin", [late, early]) == early


def test_by_hand_nobody_is_chosen():
    assert choose("manual", [Candidate(1, 0, 10, None)]) is None


some = st.builds(
    Candidate,
    agent_id=st.integers(1, 50),
    load=st.integers(0, 30),
    capacity=st.integers(1, 20),
    last_assigned_at=st.none() | st.datetimes().map(lambda d: d.replace(tzinfo=MONDAY_9AM.tzinfo)),
)
casts = st.lists(some, unique_by=lambda c: c.agent_id)


@given(casts, st.sampled_from(["round_robin", "least_loaded"]), st.randoms())
def test_nobody_full_is_chosen_and_the_order_does_not_matter(cast, strategy, random):
    chosen = choose(strategy, cast)
    random.shuffle(cast)

    assert choose(strategy, cast) == chosen
    assert (chosen is None) == all(c.load >= c.capacity for c in cast)
    assert chosen is None or chosen.load < chosen.capacity


@pytest.mark.django_db
def test_a_new_ticket_goes_to_who_has_least_to_do(react):
    marta, ivan = make_agent(), make_agent("Iván Ferrer")
    assign(make_ticket("Antes"), act(marta), to=marta)

    ticket = make_ticket()
    react()

    ticket.refresh_from_db()
    assert ticket.assignee == ivan
    event = Event.objects.get(kind="ticket.assigned", ticket_id=ticket.pk)
    assert event.data["reason"] == "least_loaded"
    assert (event.data["load"], event.data["capacity"]) == (0, 20)


@pytest.mark.django_db
def test_who_is_away_gets_nothing_until_they_are_back(react):
    marta = make_agent(availability="away")
    ticket = make_ticket()
    react()
    assert Ticket.objects.get().assignee is None

    set_availability(marta, act(marta), to=Agent.Availability.AVAILABLE)
    react()

    ticket.refresh_from_db()
    assert ticket.assignee == marta


@pytest.mark.django_db
def test_the_queue_drains_when_capacity_frees(react):
    marta = make_agent(capacity=1)
    first, second = make_ticket("Primero"), make_ticket("Segundo")
    react()
    assert candidates(make_team())[0].load == 1

    set_status(first, act(marta), to=Status.RESOLVED)
    react()

    second.refresh_from_db()
    assert second.assignee == marta


@pytest.mark.django_db
def test_what_a_person_left_unassigned_stays_so(react):
    marta, ticket = make_agent(), make_ticket()
    react()
    ticket.refresh_from_db()

    assign(ticket, act(marta), to=None)
    react()

    ticket.refresh_from_db()
    assert ticket.assignee is None


@pytest.mark.django_db
def test_reacting_twice_changes_nothing(react):  # R55
    make_agent(), make_agent("Iván Ferrer")
    make_ticket()
    react()
    before = list(Event.objects.values_list("pk", flat=True))
    from ventanilla.events.models import Outbox

    Outbox.objects.bulk_create(Outbox(event_id=pk) for pk in before)
    react()

    assert list(Event.objects.values_list("pk", flat=True)) == before


def test_two_workers_never_load_an_agent_above_capacity(new_desk):
    from ventanilla.automation.routing import route

    make_agent(capacity=3)
    tickets = [make_ticket(f"Consulta {n}") for n in range(10)]
    while relay():
        pass
    Ticket.objects.update(assignee=None, pinned=[])
    events = list(Event.objects.filter(kind="ticket.triaged"))

    at_once(2, lambda _: [route(event) for event in events])

    assert Ticket.objects.filter(assignee__isnull=False).count() == 3 < len(tickets)
