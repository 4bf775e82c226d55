"""Impact and urgency give incidents their priority; what a person has set by hand stays."""

from __future__ import annotations

import pytest

from tests.factories import act, make_agent, make_ticket
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid
from ventanilla.people.actions.desk import change_desk
from ventanilla.people.models import usual_matrix
from ventanilla.tickets.actions import (
    follow_matrix,
    set_impact,
    set_priority,
    set_type,
    set_urgency,
)
from ventanilla.tickets.actions.change import FieldChanged
from ventanilla.tickets.models import Level, Priority, Type
from ventanilla.tickets.rating import priority_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def marta():
    return make_agent()


def happened(ticket):
    return list(
        Event.objects.filter(ticket_id=ticket.pk).order_by("seq").values_list("kind", flat=True)
    )


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [(0, 0, 0), (0, 2, 1), (1, 1, 1), (2, 1, 2), (2, 2, 3), (None, 2, None), (2, None, None)],
)
def test_the_usual_matrix(impact, urgency, priority):
    assert priority_of(usual_matrix(), impact, urgency) == priority


def test_an_incident_gets_its_priority_once_both_are_known(marta):
    ticket = make_ticket(type=Type.INCIDENT)

    set_impact(ticket, act(marta), to=Level.HIGH)
    assert ticket.priority == Priority.NORMAL
    set_urgency(ticket, act(marta), to=Level.HIGH)

    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    assert ticket.pinned == []
    changed = Event.objects.get(kind="ticket.priority_changed")
    assert changed.data == {"old": 1, "new": 3, "reason": "matrix"}
    assert changed.cause_id == Event.objects.get(kind="ticket.urgency_changed").pk


def test_a_question_gets_none_until_it_becomes_an_incident(marta):
    ticket = make_ticket()
    set_impact(ticket, act(marta), to=Level.HIGH)
    set_urgency(ticket, act(marta), to=Level.MEDIUM)
    assert ticket.priority == Priority.NORMAL

    set_type(ticket, act(marta), to=Type.INCIDENT)

    assert ticket.priority == Priority.HIGH


def test_a_priority_that_was_set_by_hand_stays_until_the_matrix_is_asked_for(marta):
    ticket = make_ticket(type=Type.INCIDENT)
    set_priority(ticket, act(marta), to=Priority.LOW)

    set_impact(ticket, act(marta), to=Level.HIGH)
    set_urgency(ticket, act(marta), to=Level.HIGH)
    assert ticket.priority == Priority.LOW
    follow_matrix(ticket, act(marta))

    assert ticket.priority == Priority.URGENT
    assert "priority" not in ticket.pinned
    set_urgency(ticket, act(marta), to=Level.LOW)
    assert ticket.priority == Priority.NORMAL


def test_without_both_there_is_no_such_priority(marta):
    ticket = make_ticket(type=Type.INCIDENT)
    set_impact(ticket, act(marta), to=Level.HIGH)

    with pytest.raises(Invalid):
        follow_matrix(ticket, act(marta))


def test_the_desk_s_own_matrix_counts(marta):
    change_desk(act(), priority_matrix=[3] * 9)
    ticket = make_ticket(type=Type.INCIDENT)

    set_impact(ticket, act(marta), to=Level.LOW)
    set_urgency(ticket, act(marta), to=Level.LOW)

    assert ticket.priority == Priority.URGENT


def test_the_same_again_is_nothing_and_what_changed_meanwhile_is_told(marta, english):
    ticket = make_ticket(type=Type.INCIDENT)
    set_impact(ticket, act(marta), to=Level.HIGH)
    before = happened(ticket)

    assert set_impact(ticket, act(marta), to=Level.HIGH) is None
    with pytest.raises(FieldChanged, match="High"):
        set_impact(ticket, act(marta), to=Level.LOW, was=None)

    assert happened(ticket) == before
