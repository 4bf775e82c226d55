"""What agents find, on the real database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk.world import statements
from tests.factories import (
    MONDAY_9AM,
    act,
    make_agent,
    make_contact,
    make_team,
    make_ticket,
)
from tests.tickets.search.test_parse import SCRAPS
from ventanilla.events.acts import Act
from ventanilla.lib.problems import Invalid
from ventanilla.people.rights import viewer
from ventanilla.tickets.actions import (
    assign,
    categorise,
    move,
    note,
    receive,
    set_priority,
    set_status,
    set_tags,
)
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Category, Priority, Status, Ticket
from ventanilla.tickets.search import build, find
from ventanilla.tickets.search.models import Stale, TicketWords, Word

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


@pytest.fixture
def ada(db):
    make_team("Facturación", routing="manual")
    return make_agent("Ada Sanz", role="administrator")


@pytest.fixture
def found(ada, react):
    """The subjects of what an agent finds, best first; everything that happened is indexed."""

    def ask(text, who=None, **options):
        react()
        while build.catch_up():
            pass
        result = find.search(text, viewer((who or ada).pk), MONDAY, **options)
        return [ticket.subject for ticket in result.tickets]

    return ask


def answer(text, who, **options):
    return find.search(text, viewer(who.pk), MONDAY, **options)


def says(ticket, text, *, contact=None, minutes=5):
    contact = contact or ticket.contact
    at = MONDAY_9AM + timedelta(minutes=minutes)
    receive(
        ticket,
        Act.of_contact(contact.pk, at),
        content=Content(text=text),
        channel="email",
        contact=contact,
    )


# -- words -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    [
        "facturación", "facturacion", "FACTURACIÓN", "factura", "facturas", "facturado",
        "factu", "fact*", "mesa facturación", '"la facturación"', "facturacoin o facturación",
    ],
)  # fmt: skip
def test_accents_endings_and_beginnings_do_not_matter(typed, found):
    make_ticket("Mesa Roble", text="No entiendo la facturación de este mes.")
    make_ticket("Lámpara", text="Llegó rota.")

    assert found(typed) == ["Mesa Roble"]


@pytest.mark.parametrize("typed", ["invoice", "Invoices", "invoiced", "invoicing", "invo"])
def test_english_words_too(typed, found):
    make_ticket("Oak table", text="I was invoiced twice for the same order.")

    assert found(typed) == ["Oak table"]


def test_who_writes_without_accents_finds_and_is_found(found):
    make_ticket("Uno", text="Quiero la devolucion del jamon")
    make_ticket("Dos", text="Quiero la devolución del jamón")

    assert sorted(found("devolución jamón")) == ["Dos", "Uno"]
    assert sorted(found("devolucion jamon")) == ["Dos", "Uno"]
    assert sorted(found("devoluciones")) == ["Dos", "Uno"]


def test_all_words_must_be_there_in_whichever_message(found):
    ticket = make_ticket("Roble", text="La mesa llegó rota.")
    make_ticket("Pino", text="La mesa es bonita.")
    says(ticket, "Mando las fotografías.")

    assert found("mesa fotografías") == ["Roble"]
    assert found("mesa -fotografías") == ["Pino"]
    assert sorted(found("fotografías o bonita")) == ["Pino", "Roble"]


def test_quotes_ask_for_the_words_as_they_stand(found):
    make_ticket("Uno", text="El cargo de la tarjeta está duplicado.")
    make_ticket("Dos", text="La tarjeta tiene un cargo.")

    assert found('"cargo de la tarjeta"') == ["Uno"]
    assert sorted(found("cargo tarjeta")) == ["Dos", "Uno"]
    assert found('"cargos"') == []


def test_a_stem_that_is_another_word_is_not_meant(found):
    make_ticket("Madera", text="Quiero una mesa.")
    make_ticket("Espera", text="Llevo un mes esperando, casi dos meses.")

    assert found("mesa") == found("mesas") == ["Madera"]
    assert found("meses")[0] == "Espera"


def test_codes_are_found_by_their_parts(found):
    make_ticket("Pedido", text="Es el ES-20931/B, factura 2026.0417 de elena@correo.example")

    for typed in ("20931", "es-20931", "2093", "2026.0417", "elena@correo.example", "0417"):
        assert found(typed) == ["Pedido"], typed


def test_words_that_are_everywhere_find_nothing_alone(found, ada):
    make_ticket("Uno", text="De la mesa")

    assert found("mesa de la") == ["Uno"]
    assert found("de la") == []
    assert [trouble.code for trouble in answer("de la", ada).troubles()] == ["common"]


def test_quoted_history_does_not_count_twice(found):
    ticket = make_ticket("Roble", text="La mesa llegó rota.")
    says(ticket, "Gracias.\n\n> La mesa llegó rota.\n> Adiós")

    found("")
    places = str(TicketWords.objects.get(ticket=ticket).inside)

    assert places.count("'rota':") == 1
    assert "," not in places.partition("'rota':")[2].partition(" ")[0]
    assert "'adios'" in places


def test_what_fits_better_stands_first(found):
    make_ticket("Reembolso", text="Quiero mi dinero.")
    make_ticket("Otra cosa", text="Me hablaron de un reembolso, entre otras cosas.")
    make_ticket("Más", text="Mesa, silla y un reembolso, con muchas palabras más alrededor.")

    assert found("reembolso")[0] == "Reembolso"


# -- who sees what -----------------------------------------------------------------------------
def test_others_tickets_are_not_found(found):
    team, other = make_team("Facturación"), make_team("Envíos")
    marta, iván = make_agent("Marta", team=team), make_agent("Iván", team=other)
    mine = make_ticket("Mía", text="secreto", team=team)
    make_ticket("Suya", text="secreto", team=other)

    assert found("secreto", marta) == ["Mía"]
    assert found("secreto", iván) == ["Suya"]

    move(mine, act(), to=other)

    assert found("secreto", marta) == []
    assert sorted(found("secreto", iván)) == ["Mía", "Suya"]


def test_rights_count_before_the_index_has_caught_up(found):
    team, other = make_team("Facturación"), make_team("Envíos")
    marta = make_agent("Marta", team=team)
    ticket = make_ticket("Mía", text="secreto", team=team)
    assert found("secreto", marta) == ["Mía"]

    move(ticket, act(), to=other)

    assert not answer("secreto", marta).tickets


def test_what_is_assigned_to_oneself_is_found_in_any_team(found):
    marta = make_agent("Marta", team=make_team("Facturación"))
    ticket = make_ticket("Ajena", text="secreto", team=make_team("Envíos"))
    Ticket.objects.filter(pk=ticket.pk).update(assignee=marta)

    assert found("secreto asignado:yo", marta) == ["Ajena"]


def test_notes_are_found_only_by_who_may_read_them(found, ada):
    ticket = make_ticket("Roble", text="La mesa llegó rota.")
    note(ticket, act(ada), content=Content(text="Parece fraude"))

    assert found("fraude") == ["Roble"]
    assert found("fraude mesa tiene:nota") == ["Roble"]
    assert found("fraude", notes=False) == []
    assert found("mesa", notes=False) == ["Roble"]
    assert found("mesa -fraude") == []
    (seen,) = answer("mesa", ada, notes=False).tickets
    assert "fraude" not in str(seen.shown)


# -- operators ---------------------------------------------------------------------------------
def test_operators_narrow_down(found, ada):
    team = make_team("Envíos", routing="manual")
    one = make_ticket("Uno", text="mesa", team=team, when=MONDAY_9AM - timedelta(days=40))
    two = make_ticket("Dos", text="mesa", contact=make_contact("Pau Roca"))
    marta = make_agent("Marta Ruiz", team=team)
    set_status(one, act(ada), to=Status.PENDING)
    set_priority(one, act(ada), to=Priority.URGENT)
    set_tags(two, act(ada), add=["reembolso parcial"])
    cobros = Category.objects.create(name="Cobros")
    categorise(two, act(ada), to=Category.objects.create(name="Duplicados", parent=cobros))
    assign(one, act(ada), to=marta)

    for typed in (
        "estado:pendiente", "status:pending mesa", "-status:new,open", "prioridad:urgente",
        "equipo:envíos", "team:envi", "-etiqueta:reembolso", "asignado:marta", "-assignee:nobody",
        "antes:2026-03-01", "created:2026-01", "from:elena", "-category:cobros", "-de:roca",
    ):  # fmt: skip
        assert found(typed) == ["Uno"], typed
    for typed in (
        "estado:nuevo,abierto", "asignado:nadie", "etiqueta:reembolso", "categoría:cobros mesa",
        "category:dupl", "desde:ayer", "creado:hoy", "de:pau", "de:pau.roca@correo.example",
        "from:roc", "asunto:dos", "-equipo:envíos", "-estado:pendiente", "-etiqueta:otra",
    ):  # fmt: skip
        if typed == "-etiqueta:otra":
            assert sorted(found(typed)) == ["Dos", "Uno"]
        else:
            assert found(typed) == ["Dos"], typed
    assert found("asunto:mesa") == []
    assert sorted(found("canal:correo")) == ["Dos", "Uno"]


def test_a_name_that_does_not_exist_finds_nothing_and_says_so(found, ada):
    make_ticket("Uno", text="mesa")

    assert found("mesa etiqueta:vpi") == []
    assert [(t.code, t.text) for t in answer("mesa etiqueta:vpi", ada).troubles()] == [
        ("name", "vpi")
    ]


def test_a_tickets_number_stands_first(found):
    first, second = make_ticket("Uno"), make_ticket("Dos")
    says(second, f"Como en el {first.number}")

    assert found(str(first.number)) == ["Uno", "Dos"]


# -- what may have been meant ------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["reenbolso", "rembolso", "reemboslo", "reembolsso", "reembolzo"])
def test_typing_mistakes_are_understood(typed, found, ada):
    for subject in ("Uno", "Dos"):
        make_ticket(subject, text="Espero el reembolso.")

    assert found(typed) == []
    (instead,) = answer(f"{typed} espero", ada).instead
    assert (instead.text, instead.word, instead.count) == ("reembolso espero", "reembolso", 2)


def test_nothing_is_proposed_that_one_may_not_see(found):
    marta = make_agent("Marta", team=make_team("Facturación"))
    make_ticket("Ajena", text="Despido disciplinario", team=make_team("Personal"))

    found("")

    assert answer("discilpinario", marta).instead == []


def test_customers_are_found_by_any_part(found, ada):
    make_ticket("Uno", contact=make_contact("Íñigo Muñoz", "inigo@casa-munoz.example"))

    for typed in ("muñoz", "Munoz", "iñigo muñ", "casa-munoz", "inigo@casa"):
        found(typed)
        assert [one.name for one in answer(typed, ada).customers()] == ["Íñigo Muñoz"], typed
    assert answer("roca", ada).customers() == []


def test_customers_of_others_tickets_are_not_shown(found, ada):
    marta = make_agent("Marta", team=make_team("Facturación"))
    make_ticket("Ajena", contact=make_contact("Íñigo Muñoz"), team=make_team("Envíos"))

    found("")

    assert answer("muñoz", marta).customers() == []


# -- the index ---------------------------------------------------------------------------------
def test_whatever_happens_to_a_ticket_is_searched_soon(found, ada):
    ticket = make_ticket("Roble")

    assert found("palisandro") == []
    says(ticket, "Prefiero palisandro")

    assert found("palisandro") == ["Roble"]
    assert not Stale.objects.exists()


def test_writing_it_twice_changes_nothing(found):
    ticket = make_ticket("Roble", text="La mesa llegó rota.")
    found("")
    before = (
        TicketWords.objects.values().get(ticket=ticket),
        list(Word.objects.order_by("word").values()),
    )

    build.build([ticket.pk])
    build.build_contacts([ticket.contact_id])

    assert before == (
        TicketWords.objects.values().get(ticket=ticket),
        list(Word.objects.order_by("word").values()),
    )


def test_rebuilding_writes_all_of_it(found):
    for number in range(3):
        make_ticket(f"Roble {number}", text="palisandro")
    TicketWords.objects.all().delete()
    Stale.objects.all().delete()

    told = []
    assert build.rebuild(told.append) == 3

    assert len(found("palisandro")) == 3
    assert told == [3]
    assert build.rebuild() == 3  # again, with rows there already
    assert len(found("palisandro")) == 3


def test_a_ticket_that_cannot_be_written_keeps_no_other_from_being_found(found, monkeypatch):
    make_ticket("Roble", text="palisandro")
    broken = make_ticket("Roto", text="palisandro")
    write = build.vector

    def fail(texts, forms, **options):
        if "roto" in texts.subject:
            raise ValueError("no vector for this one")
        return write(texts, forms, **options)

    monkeypatch.setattr(build, "vector", fail)

    assert found("palisandro") == ["Roble"]
    assert not TicketWords.objects.filter(ticket=broken).exists()
    assert not Stale.objects.exists()


def test_a_ticket_as_long_as_can_be_is_found_by_its_newest_words(found):
    letters = "абвгдежзик"
    words = ["".join(letters[int(digit)] for digit in f"{n:07}") for n in range(60_000)]
    ticket = make_ticket("Roble", text="antiguo " + " ".join(words))
    says(ticket, "reciente")

    assert found("reciente") == ["Roble"]
    assert found("antiguo") == ["Roble"]
    assert found(f'"{words[9_000]}"') == ["Roble"]
    assert found(f'"{words[-1]}"') == []


def test_a_deleted_ticket_takes_its_words_along(found):
    ticket = make_ticket("Roble")
    found("")

    ticket.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert not TicketWords.objects.exists()


# -- pages and cost ----------------------------------------------------------------------------
def test_pages_follow_each_other_without_gaps(found, ada, monkeypatch):
    monkeypatch.setattr(find, "PAGE", 4)
    monkeypatch.setattr(find, "RANKED", 10)
    for number in range(23):
        make_ticket(f"Mesa {number}", text="palisandro " * (number % 3 + 1))
    found("")

    seen, after, pages = [], "", 0
    while pages == 0 or after:
        page = answer("palisandro", ada, after=after)
        seen += [ticket.number for ticket in page.tickets]
        after, pages = page.after, pages + 1

    assert len(seen) == len(set(seen)) == 23
    assert answer("palisandro", ada).count == 23


@pytest.mark.parametrize(
    "after", ["x", "1~2~3", "1~-2", "9" * 30 + "~1", "1~2~3~x", "~", "1~1~1~1~1"]
)
def test_a_made_up_cursor_is_refused(after, ada):
    make_ticket("Mesa")

    with pytest.raises(Invalid):
        answer("mesa", ada, after=after)


def test_more_than_a_thousand_is_not_counted(found, ada, monkeypatch):
    monkeypatch.setattr(find, "COUNTED", 5)
    for number in range(8):
        make_ticket(f"Mesa {number}", text="palisandro")
    found("")

    assert answer("palisandro", ada).count == 6


@pytest.mark.parametrize(
    "typed",
    ["mesa", "mesa estado:nuevo", "etiqueta:x mesa", "reenbolso", '"la mesa" -roble', "1042"],
)
def test_three_statements_at_most(typed, found, ada):
    for number in range(5):
        make_ticket(f"Mesa {number}", text="Espero el reembolso.")
    found("")
    who = viewer(ada.pk)

    with statements() as done:
        find.search(typed, who, MONDAY)

    assert done.count <= 3, "\n".join(done.sql)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(SCRAPS, st.text(max_size=30)))
def test_no_text_makes_it_fail(ada, text):
    assert answer(text, ada) is not None
    assert answer(text, ada, notes=False) is not None


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=200))
def test_no_text_can_not_be_indexed(ada, subject, text):
    """Signs that fold to nothing, to blanks, to brackets; words without end."""
    ticket = make_ticket(subject.replace("\0", ""), text=text.replace("\0", "") or "x")

    build.build([ticket.pk])

    assert TicketWords.objects.filter(ticket=ticket).exists()
