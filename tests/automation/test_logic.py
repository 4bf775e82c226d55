"""What is said of conditions without a ticket is true of every ticket."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings

from tests.factories import MONDAY_9AM
from tests.tickets.test_conditions import FORMS, TICKETS
from ventanilla.automation.logic import can_fit, follows
from ventanilla.tickets.condition_fields import Asker, Facts
from ventanilla.tickets.conditions import match, read

BELOW = {1: frozenset({1, 2}), 2: frozenset({2}), 3: frozenset({3}), 4: frozenset({4})}
ASKER = Asker(None, MONDAY_9AM + timedelta(hours=3), UTC, BELOW)


def facts(fields):
    ids = {f"{name}_id": fields[name] for name in ("assignee", "category", "organization")}
    plain = {
        name: value
        for name, value in fields.items()
        if name not in ("team", "assignee", "category", "organization")
    }
    return Facts(
        **plain,
        **ids,
        team_id=fields["team"] + 1,
        inbox_id=None,
        contact_id=1,
        resolved_at=fields["updated_at"] if fields["status"] >= 4 else None,
    )


def group(form):
    return read(form if "field" not in form else {"all": [form]})


@settings(max_examples=150, deadline=None)
@given(fields=TICKETS, one=FORMS, other=FORMS)
def test_what_can_not_fit_never_does_and_what_follows_does(fields, one, other):
    ticket, first, second = facts(fields), group(one), group(other)

    if match(first, ticket, ASKER):
        assert can_fit(first, BELOW)
        if follows(first, second, BELOW):
            assert match(second, ticket, ASKER)


def ask(field, op, value=None):
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(
    "tests",
    [
        [ask("status", "is", ["new"]), ask("status", "is", ["open", "pending"])],
        [ask("priority", "at_least", "high"), ask("priority", "is", ["low"])],
        [ask("priority", "is_not", ["low", "normal", "high", "urgent"])],
        [ask("tags", "all", [1, 2]), ask("tags", "none", [2])],
        [ask("tags", "any", [1, 2]), ask("tags", "empty")],
        [ask("subject", "contains", "factura"), ask("subject", "lacks", "fact")],
        [ask("created", "within", 2), ask("created", "older", 4)],
        [ask("category", "under", [1]), ask("category", "is", [3])],
        [ask("assignee", "set"), ask("assignee", "is", ["nobody"])],
        [ask("messages", "at_least", 4), ask("messages", "at_most", 3)],
        [ask("vip", "yes"), ask("vip", "no")],
        [{"any": [ask("status", "is", ["open"]), ask("status", "is", ["new"])]},
         ask("status", "is", ["closed"])],
    ],
)  # fmt: skip
def test_what_excludes_itself_is_seen(tests):
    assert not can_fit(read({"all": tests}), BELOW)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ([ask("status", "is", ["new"])], [ask("status", "is", ["new", "open"])]),
        ([ask("priority", "is", ["urgent"])], [ask("priority", "at_least", "high")]),
        ([ask("category", "is", [2])], [ask("category", "under", [1])]),
        ([ask("tags", "all", [1, 2])], [ask("tags", "any", [2, 3])]),
        ([ask("subject", "contains", "facturas")], [ask("subject", "contains", "factura")]),
        ([ask("waiting", "older", 8)], [ask("waiting", "older", 4)]),
        ([ask("waiting", "older", 8)], [ask("waiting", "set")]),
        ([ask("assignee", "is", [3])], [ask("assignee", "is_not", [1, 2])]),
        ([ask("status", "is", ["new"])], []),
    ],
)
def test_what_follows_is_seen_and_not_the_other_way(narrow, wide):
    one, other = read({"all": narrow}), read({"all": wide})
    assert follows(one, other, BELOW)
    assert not follows(other, one, BELOW)
