"""The page on which a ticket is merged, and where it is undone; without script."""

import pytest

from tests.desk.world import make_world
from tests.factories import make_contact, make_ticket
from ventanilla.events.acts import Act
from ventanilla.tickets.actions import merge
from ventanilla.tickets.models import Status

pytestmark = pytest.mark.django_db


def test_an_agent_finds_the_other_reads_what_will_happen_merges_and_undoes():
    world = make_world()
    browser = world.client("own")
    source = make_ticket("Segundo aviso", contact=make_contact("Rosa Marín"), team=world.team)
    page = f"/tickets/{source.number}/merging/"

    found = browser.get(page, {"q": str(world.number)}).content.decode()
    assert f"{page}?other={world.number}" in found
    told = browser.get(page, {"other": world.number}).content.decode()
    assert "Rosa Marín" in told and 'name="join"' in told

    answer = browser.post(page, {"other": world.number})
    undo = source.merges.get()
    there = f"/tickets/{world.number}/?merged={undo.pk}"
    assert (answer.status_code, answer["Location"]) == (303, there)
    shown = browser.get(there).content.decode()
    assert "Ayer compré la mesa" in shown
    assert f"#{source.number} se unió a este ticket" in shown
    assert f'hx-post="/merges/{undo.pk}/undo"' in shown  # the toast: Z presses it

    refused = [world.client(who).post(f"/merges/{undo.pk}/undo") for who in ("light", "stranger")]
    assert [one.status_code for one in refused] == [403, 404]
    answer = browser.post(f"/merges/{undo.pk}/undo")
    assert answer["Location"] == f"/tickets/{source.number}/"
    source.refresh_from_db()
    assert (source.status, source.message_count) == (Status.NEW, 1)


def test_a_ticket_out_of_sight_is_neither_found_nor_merged_into():
    world = make_world()
    foreign = make_ticket("Secreto", team=world.other_team)
    browser, page = world.client("own"), f"/tickets/{world.number}/merging/"

    assert "Secreto" not in browser.get(page, {"q": str(foreign.number)}).content.decode()
    assert "Secreto" not in browser.get(page, {"other": foreign.number}).content.decode()
    refused = browser.post(page, {"other": foreign.number})

    assert refused.status_code == 422
    assert not foreign.absorbed.exists()


def test_the_page_of_what_was_merged_leads_on_and_takes_no_answer():
    world = make_world()
    browser = world.client("own")
    source = make_ticket("Segundo aviso", team=world.team)
    browser.post(f"/tickets/{source.number}/merging/", {"other": world.number})

    page = browser.get(f"/tickets/{source.number}/").content.decode()

    assert "Este ticket se unió a otro." in page
    assert f'href="/tickets/{world.number}/"' in page
    assert "<vt-composer" not in page


def test_where_the_other_may_not_be_seen_its_number_is_not_told():
    world = make_world()
    source, hidden = make_ticket("Mío", team=world.team), make_ticket(team=world.other_team)
    merge(source, Act.of_system(source.created_at), into=hidden)

    page = world.client("own").get(f"/tickets/{source.number}/").content.decode()

    assert "Su conversación sigue en un ticket que no puedes ver." in page
    assert f"/tickets/{hidden.number}/" not in page


def test_undo_in_the_toast_leads_back_to_the_ticket():
    world = make_world()
    browser = world.client("own")
    source = make_ticket("Segundo aviso", team=world.team)
    browser.post(f"/tickets/{source.number}/merging/", {"other": world.number})

    undone = browser.post(
        f"/merges/{source.merges.get().pk}/undo", headers={"HX-Request-Type": "partial"}
    )

    assert (undone.status_code, undone["HX-Redirect"]) == (204, f"/tickets/{source.number}/")
