"""Replies as mail programs of the world write them: the new words exactly, and none lost."""  # R9

import json
from pathlib import Path

import pytest

from ventanilla.mail.parse.reply import strip_reply

FOLDER = Path(__file__).parent.parent / "fixtures_reply"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name):
    expected = json.loads((FOLDER / f"{name}.json").read_text())
    text = (FOLDER / f"{name}.txt").read_bytes().decode()
    page = FOLDER / f"{name}.html"
    return text, page.read_text() if page.exists() else None, expected


def test_there_are_enough_of_them():
    assert len(NAMES) >= 90


@pytest.mark.parametrize("name", NAMES)
def test_the_new_words_stand_alone(name):  # R9
    text, html, expected = read(name)
    reply = strip_reply(text, html, sender_name=expected["sender"])
    assert reply.text == expected["text"]
    assert reply.signature == expected["signature"]
    parts = f"{reply.text} {reply.signature} {reply.quoted}"
    assert sorted(parts.split()) == sorted(text.split())


@pytest.mark.parametrize("name", NAMES)
def test_no_new_word_is_lost_when_the_sender_is_unknown(name):  # R9
    text, html, expected = read(name)
    shown = strip_reply(text, html).text
    rest = iter(shown.split())
    assert all(word in rest for word in expected["text"].split())
