"""The demonstration desk: the same each time, through the real actions, and believable."""

from datetime import UTC, datetime, timedelta

import pytest

from ventanilla.automation.models import Rule, RuleRun
from ventanilla.demo import cast
from ventanilla.demo.clear import clear
from ventanilla.demo.desk import seed
from ventanilla.demo.plan import plan
from ventanilla.events.models import Event, Outbox
from ventanilla.lib.problems import Conflict
from ventanilla.people.models import Agent, Contact, Team
from ventanilla.sla.models import Clock
from ventanilla.tickets.models import Inbox, Message, Status, Ticket

THURSDAY = datetime(2026, 3, 5, 11, tzinfo=UTC)


def test_the_same_week_gives_the_same_plan():
    assert plan(THURSDAY) == plan(THURSDAY)
    moved = plan(THURSDAY + timedelta(weeks=2))
    assert [i.subject for i in moved] == [i.subject for i in plan(THURSDAY)]


def test_nothing_lies_in_the_future_and_nights_are_quiet():
    inquiries = plan(THURSDAY)
    steps = [step for inquiry in inquiries for step in inquiry.steps]

    assert 270 <= len(inquiries) <= 300
    assert max(step.at for step in steps) <= THURSDAY
    at_night = sum(inquiry.steps[0].at.hour < 5 for inquiry in inquiries)
    assert at_night < len(inquiries) / 20
    written = [step.at for step in steps if step.who == "A"]
    assert {at.weekday() for at in written} <= {0, 1, 2, 3, 4}


@pytest.mark.django_db
def test_it_lives_through_the_real_actions():
    made = seed(THURSDAY, tickets=40)

    assert Ticket.objects.count() == made
    assert not Outbox.objects.exists()
    assert Clock.objects.filter(state="met").exists()
    assert Ticket.objects.filter(status=Status.CLOSED).exists()
    assert RuleRun.objects.filter(rule__name="Reembolsos a la vista").exists()
    assert Event.objects.filter(kind="ticket.assigned", data__reason="round_robin").exists()
    assert not Message.objects.filter(delivery="queued").exists()
    assert Agent.objects.filter(role__key="administrator").count() == 1
    for ticket in Ticket.objects.all():
        seqs = Event.objects.filter(ticket_id=ticket.pk).order_by("seq")
        assert [e.seq for e in seqs] == list(range(1, ticket.version + 1))


@pytest.mark.django_db
def test_it_goes_without_a_trace_and_comes_back():
    seed(THURSDAY, tickets=12)

    assert clear()["agents"] == len(cast.AGENTS)

    for model in (Ticket, Message, Event, Contact, Agent, Team, Inbox, Rule, RuleRun):
        assert not model.objects.exists(), model
    assert seed(THURSDAY, tickets=12)


@pytest.mark.django_db
def test_only_a_demonstration_is_cleared():
    with pytest.raises(Conflict):
        clear()
