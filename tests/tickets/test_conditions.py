"""The condition language: what a form may hold, and that a match and a filter never disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MONDAY_9AM, make_agent, make_contact, make_team, make_ticket
from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Contact, Organization
from ventanilla.tickets.condition_fields import FIELDS, WITHOUT, WRITERS, Asker
from ventanilla.tickets.conditions import (
    EVERYTHING,
    Check,
    Group,
    facts,
    lower,
    match,
    read,
    where,
    written,
)
from ventanilla.tickets.models import Category, MessageKind, Priority, Read, Status, Ticket

pytestmark = pytest.mark.django_db
read_conditions = read
NOW = Asker(me=None, now=MONDAY_9AM)


def asked(*parts, kind="all"):
    return read({kind: list(parts)})


def one(field, op, value=None):
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


# -- reading -------------------------------------------------------------------------------------
def test_a_form_is_read_and_written_back_the_same():
    form = {
        "all": [
            one("status", "is", ["new", "open"]),
            {"any": [one("assignee", "is", ["me"]), one("tags", "any", [7])]},
            one("priority", "at_least", "high"),
            one("category", "empty"),
            one("created", "after", "2026-03-01"),
            one("last_by", "is", ["agent"]),
            one("vip", "yes"),
        ]
    }

    assert written(read(form)) == form


@pytest.mark.parametrize("nothing", [None, {}, {"all": []}])
def test_no_conditions_fit_everything(nothing):
    ticket = make_ticket()

    assert match(read(nothing), facts(ticket), NOW)
    assert Ticket.objects.filter(where(read(nothing), NOW)).get() == ticket


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ([], "“all” or “any”"),
        ({"all": [], "any": []}, "“all” or “any”"),
        ({"any": []}, "empty"),
        ({"all": [{"all": []}]}, "empty"),
        ({"all": {"field": "status"}}, "empty"),
        ({"all": [{"all": [{"all": [{"all": [one("team", "is", [1])]}]}]}]}, "levels deep"),
        ({"all": [one("team", "is", [1])] * 31}, "more than 30"),
        ({"all": [{"any": [one("team", "is", [1])] * 16}] * 2}, "more than 30"),
        ({"all": [one("colour", "is", ["red"])]}, "no field “colour”"),
        ({"all": [one("status", "contains", "x")]}, "only with: is, is_not"),
        ({"all": [one("status", "is", ["sleeping"])]}, "“['sleeping']” is no value of “status”"),
        ({"all": [one("status", "is", [])]}, "needs a value"),
        ({"all": [one("status", "is")]}, "no value"),
        ({"all": [one("team", "is", ["1; DROP TABLE"])]}, "no value of “team”"),
        ({"all": [one("team", "is", [True])]}, "no value of “team”"),
        ({"all": [one("team", "is", [1] * 101)]}, "needs a value"),
        ({"all": [one("subject", "contains", " ")]}, "no value of “subject”"),
        ({"all": [one("subject", "contains", "a\0b")]}, "no value of “subject”"),
        ({"all": [one("created", "older", -1)]}, "no value of “created”"),
        ({"all": [one("created", "older", [1])]}, "needs a value"),
        ({"all": [one("created", "after", "yesterday")]}, "no value of “created”"),
        ({"all": [one("created", "before", "2026-02-30")]}, "no value of “created”"),
        ({"all": [one("team", "is", ["nobody"])]}, "no value of “team”"),
        ({"all": [one("status", "is", ["new"]) | {"or": 1}]}, "holds no “or”"),
        ({"all": ["status"]}, "“all” or “any”"),
    ],
)
def test_what_is_wrong_is_said(english, form, says):
    with pytest.raises(Invalid) as refused:
        read(form)

    assert says in refused.value.message
    assert refused.value.field == "conditions"


def test_me_is_who_asks():
    marta = make_agent()
    ticket = make_ticket(assignee=None)
    Ticket.objects.update(assignee=marta)
    ticket.refresh_from_db()
    mine = asked(one("assignee", "is", ["me"]))

    assert match(mine, facts(ticket), Asker(marta.pk, MONDAY_9AM))
    assert not match(mine, facts(ticket), Asker(marta.pk + 1, MONDAY_9AM))
    assert not match(mine, replace(facts(ticket), assignee_id=None), NOW)  # a rule is nobody


def test_nobody_is_one_of_those_who_can_be_asked_for():
    free = replace(facts(make_ticket()), assignee_id=None)
    ours = asked(one("assignee", "is", ["nobody", 7]))
    others = asked(one("assignee", "is_not", ["nobody", 7]))

    assert match(ours, free, NOW)
    assert match(ours, replace(free, assignee_id=7), NOW)
    assert not match(others, free, NOW)
    assert match(others, replace(free, assignee_id=8), NOW)


def test_a_category_is_asked_for_with_what_stands_below_it():
    below = Asker(None, MONDAY_9AM, below={1: frozenset({1, 2})})
    child = replace(facts(make_ticket()), category_id=2)

    assert match(asked(one("category", "under", [1])), child, below)
    assert not match(asked(one("category", "is", [1])), child, below)


def test_a_day_begins_where_the_asker_lives():
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # already the 2nd in Madrid
    ticket = replace(facts(make_ticket()), created_at=at)
    second = asked(one("created", "after", "2026-03-02"))

    assert match(second, ticket, Asker(None, MONDAY_9AM, ZoneInfo("Europe/Madrid")))
    assert not match(second, ticket, NOW)


def test_a_stopped_clock_is_not_about_to_run_out():
    due = replace(facts(make_ticket()), due_at=MONDAY_9AM + timedelta(hours=1), clock_paused=False)
    soon = asked(one("due", "within", 2))

    assert match(soon, due, NOW)
    assert not match(soon, replace(due, clock_paused=True), NOW)


def test_letters_are_compared_without_regard_to_case():
    found = asked(one("subject", "contains", "FACTURACIÓN"))

    assert match(found, replace(facts(make_ticket()), subject="La facturación de mayo"), NOW)


# -- one language, two ways ----------------------------------------------------------------------
LETTERS = "aAñÑáÁİıßΣσς%_\\' 1"
HOURS = st.integers(0, 30)
IDS = st.lists(st.integers(1, 4), min_size=1, max_size=3)


def _values(name: str, op: str):
    if op in WITHOUT:
        return st.none()
    if op in ("after", "before"):
        return st.sampled_from(["2026-03-01", "2026-03-02", "2026-03-03"])
    if name in ("impact", "urgency"):
        return _some(st.sampled_from(["low", "medium", "high"]))
    if name == "last_by":
        return _some(st.sampled_from(list(WRITERS)))
    if name == "turn":
        return _some(st.sampled_from(["us", "customer", "others"]))
    if name in ("status", "priority"):
        words = [word.word for word in (Status if name == "status" else Priority)]
        return st.sampled_from(words) if op.startswith("at_") else _some(st.sampled_from(words))
    if name == "subject":
        return st.text(LETTERS, min_size=1, max_size=2).filter(str.strip)
    if name == "type":
        return _some(st.sampled_from(["question", "incident"]))
    if name == "channel":
        return _some(st.sampled_from(["email", "phone"]))
    if name == "language":
        return _some(st.sampled_from(["es", "en"]))
    if name == "assignee":
        return _some(st.sampled_from(["me", "nobody", 1, 2, 3]))
    several = ("is", "is_not", "under", "not_under", "any", "all", "none")
    return IDS if op in several else HOURS


def _some(one_of):
    return st.lists(one_of, min_size=1, max_size=3)


TESTS = st.sampled_from(
    [(name, op) for name, field in FIELDS.items() for op in field.operators]
).flatmap(lambda pair: _values(*pair).map(lambda value: one(*pair, value)))
FORMS = st.recursive(
    TESTS,
    lambda parts: st.builds(
        lambda kind, several: {kind: several},
        st.sampled_from(["all", "any"]),
        st.lists(parts, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


def maybe(values):
    return st.none() | values


MOMENTS = st.integers(-30, 30).map(lambda hours: MONDAY_9AM + timedelta(hours=hours))
TICKETS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(Status),
        "priority": st.sampled_from(Priority),
        "impact": maybe(st.integers(0, 2)),
        "urgency": maybe(st.integers(0, 2)),
        "type": st.sampled_from(["question", "incident", "problem"]),
        "channel": st.sampled_from(["email", "phone", "chat"]),
        "language": st.sampled_from(["es", "en", "pt"]),
        "subject": st.text(LETTERS, max_size=6),
        "team": st.integers(0, 1),
        "assignee": maybe(st.integers(0, 1)),
        "category": maybe(st.integers(0, 1)),
        "organization": maybe(st.integers(0, 1)),
        "tags": st.lists(st.integers(1, 4), max_size=3, unique=True),
        "created_at": MOMENTS,
        "updated_at": MOMENTS,
        "waiting_since": maybe(MOMENTS),
        "last_message_at": maybe(MOMENTS),
        "last_message_kind": maybe(st.sampled_from(MessageKind)),
        "last_message_id": maybe(st.integers(1, 3)),
        "due_at": maybe(MOMENTS),
        "clock_paused": st.booleans(),
        "message_count": HOURS,
        "reopen_count": HOURS,
    }
)


@pytest.fixture
def around(db):
    """Rows that random tickets point at."""
    teams = [make_team(), make_team("Envíos")]
    upper = Category.objects.create(name="Cobros")
    lower_one = Category.objects.create(name="Tarjeta", parent=upper)
    return {
        "team": teams,
        "assignee": [make_agent("Marta Ruiz", team=teams[0]), make_agent("Iván", team=teams[1])],
        "category": [upper, lower_one],
        "organization": [Organization.objects.create(name=name) for name in ("Olmo", "Roble")],
        "contact": make_contact(),
        "ticket": make_ticket(),
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=TICKETS,
    form=FORMS,
    read=maybe(st.integers(1, 3)),
    vips=st.tuples(st.booleans(), st.booleans()),
)
def test_a_match_and_its_filter_agree_on_every_ticket(around, fields, form, read, vips):
    rows = {name: around[name] for name in ("team", "assignee", "category", "organization")}
    fields = {
        name: rows[name][value] if name in rows and value is not None else value
        for name, value in fields.items()
    }
    done = fields["status"] >= Status.RESOLVED
    fields["resolved_at"] = fields["updated_at"] if done else None
    Ticket.objects.filter(pk=around["ticket"].pk).update(**fields)
    Contact.objects.update(vip=vips[0])
    Organization.objects.update(vip=vips[1])
    Read.objects.all().delete()
    if read is not None:
        Read.objects.create(agent=rows["assignee"][0], ticket=around["ticket"], message_id=read)
    ticket = Ticket.objects.get()
    ids = {
        "team": [row.pk for row in rows["team"]],
        "assignee": [row.pk for row in rows["assignee"]],
        "category": [row.pk for row in rows["category"]],
        "organization": [row.pk for row in rows["organization"]],
    }
    conditions = read_conditions(
        with_real_ids(form if "field" not in form else {"all": [form]}, ids)
    )
    upper, below = ids["category"]
    tree = {upper: frozenset({upper, below}), below: frozenset({below})}
    asker = Asker(ids["assignee"][0], MONDAY_9AM, ZoneInfo("Asia/Tokyo"), tree)

    found = Ticket.objects.filter(where(conditions, asker)).exists()

    assert found == match(conditions, facts(ticket), asker)


def with_real_ids(form, ids):
    """The small numbers of a random form as ids of rows that exist, or nearly."""
    if "field" not in form:
        ((kind, parts),) = form.items()
        return {kind: [with_real_ids(part, ids) for part in parts]}
    known = ids.get(form["field"])
    if known is None or "value" not in form:
        return form
    real = [
        one if one in ("me", "nobody") else [*known, 9999, 9998][one - 1] for one in form["value"]
    ]
    return form | {"value": real}


def test_lower_case_keeps_the_length():
    assert lower("İSTANBUL ΣΑΣ") == "istanbul σασ"


def test_everything_is_nothing_asked():
    assert Group("all") == EVERYTHING
    assert where(Group("all", (Check("team", "is", (1,)),)), NOW)
