import base64

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ventanilla.lib import keyring
from ventanilla.lib.tokens import sign, verify

examples = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ALPHABET = set("abcdefghijklmnopqrstuvwxyz234567")


@pytest.fixture(autouse=True)
def key(settings, tmp_path, monkeypatch):
    monkeypatch.setenv(keyring.VARIABLE, base64.b64encode(b"k" * 32).decode())


@examples
@given(payload=st.binary(max_size=60), bits=st.sampled_from(range(80, 257, 8)))
def test_what_was_signed_is_verified_in_any_case(payload, bits):  # R13
    token = sign("reply", payload, length_bits=bits)

    assert set(token) <= ALPHABET
    assert verify("reply", token) == verify("reply", token.upper()) == payload


def test_a_text_is_signed_as_utf_8():
    assert verify("reply", sign("reply", "caña")) == "caña".encode()


def test_a_token_for_one_purpose_is_none_for_another():
    assert verify("message", sign("reply", b"481")) is None


@examples
@given(payload=st.binary(max_size=20), place=st.integers(0), letter=st.sampled_from("abz27-=.é "))
def test_any_change_is_noticed(payload, place, letter):
    token = sign("reply", payload)
    place %= len(token)
    altered = token[:place] + letter + token[place + 1 :]

    assert altered == token or verify("reply", altered) is None
    assert verify("reply", token[:place]) is None
    assert verify("reply", token + letter) is None


@given(text=st.text())
def test_any_other_text_is_no_token(text):
    assert verify("reply", text) is None


def test_a_long_signature_can_not_be_cut_to_a_short_one():
    """The part of a longer signature is not a shorter one: its length is signed too."""
    strong = base64.b32decode(sign("reply", b"", length_bits=160)[1:].upper())

    cut = "a" + base64.b32encode(strong[:10]).decode().lower()

    assert verify("reply", cut) is None


def test_a_reply_address_fits_in_a_local_part():
    assert len("ayuda+" + sign("reply", (10**12).to_bytes(8) + (10**12).to_bytes(8))) <= 64


@pytest.mark.parametrize("bits", [0, 72, 81, 264])
def test_a_signature_is_never_too_short(bits):
    with pytest.raises(ValueError, match="80 to 256"):
        sign("reply", b"481", length_bits=bits)


def test_tokens_outlive_a_rotation_of_the_keys(settings, tmp_path, monkeypatch):
    monkeypatch.delenv(keyring.VARIABLE)
    settings.HOME = tmp_path
    token = sign("reply", b"481")

    keyring.rotate()

    assert verify("reply", token) == b"481"
    assert sign("reply", b"481") != token


def test_another_installation_s_token_is_none(monkeypatch):
    token = sign("reply", b"481")
    monkeypatch.setenv(keyring.VARIABLE, base64.b64encode(b"x" * 32).decode())

    assert verify("reply", token) is None
