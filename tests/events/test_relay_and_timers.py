"""Reactions: in order, one commit each, a failing one alone; timers at least once."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories import MONDAY_9AM, act, make_agent, make_ticket
from ventanilla import wiring
from ventanilla.events.acts import Act, ChainTooDeep
from ventanilla.events.kinds import KINDS
from ventanilla.events.log import record
from ventanilla.events.models import Event, Outbox, Timer
from ventanilla.events.relay import relay
from ventanilla.events.timers import fire_due, set_timer
from ventanilla.tickets.actions import set_priority
from ventanilla.tickets.models import Priority, Tag

pytestmark = pytest.mark.django_db


def test_everything_wired_is_in_the_vocabulary():
    assert wiring.IN_STEP.keys() | wiring.AFTER.keys() <= KINDS.keys()


def test_a_failing_consumer_is_undone_alone_and_tried_again(monkeypatch):
    seen = []

    def half(event):
        Tag.objects.create(name="half")
        raise RuntimeError("broken")

    monkeypatch.setitem(wiring.AFTER, "ticket.priority_changed", [half, seen.append])
    marta, ticket = make_agent(), make_ticket()
    while relay():
        pass

    event = set_priority(ticket, act(marta), to=Priority.HIGH)
    while relay():
        pass

    assert seen == [event]
    assert not Tag.objects.exists()
    job = ProcrastinateJob.objects.get(task_name="ventanilla.events.jobs.consume")
    assert job.args["event_id"] == event.pk
    assert not Outbox.objects.exists()


def test_an_event_outside_a_transaction_is_refused(new_desk):
    ticket = make_ticket()

    with pytest.raises(RuntimeError, match="outside a transaction"):
        record(ticket, act(), KINDS["ticket.triaged"](by="none"))


def test_a_chain_of_reactions_ends():
    event = Event(pk=1, kind="ticket.assigned", depth=10)

    with pytest.raises(ChainTooDeep):
        Act.of_system(MONDAY_9AM).because_of(event)


def test_a_timer_of_the_same_episode_is_moved():
    ticket = make_ticket()
    set_timer("ticket.close", MONDAY_9AM, ticket_id=ticket.pk, episode="1")
    set_timer("ticket.close", MONDAY_9AM + timedelta(days=1), ticket_id=ticket.pk, episode="1")

    assert Timer.objects.get(what="ticket.close").due_at == MONDAY_9AM + timedelta(days=1)


def test_a_failing_timer_waits_longer_each_time_and_holds_up_nobody(monkeypatch):
    fired = []

    def broken(timer, act):
        raise RuntimeError("broken")

    monkeypatch.setitem(wiring.TIMERS, "broken", broken)
    monkeypatch.setitem(wiring.TIMERS, "fine", lambda timer, act: fired.append(timer.what))
    set_timer("broken", MONDAY_9AM)
    set_timer("fine", MONDAY_9AM)

    fire_due(MONDAY_9AM)

    assert fired == ["fine"]
    waiting = Timer.objects.get()
    assert (waiting.what, waiting.attempts) == ("broken", 1)
    assert waiting.due_at == MONDAY_9AM + timedelta(seconds=2)


def test_resolved_tickets_close_by_themselves(react):
    from ventanilla.tickets.actions import set_status
    from ventanilla.tickets.models import Status

    marta, ticket = make_agent(), make_ticket()
    set_status(ticket, act(marta), to=Status.RESOLVED)
    react()

    fire_due(MONDAY_9AM + timedelta(days=3))
    ticket.refresh_from_db()
    assert ticket.status == Status.RESOLVED

    fire_due(MONDAY_9AM + timedelta(days=4))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == (Status.CLOSED, MONDAY_9AM + timedelta(days=4))
