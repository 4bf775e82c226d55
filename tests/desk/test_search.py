"""The search page: what was found, what could not be understood, its cost."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL, statements, stored
from tests.factories import MONDAY_9AM, act, make_contact, make_ticket
from tests.lib.test_documents import a_docx
from ventanilla.events.acts import Act
from ventanilla.tickets.actions import note, receive, set_status
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Status
from ventanilla.tickets.search import build, files, find

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(shared_world):
    return shared_world


@pytest.fixture
def indexed(world, react):
    def catch_up():
        react()
        while build.catch_up():
            pass

    catch_up()
    return catch_up


def page(client, words, target="", **headers):
    if target:
        headers |= PARTIAL | {"HX-Target": target}
    return client.get(reverse("desk:search") + "?q=" + quote(words), headers=headers)


def text(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_it_finds_by_word_number_and_customer(world, indexed):
    for words in (str(world.number), "duplicados", "elena", "vidal@correo"):
        assert f'id="t{world.number}"' in page(world.client("own"), words).text, words
        assert f'id="t{world.number}"' not in page(world.client("stranger"), words).text, words


def test_a_number_with_its_sign_leads_straight_to_the_ticket(world):
    answer = page(world.client("own"), f"#{world.number}")

    assert (answer.status_code, answer.url) == (302, f"/tickets/{world.number}/")


def test_a_number_that_nobody_has_or_may_see_is_said(world):
    for who, number in (("own", 99_999), ("stranger", world.number)):
        answer = page(world.client(who), f"#{number}")

        assert f"No hay ningún ticket #{number} , o no puedes verlo." in text(answer.text)


def test_matched_words_are_marked_in_all_their_forms(world, indexed):
    make_ticket("Cobros <b>duplicados</b>", text="x", team=world.team)
    indexed()

    shown = page(world.client("own"), "duplicado cobro").text

    assert "<mark>Cobro</mark> <mark>duplicado</mark>" in shown
    assert "<mark>Cobros</mark> &lt;b&gt;<mark>duplicados</mark>&lt;/b&gt;" in shown


def test_the_line_shows_where_the_words_stand(world, indexed):
    ticket = make_ticket("Mesa", text="Con la mesa llegó una astilla enorme en la pata izquierda.")
    receive(
        ticket,
        Act.of_contact(ticket.contact_id, MONDAY_9AM),
        content=Content(text="Nada más."),
        channel="email",
        contact=ticket.contact,
    )
    note(ticket, act(world.people["own"]), content=Content(text="Parece un tornillo flojo"))
    indexed()

    shown = page(world.client("admin"), "astillas").text

    assert "la mesa llegó una <mark>astilla</mark> enorme" in shown
    assert "Parece un <mark>tornillo</mark>" in page(world.client("admin"), "tornillos").text


def test_nothing_found_says_what_may_have_been_meant(world, indexed):
    shown = page(world.client("own"), "duplicdao").text

    assert "Nada coincide con «duplicdao»" in text(shown)
    assert "¿Querías decir duplicado ? Hay 1 ticket." in text(shown)
    assert 'href="/search/?q=duplicado"' in shown


def test_nothing_found_leads_on_without_operators(world, indexed):
    shown = page(world.client("own"), 'duplicado "de la" estado:cerrado').text

    assert "Buscar sin los operadores" in shown
    assert 'href="/search/?q=duplicado%20%22de%20la%22"' in shown


def test_what_cannot_be_understood_is_said_with_a_way_out(world, indexed):
    shown = text(
        page(world.client("own"), "duplicado estado:abirto creado:nunca etiqueta:zzz").text
    )

    assert "estado: no admite abirto" in shown
    assert "nuevo, abierto, pendiente" in shown
    assert "nunca no es una fecha" in shown
    assert "Aquí no hay nada que se llame etiqueta: zzz" in shown


def test_in_english_too(world, indexed):
    world.people["own"].user.language = "en"
    world.people["own"].user.save()

    shown = text(page(world.client("own"), "status:opne duplicdao").text)

    assert "status: has no opne" in shown
    assert "Did you mean duplicado ? 1 ticket." in shown


def test_an_empty_search_explains_what_can_be_typed(world):
    shown = page(world.client("own"), "").text

    assert "estado:abierto" in shown
    assert "asignado:yo" in shown


def test_every_example_is_understood(world, indexed):
    """What the page offers to try must not be answered by a complaint about the language."""
    for language in ("es", "en"):
        world.people["own"].user.language = language
        world.people["own"].user.save()
        shown = page(world.client("own"), "").text
        for query in re.findall(r'<dt><a href="/search/\?q=([^"]+)"', shown):
            answer = world.client("own").get("/search/?q=" + unescape(query))
            assert answer.status_code in (200, 302)
            assert "no admite" not in answer.text, query
            assert "has no" not in answer.text, query


def test_customers_stand_above_the_tickets(world, indexed):
    shown = page(world.client("own"), "elena").text

    assert shown.index(f'href="/customers/{world.contact.pk}/"') < shown.index('class="tl-row')


def test_a_ticket_opens_beside_what_was_found(world, indexed):
    url = f"/search/{world.number}/?q=duplicado"
    client = world.client("own")

    assert f'href="{url}"' in page(client, "duplicado").text
    whole = client.get(url).text
    part = client.get(url, headers=PARTIAL | {"HX-Target": "section#conv"}).text

    assert f'id="t{world.number}"' in whole
    assert 'aria-current="true"' in whole
    assert f'id="conv-{world.number}"' in part
    assert "<html" not in part
    assert 'href="/search/?q=duplicado"' in part
    assert f"/tickets/{world.number}/conversation?here=search" in part


def test_a_change_beside_what_was_found_keeps_its_place(world, indexed):
    client = world.client("own")
    here = {"HX-Current-URL": f"http://testserver/search/{world.number}/?q=duplicado"}
    url = reverse("desk:status", args=[world.number])

    answer = client.post(url, {"status": "3"}, headers=PARTIAL | here)
    followed = client.get(answer.url, headers=PARTIAL | here)

    assert answer.status_code == 303
    assert followed.status_code == 200
    assert "/search/?q=duplicado" in followed.text
    plain = client.post(url, {"status": "1"}, headers={"Referer": here["HX-Current-URL"]})
    assert plain.url == f"/tickets/{world.number}/"


def test_one_row_keeps_its_marks(world, indexed):
    url = reverse("desk:search_row", args=[world.number]) + "?q=duplicado"

    assert "<mark>duplicado</mark>" in world.client("own").get(url).text
    assert world.client("stranger").get(url).status_code == 404


def test_what_was_found_has_no_news_and_never_leaves(world, indexed):
    client, marta = world.client("own"), world.people["own"]
    set_status(world.ticket, act(marta), to=Status.RESOLVED)

    row = client.get(reverse("desk:search_row", args=[world.number]) + "?q=elena").text
    news = page(client, "elena", "div#news")

    assert "is-gone" not in row
    assert news.status_code == 204


def test_the_next_page_comes_by_script_and_without(world, indexed, monkeypatch):
    monkeypatch.setattr(find, "PAGE", 3)
    for number in range(8):
        make_ticket(f"Palisandro {number}", team=world.team)
    indexed()
    client, seen = world.client("own"), []

    url = "/search/?q=palisandro"
    while url:
        shown = client.get(url).text
        seen += re.findall(r'<li class="tl-row[^>]* id="t(\d+)"', shown)
        more = re.search(r'id="more"><a class="btn btn-s" href="([^"]+)"', shown)
        url = unescape(more[1]) if more else ""
    part = client.get("/search/?q=palisandro", headers=PARTIAL | {"HX-Target": "div#more"}).text

    assert len(seen) == len(set(seen)) == 8
    assert "<html" not in part
    assert part.count('class="tl-row') == 3


def test_wildcards_of_the_database_mean_nothing(world, indexed):
    for words in ("%%", "_____", "el%na", "' or 1=1", "a:*"):
        assert page(world.client("own"), words).status_code == 200
    assert "tl-row" not in page(world.client("own"), "%%").text


@pytest.mark.parametrize(
    "words",
    ["consulta", "consulta estado:nuevo asignado:yo", "consutla", "zzzz", "from:cliente", ""],
)
def test_six_statements_at_most_for_few_as_for_many(words, world, indexed, monkeypatch):
    monkeypatch.setattr("ventanilla.people.queries.FRESH", 60)  # what is asked once a second
    client = world.client("own")

    def taken():
        indexed()
        page(client, words)
        with statements() as done:
            assert page(client, words).status_code == 200
        return done

    for number in range(40):
        contact = make_contact(f"Cliente {number}")
        make_ticket(f"Consulta {number}", contact=contact, team=world.team)

    done = taken()
    assert done.count <= 6, "\n".join(done.sql)


def test_a_find_in_a_file_is_shown_with_its_name(world, indexed):
    data = a_docx("Primero lo uno.", "La cláusula séptima dice que sí.")
    file = stored(data, "contrato.docx", "application/octet-stream")
    ticket = make_ticket("Contrato", team=world.team)
    note(ticket, act(world.people["own"]), content=Content(text="Lo adjunto.", files=[file]))
    indexed()
    while files.read_next():
        pass
    indexed()

    client = world.client("own")
    client.get("/search/?q=clausula")
    with statements() as done:
        page = client.get("/search/?q=clausula").text

    line = re.search(r'tl-snippet">([^\n]*?)</span><span class="tl-flags', page)[1]
    assert line == "En contrato.docx: Primero lo uno. La <mark>cláusula</mark> séptima dice que sí."
    assert done.count <= 6
    assert "cláusula" not in world.client("stranger").get("/search/?q=clausula").text
