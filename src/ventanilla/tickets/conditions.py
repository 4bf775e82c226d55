"""The one condition language: for views, rules, policies. A pure match, and the same as SQL.

As JSON, a group of tests and groups:

    {"all": [{"field": "status", "op": "is", "value": ["new", "open"]},
             {"any": [{"field": "assignee", "op": "is", "value": ["me"]},
                      {"field": "tags", "op": "any", "value": [7]}]}]}

`read` checks such a form and makes plain values of it. `match` says whether a ticket's facts fit,
without a database; `where` is the same question as a filter. A test holds both equal. A value that
is missing fits "empty", "is_not", "none" and "lacks", and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from ventanilla.lib.problems import Invalid
from ventanilla.tickets.models import Channel, Priority, Status, Ticket, Type

CharField.register_lookup(Lower)

DEEPEST = 3  # groups within groups
MOST_TESTS = 30
MOST_VALUES = 100
LONGEST = 100  # characters of a text
ME = "me"


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions can ask of a ticket, as plain values: live, or as it was at a moment."""

    status: int
    priority: int
    type: str
    channel: str
    language: str
    subject: str
    team_id: int
    assignee_id: int | None
    category_id: int | None
    inbox_id: int | None
    contact_id: int | None
    organization_id: int | None
    tags: Sequence[int]
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    waiting_since: datetime | None
    due_at: datetime | None
    clock_paused: bool
    message_count: int
    reopen_count: int


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when: what "me" and "older than" mean."""

    me: int | None
    now: datetime


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


def facts(ticket: Ticket) -> Facts:
    """A ticket's row as facts."""
    return Facts(**{one.name: getattr(ticket, one.name) for one in fields(Facts)})


def match(conditions: Group, of: Facts, asker: Asker) -> bool:
    """Whether the facts fit. Pure."""
    found = (
        match(part, of, asker) if isinstance(part, Group) else _fits(part, of, asker)
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


# -- kinds of fields: each operator as a pure function and as a filter ---------------------------
Pure = Callable[[Any, Any], bool]  # (value of the ticket, value of the test)
Filter = Callable[[str, Any], Q]  # (column, value of the test)
ANYTHING = Q()


def _missing(column: str, value: Any) -> Q:
    return Q(**{f"{column}__isnull": True})


def _present(column: str, value: Any) -> Q:
    return Q(**{f"{column}__isnull": False})


def _one_of(column: str, value: Any) -> Q:
    return Q(**{f"{column}__in": list(value)})


def _none_of(column: str, value: Any) -> Q:
    return ~_one_of(column, value)


Operators = dict[str, tuple[Pure, Filter]]
CHOICE: Operators = {
    "is": (lambda has, value: has in value, _one_of),
    "is_not": (lambda has, value: has not in value, _none_of),
}
AMOUNT: Operators = {
    "at_least": (lambda has, value: has >= value, lambda c, v: Q(**{f"{c}__gte": v})),
    "at_most": (lambda has, value: has <= value, lambda c, v: Q(**{f"{c}__lte": v})),
}
PRESENCE: Operators = {
    "empty": (lambda has, value: has is None, _missing),
    "set": (lambda has, value: has is not None, _present),
}
TAGS: Operators = {
    "any": (
        lambda has, value: not set(value).isdisjoint(has),
        lambda c, v: Q(**{f"{c}__overlap": list(v)}),
    ),
    "all": (
        lambda has, value: set(value) <= set(has),
        lambda c, v: Q(**{f"{c}__contains": list(v)}),
    ),
    "none": (
        lambda has, value: set(value).isdisjoint(has),
        lambda c, v: ~Q(**{f"{c}__overlap": list(v)}),
    ),
    "empty": (lambda has, value: not has, lambda c, v: Q(**{c: []})),
    "set": (lambda has, value: bool(has), lambda c, v: ~Q(**{c: []})),
}
TEXT: Operators = {
    "contains": (
        lambda has, value: value in lower(has),
        lambda c, v: Q(**{f"{c}__lower__contains": v}),
    ),
    "lacks": (
        lambda has, value: value not in lower(has),
        lambda c, v: ~Q(**{f"{c}__lower__contains": v}),
    ),
}
PAST: Operators = {  # the test's value is a moment: so long ago
    "within": (
        lambda has, value: has is not None and has >= value,
        lambda c, v: Q(**{f"{c}__gte": v}),
    ),
    "older": (
        lambda has, value: has is not None and has < value,
        lambda c, v: Q(**{f"{c}__lt": v}),
    ),
    **PRESENCE,
}
DUE: Operators = {  # a promise that runs; the test's value is a moment to come
    "within": (
        lambda has, value: has is not None and has <= value,
        lambda c, v: Q(**{f"{c}__lte": v}),
    ),
    **PRESENCE,
}


def lower(text: str) -> str:
    """As PostgreSQL does it: letter by letter, so that no text changes its length."""
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)


# -- fields --------------------------------------------------------------------------------------
Value = Callable[[Any], Any]  # checks what a form holds; raises ValueError


@dataclass(frozen=True, slots=True)
class Field:
    column: str
    operators: Operators
    value: Value


def _word(choices: type[Status] | type[Priority]) -> Value:
    return lambda given: int(choices[str(given).upper()])


def _text_of(*known: str) -> Value:
    def check(given: Any) -> str:
        if given not in known:
            raise ValueError(given)
        return str(given)

    return check


def _id(given: Any) -> int | str:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given < 2**31:
        raise ValueError(given)
    return given


def _person(given: Any) -> int | str:
    return ME if given == ME else _id(given)


def _count(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 100_000:
        raise ValueError(given)
    return given


def _language(given: Any) -> str:
    if not isinstance(given, str) or not 2 <= len(given) <= 8 or not given.isascii():
        raise ValueError(given)
    return given


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > LONGEST or "\0" in given:
        raise ValueError(given)
    return lower(given.strip())


_ALONE = frozenset({"at_least", "at_most", "contains", "lacks", "within", "older"})
_WITHOUT = frozenset({"empty", "set"})  # take no value
_REF = CHOICE | PRESENCE

FIELDS: dict[str, Field] = {
    "status": Field("status", CHOICE, _word(Status)),
    "priority": Field("priority", CHOICE | AMOUNT, _word(Priority)),
    "type": Field("type", CHOICE, _text_of(*Type.values)),
    "channel": Field("channel", CHOICE, _text_of(*Channel.values)),
    "language": Field("language", CHOICE, _language),
    "subject": Field("subject", TEXT, _text),
    "team": Field("team_id", CHOICE, _id),
    "assignee": Field("assignee_id", _REF, _person),
    "category": Field("category_id", _REF, _id),
    "inbox": Field("inbox_id", _REF, _id),
    "contact": Field("contact_id", _REF, _id),
    "organization": Field("organization_id", _REF, _id),
    "tags": Field("tags", TAGS, _id),
    "created": Field("created_at", PAST, _count),  # hours, here and below
    "updated": Field("updated_at", PAST, _count),
    "resolved": Field("resolved_at", PAST, _count),
    "waiting": Field("waiting_since", PAST, _count),
    "due": Field("due_at", DUE, _count),
    "messages": Field("message_count", AMOUNT, _count),
    "reopened": Field("reopen_count", AMOUNT, _count),
}


def _fits(test: Check, of: Facts, asker: Asker) -> bool:
    field = FIELDS[test.field]
    pure, _as_filter = field.operators[test.op]
    if test.field == "due" and test.op == "within" and of.clock_paused:
        return False
    return pure(getattr(of, field.column), _asked(test, asker))


def _filter(test: Check, asker: Asker) -> Q:
    field = FIELDS[test.field]
    _pure, as_filter = field.operators[test.op]
    running = Q(clock_paused=False) if (test.field, test.op) == ("due", "within") else ANYTHING
    return as_filter(field.column, _asked(test, asker)) & running


def _asked(test: Check, asker: Asker) -> Any:
    """The test's value for who asks now."""
    if test.op in _WITHOUT:
        return None
    if test.field == "due":
        return asker.now + timedelta(hours=test.value)
    if FIELDS[test.field].operators is PAST:
        return asker.now - timedelta(hours=test.value)
    if test.field == "assignee":
        mine = () if asker.me is None else (asker.me,)
        return tuple(one for one in test.value if one != ME) + (mine if ME in test.value else ())
    return test.value


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
    return _check(given) if is_test else _group(given, depth + 1)


def _check(given: dict[str, Any]) -> Check:
    name, op = given.get("field"), given.get("op")
    if unknown := given.keys() - {"field", "op", "value"}:
        raise _bad(_("A condition holds no “%(name)s”.") % {"name": sorted(unknown)[0]})
    if not isinstance(name, str) or name not in FIELDS:
        raise _bad(_("There is no field “%(name)s”.") % {"name": name})
    if not isinstance(op, str) or op not in FIELDS[name].operators:
        known = ", ".join(FIELDS[name].operators)
        raise _bad(
            _("“%(field)s” can't be asked with “%(op)s”, only with: %(known)s.")
            % {"field": name, "op": op, "known": known}
        )
    return Check(name, op, _value(name, op, given.get("value")))


def _value(name: str, op: str, given: Any) -> Any:
    if op in _WITHOUT:
        return None
    check = FIELDS[name].value
    several = given if isinstance(given, list) else [given]
    alone = op in _ALONE
    if not several or len(several) > MOST_VALUES or (alone and isinstance(given, list)):
        raise _bad(_("“%(field)s” needs a value.") % {"field": name})
    try:
        checked = tuple(check(one) for one in several)
    except (ValueError, KeyError, TypeError):
        raise _bad(
            _("“%(value)s” is no value of “%(field)s”.")
            % {"value": str(given)[:LONGEST], "field": name}
        ) from None
    return checked[0] if alone else checked


def _bad(message: str) -> Invalid:
    return Invalid(message, field="conditions")


NAMES: dict[str, Callable[[int], str]] = {
    "status": lambda value: Status(value).word,
    "priority": lambda value: Priority(value).word,
}


def written(conditions: Group) -> dict[str, Any]:
    """The JSON form, as `read` takes it."""
    return {conditions.kind: [_written(part) for part in conditions.parts]}


def _written(part: Group | Check) -> dict[str, Any]:
    if isinstance(part, Group):
        return written(part)
    if part.op in _WITHOUT:
        return {"field": part.field, "op": part.op}
    value: Any = list(part.value) if isinstance(part.value, tuple) else part.value
    if words := NAMES.get(part.field):
        several = isinstance(value, list)
        value = [words(one) for one in value] if several else words(value)
    return {"field": part.field, "op": part.op, "value": value}
