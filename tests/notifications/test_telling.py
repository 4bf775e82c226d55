import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_ticket
from ventanilla.events.acts import Act
from ventanilla.events.models import Signal
from ventanilla.notifications.actions import mark_read
from ventanilla.notifications.models import Notification
from ventanilla.notifications.queries import unread_count
from ventanilla.tickets.actions import assign, receive
from ventanilla.tickets.content import Content

pytestmark = pytest.mark.django_db


def answer(ticket, **fields):
    receive(
        ticket,
        Act.of_contact(ticket.contact_id, MONDAY_9AM),
        content=Content(text="¿Hay novedades?", **fields),
        channel="email",
        contact=ticket.contact,
    )


def test_who_is_given_a_ticket_is_told_who_takes_it_is_not(react):
    marta, ivan = make_agent(), make_agent("Iván Ferrer", availability="away")
    ticket = make_ticket()
    assign(ticket, act(marta), to=marta)
    react()
    assert unread_count(marta.pk) == 0

    assign(ticket, act(marta), to=ivan)
    react()

    assert Notification.objects.get().agent == ivan
    assert Signal.objects.get().payload == {"t": "notice", "n": 1}


def test_several_messages_of_one_ticket_fold_into_one(react):
    marta, ticket = make_agent(), make_ticket()
    assign(ticket, act(marta), to=marta)
    answer(ticket)
    answer(ticket)
    react()

    assert unread_count(marta.pk) == 1

    mark_read(marta.pk, MONDAY_9AM, ticket_id=ticket.pk)
    assert unread_count(marta.pk) == 0


def test_automatic_messages_tell_nobody(react):
    marta, ticket = make_agent(), make_ticket()
    assign(ticket, act(marta), to=marta)
    answer(ticket, auto="auto_reply")
    react()

    assert unread_count(marta.pk) == 0
