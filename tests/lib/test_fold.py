import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.lib.fold import fold, snippet


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Muñoz Íñigo", "munoz inigo"),
        ("CRÈME BRÛLÉE", "creme brulee"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
        ("İstanbul", "istanbul"),
        ("東京", "東京"),
        ("", ""),
    ],
)
def test_folded_text_has_neither_case_nor_accents(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzñáéíóúü "))
def test_upper_and_lower_case_fold_alike(text):
    assert fold(text.upper()) == fold(text)


def test_a_snippet_is_one_line_cut_at_a_word():
    text = "Ayer compré\n\n la mesa\tRoble y aparecen dos cargos."

    assert snippet(text, 100) == "Ayer compré la mesa Roble y aparecen dos cargos."
    assert snippet(text, 30) == "Ayer compré la mesa Roble y…"


def test_a_word_that_is_too_long_is_cut_inside():
    assert snippet("x" * 50, 10) == "x" * 9 + "…"


@given(text=st.text(), length=st.integers(1, 60))
def test_a_snippet_is_never_longer_nor_broken_into_lines(text, length):
    short = snippet(text, length)

    assert len(short) <= length
    assert len(short.splitlines()) <= 1
