"""Who is named in a note is told; who is at a ticket is shown, for as long as they are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.desk.test_writing import NOW, REPLY
from tests.desk.world import PARTIAL
from ventanilla.events.models import Event, Signal
from ventanilla.lib import clock
from ventanilla.notifications.models import Notification
from ventanilla.tickets import presence
from ventanilla.tickets.mentions import named_in
from ventanilla.tickets.writing import Presence

pytestmark = pytest.mark.django_db
CAST = [(1, "Marta Ruiz"), (2, "Marta"), (3, "Ada Sanz"), (4, "Íñigo Ñ. O'Neill")]


@pytest.fixture(autouse=True)
def monday():
    with clock.frozen(NOW):
        yield


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Marta Ruiz mira esto", (1, 2)),
        ("Hola @ada sanz.", (3,)),
        ("(@Ada\u00a0Sanz)", (3,)),
        ("correo@ada sanz", ()),
        ("@Adas Sanz", ()),
        ("@Ada Sanzo", ()),
        ("¿@Íñigo Ñ. O'Neill?", (4,)),
        ("sin nadie", ()),
    ],
)
def test_a_name_behind_the_sign(text, found):
    assert named_in(text, CAST) == found


def noted(world, text):
    url = reverse("desk:messages", args=[world.number])
    fields = REPLY | {"kind": "note", "html": f"<p>{text}</p>"}
    return world.client("own").post(url, fields, headers=PARTIAL)


def test_who_is_mentioned_and_may_see_it_is_told(world, react):
    noted(world, "@Ada Sanz e @Iván Ferrer, mirad. @Marta Ruiz")
    react()

    told = Notification.objects.filter(what="mentioned").values_list("agent", flat=True)
    assert list(told) == [world.people["admin"].pk]  # not Iván of another team, nor the author
    event = Event.objects.filter(kind="message.noted").latest("pk")
    assert set(event.data["mentioned"]) == {world.people["admin"].pk, world.people["own"].pk}


def test_an_address_in_a_reply_mentions_nobody(world, react):
    url = reverse("desk:messages", args=[world.number])
    world.client("own").post(url, REPLY | {"html": "<p>@Ada Sanz</p>"}, headers=PARTIAL)
    react()

    assert not Notification.objects.filter(what="mentioned").exists()


def test_offered_are_those_who_may_see_the_ticket(world):
    told = world.client("own").get(reverse("desk:mentions", args=[world.number])).json()

    assert [one["name"] for one in told["agents"]] == ["Ada Sanz", "Luz Gil"]


# -- who is there --------------------------------------------------------------------------------
def at(world, who, state="viewing"):
    url = reverse("desk:presence", args=[world.number])
    return world.client(who).post(url, {"state": state})


def test_each_sees_the_others_but_not_themselves(world):
    assert at(world, "own").text.strip() == ""

    seen = at(world, "admin").text

    assert "Marta Ruiz" in seen
    assert "Ada Sanz" not in seen
    assert "también lo está viendo" in seen


def test_typing_is_shown_and_told_once(world):
    at(world, "own"), at(world, "admin")
    before = Signal.objects.count()

    at(world, "own", "typing"), at(world, "own", "typing")

    assert "está escribiendo" in at(world, "admin").text
    signal = Signal.objects.order_by("pk")[before]
    assert Signal.objects.count() == before + 1
    assert signal.teams == [world.team.pk]
    assert signal.payload == {"t": "presence", "n": world.number}


def test_who_shows_no_sign_of_life_is_forgotten_after_25_seconds(world):
    at(world, "own")
    with clock.frozen(NOW + timedelta(seconds=24)):
        assert "Marta" in at(world, "admin").text
    with clock.frozen(NOW + timedelta(seconds=26)):
        assert at(world, "admin").text.strip() == ""


def test_who_goes_is_gone_at_once(world):
    at(world, "own"), at(world, "admin")

    assert at(world, "own", "gone").status_code == 204

    assert at(world, "admin").text.strip() == ""
    assert Presence.objects.count() == 1


def row_of(world, who):
    url = reverse("desk:row", args=["all", world.number])
    return world.client(who).get(url, headers=PARTIAL).text


def test_a_row_shows_which_colleagues_are_at_its_ticket(world):
    at(world, "own", "typing")

    page = world.client("admin").get("/inbox/all/").text
    assert "Marta Ruiz está escribiendo" in page
    assert "Marta Ruiz está escribiendo" in row_of(world, "admin")
    assert "está escribiendo" not in row_of(world, "own")

    at(world, "own")
    assert "Marta Ruiz lo está viendo" in row_of(world, "admin")
    with clock.frozen(NOW + timedelta(seconds=26)):
        assert "Marta Ruiz" not in row_of(world, "admin")


def test_who_went_without_a_word_is_swept_away_and_that_is_told(world):
    at(world, "own")
    before = Signal.objects.count()

    presence.forget(NOW + timedelta(seconds=20))
    assert (Presence.objects.count(), Signal.objects.count()) == (1, before)
    presence.forget(NOW + timedelta(seconds=30))

    assert not Presence.objects.exists()
    assert Signal.objects.latest("pk").payload == {"t": "presence", "n": world.number}
    assert Signal.objects.count() == before + 1


def test_presence_is_no_event_and_stands_in_an_unlogged_table(world, django_db_blocker):
    from django.db import connection

    before = Event.objects.count()
    at(world, "own", "typing")

    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'tickets_presence'")
        assert cursor.fetchone() == ("u",)
    assert Event.objects.count() == before
