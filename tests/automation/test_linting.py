"""The linter: what never happens, what is overruled, what tells nobody."""

from __future__ import annotations

import json

import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_team
from ventanilla.automation.actions import save_rule, switch
from ventanilla.automation.linting import lint
from ventanilla.automation.queries import listed
from ventanilla.people.queries import forget_configuration
from ventanilla.tickets.actions.fields import tag_ids
from ventanilla.tickets.models import Tag

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_anew():
    yield
    forget_configuration()


@pytest.fixture
def ada():
    return make_agent("Ada Soler", role="administrator")


def rule(ada, name, on=("created",), tests=(), **said):
    conditions = {"all": list(tests)}
    return save_rule(act(ada), name=name, said={"on": list(on), "conditions": conditions, **said})


def ask(field, op, value):
    return {"field": field, "op": op, "value": value}


def found():
    rules = listed(MONDAY_9AM)
    names = {one.rule.pk: one.rule.name for one in rules}
    return [(names[one.rule], one.code, names.get(one.other)) for one in lint(rules)]


URGENT = ask("priority", "is", ["urgent"])


def test_a_desk_in_order_has_no_findings(ada):
    rule(ada, "Urgente", tests=[ask("subject", "contains", "fuego")], changes=["priority=3"])
    rule(ada, "Factura", tests=[ask("subject", "contains", "factura")], changes=["priority=2"])
    rule(ada, "Aviso", on=["breached"], notify=["assignee"])

    assert found() == []


def test_conditions_that_exclude_each_other(ada):
    rule(ada, "Nunca", tests=[URGENT, ask("priority", "at_most", "high")], stop=True)

    assert found() == [("Nunca", "never", None)]


def test_one_behind_another_that_lets_none_follow(ada):
    broad = rule(ada, "Todas", tests=[ask("priority", "at_least", "high")], stop=True)
    rule(ada, "Tarde", tests=[URGENT], changes=["type=incident"])
    assert found() == [("Tarde", "shadowed", "Todas")]

    switch(act(ada), broad, active=False)
    assert found() == []


def test_a_value_that_a_later_one_always_replaces(ada):
    rule(ada, "Alta", tests=[ask("subject", "contains", "facturas")], changes=["priority=2"])
    rule(ada, "Baja", tests=[ask("subject", "contains", "factura")], changes=["priority=0"])

    assert found() == [("Alta", "overruled", "Baja")]


def test_two_that_set_each_other_off(ada):
    rule(ada, "Sube", on=["priority"], tests=[URGENT], changes=["priority=0"])
    rule(ada, "Baja", on=["priority"], tests=[ask("priority", "is", ["low"])],
         changes=["priority=3"])  # fmt: skip

    assert found() == [("Sube", "back_and_forth", "Baja")]


def test_what_is_so_already(ada):
    rule(ada, "Otra vez", tests=[URGENT], changes=["priority=3"])

    assert found() == [("Otra vez", "already", None)]


def test_who_is_told_is_nobody(ada):
    empty = make_team("Vacío")
    gone = make_agent("Iván Ferrer")
    rule(ada, "A nadie", notify=["assignee"])
    rule(ada, "Al vacío", changes=[f"team={empty.pk}"], notify=["team"])
    rule(ada, "Al que se fue", notify=[str(gone.pk)])
    gone.user.is_active = False
    gone.user.save(update_fields=["is_active"])

    assert found() == [
        ("A nadie", "nobody", None),
        ("Al vacío", "nobody", None),
        ("Al que se fue", "nobody", None),
    ]


def test_what_it_names_is_gone_and_its_author_has_no_rights(ada):
    bea = make_agent("Bea Gil", role="administrator")
    tag = tag_ids(["viejo"], make=True)[0]
    rule(bea, "Etiqueta", changes=[f"add={tag}"])
    Tag.objects.all().delete()
    bea.user.is_active = False
    bea.user.save(update_fields=["is_active"])

    assert found() == [("Etiqueta", "powerless", None), ("Etiqueta", "gone", None)]


def test_on_the_command_line(ada, capsys):
    from ventanilla.commands import rules

    rule(ada, "Nunca", tests=[URGENT, ask("priority", "is", ["low"])], stop=True)

    assert rules.told(listed(MONDAY_9AM), as_json=True) == 1
    said = json.loads(capsys.readouterr().out)
    assert [(one["rule"], one["code"]) for one in said] == [("Nunca", "never")]
