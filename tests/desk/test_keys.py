"""One registry of keys: the sheet, tooltips, and each agent's own keys."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.english import english  # noqa: F401
from ventanilla.desk import keys
from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Agent

SHIPPED = {f.name: " ".join(keys.caps(f.keys)) for f in keys.CHANGEABLE}


class Somebody:
    letter_keys = True
    shortcuts = {"resolve": "q", "note": ""}


@pytest.mark.parametrize(
    ("written", "kept"),
    [("e", "e"), ("E", "e"), ("⇧ E", "Shift+e"), ("Shift+E", "Shift+e"), ("mayús e", "Shift+e"),
     ("G B", "g b"), ("gb", "g b"), (" ? ", "?"), ("", ""), ("ñ", "ñ")],
)  # fmt: skip
def test_keys_are_read_as_people_write_them(written, kept):
    assert keys.read(written) == kept


@pytest.mark.parametrize("written", ["abc", "g b c", "Ctrl e"])
def test_more_than_two_keys_are_no_shortcut(written):
    with pytest.raises(Invalid):
        keys.read(written)


def test_shown_keys_are_read_as_themselves():
    for key in keys.CHANGEABLE:
        assert keys.read(" ".join(keys.caps(key.keys))) == key.keys


def test_no_two_actions_as_shipped_share_a_key():
    assert keys.changed({}) == {}


def test_a_key_in_use_is_refused_by_name():
    with pytest.raises(Invalid, match="“E” is already “Resolve”") as refused:
        keys.changed({"status": "e"})

    assert refused.value.field == "status"


@pytest.mark.parametrize("taken", ["g", "j x"])
def test_a_key_that_would_cut_another_short_is_refused(taken):
    with pytest.raises(Invalid):
        keys.changed({"status": taken})


def test_two_actions_may_change_places():
    assert keys.changed({"status": "p", "priority": "s"}) == {"status": "p", "priority": "s"}


def test_tooltips_show_the_agents_own_keys():
    with keys.used_by(Somebody()):
        assert keys.attributes("resolve", "Resolve")["title"] == "Resolve (Q)"
        assert keys.attributes("note")["aria-keyshortcuts"] is None
        assert keys.shown("palette") == "Ctrl K"

    assert keys.attributes("resolve", "Resolve")["title"] == "Resolve (E)"


def test_without_letters_only_ctrl_is_left():
    bound = keys.bound(keys.Own(letters=False))

    told = {key.name for key in keys.KEYS.values() if key.told}
    left = {name for name, given in bound.items() if given} - told
    assert left == {"palette", "panes", "leave", "tick-all"}


@pytest.mark.django_db
def test_every_action_has_its_line_in_the_sheet_and_every_control_its_action(world):
    client = world.client("admin")  # who may delete, too
    html = client.get(reverse("desk:inbox_ticket", args=["all", world.number])).text

    assert set(re.findall(r'data-does="([\w-]+)"', html)) == set(keys.KEYS)
    pressed = set(re.findall(r'data-act="([\w-]+)"', html))
    led = {key.name for key in keys.KEYS.values() if key.goes}
    by_itself = {"next", "previous", "reply", "note", "panes", "leave", "undo"}
    by_itself |= {key.name for key in keys.KEYS.values() if key.told}  # the composer's
    assert set(keys.KEYS) - led - by_itself <= pressed


@pytest.mark.django_db
def test_an_agent_chooses_keys_and_sees_them(world):
    client = world.client("own")

    answer = client.post(
        "/me/shortcuts", SHIPPED | {"letter_keys": "on", "resolve": "Q", "note": ""}
    )

    assert answer.status_code == 302
    agent = Agent.objects.get(pk=world.people["own"].pk)
    assert agent.shortcuts == {"resolve": "q", "note": ""}
    html = client.get(reverse("desk:ticket", args=[world.number])).text
    assert 'data-does="resolve" data-keys="q"' in html
    assert 'data-does="note" data-keys=""' in html
    assert "<kbd>Q</kbd>" in html


@pytest.mark.django_db
def test_a_conflict_is_told_at_its_field_and_nothing_is_kept(world):
    client = world.client("own")

    answer = client.post("/me/shortcuts", SHIPPED | {"letter_keys": "on", "status": "E"})

    assert answer.status_code == 422
    assert "id_status_error" in answer.text
    assert Agent.objects.get(pk=world.people["own"].pk).shortcuts == {}


@pytest.mark.django_db
def test_single_keys_are_switched_off_and_restored(world):
    client = world.client("own")
    client.post("/me/shortcuts", SHIPPED | {"resolve": "Q"})

    html = client.get("/me/").text
    assert 'data-does="resolve" data-keys=""' in html
    assert 'data-does="palette" data-keys="$mod+k"' in html
    assert re.search(r'name="resolve" value="Q"', html)  # chosen keys are kept for later

    client.post("/me/shortcuts", {"restore": "1"})

    assert 'data-does="resolve" data-keys="e"' in client.get("/me/").text


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/me/", "/customers/", "/notices/"])
def test_what_works_anywhere_has_its_control_on_every_page(path, world):
    html = world.client("own").get(path).text

    for name in ("palette", "search", "new", "take", "keys"):
        assert f'data-act="{name}"' in html, name
