"""What can be said of conditions without any ticket: whether they can fit, and what follows.

Both answers are sound, not complete: "can't fit" and "follows" are always true when they are said;
where it is not certain, conditions are taken to be able to fit, and nothing follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from ventanilla.tickets.condition_fields import NOBODY
from ventanilla.tickets.conditions import Check, Group
from ventanilla.tickets.models import Priority, Status, Type

Below = Mapping[int, frozenset[int]]  # of each category: itself and all that stands below it
Conjunction = tuple[Check, ...]
MOST = 256  # conjunctions that are looked at

# fields that hold one of these, always
DOMAINS: dict[str, frozenset[Any]] = {
    "status": frozenset(map(int, Status)),
    "priority": frozenset(map(int, Priority)),
    "type": frozenset(Type.values),
}
PAST = ("created", "updated", "resolved", "waiting", "last_message")
AMOUNTS = ("messages", "reopened")


def conjunctions(conditions: Group) -> list[Conjunction] | None:
    """Ways in which conditions can fit, as lists of tests; None: too many to look at."""
    parts = [
        conjunctions(part) if isinstance(part, Group) else [(part,)] for part in conditions.parts
    ]
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    if conditions.kind == "any":
        found = [one for part in known for one in part]
        return found if len(found) <= MOST else None
    count = 1
    for part in known:
        count *= len(part)
    if count > MOST:
        return None
    return [tuple(test for tests in each for test in tests) for each in product(*known)]


def can_fit(conditions: Group, below: Below) -> bool:
    """Whether some ticket can fit. False is certain."""
    ways = conjunctions(conditions)
    return ways is None or any(not contradicts(way, below) for way in ways)


def follows(from_: Group, conditions: Group, below: Below) -> bool:
    """Whether every ticket that fits `from_` fits `conditions`. True is certain."""
    ways = conjunctions(from_)
    if ways is None:
        return False
    possible = [way for way in ways if not contradicts(way, below)]
    return all(_implied(conditions, way, below) for way in possible)


def _implied(conditions: Group | Check, way: Conjunction, below: Below) -> bool:
    if isinstance(conditions, Check):
        return _follows(conditions, way, below)
    parts = (_implied(part, way, below) for part in conditions.parts)
    return all(parts) if conditions.kind == "all" else any(parts)


# -- contradictions ------------------------------------------------------------------------------
def contradicts(way: Iterable[Check], below: Below) -> bool:
    """Whether these tests exclude each other. True is certain."""
    of_field: dict[str, list[Check]] = defaultdict(list)
    for test in way:
        of_field[test.field].append(test)
    return any(_excluded(name, tests, below) for name, tests in of_field.items())


def _excluded(name: str, tests: list[Check], below: Below) -> bool:
    ops = {test.op for test in tests}
    if {"yes", "no"} <= ops:
        return True
    if "empty" in ops and ops - {"empty", "is_not", "not_under", "none", "lacks", "is"}:
        return True
    if name == "tags":
        return _tags_exclude(tests)
    if name == "subject":
        lacked = [test.value for test in tests if test.op == "lacks"]
        held = [test.value for test in tests if test.op == "contains"]
        return any(less in more for less in lacked for more in held)
    if name in AMOUNTS:
        return _lowest(tests) > _highest(tests)
    if name in PAST:
        return _times_exclude(tests)
    allowed = _allowed(name, tests, below)
    return allowed is not None and not allowed


def _tags_exclude(tests: list[Check]) -> bool:
    never = _values(tests, "none")
    if never & _values(tests, "all"):
        return True
    return any(set(test.value) <= never for test in tests if test.op == "any")


def _times_exclude(tests: list[Check]) -> bool:
    within = min((test.value for test in tests if test.op == "within"), default=None)
    older = max((test.value for test in tests if test.op == "older"), default=None)
    if within is not None and older is not None and older >= within:
        return True
    after = max((test.value for test in tests if test.op == "after"), default=None)
    before = min((test.value for test in tests if test.op == "before"), default=None)
    return after is not None and before is not None and before <= after


def _allowed(name: str, tests: list[Check], below: Below) -> frozenset[Any] | None:
    """The values with which all these tests fit, None among them for a missing one; or None, where
    any value may do."""
    allowed: frozenset[Any] | None = DOMAINS.get(name)
    for test in tests:
        wanted = _wanted(test, below)
        if wanted is not None:
            allowed = wanted if allowed is None else allowed & wanted
    if allowed is None:
        return None
    for test in tests:
        if test.op in ("is_not", "not_under"):
            allowed -= _named(test, below)
        elif test.op == "set":
            allowed -= {None}
    return allowed


def _wanted(test: Check, below: Below) -> frozenset[Any] | None:
    """The values that a test asks for; None where it names none."""
    if test.op in ("is", "under"):
        return _named(test, below)
    if test.op == "empty":
        return frozenset({None})
    if test.field == "priority" and test.op == "at_least":
        return frozenset(one for one in DOMAINS["priority"] if one >= test.value)
    if test.field == "priority" and test.op == "at_most":
        return frozenset(one for one in DOMAINS["priority"] if one <= test.value)
    return None


def _named(test: Check, below: Below) -> frozenset[Any]:
    if test.op in ("under", "not_under"):
        return frozenset().union(*(below.get(one, {one}) for one in test.value))
    return frozenset(None if one == NOBODY else one for one in test.value)


def _values(tests: Sequence[Check], op: str) -> set[Any]:
    return {one for test in tests if test.op == op for one in test.value}


def _lowest(tests: list[Check]) -> int:
    return max((test.value for test in tests if test.op == "at_least"), default=0)


def _highest(tests: list[Check]) -> float:
    return min((test.value for test in tests if test.op == "at_most"), default=float("inf"))


# -- what follows --------------------------------------------------------------------------------
def _follows(test: Check, way: Conjunction, below: Below) -> bool:
    """Whether a test fits whenever all of these do."""
    given = [one for one in way if one.field == test.field]
    if test in given:
        return True
    if test.field == "tags":
        return _tag_follows(test, given)
    if test.field == "subject":
        return _text_follows(test, given)
    if test.field in AMOUNTS:
        least, most = _lowest(given), _highest(given)
        return bool(least >= test.value if test.op == "at_least" else most <= test.value)
    if test.field in PAST or test.field == "due":
        return _time_follows(test, given)
    return _value_follows(test, given, below)


def _value_follows(test: Check, given: list[Check], below: Below) -> bool:
    allowed = _allowed(test.field, given, below)
    if test.op in ("is_not", "not_under"):
        named = _named(test, below)
        never = {
            value
            for one in given
            if one.op in ("is_not", "not_under")
            for value in _named(one, below)
        }
        return named <= never or (allowed is not None and not allowed & named)
    if allowed is None:
        return test.op == "set" and any(one.op == "set" for one in given)
    if test.op == "set":
        return None not in allowed
    wanted = _wanted(test, below)
    return wanted is not None and allowed <= wanted


def _tag_follows(test: Check, given: list[Check]) -> bool:
    ops = {one.op for one in given}
    held, never = _values(given, "all"), _values(given, "none")
    if test.op == "empty":
        return False  # the same test was looked for before
    if test.op == "set":
        return bool(ops & {"any", "all"})
    if test.op == "none":
        return "empty" in ops or set(test.value) <= never
    if test.op == "all":
        return set(test.value) <= held
    some = [set(one.value) for one in given if one.op == "any"]
    return bool(held & set(test.value)) or any(one <= set(test.value) for one in some)


def _text_follows(test: Check, given: list[Check]) -> bool:
    if test.op == "contains":
        return any(one.op == "contains" and test.value in one.value for one in given)
    return any(one.op == "lacks" and one.value in test.value for one in given)


def _time_follows(test: Check, given: list[Check]) -> bool:
    if test.op == "set":
        return any(one.op in ("within", "older", "after", "before") for one in given)
    same = [one.value for one in given if one.op == test.op]
    if test.op in ("within", "before"):
        return any(value <= test.value for value in same)
    return test.op in ("older", "after") and any(value >= test.value for value in same)
