"""Spam and trash: out of everything, back exactly as it was, gone for good when it is over."""

from datetime import timedelta

import pytest
from django.db import transaction

from tests.factories import MONDAY_9AM, act, address, make_agent, make_contact, make_ticket, system
from tests.tickets.steps import broken, rows
from ventanilla.events.acts import Act
from ventanilla.events.models import Event, EventText, Timer
from ventanilla.lib import storage
from ventanilla.lib.problems import Conflict, NotAllowed
from ventanilla.people.models import AuditEntry, DeskSettings
from ventanilla.people.rights import viewer
from ventanilla.tickets import queries
from ventanilla.tickets.actions import (
    assign,
    bring_back,
    erase,
    link,
    merge,
    note,
    receive,
    rename,
    reply,
    set_aside,
    set_status,
    snooze,
)
from ventanilla.tickets.actions.change import IsSetAside
from ventanilla.tickets.actions.erase import NotSetAside, erase_what_is_over
from ventanilla.tickets.actions.receive import TooLateToReopen
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import Aside, Message, Status, Ticket, TicketLink

pytestmark = pytest.mark.django_db
TO = [address("elena.vidal@correo.example")]
LATER = MONDAY_9AM + timedelta(hours=6)


def write(ticket, text="¿Hay noticias?", when=LATER, files=()):
    contact, content = make_contact(), Content(text=text, files=list(files))
    by = Act.of_contact(contact.pk, when)
    return receive(ticket, by, content=content, channel="email", contact=contact)


@pytest.mark.parametrize("place", Aside)
@pytest.mark.parametrize("state", ["new", "held", "resolved"])
def test_it_leaves_everything_and_comes_back_as_it_was(place, state):
    lead, ticket = make_agent(role="administrator"), make_ticket()
    if state == "held":
        assign(ticket, act(lead), to=lead)
        snooze(ticket, act(lead), until=LATER + timedelta(days=3))
    elif state == "resolved":
        set_status(ticket, act(lead), to=Status.RESOLVED)
    link(ticket, act(lead), other=make_ticket("Otra"), how=TicketLink.How.RELATED)
    before, clocks = rows(ticket), Timer.objects.filter(what="sla.due").count()

    set_aside(ticket, act(lead, when=LATER), place=place)

    ticket.refresh_from_db()
    assert (ticket.aside, ticket.status, ticket.due_at) == (place, Status.CLOSED, None)
    day = queries.Day(LATER, LATER, LATER)
    for view in queries.VIEWS:
        found = queries.in_view(view, viewer(lead.pk), day)
        assert found.filter(pk=ticket.pk).exists() is (view == place.word)
    assert queries.get(ticket.number, viewer(lead.pk)).pk == ticket.pk
    with pytest.raises(IsSetAside), transaction.atomic():
        note(ticket, act(lead), content=Content(text="Hola"))
    assert not list(broken())

    bring_back(ticket, act(lead, when=LATER), place=place)

    assert rows(ticket) == before
    assert Timer.objects.filter(what="sla.due").count() == clocks
    assert not list(broken())


def test_what_is_spam_and_then_in_the_trash_comes_back_as_spam_first():
    lead, ticket = make_agent(role="administrator"), make_ticket()
    before = rows(ticket)
    set_aside(ticket, act(lead), place=Aside.SPAM)
    set_aside(ticket, act(lead), place=Aside.TRASH)

    bring_back(ticket, act(lead), place=Aside.TRASH)
    assert ticket.aside == Aside.SPAM
    bring_back(ticket, act(lead), place=Aside.SPAM)

    assert rows(ticket) == before


def test_an_agent_judges_spam_but_deletes_only_by_right():
    marta, ticket = make_agent(), make_ticket()
    with pytest.raises(NotAllowed):
        set_aside(ticket, act(marta), place=Aside.TRASH)
    set_aside(ticket, act(marta), place=Aside.SPAM)
    with pytest.raises(NotAllowed):
        erase(ticket, act(marta))


def test_what_goes_on_with_spam_stays_there_and_keeps_it_longer():
    marta, ticket = make_agent(), make_ticket()
    set_status(ticket, act(marta), to=Status.RESOLVED)
    set_aside(ticket, act(marta), place=Aside.SPAM)

    write(ticket)

    ticket.refresh_from_db()
    assert (ticket.aside, ticket.status, ticket.message_count) == (1, Status.CLOSED, 2)
    assert ticket.stays.get().touched_at == LATER
    bring_back(ticket, act(marta), place=Aside.SPAM)
    assert ticket.status == Status.OPEN  # somebody waits
    assert ticket.due_at is not None


def test_an_answer_to_an_answer_or_to_the_trash_is_not_buried_there():
    lead = make_agent(role="administrator")
    answered, trashed = make_ticket(), make_ticket("Otra")
    reply(answered, act(lead), content=Content(text="Hola", to=TO))
    set_aside(answered, act(lead), place=Aside.SPAM)
    set_aside(trashed, act(lead), place=Aside.TRASH)

    for ticket in (answered, trashed):
        with pytest.raises(TooLateToReopen):  # mail makes a follow-up of it
            write(ticket)


def test_deleted_for_good_nothing_is_left_but_that_it_was_there(
    django_capture_on_commit_callbacks,
):
    lead, shared = make_agent(role="administrator"), storage.put(b"for both")
    own = storage.put(b"a secret of this ticket alone")
    ticket, source, other = make_ticket("Canary one"), make_ticket("Canary two"), make_ticket()
    for each, digest in ((ticket, own), (ticket, shared), (other, shared)):
        file = File(digest, "canary.txt", "text/plain", 8)
        write(each, "Canary words", files=[file])
    rename(ticket, act(lead), to="Canary three")
    merge(source, act(lead), into=ticket)
    set_aside(ticket, act(lead), place=Aside.TRASH)

    with django_capture_on_commit_callbacks(execute=True):
        erase(ticket, act(lead))

    assert not Ticket.objects.filter(number__in=[ticket.number, source.number]).exists()
    assert not Message.objects.exclude(ticket=other).exists()
    assert not EventText.objects.filter(text__contains="Canary").exists()
    assert (storage.exists(own), storage.exists(shared)) == (False, True)
    last = Event.objects.filter(ticket_id=ticket.pk).latest("seq")
    assert (last.kind, last.actor_id, last.data["place"]) == ("ticket.erased", lead.pk, "trash")
    assert AuditEntry.objects.get(what="ticket.erased").user_id == lead.pk
    assert not list(broken())


def test_what_is_set_aside_goes_into_no_other_ticket_nor_takes_one():
    lead, spam, other = make_agent(role="administrator"), make_ticket(), make_ticket("Otra")
    set_aside(spam, act(lead), place=Aside.SPAM)
    for source, into in ((spam, other), (other, spam)):
        with pytest.raises(Conflict), transaction.atomic():
            merge(source, act(lead), into=into)


def test_what_is_in_use_is_not_deleted_for_good():
    lead, ticket = make_agent(role="administrator"), make_ticket()
    with pytest.raises(NotSetAside):
        erase(ticket, act(lead))


def test_it_goes_by_itself_when_it_is_over_unless_the_desk_keeps_it():
    lead, spam, trash = make_agent(role="administrator"), make_ticket(), make_ticket("Otra")
    set_aside(spam, act(lead), place=Aside.SPAM)
    set_aside(trash, act(lead), place=Aside.TRASH)
    DeskSettings.objects.update(spam_days=7, trash_days=0)

    assert erase_what_is_over(system(MONDAY_9AM + timedelta(days=6))) == 0
    assert erase_what_is_over(system(MONDAY_9AM + timedelta(days=400))) == 1

    assert list(Ticket.objects.all()) == [trash]
