"""The desk's own fields: what is shown, required and kept, the same by every way in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_contact, make_team, make_ticket
from ventanilla.automation.closing import close
from ventanilla.events.models import Event, EventText, Timer
from ventanilla.lib.problems import Invalid
from ventanilla.tickets.actions import (
    categorise,
    hold,
    open_ticket,
    reply,
    set_fields,
    set_status,
    set_type,
)
from ventanilla.tickets.actions.bulk import change_many, undo_many
from ventanilla.tickets.actions.change import FieldChanged
from ventanilla.tickets.actions.custom import FieldsMissing, FieldsRefused
from ventanilla.tickets.actions.custom_fields import move_field, save_field
from ventanilla.tickets.condition_fields import Asker
from ventanilla.tickets.conditions import match, read, where
from ventanilla.tickets.content import Content
from ventanilla.tickets.custom import row_facts
from ventanilla.tickets.custom_queries import shown_on
from ventanilla.tickets.models import Category, Status, Ticket, Type

pytestmark = pytest.mark.django_db
CAUSES = [
    {"key": "transport", "labels": {"es": "Transporte", "en": "Transport"}},
    {"key": "factory", "labels": {"es": "Fábrica", "en": "Factory"}},
]


def make_field(key, kind="text", **more):
    words = {"es": key.capitalize(), "en": key.capitalize()}
    return save_field(act(), **{"key": key, "kind": kind, "labels": words} | more)


def asks(field, op, value=None):
    return {"all": [{"field": field, "op": op} | ({} if value is None else {"value": value})]}


def shown(ticket):
    return [one.key for one in shown_on(ticket, MONDAY_9AM).shown]


def values(ticket):
    ticket.refresh_from_db()
    return ticket.custom


# -- values --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("text", "  dos   cajas ", "dos cajas"),
        ("long_text", "una\r\ndos  \n", "una\ndos"),
        ("number", "3,50", 3.5),
        ("number", "-12", -12),
        ("date", "2026-03-31", "2026-03-31"),
        ("choice", "factory", "factory"),
        ("choices", ["factory", "transport"], ["transport", "factory"]),
        ("yes_no", "no", False),
        ("pattern", "AB-1234", "AB-1234"),
    ],
)
def test_what_is_typed_is_kept_as_what_it_is(kind, typed, stored):
    make_field("thing", kind, options=CAUSES, pattern=r"[A-Z]{2}-\d{4}")
    marta, ticket = make_agent(), make_ticket()

    set_fields(ticket, act(marta), values={"thing": typed})

    assert values(ticket) == {"thing": stored}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("text", "x" * 201),
        ("number", "12 cajas"),
        ("number", "1234567890123456"),
        ("date", "31/02/2026"),
        ("choice", "weather"),
        ("choices", ["factory", "weather"]),
        ("yes_no", "quizá"),
        ("pattern", "ab-1234"),
    ],
)
def test_what_is_no_value_is_refused_by_the_name_of_the_field(kind, typed, english):
    make_field("thing", kind, options=CAUSES, pattern=r"[A-Z]{2}-\d{4}")
    marta, ticket = make_agent(), make_ticket()

    with pytest.raises(FieldsRefused, match=r"^Thing: ") as refusal:
        set_fields(ticket, act(marta), values={"thing": typed})

    assert refusal.value.field == "thing"
    assert values(ticket) == {}


def test_a_change_is_an_event_and_what_people_type_can_be_erased():
    make_field("cause", "choice", options=CAUSES)
    make_field("serial")
    marta, ticket = make_agent(), make_ticket()

    events = set_fields(ticket, act(marta), values={"cause": "factory", "serial": "XJ 4"})

    assert [one.kind for one in events] == ["ticket.field_changed"] * 2
    assert events[0].data == {
        "field": "cause", "before": None, "after": "factory", "typed": False,
    }  # fmt: skip
    assert "XJ" not in str(events[1].data)
    assert EventText.objects.get(event=events[1]).text == '"XJ 4"'
    assert values(ticket) == {"cause": "factory", "serial": "XJ 4"}
    assert ticket.status == Status.OPEN  # an agent's first act


def test_two_people_who_change_different_fields_keep_both():
    make_field("one"), make_field("two")
    marta, pau = make_agent(), make_agent("Pau Serra")
    ticket = make_ticket()
    hers, his = Ticket.objects.get(pk=ticket.pk), Ticket.objects.get(pk=ticket.pk)

    set_fields(hers, act(marta), values={"one": "1"}, was={"one": None})
    set_fields(his, act(pau), values={"two": "2"}, was={"two": None})

    assert values(ticket) == {"one": "1", "two": "2"}


def test_two_people_who_change_the_same_field_hear_of_each_other(english):
    make_field("one")
    marta, pau, ticket = make_agent(), make_agent("Pau Serra"), make_ticket()
    set_fields(ticket, act(marta), values={"one": "hers"})

    with pytest.raises(FieldChanged, match="hers"):
        set_fields(ticket, act(pau), values={"one": "his"}, was={"one": None})

    assert values(ticket) == {"one": "hers"}


# -- where and when ------------------------------------------------------------------------------
def test_a_field_is_shown_in_its_category_and_below_it():
    top = Category.objects.create(name="Envíos")
    below, other = (
        Category.objects.create(name="Daños", parent=top),
        Category.objects.create(name="X"),
    )
    make_field("cause", categories=[top.pk])
    marta, ticket = make_agent(), make_ticket()

    assert shown(ticket) == []
    categorise(ticket, act(marta), to=below)
    assert shown(ticket) == ["cause"]
    categorise(ticket, act(marta), to=other)
    assert shown(ticket) == []


def test_a_field_that_asks_for_another_counts_it_only_while_that_is_shown(english):
    make_field("broken", "yes_no", conditions=asks("type", "is", ["incident"]))
    make_field("cause", "choice", options=CAUSES, conditions=asks("custom.broken", "is", [True]))
    marta, ticket = make_agent(), make_ticket(type=Type.INCIDENT)

    with pytest.raises(FieldsRefused, match="“Cause” is not asked for here"):
        set_fields(ticket, act(marta), values={"cause": "factory"})
    set_fields(ticket, act(marta), values={"broken": "yes", "cause": "factory"})
    assert shown(ticket) == ["broken", "cause"]

    set_type(ticket, act(marta), to=Type.QUESTION)

    assert shown(ticket) == []
    assert values(ticket) == {"broken": True, "cause": "factory"}  # there again with the type


def test_fields_that_ask_for_each_other_are_refused(english):
    first = make_field("one")
    make_field("two", conditions=asks("custom.one", "set"))
    make_field("three", conditions=asks("custom.two", "set"))

    with pytest.raises(Invalid, match="ask for each other"):
        save_field(
            act(), key="one", kind="text", labels={"es": "Uno"}, field=first,
            conditions=asks("custom.three", "set"),
        )  # fmt: skip


@pytest.mark.parametrize(
    "conditions",
    [
        asks("custom.nothing", "set"),
        asks("custom.cause", "at_least", 3),
        asks("custom.cause", "is", ["weather"]),
        asks("assignee", "is", ["me"]),
        asks("created", "older", 4),
    ],
)
def test_conditions_that_can_never_be_asked_are_refused(conditions):
    make_field("cause", "choice", options=CAUSES)

    with pytest.raises(Invalid):
        make_field("serial", conditions=conditions)


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "x"},
        {"key": "status"},
        {"key": "Causa"},
        {"labels": {}},
        {"kind": "choice"},
        {"kind": "pattern", "pattern": "(a"},
        {"kind": "pattern"},
        {"categories": [999_999]},
    ],
)
def test_a_field_that_could_not_work_is_not_made(wrong):
    with pytest.raises(Invalid):
        make_field(**{"key": "thing"} | wrong)


def test_a_field_keeps_its_key_and_kind_and_changes_its_place():
    one, two = make_field("one"), make_field("two")

    with pytest.raises(Invalid):
        save_field(act(), key="one", kind="date", labels={"es": "Uno"}, field=one)
    move_field(act(), two, by=-1)

    assert shown(make_ticket()) == ["two", "one"]


def test_a_choice_that_is_no_longer_offered_stays_where_it_was():
    cause = make_field("cause", "choice", options=CAUSES)
    marta, ticket = make_agent(), make_ticket()
    set_fields(ticket, act(marta), values={"cause": "factory"})
    save_field(
        act(), key="cause", kind="choice", labels={"es": "Causa"}, options=CAUSES[:1], field=cause
    )

    assert set_fields(ticket, act(marta), values={"cause": "factory"}) == []
    with pytest.raises(FieldsRefused):
        set_fields(make_ticket("Otra"), act(marta), values={"cause": "factory"})


# -- required ------------------------------------------------------------------------------------
def open_by_phone(marta, **custom):
    return open_ticket(
        act(marta),
        subject="Una pata rota",
        channel="phone",
        team=make_team(),
        content=Content(text="Hola"),
        contact=make_contact(),
        custom=custom,
    )


def test_who_opens_a_ticket_by_hand_is_asked_and_a_mail_opens_it_anyway(english):
    make_field("serial", to_create=True)
    marta = make_agent()

    with pytest.raises(FieldsRefused, match="“Serial” must be filled in") as refusal:
        open_by_phone(marta)
    by_mail, by_hand = make_ticket(), open_by_phone(marta, serial="XJ 4")

    assert [one.key for one in refusal.value.verdict.missing] == ["serial"]
    assert [one.key for one in shown_on(by_mail, MONDAY_9AM).missing] == ["serial"]
    assert values(by_hand) == {"serial": "XJ 4"}
    event = Event.objects.get(kind="ticket.opened", ticket_id=by_hand.pk)
    assert EventText.objects.get(event=event).field == "custom.serial"


def test_resolving_by_hand_asks_by_button_reply_and_in_bulk_and_time_closes_anyway(english):
    make_field("cause", "choice", options=CAUSES, to_resolve=True)
    make_field("serial", to_create=True)
    marta, ticket = make_agent(), make_ticket()
    content = Content(text="Hecho", to=({"name": "", "addr": "elena.vidal@correo.example"},))

    with pytest.raises(FieldsMissing, match="Cause, Serial") as refusal:
        set_status(ticket, act(marta), to=Status.RESOLVED)
    with pytest.raises(FieldsMissing):
        reply(ticket, act(marta), content=content, status=Status.RESOLVED)
    with pytest.raises(FieldsMissing):  # at the click, not when its time has come
        hold(
            ticket, act(marta), content=content, until=MONDAY_9AM, status=Status.RESOLVED, fields={}
        )
    bulk = change_many(
        act(marta), agent=marta, what="status", change={"to": 4}, tickets=Ticket.objects.all()
    )

    assert refusal.value.field == "cause"
    assert list(bulk.items.values_list("reason", flat=True)) == ["fields_missing"]
    assert ticket.messages.count() == 1
    set_fields(ticket, act(marta), values={"cause": "factory", "serial": "1"})
    set_status(ticket, act(marta), to=Status.RESOLVED)
    make_field("late", to_resolve=True)
    timer = Timer(what="ticket.close", ticket_id=ticket.pk, due_at=MONDAY_9AM, episode="")
    set_status(ticket, act(), to=Status.OPEN)
    set_status(ticket, act(when=MONDAY_9AM + timedelta(days=1)), to=Status.RESOLVED)  # a rule
    timer.episode = ticket.resolved_at.isoformat()
    close(timer, act(when=MONDAY_9AM + timedelta(days=9)))
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED


def test_what_is_required_can_be_changed_but_not_taken_away(english):
    make_field("serial", to_create=True)
    marta = make_agent()
    ticket = open_by_phone(marta, serial="1")

    set_fields(ticket, act(marta), values={"serial": "2"})
    with pytest.raises(FieldsRefused, match="must be filled in"):
        set_fields(ticket, act(marta), values={"serial": ""})

    assert values(ticket) == {"serial": "2"}


# -- in bulk ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("kind", "to"), [("choice", "factory"), ("text", "XJ 4")])
def test_a_field_that_was_set_on_many_goes_back_where_nobody_changed_it_since(kind, to):
    make_field("thing", kind, options=CAUSES)
    marta, one, two = make_agent(), make_ticket(), make_ticket("Otra")
    before = "transport" if kind == "choice" else "antes"
    for ticket in (one, two):
        set_fields(ticket, act(marta), values={"thing": before})
    done = change_many(
        act(marta), agent=marta, what="field", change={"field": "thing", "to": to},
        tickets=Ticket.objects.all(),
    )  # fmt: skip
    set_fields(two, act(marta), values={"thing": before})

    undone = undo_many(act(marta), done)

    assert (done.done, undone.done, undone.skipped) == (2, 1, 1)
    assert [values(one), values(two)] == [{"thing": before}] * 2


# -- as conditions ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("op", "key", "value"),
    [
        ("is", "in", ["transport"]), ("is_not", "in", ["transport"]), ("is", "flag", [True]),
        ("is_not", "flag", [False]), ("any", "several", ["transport"]),
        ("all", "several", ["factory"]),
        ("none", "several", ["transport"]), ("contains", "exact", "ÁS"), ("lacks", "exact", "más"),
        ("at_least", "amount", 3.5), ("at_most", "amount", 3.5), ("at_least", "year", "2026-03-02"),
        ("at_most", "year", "2026-03-02"), ("empty", "amount", None), ("set", "several", None),
    ],
)  # fmt: skip
def test_a_match_and_a_filter_never_disagree(op, key, value):
    kinds = {"in": "choice", "flag": "yes_no", "several": "choices", "exact": "text",
             "amount": "number", "year": "date"}  # fmt: skip
    for name, kind in kinds.items():
        make_field(name, kind, options=CAUSES)
    given = [
        {},
        {"in": "transport", "flag": True, "several": ["factory"], "exact": "Una MÁS",
         "amount": 3.5, "year": "2026-03-02"},
        {"in": "factory", "flag": False, "several": ["factory", "transport"], "exact": "nada",
         "amount": 3, "year": "2026-03-03"},
    ]  # fmt: skip
    tickets = [make_ticket(str(number)) for number in range(len(given))]
    for ticket, values_ in zip(tickets, given, strict=True):
        set_fields(ticket, act(), values=values_)
    conditions = read(asks(f"custom.{key}", op, value))
    asker = Asker(me=None, now=MONDAY_9AM)

    found = Ticket.objects.filter(where(conditions, asker))
    without = Ticket.objects.exclude(where(conditions, asker))

    fits = {one.pk for one in tickets if match(conditions, row_facts(one), asker)}
    assert {one.pk for one in found} == fits
    assert 0 < len(fits) < len(tickets)
    assert without.count() + len(fits) <= len(tickets)
