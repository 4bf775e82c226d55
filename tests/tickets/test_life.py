"""A ticket's life through its verbs: state, events, statements."""

from datetime import timedelta

import pytest

from tests.factories import (
    MONDAY_9AM,
    act,
    address,
    make_agent,
    make_contact,
    make_team,
    make_ticket,
)
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.problems import NotAllowed
from ventanilla.tickets.actions import (
    assign,
    move,
    note,
    open_ticket,
    receive,
    reply,
    set_priority,
    set_status,
    set_tags,
)
from ventanilla.tickets.actions.assign import AssigneeNotInTeam
from ventanilla.tickets.actions.change import FieldChanged
from ventanilla.tickets.actions.receive import TooLateToReopen
from ventanilla.tickets.actions.reply import NewerMessage
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Priority, Status, Tag, Ticket

pytestmark = pytest.mark.django_db
TO = [address("elena.vidal@correo.example")]


def kinds(ticket):
    return list(
        Event.objects.filter(ticket_id=ticket.pk).order_by("seq").values_list("kind", flat=True)
    )


def seqs(ticket):
    return list(
        Event.objects.filter(ticket_id=ticket.pk).order_by("id").values_list("seq", flat=True)
    )


def test_numbers_are_never_given_twice():
    first, second = make_ticket(), make_ticket("Otra cosa")

    assert second.number > first.number >= 1001


def test_a_reply_waits_for_the_customer_and_opens_nothing_else():
    marta, ticket = make_agent(), make_ticket()

    message = reply(ticket, act(marta), content=Content(html="<p>Hola, Elena</p>", to=TO))

    ticket.refresh_from_db()
    assert ticket.status == Status.PENDING
    assert ticket.first_replied_at == MONDAY_9AM
    assert ticket.waiting_since is None
    assert (message.text, message.delivery) == ("Hola, Elena", "queued")
    assert kinds(ticket) == [
        "ticket.opened",
        "message.replied",
        "sla.met",
        "ticket.status_changed",
    ]
    assert seqs(ticket) == [1, 2, 3, 4]


def test_who_called_is_answered_by_mail():
    marta, contact = make_agent(), make_contact()
    ticket = open_ticket(
        act(marta),
        subject="Llamada: quiere anular",
        channel="phone",
        team=make_team(),
        contact=contact,
        content=Content(text="Quiere anular el pedido."),
    )

    message = reply(ticket, act(marta), content=Content(text="Anulado", to=TO))

    assert (message.channel, message.delivery) == ("email", "queued")


def test_a_note_opens_a_new_ticket_and_answers_nobody():
    marta, ticket = make_agent(), make_ticket()

    note(ticket, act(marta), content=Content(text="Lo miro con la pasarela."))

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert ticket.waiting_since == MONDAY_9AM
    assert ticket.first_replied_at is None


def test_being_assigned_is_not_acting():
    marta, ticket = make_agent(), make_ticket()

    event = assign(ticket, act(marta), to=marta)

    assert ticket.status == Status.NEW
    assert event.data["new"] == marta.pk
    assert assign(ticket, act(marta), to=marta) is None


def test_assign_outside_the_team_is_refused_and_changes_nothing():
    marta, ticket = make_agent(), make_ticket()
    ivan = make_agent("Iván Ferrer", team=make_team("Envíos"))

    with pytest.raises(AssigneeNotInTeam, match="Iván Ferrer is not in Facturación"):
        assign(ticket, act(marta), to=ivan)

    ticket.refresh_from_db()
    assert ticket.assignee is None
    assert kinds(ticket) == ["ticket.opened"]


def test_moving_to_another_team_lets_go_of_the_assignee():
    marta, ticket, shipping = make_agent(), make_ticket(), make_team("Envíos")
    assign(ticket, act(marta), to=marta)

    event = move(ticket, act(marta), to=shipping)

    assert ticket.assignee is None
    assert set(event.teams) == {make_team().pk, shipping.pk}


def test_who_does_not_see_the_ticket_may_not_change_it():  # R28
    ticket, ivan = make_ticket(), make_agent("Iván Ferrer", team=make_team("Envíos"))

    with pytest.raises(NotAllowed):
        set_priority(ticket, act(ivan), to=Priority.URGENT)

    assert not Ticket.objects.get().pinned


def test_a_light_agent_only_writes_notes():
    ticket, luz = make_ticket(), make_agent("Luz Gil", role="light")

    with pytest.raises(NotAllowed, match="Answer customers"):
        reply(ticket, act(luz), content=Content(text="Hola", to=TO))

    assert note(ticket, act(luz), content=Content(text="Ojo")).pk


def test_the_same_field_changed_by_two_people_is_refused_to_the_second():  # R54
    marta, ticket = make_agent(), make_ticket()
    set_priority(ticket, act(marta), to=Priority.URGENT, was=Priority.NORMAL)

    with pytest.raises(FieldChanged, match="Urgent"):
        set_priority(ticket, act(marta), to=Priority.LOW, was=Priority.NORMAL)


def test_tags_merge():
    marta, ticket = make_agent(), make_ticket()
    set_tags(ticket, act(marta), add=["Reembolso", "pasarela"])

    set_tags(ticket, act(marta), add=["vip"], remove=["reembolso"])

    names = dict(Tag.objects.values_list("pk", "name"))
    assert [names[pk] for pk in ticket.tags] == ["pasarela", "vip"]


def test_the_customers_answer_opens_what_waits_for_it():
    marta, ticket = make_agent(), make_ticket()
    reply(ticket, act(marta), content=Content(text="¿Qué tarjeta?", to=TO))

    later = MONDAY_9AM + timedelta(hours=2)
    receive(
        ticket,
        Act.of_contact(ticket.contact_id, later),
        content=Content(text="La Visa"),
        channel="email",
        contact=ticket.contact,
    )

    assert ticket.status == Status.OPEN
    assert ticket.waiting_since == later
    assert ticket.snippet == "La Visa"


def test_within_seven_days_of_resolving_it_reopens_later_it_does_not():
    marta, ticket = make_agent(), make_ticket()
    set_status(ticket, act(marta), to=Status.RESOLVED)
    write = {"content": Content(text="Sigue igual"), "channel": "email", "contact": ticket.contact}

    receive(ticket, Act.of_contact(ticket.contact_id, MONDAY_9AM + timedelta(days=6)), **write)
    assert (ticket.status, ticket.reopen_count, ticket.resolved_at) == (Status.OPEN, 1, None)

    set_status(ticket, act(marta, when=MONDAY_9AM + timedelta(days=7)), to=Status.CLOSED)
    with pytest.raises(TooLateToReopen):
        receive(ticket, Act.of_contact(ticket.contact_id, MONDAY_9AM + timedelta(days=15)), **write)


def test_an_automatic_message_changes_no_status():  # R11
    marta, ticket = make_agent(), make_ticket()
    reply(ticket, act(marta), content=Content(text="¿Qué tarjeta?", to=TO))

    receive(
        ticket,
        Act.of_contact(ticket.contact_id, MONDAY_9AM),
        content=Content(text="Estoy de vacaciones", auto="auto_reply"),
        channel="email",
        contact=ticket.contact,
    )

    assert ticket.status == Status.PENDING
    assert ticket.waiting_since is None


def test_a_reply_stops_when_a_newer_message_has_come():  # R54
    marta, ticket = make_agent(), make_ticket()
    seen = ticket.last_message_id
    receive(
        ticket,
        Act.of_contact(ticket.contact_id, MONDAY_9AM),
        content=Content(text="Ya está resuelto"),
        channel="email",
        contact=ticket.contact,
    )

    with pytest.raises(NewerMessage) as refused:
        reply(ticket, act(marta), content=Content(text="Hola", to=TO), seen=seen)
    assert refused.value.newer.text == "Ya está resuelto"

    assert reply(ticket, act(marta), content=Content(text="Hola", to=TO), seen=seen, override=True)
    assert Event.objects.filter(kind="message.replied", data__override=True).exists()


def test_an_agent_writes_first():
    marta, contact = make_agent(), make_contact()

    ticket = open_ticket(
        act(marta),
        subject="Tu pedido",
        channel="email",
        team=make_team(),
        contact=contact,
        content=Content(html="<p>Ha llegado.</p>", to=TO),
        outgoing=True,
    )

    assert ticket.status == Status.PENDING
    assert ticket.messages.get().delivery == "queued"


def test_the_log_refuses_to_be_changed():
    ticket = make_ticket()

    with pytest.raises(Exception, match="append-only"):
        Event.objects.filter(ticket_id=ticket.pk).update(kind="nothing")


def test_statements_of_the_verbs(django_assert_max_num_queries):
    marta, contact, ticket = make_agent(), make_contact(), make_ticket()

    with django_assert_max_num_queries(15):
        make_ticket("Con todo", contact=contact)
    with django_assert_max_num_queries(15):
        reply(ticket, act(marta), content=Content(text="Hola", to=TO))
