"""The desk's own fields are found: by operators in both languages, and by the words in them."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import act, make_agent, make_ticket
from ventanilla.events.models import Event
from ventanilla.people.rights import viewer
from ventanilla.tickets.actions import set_fields
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.search import build, find
from ventanilla.tickets.search.stale import ticket_changed

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
WORDS = {
    "cause": {"es": "Causa", "en": "Cause"},
    "amount": {"es": "Importe", "en": "Amount"},
    "day_2": {"es": "Entrega prevista", "en": "Delivery"},
    "notes": {"es": "Observaciones", "en": "Remarks"},
    "photos": {"es": "Fotos", "en": "Photos"},
    "parts": {"es": "Piezas", "en": "Parts"},
}
KINDS = {"cause": "choice", "amount": "number", "day_2": "date", "notes": "text",
         "photos": "yes_no", "parts": "choices"}  # fmt: skip
OPTIONS = [
    {"key": "in_transit", "labels": {"es": "Daño en tránsito", "en": "Damaged in transit"}},
    {"key": "factory", "labels": {"es": "Fábrica", "en": "Factory"}},
]


@pytest.fixture
def numbers(db):
    """A ticket with everything, one with other values, one with none: their numbers."""
    for key, kind in KINDS.items():
        save_field(act(), key=key, kind=kind, labels=WORDS[key], options=OPTIONS)
    full, other, none = make_ticket("Uno"), make_ticket("Dos"), make_ticket("Tres")
    values = {"cause": "in_transit", "amount": 150, "day_2": "2026-03-10", "photos": True,
              "notes": "La pata izquierda, Ñuñoa", "parts": ["factory", "in_transit"]}  # fmt: skip
    set_fields(full, act(), values=values)
    others = {"cause": "factory", "amount": 20.5, "day_2": "2026-04-01", "photos": False}
    set_fields(other, act(), values=others | {"notes": "La pata derecha", "parts": ["factory"]})
    for event in Event.objects.filter(kind="ticket.field_changed"):
        ticket_changed(event)
    build.build([full.pk, other.pk, none.pk])
    return {"full": full.number, "other": other.number, "none": none.number}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("causa:factory", {"other"}),
        ("cause:fábrica", {"other"}),
        ('cause:"damaged in transit"', {"full"}),
        ("causa:in_transit,factory", {"full", "other"}),
        ("-causa:factory", {"full", "none"}),
        ("importe:150", {"full"}),
        ("importe:>100", {"full"}),
        ("amount:<=20,5", set()),  # a comma stands between two values
        ("amount:<=20.5", {"other"}),
        ("-importe:>100", {"other", "none"}),
        ("day_2:2026-03-10", {"full"}),
        ("delivery:2026-03", {"full"}),
        ("fotos:sí", {"full"}),
        ("photos:no", {"other"}),
        ("observaciones:pata", {"full", "other"}),
        ('notes:"pata izquierda"', {"full"}),
        ("remarks:nunoa", {"full"}),
        ("-remarks:izquierda", {"other", "none"}),
        ("piezas:tránsito", {"full"}),
        ("izquierda", {"full"}),
        ("transit", {"full"}),
        ("causa:lluvia", set()),
        ("causa:factory importe:>100", set()),
    ],
)
def test_a_field_is_an_operator_and_its_words_are_found(words, expected, numbers):
    ada = make_agent("Ada Sanz", role="administrator")

    found = find.search(words, viewer(ada.pk), MONDAY)

    assert {one.number for one in found.tickets} == {numbers[name] for name in expected}


def test_what_is_no_value_is_told(numbers):
    ada = make_agent("Ada Sanz", role="administrator")

    (trouble,) = find.search("causa:lluvia", viewer(ada.pk), MONDAY).troubles()

    assert (trouble.code, trouble.text, trouble.operator) == ("name", "lluvia", "custom.cause")
