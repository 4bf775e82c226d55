"""What conditions can ask of a desk's own fields: "custom." and the field's key.

Which operators fit depends on the kind of field; that is checked where conditions are saved
(`tickets.custom.check_conditions`), so that reading and matching need no database. A date is asked
with "at_least" and "at_most" too; a field of several choices with "any", "all" and "none".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower
from django.db.models.lookups import Contains

from ventanilla.tickets.condition_fields import (
    FIELDS,
    LONGEST,
    Asker,
    Facts,
    Field,
    Operators,
    lower,
)

PREFIX = "custom."
KEY = re.compile(r"[a-z](?:_?[a-z0-9]){1,29}")


def field_of(name: Any) -> Field | None:
    """The field that a condition names; None when there is no such field."""
    if not isinstance(name, str):
        return None
    return FIELDS.get(name) or (_custom(name) if name.startswith(PREFIX) else None)


def key_of(name: str) -> str:
    """The key of the desk's own field that a condition names; empty: it names another one."""
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) else ""


@cache
def _custom(name: str) -> Field | None:
    key = key_of(name)
    if not KEY.fullmatch(key):
        return None

    def has(of: Facts, asker: Asker) -> Any:
        return of.custom.get(key)

    return Field(f"custom__{key}", OPERATORS, _value, has)


def _value(given: Any) -> str | int | float | bool:
    """A text, a number, yes or no: as it is stored."""
    if isinstance(given, str) and (not given.strip() or len(given) > LONGEST or "\0" in given):
        raise ValueError(given)
    if not isinstance(given, str | int | float) or given != given or abs(_size(given)) > 10**15:
        raise ValueError(given)
    return given


def _size(given: str | float) -> float:
    return 0 if isinstance(given, str) else given


# -- operators: each as a pure function and as a filter -------------------------------------------
def _same(one: Any, other: Any) -> bool:
    """As the database compares: yes is no 1."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _is(has: Any, values: Sequence[Any]) -> bool:
    return any(_same(has, value) for value in values)


def _several(has: Any) -> set[str]:
    return {has} if isinstance(has, str) else set(has) if isinstance(has, list) else set()


def _comparable(has: Any, value: Any) -> bool:
    if isinstance(has, bool) or isinstance(value, bool):
        return False
    return isinstance(has, str) == isinstance(value, str) and isinstance(has, str | int | float)


def _contains(has: Any, value: Any) -> bool:
    return isinstance(has, str) and lower(str(value)) in lower(has)


def _missing(column: str) -> Q:
    return Q(**{f"{column}__isnull": True})


def _one_of(column: str, value: Any) -> Q:
    return Q(**{f"{column}__in": list(value)})


def _any(column: str, value: Any) -> Q:
    return Q(**{f"{column}__has_any_keys": [str(one) for one in value]})


def _holds(column: str, value: Any) -> Q:
    text = KeyTextTransform(column.removeprefix("custom__"), "custom", output_field=TextField())
    return Q(Contains(Lower(text), lower(str(value))))


OPERATORS: Operators = {
    "is": (_is, _one_of),
    "is_not": (
        lambda has, value: not _is(has, value),
        lambda c, v: _missing(c) | ~_one_of(c, v),
    ),
    "any": (lambda has, value: not _several(has).isdisjoint(map(str, value)), _any),
    "all": (
        lambda has, value: set(map(str, value)) <= _several(has),
        lambda c, v: Q(**{f"{c}__has_keys": [str(one) for one in v]}),
    ),
    "none": (
        lambda has, value: _several(has).isdisjoint(map(str, value)),
        lambda c, v: _missing(c) | ~_any(c, v),
    ),
    "contains": (_contains, _holds),
    "lacks": (
        lambda has, value: not _contains(has, value),
        lambda c, v: _missing(c) | ~_holds(c, v),
    ),
    "at_least": (
        lambda has, value: _comparable(has, value) and bool(has >= value),
        lambda c, v: Q(**{f"{c}__gte": v}),
    ),
    "at_most": (
        lambda has, value: _comparable(has, value) and bool(has <= value),
        lambda c, v: Q(**{f"{c}__lte": v}),
    ),
    "empty": (lambda has, value: has is None, lambda c, v: _missing(c)),
    "set": (lambda has, value: has is not None, lambda c, v: ~_missing(c)),
}
