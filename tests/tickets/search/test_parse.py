"""What people type, as what they want."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.tickets.models import Priority, Status
from ventanilla.tickets.search import operators
from ventanilla.tickets.search.operators import Filter
from ventanilla.tickets.search.parse import LONGEST, Query, Term, Trouble, parse
from ventanilla.tickets.search.spans import Span, span

SUNDAY = date(2026, 11, 22)


def read(text):
    return parse(text, SUNDAY)


def wanted(text):
    return [[" ".join(term.words) for term in group] for group in read(text).wanted]


def only_filter(text):
    query = read(text)
    (one,) = query.filters
    assert not query.wanted
    assert not query.troubles
    return one


def test_words_must_all_be_there():
    assert wanted("  reembolso   Tarjeta ") == [["reembolso"], ["tarjeta"]]


@pytest.mark.parametrize("quotes", ['"{}"', "«{}»", "“{}”", '"{}'])
def test_quotes_keep_words_in_their_order_and_as_they_are(quotes):
    (group,) = read(quotes.format("cargo duplicado")).wanted

    assert [(term.words, term.exact) for term in group] == [(("cargo", "duplicado"), True)]


@pytest.mark.parametrize("word", ["o", "O", "or", "OR", "u", "|"])
def test_or_joins_its_neighbours_only(word):
    assert wanted(f"mesa reembolso {word} abono hoy") == [["mesa"], ["reembolso", "abono"], ["hoy"]]


def test_or_at_an_edge_says_nothing():
    assert wanted("o mesa o") == [["mesa"]]


def test_minus_leaves_out_words_phrases_and_values():
    query = read('-publicidad -"no responder" -estado:cerrado −raya')

    assert [term.words for term in query.unwanted] == [
        ("publicidad",), ("no", "responder"), ("raya",),
    ]  # fmt: skip
    assert query.filters == (Filter("status", (Status.CLOSED,), True, "cerrado"),)


def test_a_hyphen_inside_is_no_minus():
    assert wanted("e-mail 20-931 - fin") == [["e mail"], ["20 931"], ["fin"]]


def test_an_asterisk_lets_the_word_go_on():
    (group,) = read("recl*").wanted

    assert group == (Term(("recl",), "recl*", prefix=True),)


def test_an_address_is_words_that_follow_each_other():
    assert wanted("elena.vidal@correo.example") == [["elena vidal correo example"]]


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("estado:abierto", "status", (Status.OPEN,)),
        ("status:open", "status", (Status.OPEN,)),
        ("Estado: Abierto", "status", (Status.OPEN,)),
        ("status:open,pending", "status", (Status.OPEN, Status.PENDING)),
        ('estado:"sin resolver"', "status", operators.LIVE),
        ("estado:nuevo o estado:abierto", "status", (Status.NEW, Status.OPEN)),
        ("prioridad:urgente", "priority", (Priority.URGENT,)),
        ("priority:high", "priority", (Priority.HIGH,)),
        ("canal:teléfono", "channel", ("phone",)),
        ("channel:email", "channel", ("email",)),
        ("tipo:queja", "type", ("complaint",)),
        ("tiene:adjunto", "has", ("file",)),
        ("has:note", "has", ("note",)),
        ("asignado:yo", "assignee", ("yo",)),
        ("assignee:me", "assignee", ("me",)),
        ("equipo:Facturación", "team", ("facturacion",)),
        ('team:"Envíos y aduanas"', "team", ("envios y aduanas",)),
        ("etiqueta:VIP,Reembolso", "tag", ("vip", "reembolso")),
        ("categoría:cobros", "category", ("cobros",)),
        ("Category:cobros", "category", ("cobros",)),
        ("creado:hoy", "created", (Span(SUNDAY, SUNDAY + timedelta(days=1)),)),
        ("desde:2026-11-01", "created", (Span(date(2026, 11, 1), None),)),
        ("since:2026-11-01", "created", (Span(date(2026, 11, 1), None),)),
        ("antes:2026-11", "created", (Span(None, date(2026, 11, 1)),)),
        ("hasta:2026-11-05", "created", (Span(None, date(2026, 11, 6)),)),
    ],
)
def test_operators_in_both_languages(text, field, values):
    one = only_filter(text)

    assert (one.field, one.values) == (field, values)


@pytest.mark.parametrize("text", ["de:vidal", "from:vidal", "cliente:vidal"])
def test_from_looks_for_words_in_names(text):
    (group,) = read(text).wanted

    assert [(term.words, term.place) for term in group] == [(("vidal",), "from")]


@pytest.mark.parametrize(
    ("text", "troubles"),
    [
        ("estado:abirto", [Trouble("value", "abirto", "status")]),
        ("desde:ayerr", [Trouble("date", "ayerr", "since")]),
        ("creado:2026-02-30", [Trouble("date", "2026-02-30", "created")]),
        ("asigando:yo", [Trouble("operator", "asigando:", hint="asignado")]),
        ("mesa o estado:abierto", [Trouble("or", "abierto")]),
    ],
)
def test_what_cannot_be_understood_is_said(text, troubles):
    assert list(read(text).troubles) == troubles


def test_values_are_named_in_the_readers_language():
    spanish, english = (operators.values_of("status", language) for language in ("es", "en"))

    assert spanish == ["nuevo", "abierto", "pendiente", "pausa", "resuelto", "cerrado", "vivo"]
    assert english == ["new", "open", "pending", "hold", "resolved", "closed", "unresolved"]
    assert operators.values_of("has", "en") == ["attachment", "note"]
    assert operators.values_of("channel", "en")[:4] == ["email", "form", "chat", "phone"]


@pytest.mark.parametrize("text", ["https://casaolmo.example/a", "Re: pedido", "error:500", "10:30"])
def test_a_colon_alone_makes_no_operator(text):
    query = read(text)

    assert query.wanted
    assert not (query.filters or query.troubles)


@pytest.mark.parametrize(
    ("text", "number", "straight"),
    [
        ("#1042", 1042, True),
        ("# 1042 ", 1042, True),
        ("1042", 1042, False),
        ("1042 mesa", None, False),
    ],
)
def test_a_number_is_a_tickets(text, number, straight):
    query = read(text)

    assert (query.number, query.straight) == (number, straight)


def test_a_long_text_is_read_in_part_and_says_so():
    query = read("palabra " * 100)

    assert [trouble.code for trouble in query.troubles] == ["long"]
    assert len(query.wanted) <= LONGEST // len("palabra")


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("hoy", "2026-11-22", "2026-11-23"),
        ("Yesterday", "2026-11-21", "2026-11-22"),
        ("semana", "2026-11-16", "2026-11-23"),
        ("este mes", "2026-11-01", "2026-12-01"),
        ("2026-11-01", "2026-11-01", "2026-11-02"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("1/11/2026", "2026-11-01", "2026-11-02"),
        ("24/12", "2025-12-24", "2025-12-25"),
        ("7d", "2026-11-15", None),
        ("2 semanas", "2026-11-08", None),
        (">2026-11-01", "2026-11-02", None),
        (">=2026-11-01", "2026-11-01", None),
        ("<2026-11-01", None, "2026-11-01"),
        ("2026-11-01..2026-11-05", "2026-11-01", "2026-11-06"),
        ("..2026-11-05", None, "2026-11-06"),
    ],
)
def test_days_as_people_write_them(written, start, end):
    limits = [date.fromisoformat(day) if day else None for day in (start, end)]

    assert span(written, SUNDAY) == Span(*limits)


@pytest.mark.parametrize(
    "written", ["", "mañana quizá", "2026-13", "32/1/2026", "..", "0001", "99999y"]
)
def test_what_is_no_day(written):
    assert span(written, SUNDAY) is None


SCRAPS = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            [*operators.OPERATORS, "o", "or", "-", '"', "«", ":", "#", "*", " ", ",", ".."]
        ),
        st.sampled_from(
            [":hoy", ":abierto", "2026-11-01", "1042", "yo", "\0", "'", "\\", "%", "_"]
        ),
    ),
    max_size=30,
).map("".join)


@given(SCRAPS)
def test_no_text_is_too_strange(text):
    query = read(text)

    assert isinstance(query, Query)
    assert all(term.words for group in query.wanted for term in group)
    assert all(one.values for one in query.filters)


@given(st.text(alphabet=' -"«»:*oaé1#,|', max_size=60))
def test_reading_what_was_read_changes_nothing(text):
    """No piece is read twice or lost: every word typed is in the query, once."""
    query = read(text)
    terms = [term for group in query.wanted for term in group] + list(query.unwanted)

    typed = [word for word in text.lower().replace(":", " ").split() if any(map(str.isalnum, word))]
    assert len(terms) <= len(typed) + text.count('"') + sum(map(text.count, "«»"))
