"""Words that are made unreadable, wherever and however they are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.lib.blacken import BLACK, finder, in_html, in_json, in_text
from ventanilla.lib.html import to_text
from ventanilla.lib.numbers import numbers

CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize(
    "written",
    ["4111 1111 1111 1111", "4111111111111111", "4111-1111-1111-1111", "4111 1111\n> 1111 1111"],
)
def test_a_number_is_found_however_it_is_grouped(written):
    assert in_text(f"Mi tarjeta: {written}.", finder(CARD)) == f"Mi tarjeta: {BLACK}."


def test_words_are_found_over_lines_and_quotes_but_not_inside_others():
    find = finder("calle Mayor 3")
    assert in_text("Vivo en Calle\n> Mayor 3.", find) == f"Vivo en {BLACK}."
    assert in_text("ana, banana", finder("ana")) == f"{BLACK}, banana"
    assert in_text("banana", finder("ana", whole=False)) == f"b{BLACK}na"


@pytest.mark.parametrize(
    "html",
    [
        "<p>4111 <b>1111</b> 1111 1111</p>",
        "<p>4111&nbsp;1111&#32;1111 &#49;111</p>",
        '<a href="https://x.example/?n=4111111111111111">aquí</a>',
        "<p>hola<!-- 4111111111111111 --></p>",
        '<img alt="4111 1111 1111 1111" src="x.png">',
        "<p>4111<br>1111<div>1111 1111",
        '<a title="4111%201111%201111%201111">x</a> < 4111111111111111',
    ],
)
def test_nothing_of_it_is_left_in_html(html):
    found = in_html(html, finder(CARD))

    assert "1111" not in to_text(found) + found


def test_what_surrounds_it_stays():
    html = '<p class="x">Hola <i>4111 1111</i> 1111 1111 &amp; adiós</p>'
    assert in_html(html, finder(CARD)) == f'<p class="x">Hola <i>{BLACK}</i> &amp; adiós</p>'
    assert in_json({"a": ["<b>ana</b>", 3, "ana"]}, finder("ana")) == {
        "a": [f"<b>{BLACK}</b>", 3, BLACK]
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["4111", " ", "<b>", "</b>", "1111", "&nbsp;", "-", "<br>", "x"])))
def test_however_it_is_mixed_nothing_is_found_again(pieces):
    find = finder("41111111")
    assert not any(True for _one in find(to_text(in_html("".join(pieces), find))))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Pago con 4111 1111 1111 1111, gracias", "Pago con •••• 1111, gracias"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),  # no card: Luhn
        ("IBAN ES91 2100 0418 4502 0005 1332.", "IBAN •••• 1332."),
        ("es9121000418450200051332 gracias", "•••• 1332 gracias"),
        ("ES91 2100 0418 4502 0005 1332 por favor", "•••• 1332 por favor"),
        ("Pedido 20931, tel. 600 123 456", "Pedido 20931, tel. 600 123 456"),
        ("ES91 2100 0418 4502 0005 1333", "ES91 2100 0418 4502 0005 1333"),
    ],
)
def test_card_numbers_and_ibans_are_known_by_their_check_digits(text, masked):
    assert in_text(text, numbers) == masked
    assert in_html(f"<p>{text}</p>", numbers) == f"<p>{masked}</p>"
