"""Reactions: in order, one commit each, a failing one alone; timers at least once."""

from datetime import timedelta

import pytest
from django.db import connection
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


def test_what_an_event_leads_to_on_its_ticket_is_done_in_its_commit(new_desk, monkeypatch):
    commits = []

    def note(event):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
            commits.append((event.kind, cursor.fetchone()))

    for kind in ("ticket.opened", "ticket.triaged"):
        monkeypatch.setitem(wiring.AFTER, kind, [*wiring.AFTER[kind], note])
    first, second = make_ticket(), make_ticket()

    assert relay() >= 4
    assert relay() == 0

    by_commit = [commit for _kind, commit in commits]
    assert [kind for kind, _commit in commits] == ["ticket.opened", "ticket.triaged"] * 2
    assert by_commit[0] == by_commit[1] != by_commit[2] == by_commit[3]
    assert (
        Event.objects.filter(ticket_id__in=[first.pk, second.pk], kind="ticket.triaged").count()
        == 2
    )


def test_a_failure_late_in_a_chain_undoes_nothing_but_itself(monkeypatch):
    seen = []

    def broken(event):
        Tag.objects.create(name="half")
        raise RuntimeError("broken")

    monkeypatch.setitem(wiring.AFTER, "ticket.triaged", [seen.append, broken])
    ticket = make_ticket()
    while relay():
        pass

    kinds = Event.objects.filter(ticket_id=ticket.pk).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["ticket.opened", "ticket.triaged"]
    assert seen[-1].kind == "ticket.triaged" and not Tag.objects.exists()
    job = ProcrastinateJob.objects.get(task_name="ventanilla.events.jobs.consume")
    assert job.args["event_id"] == seen[-1].pk
    assert not Outbox.objects.exists()


def test_what_is_done_once_for_all_is_done_at_the_end(monkeypatch):
    seen = []
    once, each = (
        (lambda e: seen.append(("once", e.kind))),
        (lambda e: seen.append(("each", e.kind))),
    )
    for kind in ("ticket.opened", "ticket.triaged"):
        monkeypatch.setitem(wiring.AFTER, kind, [once, *wiring.AFTER[kind], each])
    monkeypatch.setattr(wiring, "ONCE", frozenset({once}))
    make_ticket()

    relay()

    assert seen == [
        ("each", "ticket.opened"),
        ("each", "ticket.triaged"),
        ("once", "ticket.triaged"),
    ]


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
