"""The page on which a ticket is merged, and where it is undone; without script."""

import pytest

from tests.desk.world import make_world
from tests.factories import make_contact, make_ticket
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
    assert (answer.status_code, answer["Location"]) == (303, f"/tickets/{world.number}/")
    shown = browser.get(answer["Location"]).content.decode()
    assert f"#{source.number}" in shown and "Ayer compré la mesa" in shown

    undo = source.merges.get()
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
