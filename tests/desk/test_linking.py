"""Tickets that agents link and part again, seen from both sides."""

import pytest

from tests.desk.world import PARTIAL
from tests.factories import act, make_ticket
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotFound
from ventanilla.tickets.actions import connect, disconnect, set_status
from ventanilla.tickets.models import Status, Ticket, TicketLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(world):
    return make_ticket("La lámpara parpadea", team=world.team)


def link(world, other, how="incident", who="own"):
    fields = {"other": f" #{other} ", "how": how}
    return world.client(who).post(f"/tickets/{world.number}/links", fields, headers=PARTIAL)


def page(world, number, who="own"):
    shown = world.client(who).get(f"/tickets/{number}/").content.decode()
    return shown.partition("Tickets enlazados")[2].partition("</details>")[0]


def test_an_incident_and_its_problem_each_say_what_the_other_is(world, other):
    assert link(world, other.number).status_code == 303

    here, there = page(world, world.number), page(world, other.number)
    assert "La lámpara parpadea" in here and "Incidencia del problema" in here
    assert world.ticket.subject in there and "Problema de la incidencia" in there


def test_another_kind_takes_the_place_of_the_first_from_either_side(world, other):
    link(world, other.number, "related")

    theirs = {"other": str(world.number), "how": "duplicate"}
    world.client("own").post(f"/tickets/{other.number}/links", theirs)

    (one,) = TicketLink.objects.all()
    assert (one.ticket_id, one.other_id, one.how) == (other.pk, world.ticket.pk, "duplicate")
    assert "Tiene el duplicado" in page(world, world.number)


def test_a_link_is_taken_away_and_the_log_says_so(world, other):
    link(world, other.number)
    path = f"/tickets/{world.number}/links/{other.number}/removal"
    assert path in page(world, world.number)

    assert world.client("own").post(path, headers=PARTIAL).status_code == 303

    assert page(world, world.number) == ""
    last = Event.objects.filter(ticket_id=world.ticket.pk).latest("seq")
    assert (last.kind, last.data["number"]) == ("ticket.unlinked", other.number)
    shown = world.client("own").get(f"/tickets/{world.number}/").content.decode()
    assert "Ya no está enlazado" in shown


@pytest.mark.parametrize("given", ["", "nada", "999999", "-1"])
def test_what_is_no_ticket_is_refused_in_words(given, world):
    answer = world.client("own").post(
        f"/tickets/{world.number}/links", {"other": given, "how": "related"}, headers=PARTIAL
    )
    assert answer.status_code == 422
    assert not TicketLink.objects.exists()


def test_who_may_not_change_tickets_links_none(world, other):
    TicketLink.objects.create(ticket=world.ticket, other=other, how="related")

    assert link(world, other.number, who="light").status_code == 403
    path = f"/tickets/{world.number}/links/{other.number}/removal"
    assert world.client("light").post(path).status_code == 403
    assert path not in page(world, world.number, "light")
    assert TicketLink.objects.get().how == "related"


def test_a_ticket_that_may_not_be_seen_is_not_found_either(world, other):
    Ticket.objects.filter(pk=other.pk).update(team=world.other_team, assignee=None)

    assert link(world, other.number).status_code == 422


def test_a_ticket_is_not_linked_to_itself(world):
    with pytest.raises(Invalid):
        connect(
            world.ticket,
            act(world.people["own"]),
            other=world.ticket,
            how=TicketLink.How.RELATED,
        )


def test_what_is_not_linked_can_not_be_parted(world, other):
    with pytest.raises(NotFound):
        disconnect(world.ticket, act(world.people["own"]), other=other)


def test_a_closed_ticket_is_followed_up(world):
    client = world.client("own")
    set_status(world.ticket, act(world.people["own"]), to=Status.RESOLVED)

    page = client.get(f"/tickets/{world.number}/").text
    form = client.get(f"/tickets/new/?follow={world.number}").text
    answer = client.post(
        "/tickets/new/?purpose=customer",
        {
            "follow": world.number, "customer": "Elena Vidal <elena.vidal@correo.example>",
            "subject": "Otra vez", "body": "Ha vuelto a pasar", "channel": "phone",
            "team": world.team.pk, "priority": "1",
        },
    )  # fmt: skip

    assert f"/tickets/new/?follow={world.number}" in page
    assert "elena.vidal@correo.example" in form
    assert answer.status_code == 303
    made = TicketLink.objects.get(how=TicketLink.How.FOLLOW_UP)
    assert (made.other, made.ticket.subject) == (world.ticket, "Otra vez")
    assert made.ticket.contact == world.contact


def test_a_ticket_that_one_does_not_see_is_not_followed_up(world):
    assert world.client("stranger").get(f"/tickets/new/?follow={world.number}").status_code == 404
