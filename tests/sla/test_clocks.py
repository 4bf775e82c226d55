"""Clocks follow the conversation, in working hours (Monday to Friday, 9 to 18 h in Madrid)."""

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, address, make_agent, make_ticket
from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer
from ventanilla.events.timers import fire_due
from ventanilla.sla.models import Clock, Metric
from ventanilla.tickets.actions import note, receive, reply, set_priority, set_status
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Priority, Status

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ANSWER = Content(text="Hola", to=[address("elena.vidal@correo.example")])


def write(ticket, when, **fields):
    return receive(
        ticket,
        Act.of_contact(ticket.contact_id, when),
        content=Content(text="¿Hay novedades?", **fields),
        channel="email",
        contact=ticket.contact,
    )


def test_the_first_response_is_due_in_working_hours():
    ticket = make_ticket(when=MONDAY_9AM + 7 * HOUR)  # 16 h: two hours today, two tomorrow

    ticket.refresh_from_db()
    assert ticket.due_at == MONDAY_9AM + 26 * HOUR
    assert ticket.due_metric == Metric.FIRST_RESPONSE
    assert ticket.due_warn_at < ticket.due_at
    assert Timer.objects.get(what="sla.due").due_at == ticket.due_at


def test_a_reply_in_time_meets_it_and_the_chip_goes():
    marta, ticket = make_agent(), make_ticket()

    reply(ticket, act(marta, when=MONDAY_9AM + HOUR), content=ANSWER)

    ticket.refresh_from_db()
    clock = Clock.objects.get()
    assert (clock.state, clock.elapsed, ticket.due_at) == ("met", 3600, None)
    assert not Timer.objects.filter(what="sla.due").exists()


def test_a_note_and_an_automatic_message_meet_nothing():
    marta, ticket = make_agent(), make_ticket()

    note(ticket, act(marta), content=Content(text="Lo miro"))
    write(ticket, MONDAY_9AM + HOUR, auto="auto_reply")

    assert Clock.objects.get().state == "running"


def test_the_next_response_runs_from_the_first_unanswered_message():
    marta, ticket = make_agent(), make_ticket()
    reply(ticket, act(marta), content=ANSWER)

    write(ticket, MONDAY_9AM + HOUR)
    write(ticket, MONDAY_9AM + 2 * HOUR)

    clock = Clock.objects.get(metric=Metric.NEXT_RESPONSE)
    assert clock.due_at == MONDAY_9AM + 7 * HOUR
    assert clock.cycle == 1


def test_each_answer_begins_a_new_cycle():
    marta, ticket = make_agent(), make_ticket()
    for hours in (1, 3):
        reply(ticket, act(marta, when=MONDAY_9AM + hours * HOUR), content=ANSWER)
        write(ticket, MONDAY_9AM + (hours + 1) * HOUR)

    cycles = Clock.objects.filter(metric=Metric.NEXT_RESPONSE).order_by("cycle")
    assert [(c.cycle, c.state) for c in cycles] == [(1, "met"), (2, "running")]


def test_another_priority_keeps_what_has_elapsed():
    marta, ticket = make_agent(), make_ticket()

    set_priority(ticket, act(marta, when=MONDAY_9AM + HOUR), to=Priority.URGENT)

    ticket.refresh_from_db()
    assert ticket.due_at == MONDAY_9AM + HOUR  # an hour from the message, not from the change


def test_resolving_without_an_answer_cancels_the_promise():
    marta, ticket = make_agent(), make_ticket()

    set_status(ticket, act(marta), to=Status.RESOLVED)

    assert Clock.objects.get().state == "cancelled"
    assert ticket.due_at is None


def test_running_out_is_recorded_once_and_a_late_reply_stays_late():
    marta, ticket = make_agent(), make_ticket()
    late = MONDAY_9AM + 4 * HOUR + timedelta(minutes=5)

    assert fire_due(late) == 1
    assert fire_due(late) == 0

    breach = Event.objects.get(kind="sla.breached")
    assert breach.data == {"metric": "first_response", "cycle": 1, "late_by": 300}
    reply(ticket, act(marta, when=late), content=ANSWER)
    assert Clock.objects.get().state == "breached"
    ticket.refresh_from_db()
    assert ticket.due_at is None
