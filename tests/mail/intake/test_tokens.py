"""Marks in addresses, Message-IDs and text lead back; forged ones lead nowhere (R13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.mail import tokens

IDS = st.integers(0, 2**63 - 1)


@given(IDS, IDS)
def test_a_reply_address_leads_back_however_it_is_cased(ticket, message):
    address = tokens.reply_address("hola@casaolmo.example", ticket, message)

    assert tokens.ticket_of_address(address) == (ticket, message)
    assert tokens.ticket_of_address(address.upper()) == (ticket, message)


def test_a_reply_address_fits_beside_a_usual_name():
    address = tokens.reply_address("atencion.al.cliente@casaolmo.example", 3_000_000, 40_000_000)

    assert len(address.partition("@")[0]) <= 64


def test_a_reply_address_replaces_the_plus_part_of_an_inbox():
    address = tokens.reply_address("hola+tienda@casaolmo.example", 1, 2)

    assert address.startswith("hola+t")
    assert tokens.ticket_of_address(address) == (1, 2)


@pytest.mark.parametrize("kind", tokens.KINDS)
def test_a_message_id_leads_back_and_is_known_as_ours(kind):
    bare = tokens.make_message_id(17, 4711, "casaolmo.example", kind)

    assert tokens.ticket_of_message_id(bare) == (17, 4711)
    assert tokens.ticket_of_message_id(bare.lower()) == (17, 4711)
    assert tokens.is_ours(bare.upper())


def test_message_ids_are_never_the_same_twice():
    made = {tokens.make_message_id(1, 1, "casaolmo.example", "reply") for _ in range(50)}

    assert len(made) == 50


def test_a_message_id_without_a_ticket_is_ours_but_leads_nowhere():
    bare = tokens.make_message_id(0, 0, "casaolmo.example", "account")

    assert tokens.is_ours(bare)
    assert tokens.ticket_of_message_id(bare) is None


def test_a_changed_mark_leads_nowhere():  # R13
    address = tokens.reply_address("hola@casaolmo.example", 481, 1)
    local, _, domain = address.partition("@")

    for position in range(len("hola+t"), len(local)):
        other = "a" if local[position] != "a" else "b"
        forged = f"{local[:position]}{other}{local[position + 1 :]}@{domain}"
        assert tokens.ticket_of_address(forged) is None


@pytest.mark.parametrize(
    "address",
    ["", "@", "hola", "hola@casaolmo.example", "hola+@casaolmo.example", "hola+t@x.example",
     "hola+t481@x.example", "hola+tñandú@x.example", "+t@", "hola+t" + "a" * 5000 + "@x.example"],
)  # fmt: skip
def test_addresses_without_a_mark_lead_nowhere(address):
    assert tokens.ticket_of_address(address) is None


@given(st.text())
def test_no_text_breaks_the_reading_of_marks(text):  # R10
    assert tokens.ticket_of_address(text) is None
    assert tokens.ticket_of_message_id(text) is None
    assert not tokens.is_ours(text)
    assert not tokens.is_our_loop(text)


def test_a_mark_for_one_place_is_none_in_another():
    token = tokens.make_message_id(5, 6, "x.example", "reply").partition("@")[0]

    assert tokens.ticket_of_address(f"hola+t{token}@x.example") is None


def test_references_in_quoted_text_are_found_once_each():
    first, second = tokens.reference(7, 70), tokens.reference(8, 80)
    text = f"Gracias\n> Saludos\n> [{first}]\n>> {second.upper()} {first}\nref:tabcdefghijklmnopq"

    assert tokens.tickets_of_text(text) == [(7, 70), (8, 80)]


def test_the_loop_mark_is_known_again():  # R11
    assert tokens.is_our_loop(f" {tokens.loop_mark().upper()} ")
    assert not tokens.is_our_loop("hola@casaolmo.example")
