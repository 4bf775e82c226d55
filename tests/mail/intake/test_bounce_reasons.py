"""A returned mail says why, and what to do."""

import pytest
from django.utils import translation

from ventanilla.mail.bounce_reasons import in_words
from ventanilla.mail.parse.model import Bounce

ELENA = "elena@correo.example"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("status", "begins"),
    [
        ("5.1.1", "There is no mailbox elena@correo.example."),
        ("5.2.1", "There is no mailbox"),
        ("5.2.2", "The mailbox of elena@correo.example is full."),
        ("5.3.4", "The mail is too large"),
        ("5.7.26", "The server of elena@correo.example refuses"),
        ("4.4.1", "The server of elena@correo.example could not be reached."),
        ("5.0.0", "The mail could not be delivered to elena@correo.example."),
        ("", "The mail could not be delivered to elena@correo.example."),
    ],
)
def test_a_status_code_is_told_in_words(status, begins):
    assert in_words(Bounce((ELENA,), temporary=False, status=status)).startswith(begins)


def test_what_the_server_said_stands_behind():
    bounce = Bounce((ELENA,), temporary=False, status="5.1.1", diagnostic="550 no such user")

    assert in_words(bounce).endswith("(5.1.1 550 no such user)")


def test_a_warning_says_that_it_may_still_arrive():
    bounce = Bounce((ELENA,), temporary=True, still_trying=True, status="4.4.7")

    assert "goes on trying" in in_words(bounce)


def test_without_a_recipient_nobody_is_named():
    assert in_words(Bounce((), temporary=False)) == "The mail could not be delivered."
