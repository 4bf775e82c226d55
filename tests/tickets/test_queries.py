"""Reading tickets: what is visible, in which order, at which cost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.desk.world import make_world, statements
from tests.factories import MONDAY_9AM, act, make_contact, make_ticket
from ventanilla.lib.problems import Invalid, NotFound
from ventanilla.people.rights import NOBODY, viewer
from ventanilla.tickets import queries
from ventanilla.tickets.actions import assign, link, rename, reply, set_status
from ventanilla.tickets.actions.personal import mark_read
from ventanilla.tickets.choices import choices
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Status, Ticket, TicketLink
from ventanilla.tickets.paging import in_order
from ventanilla.tickets.queries import Day

pytestmark = pytest.mark.django_db
DAY = Day(MONDAY_9AM, MONDAY_9AM - timedelta(hours=9), MONDAY_9AM + timedelta(hours=15))


@pytest.fixture
def world(db):
    return make_world()


def seen(world, who):
    return viewer(world.people[who].pk)


def numbers(view, who, **kwargs):
    return [ticket.number for ticket in queries.page(view, who, DAY, **kwargs).tickets]


def due(ticket, minutes, **fields):
    at = MONDAY_9AM + timedelta(minutes=minutes)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=at, **fields)


def test_what_is_due_first_stands_first_and_the_newest_where_nothing_is_due(world):
    first, second, third = (make_ticket(f"T{n}", team=world.team) for n in range(3))
    for ticket in Ticket.objects.all():
        Ticket.objects.filter(pk=ticket.pk).update(due_at=None)
    due(third, 30)
    due(first, 60)

    shown = numbers("all", seen(world, "own"))

    assert shown == [third.number, first.number, second.number, world.number]


def test_what_waits_stands_behind_whatever_is_due(world):
    waiting, held = make_ticket("Espera", team=world.team), make_ticket("Pausa", team=world.team)
    marta = world.people["own"]
    set_status(waiting, act(marta), to=Status.PENDING)
    set_status(held, act(marta), to=Status.ON_HOLD)
    due(held, 1)

    assert numbers("all", seen(world, "own")) == [world.number, waiting.number, held.number]
    assert numbers("waiting", seen(world, "own")) == [waiting.number, held.number]


def test_the_views(world):
    marta, who = world.people["own"], seen(world, "own")
    mine, done = make_ticket("Mío", team=world.team), make_ticket("Hecho", team=world.team)
    Ticket.objects.filter(pk=world.ticket.pk).update(due_at=None)
    Ticket.objects.filter(pk=done.pk).update(due_at=None)
    assign(mine, act(marta), to=marta)
    due(mine, 60)
    set_status(done, act(marta), to=Status.RESOLVED)

    assert numbers("mine", who) == [mine.number]
    assert numbers("unassigned", who) == [world.number]
    assert numbers("due-today", who) == [mine.number]
    assert numbers("resolved", who) == [done.number]
    assert numbers(f"team-{world.team.pk}", who) == [mine.number, world.number]


@pytest.mark.parametrize("view", ["team-x", "team-", "team-999999999999", "nothing", "", "Mine"])
def test_other_views_do_not_exist(view, world):
    with pytest.raises(NotFound):
        queries.page(view, seen(world, "own"), DAY)


def test_every_reading_begins_with_what_may_be_seen(world):  # R28
    for stranger in (seen(world, "stranger"), NOBODY):
        assert not numbers("all", stranger)
        assert queries.counts(stranger, DAY).views["all"] == 0
        assert not queries.addresses("elena", stranger)
        for read in (
            lambda who: queries.get(world.number, who),
            lambda who: queries.row("all", world.number, who, DAY),
            lambda who: queries.message(world.message.pk, who),
            lambda who: queries.attachment(world.attachment.pk, who),
            lambda who: queries.attachment(world.upload.pk, who),
        ):
            with pytest.raises(NotFound):
                read(stranger)


def test_a_customers_hidden_tickets_are_not_counted(world):  # R28
    hidden = make_ticket("Ajeno", contact=world.contact, team=world.other_team)

    def elena(who):
        found = queries.around(world.ticket, seen(world, who))
        return next(one for one in found if one.pk == world.contact.pk)

    assert (elena("own").tickets_seen, elena("admin").tickets_seen) == (1, 2)
    assert not queries.others(world.ticket, seen(world, "own"))
    assert queries.others(world.ticket, seen(world, "admin")) == [hidden]


def test_counts_in_one_pass(world):
    marta, who = world.people["own"], seen(world, "own")
    tickets = [make_ticket(f"T{n}", team=world.team) for n in range(3)]
    Ticket.objects.update(due_at=None)
    assign(tickets[0], act(marta), to=marta)
    due(tickets[0], -5)
    due(tickets[1], 30)
    set_status(tickets[2], act(marta), to=Status.PENDING)

    with statements() as done:
        found = queries.counts(who, DAY)

    assert done.count == 1
    assert found.views == {
        "mine": 1,
        "unassigned": 3,
        "due-today": 2,
        "waiting": 1,
        "all": 4,
        f"team-{world.team.pk}": 4,
    }
    assert found.hot == {"mine", "due-today", "all", f"team-{world.team.pk}"}


def test_pages_follow_each_other_without_gap_or_repetition(world):
    who = seen(world, "own")
    for index in range(130):
        ticket = make_ticket(f"T{index}", contact=world.contact, team=world.team)
        at = MONDAY_9AM + timedelta(hours=index % 5) if index % 4 else None
        Ticket.objects.filter(pk=ticket.pk).update(due_at=at, status=index % 4)
    whole = list(in_order(queries.in_view("all", who, DAY)).values_list("number", flat=True))

    found, after = [], ""
    while True:
        page = queries.page("all", who, DAY, after=after)
        found += [ticket.number for ticket in page.tickets]
        after = page.after
        if not after:
            break

    assert found == whole
    assert len(found) == 131


def test_resolved_ones_page_by_their_last_change(world):
    marta, who = world.people["own"], seen(world, "own")
    for index in range(60):
        ticket = make_ticket(f"T{index}", contact=world.contact, team=world.team)
        set_status(
            ticket, act(marta, when=MONDAY_9AM + timedelta(minutes=index // 2)), to=Status.RESOLVED
        )

    first = queries.page("resolved", who, DAY)
    second = queries.page("resolved", who, DAY, after=first.after)

    assert [len(first.tickets), len(second.tickets), second.after] == [50, 10, ""]
    both = [ticket.number for ticket in (*first.tickets, *second.tickets)]
    assert len(set(both)) == 60
    with pytest.raises(Invalid):
        queries.page("resolved", who, DAY, after="yesterday~1")


def test_links_are_shown_both_ways_with_how(world):
    other = make_ticket("El mismo", contact=make_contact("Otra Persona"), team=world.team)
    link(world.ticket, act(world.people["own"]), other=other, how=TicketLink.How.PERHAPS)
    who = seen(world, "own")

    assert [(one.number, one.how) for one in queries.others(world.ticket, who)] == [
        (other.number, "perhaps")
    ]
    assert [(one.number, one.how) for one in queries.others(other, who)] == [
        (world.number, "perhaps")
    ]


def test_events_bring_their_texts(world):
    rename(world.ticket, act(world.people["own"]), to="Otro asunto")

    with statements() as done:
        last = queries.events(world.ticket, ["ticket.subject_changed"])[-1]

    assert done.count == 1
    assert [one["field"] for one in last.words] == ["new", "old"]


def test_choices_are_one_statement_and_know_the_former(world):
    former = world.people["stranger"]

    with statements() as done:
        found = choices(world.ticket, agents=[former.pk])

    assert done.count == 1
    assert found.agents[world.people["own"].pk].fits
    assert not found.agents[former.pk].fits
    assert found.path(world.category.pk) == "Cobros"
    assert list(found.tags.values()) == ["reembolso"]


def test_a_reply_on_the_desk_is_read_by_its_author(world):
    marta = world.people["own"]
    message = reply(
        world.ticket,
        act(marta),
        content=Content(text="Hola", to=[{"name": "", "addr": "a@b.example"}]),
    )
    mark_read(marta.pk, world.ticket, message.pk)
    mark_read(marta.pk, world.ticket, 1)  # never backwards

    row = next(iter(queries.page("all", seen(world, "own"), DAY).tickets))

    assert row.read_up_to == message.pk
