"""Rules on time: once for each stretch, in working hours, and not upon old tickets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_ticket
from ventanilla.automation import timing
from ventanilla.automation.actions import save_rule
from ventanilla.automation.models import RuleRun
from ventanilla.events.acts import Act
from ventanilla.events.models import Timer
from ventanilla.events.timers import fire_due
from ventanilla.lib import clock
from ventanilla.lib.problems import Invalid
from ventanilla.people.queries import forget_configuration
from ventanilla.tickets.actions import receive, reply, set_status
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Status

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ANSWER = Content(text="Hola", to=[{"name": "", "addr": "elena@correo.example"}])


@pytest.fixture(autouse=True)
def known_anew():
    with clock.frozen(MONDAY_9AM):
        yield
    forget_configuration()


@pytest.fixture
def ada():
    return make_agent("Ada Soler", role="administrator")


def rule(ada, since="silence", hours=72, working=False, **said):
    after = {"since": since, "hours": hours, "working": working}
    said.setdefault("changes", ["status=4"])
    return save_rule(act(ada), name="Tiempo", said={"after": after, **said})


def at(moment):
    with clock.frozen(moment):
        while fire_due(moment):
            pass


def written(ticket, when, **fields):
    return receive(
        ticket,
        Act.of_contact(ticket.contact_id, when),
        content=Content(text="¿Y?", **fields),
        channel="email",
        contact=ticket.contact,
    )


def due():
    timer = Timer.objects.filter(what=timing.DUE).first()
    return timer.due_at if timer else None


def test_a_customer_who_does_not_answer_for_three_days(ada, react):
    rule(ada)
    ticket = make_ticket()
    reply(ticket, act(ada, when=MONDAY_9AM + HOUR), content=ANSWER)
    react()
    at(MONDAY_9AM + 3 * DAY)
    ticket.refresh_from_db()
    assert ticket.status < Status.RESOLVED

    at(MONDAY_9AM + 3 * DAY + HOUR)

    ticket.refresh_from_db()
    assert ticket.status == Status.RESOLVED
    assert RuleRun.objects.get().done == ["status=4"]


def test_an_answer_ends_the_silence_and_an_automatic_one_does_not(ada, react):
    rule(ada)
    ticket, other = make_ticket(), make_ticket("Otra")
    for one in (ticket, other):
        reply(one, act(ada, when=MONDAY_9AM + HOUR), content=ANSWER)
    written(ticket, MONDAY_9AM + DAY)
    written(other, MONDAY_9AM + DAY, auto="auto_reply")
    react()

    at(MONDAY_9AM + 4 * DAY)

    ticket.refresh_from_db()
    other.refresh_from_db()
    assert ticket.status < Status.RESOLVED
    assert other.status == Status.RESOLVED


def test_each_stretch_counts_once(ada, react):
    rule(ada, since="status", hours=24, changes=[], note="Sigue así")
    ticket = make_ticket()
    react()
    at(MONDAY_9AM + DAY)
    at(MONDAY_9AM + 2 * DAY)
    assert RuleRun.objects.count() == 1

    with clock.frozen(MONDAY_9AM + 2 * DAY):
        set_status(ticket, act(ada, when=MONDAY_9AM + 2 * DAY), to=Status.PENDING)
        react()
    at(MONDAY_9AM + 3 * DAY)

    assert RuleRun.objects.count() == 2


def test_working_hours_are_the_teams(ada, react):
    rule(ada, since="waiting", hours=10, working=True, changes=["priority=3"])
    make_ticket()
    react()

    assert due() == MONDAY_9AM + DAY + HOUR  # nine hours on Monday, one on Tuesday


def test_conditions_are_asked_when_it_is_due(ada, react):
    waits = {"all": [{"field": "status", "op": "is", "value": ["pending"]}]}
    rule(ada, since="opened", hours=24, conditions=waits)
    ticket = make_ticket()
    react()

    at(MONDAY_9AM + DAY)

    ticket.refresh_from_db()
    assert ticket.status == Status.NEW
    assert not RuleRun.objects.exists()


def test_a_new_rule_looks_at_what_is_there_but_not_at_what_passed_long_ago(ada):
    old, new = make_ticket(when=MONDAY_9AM - 9 * DAY), make_ticket(when=MONDAY_9AM - HOUR)
    made = rule(ada, since="opened", hours=24)

    assert timing.plan_tickets(made.pk, MONDAY_9AM) == 2

    timers = Timer.objects.filter(what=timing.DUE)
    assert list(timers.values_list("ticket_id", flat=True)) == [new.pk]
    assert old.pk != new.pk


def test_after_an_outage_it_acts_late_but_not_days_later(ada, react):
    rule(ada, since="opened", hours=24)
    ticket = make_ticket()
    react()

    at(MONDAY_9AM + 5 * DAY)

    ticket.refresh_from_db()
    assert ticket.status == Status.NEW


def test_two_that_go_to_and_fro_end(ada, react):
    for name, was, to in (("A", "open", 2), ("B", "pending", 1)):
        asked = {"all": [{"field": "status", "op": "is", "value": [was]}]}
        after = {"since": "status", "hours": 1, "working": False}
        said = {"after": after, "conditions": asked, "changes": [f"status={to}"]}
        save_rule(act(ada), name=name, said=said)
    ticket = make_ticket()
    set_status(ticket, act(ada), to=Status.OPEN)
    react()

    for hour in range(1, 60):
        with clock.frozen(MONDAY_9AM + hour * HOUR):
            fire_due(MONDAY_9AM + hour * HOUR)
            react()

    assert RuleRun.objects.count() == 2 * timing.MOST


@pytest.mark.parametrize(
    "after",
    [
        {"since": "never", "hours": 1},
        {"since": "status", "hours": 0},
        {"since": "status", "hours": 9000},
        {"since": "status", "hours": 1, "days": 2},
    ],
)
def test_a_time_that_makes_no_sense_is_refused(ada, after):
    with pytest.raises(Invalid):
        save_rule(act(ada), name="Nada", said={"after": after, "changes": ["priority=3"]})
    with pytest.raises(Invalid):
        both = {"after": {"since": "status", "hours": 1}, "on": ["created"]}
        save_rule(act(ada), name="Nada", said={**both, "changes": ["priority=3"]})
