"""How people write how long something took."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.lib.durations import in_words, minutes_in


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("15 min", 15), ("15", 15), ("1 h 20", 80), ("1h20m", 80), ("1:20", 80), ("1,5 h", 90),
        (" 2 Horas ", 120), ("1.25h", 75), ("90 minutos", 90), ("0:05", 5),
    ],
)  # fmt: skip
def test_it_is_read_the_way_it_is_said(text, minutes):
    assert minutes_in(text) == minutes


@pytest.mark.parametrize("text", ["", " ", "pronto", "1:75", "-5", "h", "min", "1,5", "٣", "1 d"])
def test_what_is_no_time_is_not_guessed(text):
    assert minutes_in(text) is None


@settings(max_examples=40)
@given(st.integers(0, 59_999))
def test_what_is_shown_can_be_written(minutes):
    assert minutes_in(in_words(minutes)) == minutes
