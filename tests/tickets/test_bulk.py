"""Many tickets at once: each by its own rights, each with its result, and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories import MONDAY_9AM, act, make_agent, make_team, make_ticket
from ventanilla.events.models import Event, Outbox, Signal, Timer
from ventanilla.lib.problems import Invalid, NotAllowed, NotFound
from ventanilla.notifications.models import Notification
from ventanilla.people.models import Agent
from ventanilla.sla.models import Clock
from ventanilla.tickets.actions import assign, bulk, set_priority, set_status, set_tags
from ventanilla.tickets.actions.bulk import change_many, next_batch, undo_many
from ventanilla.tickets.actions.undo import CantUndo
from ventanilla.tickets.models import Status, Tag, Ticket
from ventanilla.tickets.operations import Operation, OperationItem

pytestmark = pytest.mark.django_db
Outcome = OperationItem.Outcome
LATER = MONDAY_9AM + timedelta(hours=1)


@pytest.fixture
def marta():
    return make_agent()


@pytest.fixture
def tickets():
    return [make_ticket(f"Consulta {number}") for number in range(3)]


def change(agent, tickets, what, *, when=MONDAY_9AM, **value):
    found = Ticket.objects.filter(pk__in=[one.pk for one in tickets])
    return change_many(act(agent, when=when), agent=agent, what=what, change=value, tickets=found)


def column(name, tickets):
    found = Ticket.objects.filter(pk__in=[one.pk for one in tickets]).order_by("pk")
    return list(found.values_list(name, flat=True))


def outcomes(operation):
    return list(operation.items.order_by("ticket_id").values_list("outcome", "reason"))


# -- changing ------------------------------------------------------------------------------------
def test_each_event_names_the_operation_and_waits_in_the_lowest_lane(marta, tickets):
    operation = change(marta, tickets, "status", to=Status.RESOLVED)

    assert column("status", tickets) == [Status.RESOLVED] * 3
    assert (operation.total, operation.done) == (3, 3)
    assert operation.finished_at == MONDAY_9AM
    events = Event.objects.filter(operation_id=operation.pk)
    assert {(one.kind, one.actor_id, one.via) for one in events} == {
        ("ticket.status_changed", marta.pk, "bulk")
    }
    assert set(Outbox.objects.filter(event__in=events).values_list("lane", flat=True)) == {2}


def test_what_is_so_already_is_left_out(marta, tickets):
    set_priority(tickets[1], act(marta), to=3)

    operation = change(marta, tickets, "priority", to=3)

    assert outcomes(operation) == [
        (Outcome.DONE, ""),
        (Outcome.SKIPPED, "same"),
        (Outcome.DONE, ""),
    ]
    assert (operation.done, operation.skipped) == (2, 1)


def test_each_ticket_is_asked_for_its_own_rights(marta, tickets):  # R28
    ivan = make_agent("Iván Ferrer", team=make_team("Envíos"))
    elsewhere = make_ticket("Otro equipo", team=make_team("Envíos"))

    operation = change(ivan, [*tickets, elsewhere], "priority", to=3)

    refused = (Outcome.REFUSED, "not_found")
    assert outcomes(operation) == [refused] * 3 + [(Outcome.DONE, "")]
    assert column("priority", tickets) == [1, 1, 1]


def test_who_may_not_change_tickets_may_not_in_bulk(tickets):  # R28
    luz = make_agent("Luz Gil", role="light")

    with pytest.raises(NotAllowed):
        change(luz, tickets, "priority", to=3)

    assert not Operation.objects.exists()


def test_an_agent_of_another_team_is_refused_ticket_by_ticket(marta, tickets):
    ada = make_agent("Ada Sanz", role="administrator")
    ivan = make_agent("Iván Ferrer", team=make_team("Envíos"))
    there = make_ticket("Envío roto", team=make_team("Envíos"))

    operation = change(ada, [*tickets, there], "assignee", to=ivan.pk)

    refused = (Outcome.REFUSED, "assignee_not_in_team")
    assert outcomes(operation) == [refused] * 3 + [(Outcome.DONE, "")]


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("colour", {"to": 1}),
        ("status", {"to": Status.NEW}),
        ("team", {"to": 999}),
        ("assignee", {"to": 999}),
        ("category", {"to": 999}),
        ("tags", {"add": [" "]}),
    ],
)
def test_nothing_is_begun_that_can_not_be_done(marta, tickets, what, value):
    with pytest.raises(Invalid):
        change(marta, tickets, what, **value)

    assert not Operation.objects.exists()


def test_an_operation_needs_tickets_and_has_a_limit(marta, tickets, monkeypatch):
    with pytest.raises(NotFound):
        change(marta, [], "priority", to=3)
    monkeypatch.setattr(bulk, "MOST", 2)
    with pytest.raises(Invalid, match="2 tickets"):
        change(marta, tickets, "priority", to=3)

    assert not Operation.objects.exists()


def test_many_tickets_are_changed_by_a_job_batch_by_batch(marta, tickets, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "BATCH", 2)

    operation = change(marta, tickets, "priority", to=3)

    job = ProcrastinateJob.objects.get(task_name="ventanilla.tickets.jobs.go_on")
    assert (job.args, job.priority < 0) == ({"operation_id": operation.pk}, True)
    assert column("priority", tickets) == [1, 1, 1]

    next_batch(operation.pk, LATER)

    operation.refresh_from_db()
    assert (operation.done, operation.finished_at) == (2, None)
    assert Signal.objects.get().payload == {"t": "operation", "n": operation.pk}
    jobs = ProcrastinateJob.objects.filter(task_name="ventanilla.tickets.jobs.go_on")
    assert jobs.count() == 2

    next_batch(operation.pk, LATER)
    next_batch(operation.pk, LATER)  # twice is harmless

    operation.refresh_from_db()
    assert (operation.done, operation.finished_at) == (3, LATER)
    assert column("priority", tickets) == [3, 3, 3]
    assert jobs.count() == 2


def test_a_job_goes_by_the_rights_of_its_time(marta, tickets, monkeypatch):  # R28
    monkeypatch.setattr(bulk, "AT_ONCE", 0)
    operation = change(marta, tickets, "priority", to=3)
    Agent.objects.get(pk=marta.pk).teams.clear()

    next_batch(operation.pk, LATER)

    assert outcomes(operation) == [(Outcome.REFUSED, "not_found")] * 3


# -- and back ------------------------------------------------------------------------------------
def undo(agent, operation, when=LATER):
    return undo_many(act(agent, when=when), operation)


def test_undoing_puts_everything_back(marta, tickets):
    set_tags(tickets[0], act(marta), add=["antiguo"])
    before = [column(name, tickets) for name in ("status", "priority", "pinned", "tags")]
    tag = {"add": ["ola"], "remove": ["antiguo"]}
    done = [
        change(marta, tickets, "priority", to=3),  # opens the new ones, too
        change(marta, tickets, "tags", **tag),
        change(marta, tickets, "status", to=Status.PENDING),
    ]

    undone = [undo(marta, one) for one in reversed(done)]

    assert [one.done for one in undone] == [3, 3, 3]
    assert [column(name, tickets) for name in ("status", "priority", "pinned", "tags")] == before


def test_undoing_names_what_it_undoes(marta, tickets):
    operation = change(marta, tickets[:1], "priority", to=3)
    first = Event.objects.get(operation_id=operation.pk, kind="ticket.priority_changed")

    undone = undo(marta, operation)

    back = Event.objects.get(operation_id=undone.pk, kind="ticket.priority_changed")
    assert (back.via, back.cause_id) == ("undo", first.pk)
    assert back.data == {"old": 3, "new": 1, "reason": "undone"}
    assert (undone.what, undone.undoes_id) == ("undo", operation.pk)


def test_what_somebody_changed_since_stays(marta, tickets):
    operation = change(marta, tickets, "status", to=Status.PENDING)
    set_status(tickets[1], act(marta), to=Status.RESOLVED)

    undone = undo(marta, operation)

    assert column("status", tickets) == [Status.NEW, Status.RESOLVED, Status.NEW]
    assert outcomes(undone)[1] == (Outcome.SKIPPED, "changed")
    assert (undone.done, undone.skipped) == (2, 1)


def test_only_the_tags_that_are_still_there_are_taken_away(marta, tickets):
    operation = change(marta, tickets[:1], "tags", add=["uno", "dos"])
    set_tags(tickets[0], act(marta), remove=["uno"], add=["tres"])

    undo(marta, operation)

    names = dict(Tag.objects.values_list("pk", "name"))
    assert [names[pk] for pk in column("tags", tickets[:1])[0]] == ["tres"]


def test_tickets_moved_out_of_sight_come_back_with_their_assignee(marta, tickets):
    assign(tickets[0], act(marta), to=marta)
    shipping = make_team("Envíos")
    operation = change(marta, tickets, "team", to=shipping.pk)
    assert column("assignee", tickets) == [None, None, None]

    undone = undo(marta, operation)

    assert undone.done == 3
    assert column("team", tickets) == [make_team().pk] * 3
    assert column("assignee", tickets) == [marta.pk, None, None]


def test_an_assignee_who_has_left_is_not_put_back(marta, tickets):
    ivan = make_agent("Iván Ferrer")
    assign(tickets[0], act(marta), to=ivan)
    operation = change(marta, tickets[:1], "assignee", to=marta.pk)
    ivan.teams.clear()

    undone = undo(marta, operation)

    assert outcomes(undone) == [(Outcome.REFUSED, "assignee_not_in_team")]
    assert column("assignee", tickets[:1]) == [marta.pk]


def test_the_clock_that_resolving_stopped_runs_on(marta, tickets):
    due = column("due_at", tickets)
    assert None not in due
    operation = change(marta, tickets, "status", to=Status.RESOLVED, when=LATER)
    assert column("due_at", tickets) == [None, None, None]

    undo(marta, operation, when=LATER)

    assert column("due_at", tickets) == due
    running = Clock.objects.filter(state=Clock.State.RUNNING, stopped_at=None, elapsed=None)
    assert running.count() == 3


def test_undoing_what_came_after_resolving_starts_no_clock(marta, tickets):
    change(marta, tickets, "status", to=Status.RESOLVED, when=LATER)
    change(marta, tickets, "status", to=Status.PENDING, when=LATER)
    opened = change(marta, tickets, "status", to=Status.OPEN, when=LATER)

    undo(marta, opened, when=LATER)

    assert column("status", tickets) == [Status.PENDING] * 3
    assert column("due_at", tickets) == [None, None, None]
    assert not Clock.objects.filter(state=Clock.State.RUNNING).exists()


def test_what_was_put_away_comes_back_and_what_slept_sleeps_on(marta, tickets, react):
    until = (MONDAY_9AM + timedelta(days=1)).isoformat()
    asleep = change(marta, tickets, "snooze", until=until)
    assert column("status", tickets) == [Status.ON_HOLD] * 3
    resolved = change(marta, tickets, "status", to=Status.RESOLVED)

    undo(marta, resolved)
    react()

    assert column("hold_reason", tickets) == ["date"] * 3
    assert [at.isoformat() for at in column("hold_until", tickets)] == [until] * 3
    assert Timer.objects.filter(what="ticket.wake").count() == 3

    undo(marta, asleep)
    react()

    assert column("status", tickets) == [Status.NEW] * 3
    assert column("hold_until", tickets) == [None] * 3
    assert not Timer.objects.filter(what="ticket.wake").exists()


def test_nothing_decides_anew_about_what_goes_back(marta, tickets, react):
    ada = make_agent("Ada Sanz", role="administrator")
    react()
    had = column("assignee", tickets)
    assert None not in had  # routing gave them out
    operation = change(ada, tickets, "assignee", to=None)
    react()
    Notification.objects.all().delete()

    undo(ada, operation)
    react()

    assert column("assignee", tickets) == had
    assert not Notification.objects.exists()


def test_undoing_is_offered_once_for_a_day_and_to_its_author(marta, tickets):
    ivan = make_agent("Iván Ferrer")
    operation = change(marta, tickets, "priority", to=3)

    with pytest.raises(NotFound):
        undo(ivan, operation)
    with pytest.raises(CantUndo):
        undo(marta, operation, when=MONDAY_9AM + timedelta(hours=25))
    undone = undo(marta, operation)
    for again in (operation, undone):
        with pytest.raises(CantUndo):
            undo(marta, Operation.objects.get(pk=again.pk))


def test_a_large_undoing_is_a_job_too(marta, tickets, monkeypatch):
    operation = change(marta, tickets, "priority", to=3)
    monkeypatch.setattr(bulk, "AT_ONCE", 2)

    undone = undo(marta, operation)
    assert undone.finished_at is None
    next_batch(undone.pk, LATER)

    undone.refresh_from_db()
    assert (undone.done, undone.finished_at) == (3, LATER)
    assert column("priority", tickets) == [1, 1, 1]


def test_each_ticket_costs_the_same_in_a_larger_bulk(marta, django_assert_max_num_queries):
    tickets = [make_ticket(f"Consulta {number}") for number in range(20)]
    with django_assert_max_num_queries(20 * 11 + 16):
        change(marta, tickets, "priority", to=3)
