"""Whatever is sent to whatever field: a sentence, never a crash."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.desk.matrix import MATRIX
from tests.desk.test_access import ask, url_of
from tests.desk.world import PARTIAL

pytestmark = pytest.mark.django_db
NONSENSE = ("a\0b", "x" * 5000, "٣", "-1", "9" * 30, "\u202e😀")
QUERIES = ("after", "behind", "have", "here", "did", "q", "before", "purpose", "thumb", "forward")
COMPOSER = ("seen", "composing", "forward", "attachments", "cc", "subject", "inbox", "body")


@pytest.fixture
def world(shared_world):
    return shared_world


@pytest.mark.parametrize("name", [n for n, p in MATRIX.items() if "POST" in p.methods])
def test_nonsense_in_a_field_is_answered_in_words(name, world):  # R35
    client, body = world.client("own"), MATRIX[name].methods["POST"].body(world)
    url = url_of(name, world)
    for field in (*body, "was", *(COMPOSER if name == "messages" else ())):
        for value in NONSENSE:
            with transaction.atomic():
                answer = ask(client, "POST", url, body | {field: value})
                assert answer.status_code < 500, (field, value)
                transaction.set_rollback(True)


@pytest.mark.parametrize("name", [n for n, p in MATRIX.items() if "GET" in p.methods])
def test_nonsense_in_an_address_is_answered_in_words(name, world):  # R35
    client = world.client("own")
    url = url_of(name, world).partition("?")[0]
    for value in NONSENSE:
        for target in ("", "div#list", "#x" * 99):
            headers = PARTIAL | {"HX-Target": target} if target else {}
            query = dict.fromkeys(QUERIES, value)
            assert client.get(url, query, headers=headers).status_code < 500, value


@pytest.mark.parametrize("number", [0, 10**9, 2**31, 2**63 - 1, 2**63, 10**30])
def test_numbers_that_no_row_can_have(number, world):
    client = world.client("own")
    for name in ("ticket", "message_html", "original", "picture"):
        assert client.get(reverse(f"desk:{name}", args=[number])).status_code == 404, name
    for name in ("acceptance", "resend", "upload", "status"):
        answer = client.post(reverse(f"desk:{name}", args=[number]), {"status": "2"})
        assert answer.status_code in (404, 422), name


def test_a_form_larger_than_any_is_refused(world, settings):  # R35
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    url = reverse("desk:messages", args=[world.number])

    answer = ask(world.client("own"), "POST", url, {"html": "x" * 2000})

    assert answer.status_code == 400
    assert "<main" in answer.text


def test_where_the_page_was_is_only_believed_of_our_own(world):  # R27
    client = world.client("own")
    for shown in (
        "http://evil.test/inbox/all/",
        "javascript:alert(1)",
        "//evil",
        "\\\\evil",
        "[::",
    ):
        answer = client.post(
            reverse("desk:priority", args=[world.number]),
            {"priority": "2"},
            headers=PARTIAL | {"HX-Current-URL": shown},
        )
        assert answer["Location"].startswith(f"/tickets/{world.number}/conversation?here=&"), shown


def test_a_cookie_of_nobodys_session_is_nobody(world):
    client = Client()
    client.cookies["vt-session"] = "x" * 300

    assert client.get("/inbox/all/").status_code == 302
