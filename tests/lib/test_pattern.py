"""Patterns that people write: they fit as regular expressions do, in bounded time (R8)."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.lib.pattern import LETTERS, BadPattern, check, fits

ones = st.sampled_from(
    ["a", "b", "c", "0", "-", ".", r"\d", r"\w", r"\D", "[ab]", "[^a0]", r"[a-c\d]"]
)
patterns = st.recursive(
    ones,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,3}", "{1,}"])).map(
            lambda parts: f"(?:{parts[0]}){parts[1]}"
        ),
    ),
    max_leaves=5,
)


@given(patterns, st.text("abc0-.", max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_pattern_fits_what_a_regular_expression_fits(pattern, text):
    assert fits(pattern, text) == bool(re.fullmatch(pattern, text, re.ASCII))


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[A-Z]{2}-\d{4}", "AB-1234", "AB-12345"),
        (r"^(?:ES)?\d{8}[A-Z]$", "ES12345678Z", "ES1234567Z"),
        (r"\w+", "año_2026", "dos cajas"),
        (r"[^\s]{3}", "a-b", "a b"),
        ("", "", "a"),
    ],
)
def test_the_whole_text_is_meant(pattern, good, bad):
    assert fits(pattern, good)
    assert not fits(pattern, bad)


@pytest.mark.parametrize(
    "pattern",
    ["(", "a)", "[a", "[]", "*a", "a++", "a{3,2}", "a{1000}", r"\b", "(?=a)", "(?P<x>a)", "(a)\\1",
     "[z-a]", "a{", "x" * 201, "(" * 20 + ")" * 20, "((((){99}){99}){99}){99}", "(a{99}){99}"],
)  # fmt: skip
def test_what_can_not_be_walked_in_bounded_time_is_refused(pattern):
    with pytest.raises(BadPattern):
        check(pattern)


@pytest.mark.parametrize("pattern", ["((a*)*)*b", "(a|a)*b", "(a?){200}a{200}b", r"(.*)*\d"])
def test_no_pattern_takes_long(pattern):
    begun = time.process_time()

    assert not fits(pattern, "a" * LETTERS)

    assert time.process_time() - begun < 2
