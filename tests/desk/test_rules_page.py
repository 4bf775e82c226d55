"""The pages of rules: written as sentences, tried before use, what they did."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import act, make_agent, make_ticket
from ventanilla.automation.actions import save_rule
from ventanilla.automation.models import Rule, RuleRun
from ventanilla.events.models import Event
from ventanilla.people.models import User
from ventanilla.people.queries import forget_configuration
from ventanilla.tickets.models import Priority, Tag, Ticket

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Paquetes",
    "active": "on",
    "moment": "events",
    "on": ["created", "message"],
    "k:0": "all",
    "f:0.0": "subject",
    "o:0.0": "contains",
    "w:0.0": "subject/text",
    "v:0.0": "paquete",
    "priority": "priority=3",
    "add": "envío urgente",
    "note": "Mira {{ ticket.subject }}",
    "tell": ["assignee"],
}
PARTIAL = {
    "HTTP_HX_REQUEST": "true",
    "HTTP_HX_REQUEST_TYPE": "partial",
    "HTTP_HX_TARGET": "section#view-found",
}


@pytest.fixture(autouse=True)
def known_anew():
    yield
    forget_configuration()


@pytest.fixture
def ada():
    ada = make_agent("Ada Soler", role="administrator")
    User.objects.filter(pk=ada.pk).update(language="en")
    return ada


@pytest.fixture
def page(ada):
    client = Client()
    client.force_login(ada.user)
    return client


def test_a_rule_is_written_and_stands_in_the_list_as_a_sentence(page):
    assert page.post("/settings/rules/0/", FORM).status_code == 302

    text = page.get("/settings/rules/").text
    assert "a ticket is opened or a customer writes" in text
    assert "Subject contains “paquete”" in text
    assert "Priority: Urgent; Tag: envío urgente; a note; tells the assignee" in " ".join(
        text.replace("Tag added", "Tag").split()
    )


def test_what_is_wrong_is_told_at_its_place_and_nothing_is_saved(page):
    answer = page.post("/settings/rules/0/", FORM | {"v:0.0": "", "name": "", "on": []})
    assert answer.status_code == 422
    assert "Write what to look for" in answer.text
    wrong = page.post("/settings/rules/0/", FORM | {"tell_also": "nadie@casaolmo.example"})
    assert "There is no colleague with the address" in wrong.text
    broken = page.post("/settings/rules/0/", FORM | {"note": "{{ nothing.here }}"})
    assert broken.status_code == 422
    assert not Rule.objects.exists()


def test_a_trial_shows_what_it_would_do_and_does_nothing(page):
    ticket = make_ticket("Mi paquete no llega")
    before = Event.objects.count()

    shown = page.post("/settings/rules/0/", FORM | {"ticket": ticket.number}, **PARTIAL).text

    assert "It fits." in shown
    assert "Priority: Urgent" in shown
    assert "Mira Mi paquete no llega" in shown
    assert Event.objects.count() == before
    assert not Tag.objects.filter(name="envío urgente").exists()
    assert Ticket.objects.get().priority == Priority.NORMAL
    other = make_ticket("Otra cosa")
    shown = page.post("/settings/rules/0/", FORM | {"ticket": other.number}, **PARTIAL).text
    assert "It doesn't fit" in shown


def test_a_ticket_that_the_reader_may_not_see_is_not_tried(ada, page):
    shown = page.post("/settings/rules/0/", FORM | {"ticket": 999_999}, **PARTIAL)
    assert shown.status_code == 200
    assert "It fits" not in shown.text


def test_the_order_is_changed_and_one_is_switched_off(ada, page):
    first, second = (
        save_rule(act(ada), name=name, said={"on": ["created"], "changes": ["priority=3"]})
        for name in ("A", "B")
    )
    page.post("/settings/rules/", {"rule": [first.pk, second.pk], "down": first.pk})
    assert list(Rule.objects.values_list("name", flat=True)) == ["B", "A"]

    page.post("/settings/rules/", {"rule": [second.pk, first.pk], "off": second.pk})
    assert not Rule.objects.get(pk=second.pk).active


def test_what_it_did_is_told_with_why_and_the_history_names_it(ada, page, react):
    page.post("/settings/rules/0/", FORM)
    ticket = make_ticket("Mi paquete no llega")
    react()

    rule = Rule.objects.get()
    text = page.get(f"/settings/rules/{rule.pk}/runs/").text
    assert f"#{ticket.number}" in text
    assert "Subject contains “paquete”" in text
    assert "Priority: Urgent" in text
    assert RuleRun.objects.get().done[0] == "priority=3"
    assert "by the rule “Paquetes”" in page.get(f"/tickets/{ticket.number}/").text


def test_an_older_version_comes_back_and_a_rule_is_removed(page):
    page.post("/settings/rules/0/", FORM)
    rule = Rule.objects.get()
    page.post(f"/settings/rules/{rule.pk}/", FORM | {"priority": "priority=0"})
    assert "Version 2" in page.get(f"/settings/rules/{rule.pk}/").text

    page.post(f"/settings/rules/{rule.pk}/versions/1")
    assert 'value="priority=3" selected' in page.get(f"/settings/rules/{rule.pk}/").text

    page.post(f"/settings/rules/{rule.pk}/removal")
    assert page.get(f"/settings/rules/{rule.pk}/").status_code == 404


def test_one_on_time_says_when_it_looks_at_a_ticket(page):
    time = {"moment": "time", "many": "3", "unit": "d", "since": "opened"}
    ticket = make_ticket("Mi paquete no llega")
    shown = page.post("/settings/rules/0/", FORM | time | {"ticket": ticket.number}, **PARTIAL).text
    assert "It looks at it:" in shown
    assert page.post("/settings/rules/0/", FORM | time | {"many": ""}).status_code == 422
    refused = page.post("/settings/rules/0/", FORM | time | {"working": "on"})
    assert "Count working time in hours." in refused.text

    page.post("/settings/rules/0/", FORM | time)

    assert "3 days after the ticket was opened" in page.get("/settings/rules/").text
    rule = Rule.objects.get()
    assert 'value="3"' in page.get(f"/settings/rules/{rule.pk}/").text
