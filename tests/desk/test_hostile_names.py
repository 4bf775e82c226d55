"""One payload in every text that somebody can choose: no page runs or shows it as markup (R23)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from tests.desk.matrix import MATRIX
from tests.desk.test_access import url_of
from tests.desk.world import PARTIAL, make_world
from ventanilla.tickets.models import Attachment

pytestmark = pytest.mark.django_db
PAYLOADS = {
    "attribute": "'\"><script>alert(7)</script><b onclick=x>{{7*7}}",
    "raw text": "</template></textarea><script>alert(7)</script>",
}
TARGETS = ("", "section#conv", "div#list", "div#more", "div#news")
NOT_PAGES = ("metrics", "healthz", "readyz", "picture", "attachment", "original")


@pytest.fixture(params=PAYLOADS)
def payload(request):
    return PAYLOADS[request.param]


@pytest.fixture
def world(db, payload):
    made = make_world(payload)
    Attachment.objects.filter(pk=made.attachment.pk).update(filename=payload + ".pdf")
    return made


def test_no_page_runs_a_name(world):  # R23, R26
    client = world.client("own")
    for name, place in MATRIX.items():
        if "GET" not in place.methods or name in NOT_PAGES:
            continue
        for target in TARGETS:
            headers = PARTIAL | {"HX-Target": target} if target else {}
            answer = client.get(url_of(name, world), headers=headers)
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                check(answer.text)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("status", {"status": "{}"}),
        ("messages", {"kind": "reply", "to": "{}", "html": "x"}),
        ("messages", {"kind": "{}"}),
        ("tags", {"{}": "1"}),
        ("contact", {"customer": "{}"}),
    ],
)
def test_no_refusal_runs_what_was_sent(name, fields, payload, world):  # R23
    url = reverse(f"desk:{name}", args=[world.number])
    sent = {
        key.replace("{}", payload): value.replace("{}", payload) for key, value in fields.items()
    }

    for headers in ({}, PARTIAL):
        check(world.client("own").post(url, sent, headers=headers).text)


def test_no_search_runs_its_words(payload, world):  # R23
    check(world.client("own").get("/search/", {"q": payload}).text)
    check(world.client("own").get("/inbox/counts", {"here": payload}).text)


def check(text: str) -> None:
    tree = LexborHTMLParser(text)
    for script in tree.css("script"):
        assert script.attributes.get("src", "").startswith("/static/")
        assert not script.text().strip()
    for element in tree.css("*"):
        attributes = element.attributes
        assert not [name for name in attributes if name.startswith("on")], element.html
        assert not (attributes.get("href") or "").lower().startswith("javascript:")
    assert not tree.css('img[src="x"]')
    assert "alert(7)</script>" not in text
    assert "{{49}}" not in text
