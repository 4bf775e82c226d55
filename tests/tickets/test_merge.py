"""Merging and its undo: one conversation, nothing lost, everything as it was."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.factories import (
    MONDAY_9AM,
    act,
    address,
    make_agent,
    make_contact,
    make_team,
    make_ticket,
)
from tests.tickets.steps import STEPS, broken, rows
from ventanilla.events.acts import Act
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.tickets.actions import (
    merge,
    personal,
    receive,
    reply,
    send_now,
    set_status,
    set_tags,
    unmerge,
    write_automatic,
)
from ventanilla.tickets.actions.merge import CantUnmerge
from ventanilla.tickets.actions.merged import IsMerged, end_of
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Attachment, Draft, Message, Status, Ticket

pytestmark = pytest.mark.django_db
TO = [address("elena.vidal@correo.example")]
HOUR = timedelta(hours=1)
LATER = MONDAY_9AM + timedelta(hours=6)


def two():
    first = make_ticket()
    second = make_ticket("Otra vez el cobro", text="¿Hay noticias?", when=MONDAY_9AM + HOUR)
    return first, second


def test_the_survivor_holds_both_conversations_and_the_source_points_to_it():
    marta, (survivor, source) = make_agent(), two()
    set_tags(source, act(marta), add=["cobro"])

    merge(source, act(marta, when=LATER), into=survivor)

    source.refresh_from_db(), survivor.refresh_from_db()
    assert (source.status, source.message_count, source.due_at) == (Status.CLOSED, 0, None)
    assert survivor.message_count == 2
    assert survivor.snippet == "¿Hay noticias?"
    assert survivor.waiting_since == MONDAY_9AM
    assert survivor.tags == source.tags
    assert end_of(source).pk == survivor.pk
    assert not list(broken())


def test_undoing_at_once_restores_every_row():
    marta, (survivor, source) = make_agent(), two()
    before = rows(survivor, source)

    unmerge(merge(source, act(marta), into=survivor), act(marta))

    assert rows(survivor, source) == before


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(STEPS))), max_size=8),
    same_customer=st.booleans(),
    join=st.booleans(),
)
def test_whatever_happened_before_undoing_restores_every_row(db, steps, same_customer, join):
    with transaction.atomic():
        marta = make_agent()
        other = make_contact() if same_customer else make_contact("Rosa Marín")
        survivor = make_ticket()
        source = make_ticket("Otra vez", contact=other, when=MONDAY_9AM + HOUR)
        for at, (on_source, step) in enumerate(steps):
            who = act(marta, when=MONDAY_9AM + HOUR * (at + 2))
            with suppress(Invalid):  # such as snoozing what is resolved
                STEPS[step](source if on_source else survivor, who)
        before = rows(survivor, source)
        who = act(marta, when=MONDAY_9AM + timedelta(days=1))
        try:
            made = merge(source, who, into=survivor, join=join)
        except Invalid:
            assert survivor.status >= Status.RESOLVED > source.status
            assert rows(survivor, source) == before
        else:
            moved = set(
                Message.objects.filter(origin_ticket=source).values_list("ticket", flat=True)
            )
            assert moved == {survivor.pk}
            assert not list(broken())
            unmerge(made, who)
            assert rows(survivor, source) == before
            assert not list(broken())
        transaction.set_rollback(True)


def test_a_closed_ticket_is_merged_and_comes_back_closed():
    marta, (survivor, source) = make_agent(), two()
    set_status(source, act(marta), to=Status.CLOSED)
    before = rows(survivor, source)

    made = merge(source, act(marta), into=survivor)
    assert source.messages.count() == 0
    unmerge(made, act(marta))

    assert rows(survivor, source) == before


def test_a_second_click_does_nothing():
    marta, (survivor, source) = make_agent(), two()

    made = merge(source, act(marta), into=survivor)

    assert merge(source, act(marta), into=survivor) is None
    assert unmerge(made, act(marta)) is not None
    assert unmerge(made, act(marta)) is None


def test_there_are_no_circles_and_nothing_goes_into_what_is_merged():
    marta, (survivor, source) = make_agent(), two()
    third = make_ticket("Tercera")
    merge(source, act(marta), into=survivor)

    with pytest.raises(IsMerged):
        merge(survivor, act(marta), into=source)
    with pytest.raises(IsMerged):
        merge(third, act(marta), into=source)
    with pytest.raises(Invalid):
        merge(third, act(marta), into=third)


def test_a_chain_leads_to_its_end_and_is_undone_from_there():
    marta, (survivor, source) = make_agent(), two()
    third = make_ticket("Tercera")
    before = rows(survivor, source, third)
    first = merge(source, act(marta), into=survivor)
    second = merge(survivor, act(marta), into=third)
    source.refresh_from_db()
    assert end_of(source).pk == third.pk

    with pytest.raises(CantUnmerge):
        unmerge(first, act(marta))
    unmerge(second, act(marta))
    unmerge(first, act(marta))

    assert rows(survivor, source, third) == before


@pytest.mark.parametrize("first", [0, 1])
def test_two_merged_into_one_are_undone_in_either_order(first):
    marta, (survivor, source) = make_agent(), two()
    third = make_ticket("Tercera", contact=make_contact("Rosa Marín"), when=MONDAY_9AM - HOUR)
    reply(survivor, act(marta), content=Content(html="<p>Hola</p>", to=TO))
    for ticket in (source, third):
        set_tags(ticket, act(marta), add=["cobro"])
    before = rows(survivor, source, third)
    made = [merge(each, act(marta, when=LATER), into=survivor) for each in (source, third)]

    unmerge(made[first], act(marta, when=LATER))
    assert not list(broken())
    unmerge(made[1 - first], act(marta, when=LATER))

    survivor.refresh_from_db()
    after = rows(survivor, source, third)
    assert {t: after[t] for t in after if t != "tickets_ticket"} == {
        t: before[t] for t in before if t != "tickets_ticket"
    }
    assert survivor.waiting_since is None and survivor.tags == []


def test_a_later_mail_joins_the_survivor_and_goes_home_when_undone():
    marta, (survivor, source) = make_agent(), two()
    reply(source, act(marta), content=Content(html="<p>Hola</p>", to=TO), status=Status.RESOLVED)
    made = merge(source, act(marta), into=survivor)
    contact = source.contact

    came = receive(
        source,
        Act.of_contact(contact.pk, LATER),
        content=Content(text="Sigue igual"),
        channel="email",
        contact=contact,
    )
    assert (came.ticket_id, came.origin_ticket_id) == (survivor.pk, source.pk)
    source.refresh_from_db()
    assert source.status == Status.CLOSED

    unmerge(made, act(marta, when=LATER + HOUR))

    came.refresh_from_db(), source.refresh_from_db(), survivor.refresh_from_db()
    assert came.ticket_id == source.pk
    assert (source.status, source.waiting_since) == (Status.OPEN, LATER)
    assert survivor.message_count == 1
    assert not list(broken())


def test_an_answer_given_meanwhile_stays_and_the_source_owes_its_own_again():
    marta, (survivor, source) = make_agent(), two()
    due = source.due_at
    made = merge(source, act(marta, when=LATER), into=survivor)
    reply(survivor, act(marta, when=LATER), content=Content(html="<p>Ya</p>", to=TO))

    unmerge(made, act(marta, when=LATER + HOUR))

    source.refresh_from_db(), survivor.refresh_from_db()
    assert (survivor.message_count, survivor.status) == (2, Status.PENDING)
    assert (source.due_at, source.waiting_since) == (due, MONDAY_9AM + HOUR)
    assert survivor.due_at is None
    assert not list(broken())


def test_who_waited_longest_is_answered_first():
    marta = make_agent()
    source = make_ticket()
    survivor = make_ticket("Nueva", when=MONDAY_9AM + HOUR * 3)
    promised, own = source.due_at, survivor.due_at
    made = merge(source, act(marta, when=LATER), into=survivor)

    survivor.refresh_from_db()
    assert survivor.due_at == promised < own
    unmerge(made, act(marta, when=LATER))
    survivor.refresh_from_db()
    assert survivor.due_at == own


def test_nobody_writes_in_a_merged_ticket():
    marta, (survivor, source) = make_agent(), two()
    merge(source, act(marta), into=survivor)

    for step in ("reply", "note", "open", "tag", "held"):
        with transaction.atomic(), pytest.raises(IsMerged):
            STEPS[step](source, act(marta))
            transaction.set_rollback(True)


def test_a_reply_that_waits_leaves_from_the_survivor_to_whom_it_was_written():
    marta, (survivor, source) = make_agent(), two()
    held = STEPS["held"](source, act(marta))
    merge(source, act(marta), into=survivor)
    held.refresh_from_db()

    message = send_now(held, act(marta, when=LATER))

    assert (message.ticket_id, message.to) == (survivor.pk, TO)


def upload(marta, ticket):
    values = {"filename": "plano.pdf", "content_type": "application/pdf", "size": 3}
    return Attachment.objects.create(
        uploaded_by=marta, ticket=ticket, digest="a" * 64, created_at=MONDAY_9AM, **values
    )


def begin(marta, ticket, html, *files):
    return personal.save_draft(
        marta.pk, ticket, "reply", html=html, fields={"attachments": [one.pk for one in files]},
        composing=3, now=MONDAY_9AM,
    )  # fmt: skip


def test_drafts_begun_in_both_go_on_as_one_and_come_apart_with_their_files():
    marta, (survivor, source) = make_agent(), two()
    here, there = upload(marta, source), upload(marta, survivor)
    begin(marta, source, "<p>Otra vez</p>", here), begin(marta, survivor, "<p>Hola</p>", there)
    before = rows(survivor, source)

    made = merge(source, act(marta), into=survivor)

    draft = Draft.objects.get(ticket=survivor)
    assert draft.html.startswith("<p>Hola</p>") and draft.html.endswith("<p>Otra vez</p>")
    assert draft.fields["attachments"] == [there.pk, here.pk]
    assert {one.ticket for one in Attachment.objects.all()} == {survivor}
    unmerge(made, act(marta))
    assert rows(survivor, source) == before


def test_a_joined_draft_that_was_changed_since_stays_and_the_sources_comes_back():
    marta, (survivor, source) = make_agent(), two()
    begin(marta, source, "<p>Otra vez</p>"), begin(marta, survivor, "<p>Hola</p>")
    made = merge(source, act(marta), into=survivor)
    begin(marta, survivor, "<p>Hola y otra vez</p>")

    unmerge(made, act(marta))

    texts = Draft.objects.order_by("ticket").values_list("ticket", "html")
    assert dict(texts) == {survivor.pk: "<p>Hola y otra vez</p>", source.pk: "<p>Otra vez</p>"}


def test_the_files_of_a_draft_go_along_with_it():
    marta, (survivor, source) = make_agent(), two()
    file = upload(marta, source)
    begin(marta, source, "<p>Mira</p>", file)

    made = merge(source, act(marta), into=survivor)

    assert Draft.objects.get().ticket == Attachment.objects.get().ticket == survivor
    unmerge(made, act(marta))
    assert Draft.objects.get().ticket == Attachment.objects.get().ticket == source


def test_an_acknowledgement_that_comes_late_is_not_written_into_what_was_merged():
    marta, (survivor, source) = make_agent(), two()
    late = Ticket.objects.get(pk=source.pk)  # read before it is merged
    merge(source, act(marta), into=survivor)

    words = Content(text="Hemos recibido tu consulta.", to=[])
    assert write_automatic(late, act(), content=words, template="acknowledgement") is None

    assert source.messages.count() == 0
    assert not list(broken())


def test_customers_of_the_source_take_part_unless_told_otherwise():
    marta, rosa = make_agent(), make_contact("Rosa Marín")
    survivor, source = make_ticket(), make_ticket("De Rosa", contact=rosa)

    made = merge(source, act(marta), into=survivor)
    assert [one.contact_id for one in survivor.participants.all()] == [rosa.pk]
    unmerge(made, act(marta))
    merge(source, act(marta), into=survivor, join=False)

    assert not survivor.participants.exists()


def test_both_tickets_must_be_theirs_to_change():
    make_team()
    soporte = make_team("Soporte")
    elena = make_agent("Iván Soler", team=soporte)
    foreign, own = make_ticket(), make_ticket("Suyo", team=soporte)

    for source, survivor in ((foreign, own), (own, foreign)):
        with pytest.raises(NotAllowed):
            merge(source, act(elena), into=survivor)


def test_after_a_day_it_stays_merged():
    marta, (survivor, source) = make_agent(), two()
    made = merge(source, act(marta), into=survivor)

    with pytest.raises(CantUnmerge):
        unmerge(made, act(marta, when=MONDAY_9AM + timedelta(days=1, seconds=1)))


def test_what_waits_is_not_hidden_in_what_is_resolved():
    marta, (survivor, source) = make_agent(), two()
    set_status(survivor, act(marta), to=Status.RESOLVED)

    with pytest.raises(Invalid):
        merge(source, act(marta), into=survivor)
    assert Ticket.objects.get(pk=source.pk).status == Status.NEW


# -- at once ---------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_people_who_merge_the_same_two_at_once_leave_one_conversation():
    marta, one, other = make_agent(), make_ticket("Uno"), make_ticket("Otro")
    said = one.message_count + other.message_count

    def go(number):
        source, into = (one, other) if number else (other, one)
        source, into = (Ticket.objects.get(pk=ticket.pk) for ticket in (source, into))
        try:
            return merge(source, act(marta, when=LATER), into=into)
        except IsMerged:
            return None

    made = at_once(2, go)

    assert sum(each is not None for each in made) == 1
    end, same = (end_of(Ticket.objects.get(pk=ticket.pk)) for ticket in (one, other))
    assert end == same
    assert end.messages.count() == said
    assert not list(broken())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_mails_that_come_while_it_is_merged_are_all_in_the_survivor():
    marta, source, survivor = make_agent(), make_ticket("Uno"), make_ticket("Otro")
    written = Content(text="¿Hay noticias?")

    def go(number):
        ticket = Ticket.objects.get(pk=source.pk)
        if number == 0:
            return merge(ticket, act(marta, when=LATER), into=Ticket.objects.get(pk=survivor.pk))
        by = Act.of_contact(source.contact_id, LATER)
        return receive(ticket, by, content=written, channel="email", contact=ticket.contact)

    at_once(6, go)

    assert source.messages.count() == 0
    assert survivor.messages.filter(text="¿Hay noticias?").count() == 5
