"""Spam, trash and blacking out in the browser: what is offered, what it leaves, the way back."""

from datetime import date

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL
from tests.factories import act, make_ticket
from ventanilla.lib.blacken import BLACK
from ventanilla.people.models import DeskSettings
from ventanilla.people.rights import viewer
from ventanilla.tickets import customers, lookup, queries
from ventanilla.tickets.actions import link, set_aside
from ventanilla.tickets.models import Aside, Message, Status, Ticket, TicketLink
from ventanilla.tickets.operations import Operation
from ventanilla.tickets.search import build, find

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(shared_world):
    return shared_world


def lay(world, what, who="own", ticket=None, **fields):
    url = reverse("desk:aside", args=[(ticket or world.ticket).number])
    return world.client(who).post(url, {"lay": what} | fields)


def test_spam_leaves_the_list_with_its_sender_and_undo_brings_both_back(world):
    answer = lay(world, "spam", block="elena.vidal@correo.example")

    assert answer.status_code == 303
    page = world.client("own").get(answer.url).text
    undo = reverse("desk:operation_undo", args=[Operation.objects.latest("pk").pk])
    assert undo in page
    assert DeskSettings.objects.get().blocked_senders == ["elena.vidal@correo.example"]
    world.client("own").post(undo, headers=PARTIAL)
    world.ticket.refresh_from_db()
    assert world.ticket.aside is None
    assert DeskSettings.objects.get().blocked_senders == []


def test_a_domain_of_everybody_is_not_blocked(world):
    assert lay(world, "spam", block="gmail.com").status_code == 422
    assert Ticket.objects.get(pk=world.ticket.pk).aside is None


def test_what_is_set_aside_is_found_nowhere_but_in_its_place(world):
    admin, ticket = world.people["admin"], make_ticket("Zanahoria", team=world.team)
    build.build([ticket.pk])
    who = viewer(admin.pk)
    today = date(2026, 3, 2)
    assert find.search("zanahoria", who, today).tickets

    set_aside(ticket, act(admin), place=Aside.SPAM)
    assert not find.search("zanahoria", who, today).tickets
    build.build([ticket.pk])

    assert not find.search("zanahoria", who, today).tickets
    assert not lookup.tickets("Zanahoria", who)
    assert ticket not in queries.others(world.ticket, who)
    assert ticket not in customers.tickets_of(ticket.contact, who)
    for view, there in (("all", False), ("resolved", False), ("spam", True), ("trash", False)):
        page = world.client("admin").get(reverse("desk:inbox", args=[view])).text
        assert (f'id="t{ticket.number}"' in page) is there


def test_a_follow_up_says_of_what_though_it_is_in_the_trash(world):
    admin, follow = world.people["admin"], make_ticket("Otra vez", team=world.team)
    link(follow, act(admin), other=world.ticket, how=TicketLink.How.FOLLOW_UP)
    set_aside(world.ticket, act(admin), place=Aside.TRASH)

    (shown,) = queries.others(follow, viewer(admin.pk))

    assert (shown.pk, shown.how) == (world.ticket.pk, "follow_up")


def test_the_trash_is_for_who_may_delete(world):
    assert world.client("own").get("/inbox/trash/").status_code == 404
    assert "/inbox/trash/" not in world.client("own").get("/inbox/all/").text
    assert lay(world, "trash").status_code == 403
    assert lay(world, "trash", "admin").status_code == 303
    page = world.client("own").get(reverse("desk:ticket", args=[world.number])).text
    assert 'value="restore"' not in page
    assert "vt-composer" not in page
    page = world.client("admin").get(reverse("desk:ticket", args=[world.number])).text
    assert 'value="restore"' in page
    assert 'value="erase"' in page


def test_many_go_into_the_trash_and_nothing_else_is_done_to_them_there(world):
    tickets = [world.ticket, make_ticket("Otra", team=world.team)]
    numbers = [one.number for one in tickets]
    post = world.client("admin").post
    post("/operations/", {"n": numbers, "lay": "trash", "view": "all"}, headers=PARTIAL)
    assert Ticket.objects.filter(aside=Aside.TRASH).count() == 2

    post("/operations/", {"n": numbers, "status": 4, "lay": "", "view": ""}, headers=PARTIAL)
    answer = post(
        "/operations/", {"n": numbers, "lay": "restore", "view": "trash"}, headers=PARTIAL
    )

    assert answer.text.count("is-gone") == 2
    assert not Ticket.objects.filter(pk__in=[one.pk for one in tickets]).exclude(aside=None)
    assert not Ticket.objects.filter(status__gte=Status.RESOLVED, number__in=numbers).exists()


def test_words_are_blacked_out_from_the_page_of_a_message(world):
    url = reverse("desk:redaction", args=[world.number])
    fields = {"message": world.message.pk, "words": "igual", "also_files": "on"}

    refused = world.client("admin").post(url, fields | {"why": " "})
    assert refused.status_code == 422
    assert ">igual</textarea>" in refused.text
    done = world.client("admin").post(url, fields | {"why": "Privado"})

    assert done.url == reverse("desk:ticket", args=[world.number]) + "?redacted=1"
    assert BLACK in Message.objects.get(pk=world.message.pk).html
    page = world.client("own").get(reverse("desk:ticket", args=[world.number])).text
    assert "Privado" in page
    assert reverse("desk:redaction", args=[world.number]) not in page  # not theirs to do
