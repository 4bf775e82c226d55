"""Times, sizes and names as people read them, in both languages."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tests.desk.samples import NOW, at
from ventanilla.desk import formats
from ventanilla.lib import clock


@pytest.fixture(autouse=True)
def saturday_in_madrid():
    with clock.frozen(NOW), timezone.override("Europe/Madrid"), translation.override("es"):
        yield


@pytest.mark.parametrize(
    ("moment", "style", "spanish", "english"),
    [
        (at(10, 31), "list", "10:31", "10:31"),
        (at(9, 5), "list", "9:05", "9:05"),
        (at(18, 20, 1), "list", "Ayer", "Yesterday"),
        (at(18, 20, 1), "message", "ayer, 18:20", "yesterday, 18:20"),
        (at(18, 20, 3), "list", "18 nov", "18 Nov"),
        (at(18, 20, 3), "message", "18 nov, 18:20", "18 Nov, 18:20"),
        (at(18, 20, 365), "list", "21 nov 2025", "21 Nov 2025"),
        (NOW - timedelta(seconds=20), "relative", "ahora mismo", "just now"),
        (NOW - timedelta(minutes=12), "relative", "hace 12 min", "12 min ago"),
        (NOW - timedelta(hours=23), "relative", "hace 23 h", "23 h ago"),
        (NOW - timedelta(hours=25), "relative", "ayer, 9:43", "yesterday, 9:43"),
        (at(9, 30, -1), "sentence", "mañana a las 9:30", "tomorrow at 9:30"),
        (at(19, 0), "sentence", "hoy a las 19:00", "today at 19:00"),
        (at(9, 30, -2), "sentence", "el 23 de noviembre a las 9:30", "23 November at 9:30"),
    ],
)
def test_when(moment, style, spanish, english):
    assert formats.when(moment, style) == spanish
    with translation.override("en"):
        assert formats.when(moment, style) == english


def test_the_day_changes_at_midnight_in_the_readers_zone():
    shortly_before = at(0, 30)  # 23:30 UTC of the day before

    assert formats.when(shortly_before) == "0:30"
    with timezone.override("UTC"):
        assert formats.when(shortly_before) == "Ayer"


@pytest.mark.parametrize(
    ("seconds", "short", "exact"),
    [
        (0, "0 s", "0 s"),
        (59, "59 s", "59 s"),
        (119, "119 s", "1 min"),
        (120, "2 min", "2 min"),
        (3599, "59 min", "59 min"),
        (7200, "2 h", "2 h"),
        (6 * 3600 + 720, "6 h", "6 h 12 min"),
        (47 * 3600 + 60, "47 h", "47 h 1 min"),
        (48 * 3600, "2 d", "2 d"),
    ],
)
def test_duration(seconds, short, exact):
    assert formats.duration(timedelta(seconds=seconds)) == short
    assert formats.duration(timedelta(seconds=seconds), exact=True) == exact


def test_a_deadline_that_has_passed_is_minus():
    assert formats.left(NOW + timedelta(minutes=18)) == "18 min"
    assert formats.left(NOW - timedelta(minutes=24)) == "−24 min"


def test_deadlines_have_five_states():
    def state(minutes, **more):
        return formats.deadline(NOW + timedelta(minutes=minutes), **more)

    assert formats.deadline(None) == ""
    assert state(90) == "ok"
    assert state(59) == "soon"
    assert state(90, warn_at=NOW - timedelta(minutes=1)) == "soon"
    assert state(0) == "late"
    assert state(-5, paused=True) == "paused"


@pytest.mark.parametrize(
    ("octets", "spanish", "english"),
    [
        (0, "1 KB", "1 KB"),
        (184_000, "184 KB", "184 KB"),
        (1_240_000, "1,2 MB", "1.2 MB"),
        (25_000_000, "25 MB", "25 MB"),
    ],
)
def test_sizes(octets, spanish, english):
    assert formats.size(octets) == spanish
    with translation.override("en"):
        assert formats.size(octets) == english


def test_figures_are_grouped():
    assert formats.number(1942) == "1.942"
    with translation.override("en"):
        assert formats.number(1942) == "1,942"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Elena Vidal", "EV"),
        ("elena.vidal@x.example", "EV"),
        ("Ópalo", "Ó"),
        ("", "?"),
        ("· …", "?"),
    ],
)
def test_initials(name, shown):
    assert formats.initials(name) == shown


def test_a_name_keeps_its_colour_and_every_colour_has_a_style():
    hues = {formats.hue(f"Cliente {n}") for n in range(500)}

    assert formats.hue("Elena Vidal") == formats.hue("Elena Vidal")
    assert hues == set(range(0, 360, formats.HUE_STEP))
    assert [formats.hue(n) for n in (0, 7, 8, 359, 352)] == [0, 0, 15, 0, 345]


def test_addresses_read_as_in_a_mail():
    elena = {"name": "Elena Vidal", "addr": "elena@x.example"}
    bare = {"name": "", "addr": "b@y.example"}

    assert formats.addresses([elena, bare]) == "Elena Vidal <elena@x.example>, b@y.example"
