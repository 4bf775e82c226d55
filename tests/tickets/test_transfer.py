"""Splitting, moving messages, and their undo: nothing lost, everything as it was."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.factories import MONDAY_9AM, act, make_agent, make_contact, make_team, make_ticket
from tests.tickets.steps import STEPS, TO, broken, rows
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.sla.models import Clock
from ventanilla.tickets.actions import (
    give_back,
    merge,
    move_messages,
    note,
    receive,
    reply,
    set_participants,
    set_status,
    split,
    unmerge,
)
from ventanilla.tickets.actions.merge import CantUnmerge
from ventanilla.tickets.actions.merged import IsMerged, end_of
from ventanilla.tickets.actions.transfer import CantGiveBack
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import Attachment, Status, Ticket

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = MONDAY_9AM + timedelta(hours=6)


def written(ticket, when, text="Y otra cosa: ¿hacéis sillas?", contact=None, **fields):
    contact = contact or ticket.contact
    return receive(
        ticket,
        Act.of_contact(contact.pk, when),
        content=Content(text=text, **fields),
        channel="email",
        contact=contact,
    )


def answered(ticket, marta, when):
    return reply(ticket, act(marta, when=when), content=Content(html="<p>Ya</p>", to=TO))


# -- splitting -------------------------------------------------------------------------------------
def test_a_split_off_question_is_a_ticket_whose_customer_waits_since_they_wrote():
    marta, ticket = make_agent(), make_ticket(assignee=None)
    picture = File(digest="a" * 64, filename="silla.jpg", content_type="image/jpeg", size=3)
    asked = written(ticket, MONDAY_9AM + HOUR, files=[picture])

    made = split(ticket, act(marta, when=LATER), messages=[asked.pk], subject="Sillas")

    new = made.target
    new.refresh_from_db(), ticket.refresh_from_db(), asked.refresh_from_db()
    assert (new.subject, new.status, new.contact) == ("Sillas", Status.OPEN, ticket.contact)
    assert (new.waiting_since, new.due_metric) == (MONDAY_9AM + HOUR, "first_response")
    assert Clock.objects.get(ticket=new).started_at == MONDAY_9AM + HOUR
    assert (asked.ticket, asked.origin_ticket) == (new, new)
    assert Attachment.objects.get().ticket == new
    assert (ticket.message_count, ticket.waiting_since) == (1, MONDAY_9AM)
    assert ticket.snippet.startswith("Ayer")
    kinds = Event.objects.filter(kind__startswith="messages.").order_by("id")
    assert [(one.kind, one.ticket_id) for one in kinds] == [
        ("messages.left", ticket.pk),
        ("messages.joined", new.pk),
    ]
    assert not list(broken())


def test_what_was_owed_only_for_the_split_off_question_is_owed_no_more():
    marta, ticket = make_agent(), make_ticket()
    answered(ticket, marta, MONDAY_9AM + HOUR)
    asked = written(ticket, MONDAY_9AM + 2 * HOUR)

    made = split(ticket, act(marta, when=LATER), messages=[asked.pk])

    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.due_at) == (None, None)
    assert made.target.waiting_since == MONDAY_9AM + 2 * HOUR
    assert not list(broken())


def test_an_answer_that_goes_along_leaves_nothing_to_wait_for():
    marta, ticket = make_agent(), make_ticket()
    asked = written(ticket, MONDAY_9AM + HOUR)
    said = answered(ticket, marta, MONDAY_9AM + 2 * HOUR)

    new = split(ticket, act(marta, when=LATER), messages=[asked.pk, said.pk]).target

    new.refresh_from_db()
    assert (new.status, new.waiting_since, new.due_at) == (Status.PENDING, None, None)
    assert new.first_replied_at == said.occurred_at


def test_participants_go_along_when_told_and_who_wrote_always():
    marta, ticket = make_agent(), make_ticket()
    pau, rosa = make_contact("Pau Serra"), make_contact("Rosa Marín")
    set_participants(ticket, act(marta), add=[pau, rosa])
    by_rosa = written(ticket, MONDAY_9AM + HOUR, contact=rosa)
    by_pau = written(ticket, MONDAY_9AM + 2 * HOUR, contact=pau)

    hers = split(ticket, act(marta), messages=[by_rosa.pk]).target
    his = split(ticket, act(marta), messages=[by_pau.pk], join=True).target

    assert (hers.contact, hers.participants.count()) == (rosa, 0)
    assert his.contact == pau
    assert {one.contact for one in his.participants.all()} == {ticket.contact, rosa}


def test_none_all_or_strange_messages_are_refused_and_change_nothing():
    marta, ticket, other = make_agent(), make_ticket(), make_ticket("Otro")
    written(ticket, MONDAY_9AM + HOUR)
    every = [one.pk for one in ticket.messages.all()]
    before = rows(ticket, other)

    for messages in ([], every, [other.last_message_id]):
        with pytest.raises(Invalid):
            split(ticket, act(marta), messages=messages)
        with pytest.raises(Invalid):
            move_messages(ticket, act(marta), messages=messages, to=other)

    assert rows(ticket, other) == before


def test_undoing_a_split_closes_the_ticket_that_was_made_and_it_points_back():
    marta, ticket = make_agent(), make_ticket()
    asked = written(ticket, MONDAY_9AM + HOUR)
    before = rows(ticket)
    made = split(ticket, act(marta), messages=[asked.pk])

    give_back(made, act(marta, when=LATER))

    new = Ticket.objects.get(pk=made.target_id)
    assert rows(ticket) == before
    assert (new.status, new.message_count, new.due_at) == (Status.CLOSED, 0, None)
    assert end_of(new) == ticket
    assert give_back(made, act(marta, when=LATER)) is None
    with pytest.raises(CantUnmerge):
        unmerge(new.merges.get(), act(marta, when=LATER))
    assert not list(broken())


def test_what_came_to_the_split_off_ticket_comes_along_when_it_is_undone():
    marta, ticket = make_agent(), make_ticket()
    asked = written(ticket, MONDAY_9AM + HOUR)
    made = split(ticket, act(marta), messages=[asked.pk])
    said = answered(made.target, marta, MONDAY_9AM + 2 * HOUR)
    more = written(made.target, MONDAY_9AM + 3 * HOUR, "¿Y mesas?")

    give_back(made, act(marta, when=LATER))

    ticket.refresh_from_db(), said.refresh_from_db(), more.refresh_from_db()
    assert (said.ticket, more.ticket, ticket.message_count) == (ticket, ticket, 4)
    assert (ticket.status, ticket.waiting_since) == (Status.NEW, MONDAY_9AM)
    assert not list(broken())


def test_what_was_answered_in_the_other_ticket_is_not_owed_again():
    marta, ticket = make_agent(), make_ticket()
    answered(ticket, marta, MONDAY_9AM + HOUR)
    asked = written(ticket, MONDAY_9AM + 2 * HOUR)
    made = split(ticket, act(marta), messages=[asked.pk])
    answered(made.target, marta, MONDAY_9AM + 3 * HOUR)

    give_back(made, act(marta, when=LATER))

    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.due_at, ticket.message_count) == (None, None, 4)
    assert not list(broken())


# -- moving ----------------------------------------------------------------------------------------
def test_a_moved_message_wakes_the_ticket_it_comes_to_and_sleeps_again_when_undone():
    marta, ticket, other = make_agent(), make_ticket(), make_ticket("Sillas")
    answered(other, marta, MONDAY_9AM + HOUR)
    asked = written(ticket, MONDAY_9AM + 2 * HOUR)
    before = rows(ticket, other)

    made = move_messages(ticket, act(marta, when=LATER), messages=[asked.pk], to=other)
    other.refresh_from_db()
    assert (other.status, other.waiting_since) == (Status.OPEN, MONDAY_9AM + 2 * HOUR)
    assert other.message_count == 3
    give_back(made, act(marta, when=LATER))

    assert rows(ticket, other) == before
    assert not list(broken())


def test_what_came_since_to_the_other_ticket_stays_there():
    marta, ticket, other = make_agent(), make_ticket(), make_ticket("Sillas")
    asked = written(ticket, MONDAY_9AM + HOUR)
    made = move_messages(ticket, act(marta), messages=[asked.pk], to=other)
    said = answered(other, marta, MONDAY_9AM + 2 * HOUR)

    give_back(made, act(marta, when=LATER))

    said.refresh_from_db(), asked.refresh_from_db(), other.refresh_from_db()
    assert (said.ticket, asked.ticket) == (other, ticket)
    assert (other.status, other.waiting_since) == (Status.PENDING, None)
    assert not list(broken())


def test_a_promise_that_began_after_the_first_question_is_put_back_as_it_was():
    marta, ticket, other = make_agent(), make_ticket(), make_ticket("Sillas")
    first = ticket.last_message_id
    set_status(ticket, act(marta), to=Status.RESOLVED)
    written(ticket, MONDAY_9AM + HOUR)  # opens it again, and is promised an answer
    before = rows(ticket, other)

    give_back(move_messages(ticket, act(marta), messages=[first], to=other), act(marta))

    assert rows(ticket, other) == before


def test_what_waits_is_not_moved_into_what_is_resolved():
    marta, ticket, other = make_agent(), make_ticket(), make_ticket("Sillas")
    asked = written(ticket, MONDAY_9AM + HOUR)
    set_status(other, act(marta), to=Status.RESOLVED)

    with pytest.raises(Invalid, match=str(other.number)):
        move_messages(ticket, act(marta), messages=[asked.pk], to=other)


def test_both_tickets_must_be_theirs_to_change():
    make_team()
    soporte = make_team("Soporte")
    ivan = make_agent("Iván Soler", team=soporte)
    foreign, own = make_ticket(), make_ticket("Suyo", team=soporte)
    for one in (foreign, own):
        written(one, MONDAY_9AM + HOUR)

    with pytest.raises(NotAllowed):
        split(foreign, act(ivan), messages=[foreign.last_message_id])
    for ticket, to in ((foreign, own), (own, foreign)):
        ticket.refresh_from_db()
        with pytest.raises(NotAllowed):
            move_messages(ticket, act(ivan), messages=[ticket.last_message_id], to=to)


def test_transfers_and_merges_are_undone_from_the_last():
    marta, ticket, other = make_agent(), make_ticket(), make_ticket("Sillas")
    first, second = (written(ticket, MONDAY_9AM + HOUR * at) for at in (1, 2))
    before = rows(ticket, other)
    one = move_messages(ticket, act(marta), messages=[first.pk], to=other)
    two = move_messages(ticket, act(marta), messages=[second.pk], to=other)
    gone = merge(other, act(marta), into=ticket)

    for early in (one, two):
        with transaction.atomic(), pytest.raises(CantGiveBack):
            give_back(early, act(marta))
    unmerge(gone, act(marta))
    with transaction.atomic(), pytest.raises(CantGiveBack):
        give_back(one, act(marta))
    give_back(two, act(marta))
    give_back(one, act(marta))

    assert rows(ticket, other) == before


def test_a_merge_from_which_messages_were_split_waits_for_that_to_be_undone():
    marta, survivor, source = make_agent(), make_ticket(), make_ticket("Otra")
    asked = source.last_message_id
    before = rows(survivor, source)
    gone = merge(source, act(marta), into=survivor)
    made = split(survivor, act(marta), messages=[asked])

    with transaction.atomic(), pytest.raises(CantUnmerge):
        unmerge(gone, act(marta))
    give_back(made, act(marta))
    unmerge(gone, act(marta))

    assert rows(survivor, source) == before


def test_nothing_is_split_from_or_moved_to_a_merged_ticket():
    marta, ticket, gone, into = make_agent(), make_ticket(), make_ticket("Uno"), make_ticket("Dos")
    written(ticket, MONDAY_9AM + HOUR)
    merge(gone, act(marta), into=into)

    with pytest.raises(IsMerged):
        move_messages(ticket, act(marta), messages=[ticket.last_message_id], to=gone)


def test_after_a_day_it_stays():
    marta, ticket = make_agent(), make_ticket()
    written(ticket, MONDAY_9AM + HOUR)
    made = split(ticket, act(marta), messages=[ticket.last_message_id])

    with pytest.raises(CantGiveBack):
        give_back(made, act(marta, when=MONDAY_9AM + timedelta(days=1, seconds=1)))


# -- whatever happens ------------------------------------------------------------------------------
HAPPENED = st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(STEPS))), max_size=7)
WHOLE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def happen(marta, steps, ticket, other, hours):
    for at, (here, step) in enumerate(steps):
        who = act(marta, when=MONDAY_9AM + HOUR * (at + hours))
        with suppress(Invalid):  # such as snoozing what is resolved
            STEPS[step](ticket if here else other, who)
            ticket.refresh_from_db(), other.refresh_from_db()


def some(data, ticket):
    """Some messages, but not all."""
    ids = list(ticket.messages.order_by("pk").values_list("pk", flat=True))
    return data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=len(ids) - 1, unique=True))


@WHOLE
@given(steps=HAPPENED, split_off=st.booleans(), join=st.booleans(), data=st.data())
def test_whatever_happened_before_undoing_restores_every_row(db, steps, split_off, join, data):
    with transaction.atomic():
        marta, ticket, other = make_agent(), make_ticket(), make_ticket("Otra", when=MONDAY_9AM)
        written(ticket, MONDAY_9AM + HOUR)
        happen(marta, steps, ticket, other, 2)
        messages, who = some(data, ticket), act(marta, when=MONDAY_9AM + timedelta(days=1))
        before = rows(ticket, other)
        try:
            if split_off:
                made = split(ticket, who, messages=messages, join=join)
            else:
                made = move_messages(ticket, who, messages=messages, to=other, join=join)
        except Invalid:
            assert other.status >= Status.RESOLVED and not split_off
            assert rows(ticket, other) == before
        else:
            assert made.target.messages.filter(pk__in=messages).count() == len(messages)
            assert not list(broken())
            give_back(made, who)
            assert rows(ticket, other) == before
            assert not list(broken())
        transaction.set_rollback(True)


@WHOLE
@given(before=HAPPENED, since=HAPPENED, split_off=st.booleans(), data=st.data())
def test_whatever_happens_meanwhile_nothing_is_lost_or_counted_wrong(
    db, before, since, split_off, data
):
    with transaction.atomic():
        marta, ticket, other = make_agent(), make_ticket(), make_ticket("Otra", when=MONDAY_9AM)
        written(ticket, MONDAY_9AM + HOUR)
        happen(marta, before, ticket, other, 2)
        messages, who = some(data, ticket), act(marta, when=MONDAY_9AM + timedelta(days=1))
        try:
            if split_off:
                made = split(ticket, who, messages=messages)
            else:
                made = move_messages(ticket, who, messages=messages, to=other)
            happen(marta, since, ticket, made.target, 30)
            said = {*ticket.messages.values_list("pk", flat=True)}
            there = {*made.target.messages.values_list("pk", flat=True)}
            give_back(made, act(marta, when=MONDAY_9AM + HOUR * 40))
        except Invalid:
            pass  # into what is resolved; back into what was resolved meanwhile
        else:
            came = there if split_off else {*messages}
            assert {*ticket.messages.values_list("pk", flat=True)} == said | came
            assert not list(broken())
        transaction.set_rollback(True)


# -- at once ---------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_split_the_same_message_at_once_make_one_ticket():
    marta, ticket = make_agent(), make_ticket()
    asked = written(ticket, MONDAY_9AM + HOUR)

    def go(_number):
        try:
            return split(
                Ticket.objects.get(pk=ticket.pk), act(marta, when=LATER), messages=[asked.pk]
            )
        except Invalid:
            return None

    made = [one for one in at_once(2, go) if one]

    assert len(made) == 1
    assert Ticket.objects.count() == 2
    assert not list(broken())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_messages_moved_both_ways_while_mail_comes_are_all_there():
    marta, one, other = make_agent(), make_ticket("Uno"), make_ticket("Otro")
    for ticket in (one, other):
        written(ticket, MONDAY_9AM + HOUR)
    ids = [one.last_message_id, other.last_message_id]

    def go(number):
        source, to = (Ticket.objects.get(pk=t.pk) for t in ((one, other), (other, one))[number % 2])
        if number < 2:
            return move_messages(source, act(marta, when=LATER), messages=[ids[number]], to=to)
        return written(source, LATER)

    at_once(6, go)

    assert Ticket.objects.get(pk=one.pk).message_count == 4
    assert {m.ticket_id for m in other.messages.model.objects.filter(pk=ids[0])} == {other.pk}
    assert not list(broken())


def test_a_note_moves_too_and_wakes_nobody():
    marta, ticket, other = make_agent(), make_ticket(), make_ticket("Sillas")
    set_status(other, act(marta), to=Status.RESOLVED)
    said = note(ticket, act(marta), content=Content(html="<p>Ojo</p>"))

    move_messages(ticket, act(marta), messages=[said.pk], to=other)

    other.refresh_from_db()
    assert (other.status, other.message_count) == (Status.RESOLVED, 2)
