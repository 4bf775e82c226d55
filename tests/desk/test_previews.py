"""A look inside pictures, PDFs and texts, under the rights of their ticket."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.desk.world import picture
from tests.lib.test_pdf import document
from ventanilla.desk.files import text_of
from ventanilla.lib import storage
from ventanilla.tickets.models import Attachment

pytestmark = pytest.mark.django_db


@pytest.fixture
def attached(world):
    def make(data: bytes, name: str, content_type: str) -> Attachment:
        return Attachment.objects.create(
            message=world.message, ticket=world.ticket, digest=storage.put(data), filename=name,
            content_type=content_type, size=len(data), created_at=world.message.occurred_at,
        )  # fmt: skip

    return make


def look(world, one, who="own"):
    return world.client(who).get(reverse("desk:preview", args=[one.pk]))


def test_a_picture_is_shown_as_we_made_it_again(world, attached):
    one = attached(picture(), "foto.png", "image/png")

    assert f'src="/pictures/{one.pk}"' in look(world, one).text
    assert look(world, one, "stranger").status_code == 404


def test_a_pdf_is_shown_page_by_page(world, attached):
    one = attached(document(), "factura.pdf", "application/pdf")
    pages = [reverse("desk:pdf_page", args=[one.pk, number]) for number in (1, 2, 3)]

    text = look(world, one).text
    answers = [world.client("own").get(page) for page in pages]

    assert text.count("<img") == 2
    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert answers[0]["Content-Type"] == "image/png"
    assert "sandbox" in answers[0]["Content-Security-Policy"]
    assert world.client("stranger").get(pages[0]).status_code == 404
    again = world.client("own").get(pages[0], headers={"If-None-Match": answers[0]["ETag"]})
    assert again.status_code == 304


def test_a_text_is_shown_as_text(world, attached):
    one = attached("<script>alert('ñ')</script>".encode(), "notas.txt", "text/plain")

    assert "&lt;script&gt;" in look(world, one).text


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (b"MZ\x00\x01", "setup.txt", "text/plain"),
        (b"<p>hola</p>", "hola.html", "text/html"),
        (b"%PDF-1.7 hello", "rota.pdf", "application/pdf"),
        (b"PK\x03\x04", "cosas.zip", "application/zip"),
    ],
)
def test_what_cannot_be_shown_says_so(data, name, content_type, world, attached):
    assert look(world, attached(data, name, content_type)).status_code == 404


def test_the_conversation_offers_a_look_where_there_is_one(world, attached):
    shown = attached(document(), "factura-2.pdf", "application/pdf")
    hidden = attached(b"PK\x03\x04", "cosas.zip", "application/zip")

    text = world.client("own").get(reverse("desk:ticket", args=[world.number])).text

    assert f'data-preview="/previews/{shown.pk}"' in text
    assert f"/previews/{hidden.pk}" not in text


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("añb".encode(), "añb"),
        ("añb".encode("cp1252"), "añb"),
        ("﻿año".encode("utf-16-le"), "año"),
        (b"\xef\xbb\xbfhola", "hola"),
        ("añ".encode()[:-1], "a"),
    ],
)
def test_a_text_reads_whatever_it_was_written_with(head, text):
    assert text_of(head) == text
