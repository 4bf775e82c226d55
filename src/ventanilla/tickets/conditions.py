"""The one condition language: for views, rules, policies. A pure match, and the same as SQL.

As JSON, a group of tests and groups:

    {"all": [{"field": "status", "op": "is", "value": ["new", "open"]},
             {"any": [{"field": "assignee", "op": "is", "value": ["me"]},
                      {"field": "tags", "op": "any", "value": [7]}]}]}

`read` checks such a form and makes plain values of it. `match` says whether a ticket's facts fit,
without a database; `where` is the same question as a filter. A test holds both equal. A value that
is missing fits "empty", "is_not", "not_under", "none" and "lacks", and nothing else; of an
assignee, also "is" with "nobody".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from ventanilla.lib.problems import Invalid
from ventanilla.tickets.condition_custom import field_of
from ventanilla.tickets.condition_fields import (
    ALONE,
    ANYTHING,
    LONGEST,
    ME,
    NAMES,
    NOBODY,
    ON_A_DAY,
    PAST,
    TREE,
    WITHOUT,
    Asker,
    Facts,
    Field,
    a_day,
)
from ventanilla.tickets.condition_fields import FIELDS as FIELDS
from ventanilla.tickets.condition_fields import facts as facts
from ventanilla.tickets.condition_fields import lower as lower

DEEPEST = 3  # groups within groups
MOST_TESTS = 30
MOST_VALUES = 100


@dataclass(frozen=True, slots=True)
class Check:
    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Fits when all of its parts do, or any. `all` of nothing fits everything."""

    kind: str  # "all" or "any"
    parts: tuple[Group | Check, ...] = ()


EVERYTHING = Group("all")


def match(conditions: Group, of: Facts, asker: Asker) -> bool:
    """Whether the facts fit. Pure."""
    found = (
        match(part, of, asker) if isinstance(part, Group) else fits(part, of, asker)
        for part in conditions.parts
    )
    return all(found) if conditions.kind == "all" else any(found)


def where(conditions: Group, asker: Asker) -> Q:
    """The same as a filter of tickets."""
    whole = Q()
    for part in conditions.parts:
        one = where(part, asker) if isinstance(part, Group) else _filter(part, asker)
        whole = whole & one if conditions.kind == "all" else whole | one
    return whole


def checks(conditions: Group) -> Iterator[Check]:
    """Every test, however deep."""
    for part in conditions.parts:
        if isinstance(part, Group):
            yield from checks(part)
        else:
            yield part


def fits(test: Check, of: Facts, asker: Asker) -> bool:
    """Whether the facts fit one test. Pure."""
    field = _known(test.field)
    pure, _as_filter = field.operators[test.op]
    if test.field == "due" and test.op == "within" and of.clock_paused:
        return False
    return pure(field.of(of, asker), _asked(test, asker))


def seen(test: Check, of: Facts, asker: Asker) -> Any:
    """What a test looks at, as it is."""
    return _known(test.field).of(of, asker)


def _filter(test: Check, asker: Asker) -> Q:
    field = _known(test.field)
    _pure, as_filter = field.operators[test.op]
    running = Q(clock_paused=False) if (test.field, test.op) == ("due", "within") else ANYTHING
    return as_filter(field.column, _asked(test, asker)) & running


def _known(name: str) -> Field:
    found = field_of(name)
    if found is None:
        raise KeyError(name)
    return found


def _asked(test: Check, asker: Asker) -> Any:
    """The test's value for who asks now."""
    if test.field == "unread":
        return asker.me
    if test.op in WITHOUT:
        return None
    if test.op in ON_A_DAY:
        return datetime.combine(test.value, time.min, asker.zone)
    if test.op in TREE:
        return frozenset().union(*(asker.below.get(one, {one}) for one in test.value))
    if test.field == "due":
        return asker.now + timedelta(hours=test.value)
    if _known(test.field).operators is PAST:
        return asker.now - timedelta(hours=test.value)
    if test.field == "assignee":
        return _people(test.value, asker)
    return test.value


def _people(given: Sequence[int | str], asker: Asker) -> tuple[int | str | None, ...]:
    """Ids of agents; None stands for nobody. "me" is nobody at all where a rule asks."""
    known: dict[int | str, int | None] = {ME: asker.me, NOBODY: None}
    there = [one for one in given if one != ME or asker.me is not None]
    return tuple(known.get(one, one) for one in there)


# -- reading what people and programs send --------------------------------------------------------
def read(given: Any) -> Group:
    """Conditions from their JSON form; nothing at all fits everything. Raises Invalid."""
    if given in (None, {}):
        return EVERYTHING
    found = _group(given, 1)
    if sum(1 for _one in checks(found)) > MOST_TESTS:
        raise _bad(_("There are more than %(most)s conditions.") % {"most": MOST_TESTS})
    return found


def _group(given: Any, depth: int) -> Group:
    if not isinstance(given, dict) or len(given) != 1 or not {"all", "any"} & given.keys():
        raise _bad(_("A group holds a list under “all” or “any”, and nothing else."))
    ((kind, parts),) = given.items()
    if not isinstance(parts, list) or (not parts and (kind == "any" or depth > 1)):
        raise _bad(_("A group of conditions is empty. Add one, or remove the group."))
    if depth > DEEPEST:
        raise _bad(_("Groups go %(levels)s levels deep at most.") % {"levels": DEEPEST})
    if len(parts) > MOST_TESTS:
        raise _bad(_("There are more than %(most)s conditions.") % {"most": MOST_TESTS})
    return Group(kind, tuple(_part(part, depth) for part in parts))


def _part(given: Any, depth: int) -> Group | Check:
    is_test = isinstance(given, dict) and "field" in given
    return check(given) if is_test else _group(given, depth + 1)


def check(given: dict[str, Any]) -> Check:
    """One test from its JSON form. Raises Invalid."""
    name, op = given.get("field"), given.get("op")
    if unknown := given.keys() - {"field", "op", "value"}:
        raise _bad(_("A condition holds no “%(name)s”.") % {"name": sorted(unknown)[0]})
    field = field_of(name)
    if field is None or not isinstance(name, str):
        raise _bad(_("There is no field “%(name)s”.") % {"name": name})
    if not isinstance(op, str) or op not in field.operators:
        known = ", ".join(field.operators)
        raise _bad(
            _("“%(field)s” can't be asked with “%(op)s”, only with: %(known)s.")
            % {"field": name, "op": op, "known": known}
        )
    return Check(name, op, _value(name, op, given.get("value")))


def _value(name: str, op: str, given: Any) -> Any:
    if op in WITHOUT:
        return None
    read_one = a_day if op in ON_A_DAY else _known(name).value
    several = given if isinstance(given, list) else [given]
    alone = op in ALONE
    if not several or len(several) > MOST_VALUES or (alone and isinstance(given, list)):
        raise _bad(_("“%(field)s” needs a value.") % {"field": name})
    try:
        checked = tuple(read_one(one) for one in several)
    except (ValueError, KeyError, TypeError):
        raise _bad(
            _("“%(value)s” is no value of “%(field)s”.")
            % {"value": str(given)[:LONGEST], "field": name}
        ) from None
    return checked[0] if alone else checked


def _bad(message: str) -> Invalid:
    return Invalid(message, field="conditions")


def written(conditions: Group) -> dict[str, Any]:
    """The JSON form, as `read` takes it."""
    return {conditions.kind: [_written(part) for part in conditions.parts]}


def _written(part: Group | Check) -> dict[str, Any]:
    if isinstance(part, Group):
        return written(part)
    if part.op in WITHOUT:
        return {"field": part.field, "op": part.op}
    value: Any = list(part.value) if isinstance(part.value, tuple) else part.value
    if words := NAMES.get(part.field):
        several = isinstance(value, list)
        value = [words(one) for one in value] if several else words(value)
    if isinstance(value, date):
        value = value.isoformat()
    return {"field": part.field, "op": part.op, "value": value}
