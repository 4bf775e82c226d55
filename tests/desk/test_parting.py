"""The page on which a ticket is split and messages are moved, and where it is undone; no script."""

import pytest

from tests.desk.world import make_world
from tests.factories import make_contact, make_ticket
from ventanilla.events.acts import Act
from ventanilla.tickets.actions import merge, receive
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Message, Ticket
from ventanilla.tickets.moving import Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = make_world()
    ticket = Ticket.objects.get(number=world.number)
    world.asked = receive(
        ticket,
        Act.of_contact(ticket.contact_id, ticket.created_at),
        content=Content(text="Y otra cosa: ¿hacéis sillas?"),
        channel="email",
        contact=ticket.contact,
    )
    world.page = f"/tickets/{world.number}/parting/"
    return world


def test_an_agent_splits_off_a_message_from_its_menu_and_undoes_it(world):
    browser = world.client("own")
    first = f"{world.page}?messages={world.asked.pk}"
    assert first in browser.get(f"/tickets/{world.number}/").content.decode()

    choosing = browser.get(first).content.decode()
    assert f'value="{world.asked.pk}" checked' in choosing and "hacéis sillas" in choosing
    told = browser.get(f"{first}&into=new").content.decode()
    assert "pasa a ser un ticket nuevo" in told
    answer = browser.post(world.page, {"messages": world.asked.pk, "subject": "Sillas"})

    made = Transfer.objects.get()
    there = f"/tickets/{made.target.number}/?parted={made.pk}"
    assert (answer.status_code, answer["Location"], made.target.subject) == (303, there, "Sillas")
    shown = browser.get(there).content.decode()
    assert "hacéis sillas" in shown
    assert f"1 mensaje vino de #{world.number}" in shown
    assert f'hx-post="/transfers/{made.pk}/undo"' in shown  # the toast: Z presses it
    assert f'action="/transfers/{made.pk}/undo"' in browser.get(world.page).content.decode()

    refused = [
        world.client(who).post(f"/transfers/{made.pk}/undo") for who in ("light", "stranger")
    ]
    assert [one.status_code for one in refused] == [403, 404]
    answer = browser.post(f"/transfers/{made.pk}/undo")
    assert answer["Location"] == f"/tickets/{world.number}/"
    assert Message.objects.get(pk=world.asked.pk).ticket.number == world.number


def test_an_agent_finds_the_other_ticket_and_moves_a_message_there(world):
    browser, other = world.client("own"), make_ticket("Sillas de roble", team=world.team)

    ticked = f"{world.page}?messages={world.asked.pk}"
    found = browser.get(f"{ticked}&q={other.number}").content.decode()
    assert f'name="into" value="{other.number}"' in found
    assert f'value="{world.asked.pk}" checked' in found
    assert "Sillas de roble" in browser.get(f"{ticked}&into={other.number}").content.decode()
    answer = browser.post(
        world.page, {"messages": world.asked.pk, "other": other.number, "join": "on"}
    )

    assert answer["Location"].startswith(f"/tickets/{other.number}/")
    assert Message.objects.get(pk=world.asked.pk).ticket == other


def test_it_warns_where_the_message_would_go_to_another_customers_ticket(world):
    browser, other = world.client("own"), make_ticket("Sillas", team=world.team)
    foreign = make_ticket("Lámpara", team=world.team, contact=make_contact("Rosa Marín"))
    ticked = f"{world.page}?messages={world.asked.pk}&into="

    same, differs = (browser.get(f"{ticked}{one.number}") for one in (other, foreign))

    assert "Los clientes son distintos" not in same.content.decode()
    assert "Los clientes son distintos" in differs.content.decode()


def test_this_one_and_all_that_follow_are_ticked_together(world):
    first = Ticket.objects.get(number=world.number).messages.order_by("pk").first()

    page = world.client("own").get(f"{world.page}?messages={first.pk}&following=1").content.decode()

    ids = Ticket.objects.get(number=world.number).messages.values_list("pk", flat=True)
    assert len(ids) > 1
    assert all(f'value="{pk}" checked' in page for pk in ids)


def test_what_cannot_be_is_said_and_the_ticks_stay(world):
    browser = world.client("own")

    none = browser.post(world.page, {"subject": "Sillas"})
    every = [one.pk for one in Message.objects.filter(ticket__number=world.number)]
    too_many = browser.post(world.page, {"messages": every})

    assert (none.status_code, too_many.status_code) == (422, 422)
    assert "No hay ningún mensaje marcado." in none.content.decode()
    assert "Se queda al menos un mensaje." in too_many.content.decode()
    assert f'value="{every[0]}" checked' in too_many.content.decode()
    assert not Transfer.objects.exists()


def test_a_ticket_out_of_sight_is_neither_found_nor_moved_to_nor_told(world):
    foreign = make_ticket("Secreto", team=world.other_team)
    browser, ticked = world.client("own"), f"{world.page}?messages={world.asked.pk}"

    pages = [browser.get(f"{ticked}&{more}={foreign.number}") for more in ("q", "into")]
    refused = browser.post(world.page, {"messages": world.asked.pk, "other": foreign.number})
    Transfer.objects.create(
        source=Ticket.objects.get(number=world.number),
        target=foreign,
        moved_at=foreign.created_at,
        kept={"messages": [[1, 1]]},
    )

    assert refused.status_code == 422
    assert all("Secreto" not in page.content.decode() for page in (*pages, browser.get(ticked)))


def test_a_light_agent_and_a_merged_ticket_are_told_why_not(world):
    ticket = f"/tickets/{world.number}/"
    offered = {who: world.client(who).get(ticket).content.decode() for who in ("light", "own")}
    light = world.client("light").get(world.page).content.decode()
    source = Ticket.objects.get(number=world.number)
    into = make_ticket(team=world.team)
    merge(source, Act.of_system(source.created_at), into=into)
    merged = world.client("own").get(world.page).content.decode()

    assert "Tu rol no puede cambiar tickets." in light and 'name="messages"' not in light
    assert world.page in offered["own"] and world.page not in offered["light"]
    assert "/forward/" in offered["own"] and "/forward/" not in offered["light"]
    assert "Este ticket se unió a otro." in merged and 'name="messages"' not in merged
