"""Every way in hears the same verdict on the desk's own fields; several people lose nothing."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.factories import MONDAY_9AM, act, make_agent, make_contact, make_team, make_ticket
from ventanilla.configuration.apply import apply, export
from ventanilla.people.queries import forget_configuration
from ventanilla.tickets.actions import categorise, open_ticket, set_fields, set_status
from ventanilla.tickets.actions.custom import FieldsMissing, FieldsRefused
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.content import Content
from ventanilla.tickets.custom import decide, row_facts
from ventanilla.tickets.custom_fields import CustomField
from ventanilla.tickets.custom_queries import asker, definitions, shown_on
from ventanilla.tickets.models import Category, Status, Ticket, Type

pytestmark = pytest.mark.django_db
OPTIONS = [{"key": "rain", "labels": {"es": "Lluvia"}}, {"key": "sun", "labels": {"es": "Sol"}}]
flags = st.fixed_dictionaries({"to_create": st.booleans(), "to_resolve": st.booleans()})
desks = st.fixed_dictionaries(
    {
        "broken": flags,
        "cause": flags,
        "serial": flags,
        "inside": st.booleans(),  # the serial number is asked for in a category
        "asks": st.sampled_from([True, False, "set"]),  # of "broken", before the cause is shown
        "of_type": st.sampled_from([None, "incident"]),
    }
)
typed = st.fixed_dictionaries(
    {},
    optional={
        "broken": st.sampled_from(["yes", "no", "", "perhaps"]),
        "cause": st.sampled_from(["rain", "sun", "", "snow"]),
        "serial": st.sampled_from(["AB-1234", "ab", ""]),
    },
)


@contextmanager
def taken_back():
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        forget_configuration()


def set_up(desk, category):
    """Three fields; the cause asks for another, the serial number may ask for the category."""
    broken = {"field": "custom.broken"}
    asks = broken | (
        {"op": "set"} if desk["asks"] == "set" else {"op": "is", "value": [desk["asks"]]}
    )
    of_type = {"field": "type", "op": "is", "value": [desk["of_type"]]}
    conditions = {"all": [asks, *([of_type] if desk["of_type"] else [])]}
    inside = [category.pk] if desk["inside"] else []
    fields = {
        "broken": {"kind": "yes_no"},
        "cause": {"kind": "choice", "options": OPTIONS, "conditions": conditions},
        "serial": {"kind": "pattern", "pattern": r"[A-Z]{2}-\d{4}", "categories": inside},
    }
    for key, more in fields.items():
        save_field(act(), key=key, labels={"es": key}, **more, **desk[key])


def faults_of(ticket, values, moment="create"):
    of = row_facts(ticket)
    verdict = decide(definitions(), of, values, moment=moment, asker=asker(MONDAY_9AM))
    return [(fault.key, fault.code) for fault in verdict.faults]


@given(desks, typed, st.sampled_from(Type.values), st.booleans())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_form_verb_mail_and_import_give_the_same_verdict(desk, values, type_, inside):
    with taken_back():
        category, marta = Category.objects.create(name="Daños"), make_agent()
        boss = make_agent("Ada Sanz", role="administrator")
        team, contact = make_team(), make_contact()
        set_up(desk, category)
        chosen = category if inside else None
        probe = Ticket(status=Status.NEW, type=type_, channel="phone", team=team, category=chosen,
                       created_at=MONDAY_9AM, updated_at=MONDAY_9AM)  # fmt: skip
        said = faults_of(probe, values)

        # the verb
        try:
            opened = open_ticket(
                act(marta), subject="A", channel="phone", team=team, contact=contact,
                content=Content(text="A"), type=Type(type_), category=chosen, custom=values,
            )  # fmt: skip
        except FieldsRefused as refusal:
            by_verb = [(fault.key, fault.code) for fault in refusal.verdict.faults]
        else:
            by_verb = []
            assert row_facts(opened).custom.keys() <= {"broken", "cause", "serial"}
        # the form
        client = Client()
        client.force_login(marta.user)
        form = {"customer": "ana@correo.example", "subject": "A", "body": "A", "channel": "phone",
                "team": team.pk, "priority": 1, "type": type_}  # fmt: skip
        form |= {"category": category.pk} if inside else {}
        form |= {f"custom.{key}": value for key, value in values.items()}
        answer = client.post(reverse("desk:new_ticket"), form)
        in_form = [key for key, _code in said if f'id="f-custom.{key}-err"' in answer.text]
        # a mail: nobody is asked, the ticket shows it, and whoever resolves it is asked
        mailed = make_ticket(contact=contact, team=team, type=Type(type_), category=chosen)
        lacks = [one.key for one in shown_on(mailed, MONDAY_9AM).missing]
        try:
            set_status(mailed, act(marta), to=Status.RESOLVED)
        except FieldsMissing as refusal:
            asked = [one.key for one in refusal.verdict.missing]
        else:
            asked = []
        nothing = [key for key, _code in faults_of(probe, {}, "resolve")]
        # the same desk from its file
        file = export(act(boss)).encode()
        CustomField.objects.all().delete()
        apply(act(boss), file)
        imported = faults_of(probe, values)

    assert by_verb == said
    assert answer.status_code == (422 if said else 303)
    assert in_form == [key for key, _code in said]
    assert lacks == asked == nothing
    assert imported == said


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_people_who_change_different_fields_at_once_all_keep_theirs():  # R54
    keys = [f"field{n}" for n in range(6)]
    for key in keys:
        save_field(act(), key=key, kind="text", labels={"es": key})
    marta, ticket = make_agent(), make_ticket()

    def set_one(number):
        mine = Ticket.objects.get(pk=ticket.pk)
        set_fields(mine, act(marta), values={keys[number]: keys[number].upper()})

    at_once(len(keys), set_one)

    ticket.refresh_from_db()
    assert ticket.custom == {key: key.upper() for key in keys}


def test_a_ticket_that_changes_its_category_is_asked_for_what_that_requires():
    category, marta, ticket = Category.objects.create(name="Daños"), make_agent(), make_ticket()
    save_field(act(), key="serial", kind="text", labels={"es": "Serie"}, to_resolve=True,
               categories=[category.pk])  # fmt: skip

    categorise(ticket, act(marta), to=category)

    with pytest.raises(FieldsMissing):
        set_status(ticket, act(marta), to=Status.RESOLVED)
    categorise(ticket, act(marta), to=None)
    set_status(ticket, act(marta), to=Status.RESOLVED)
