"""The desk's own fields in the file: words by language, choices by their keys, a pattern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from yaml import nodes

from ventanilla.configuration.kinds import (
    BAD,
    Reader,
    Reading,
    fields_of,
    text,
    tidy,
    with_numbers,
    word_of,
)
from ventanilla.lib import pattern as patterns
from ventanilla.lib.problems import Problem
from ventanilla.tickets.actions.custom_fields import (
    KEY_OF_OPTION,
    LONGEST_LABEL,
    MOST_OPTIONS,
    WITH_OPTIONS,
    check_round,
)
from ventanilla.tickets.condition_custom import KEY, key_of
from ventanilla.tickets.conditions import checks, read
from ventanilla.tickets.custom import Choice, Definition, check_conditions
from ventanilla.tickets.custom_fields import Kind

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
Values = dict[str, Any]


def key(node: nodes.Node, reading: Reading, path: str) -> Any:
    value = word_of(node, reading, path)
    if value is BAD or KEY.fullmatch(value):
        return value
    words = _("A key has 2 to 30 small letters and digits, such as “cause” or “order_date”.")
    return reading.bad(node, path, words)


def words(longest: int, *, needed: bool = False) -> Reader:
    """By language; a text alone stands for all of them."""
    one = text(longest, change=tidy)

    def read_words(node: nodes.Node, reading: Reading, path: str) -> Any:
        given = fields_of(node, reading, path, LANGUAGES)
        if given is BAD:
            return BAD
        found = {name: one(each, reading, f"{path}.{name}") for name, each in given}
        if BAD in found.values():
            return BAD
        found = {name: found[name] for name in sorted(found) if found[name]}
        if needed and not found:
            return reading.bad(node, path, _("This can't be empty."))
        return found

    return read_words


def options(node: nodes.Node, reading: Reading, path: str) -> Any:
    """A list of choices: a key, and what it is called in each language."""
    if not isinstance(node, nodes.SequenceNode) or len(node.value) > MOST_OPTIONS:
        return reading.bad(node, path, _("Write a list here: a hyphen before each entry."))
    found = [_option(each, reading, f"{path}[{n}]") for n, each in enumerate(node.value, 1)]
    if any(one is BAD for one in found):
        return BAD
    for n, one in enumerate(found):
        if one["key"] in [other["key"] for other in found[:n]]:
            said = _("“%(value)s” stands here twice.") % {"value": one["key"]}
            return reading.bad(node.value[n], f"{path}[{n + 1}]", said)
    return found


def _option(node: nodes.Node, reading: Reading, path: str) -> Any:
    given = fields_of(node, reading, path, ("key", *LANGUAGES))
    if given is BAD:
        return BAD
    one = text(LONGEST_LABEL, change=tidy)
    found = {name: one(each, reading, f"{path}.{name}") for name, each in given}
    if BAD in found.values():
        return BAD
    if not KEY_OF_OPTION.fullmatch(found.get("key", "")):
        said = _("“%(key)s” can't be a choice's key: small letters, digits, - and _.")
        return reading.bad(node, path, said % {"key": found.get("key", "")})
    return {name: found[name] for name in ("key", *LANGUAGES) if found.get(name)}


def pattern(node: nodes.Node, reading: Reading, path: str) -> Any:
    value = text(patterns.LONGEST, change=str.strip)(node, reading, path)
    if value is BAD or not value:
        return value
    try:
        patterns.check(value)
    except patterns.BadPattern as error:
        return reading.bad(node, path, str(error))
    return value


# -- between the file and the desk ---------------------------------------------------------------
def options_in_words(given: Iterable[Mapping[str, Any]]) -> list[Values]:
    return [
        {"key": one["key"]}
        | {code: one["labels"][code] for code in LANGUAGES if one["labels"].get(code)}
        for one in given
    ]


def options_from_words(given: Iterable[Values]) -> list[Values]:
    return [
        {"key": one["key"], "labels": {code: one[code] for code in LANGUAGES if code in one}}
        for one in given
    ]


def in_order(values: Mapping[str, Values]) -> list[str]:
    """Keys of fields, each after those that its conditions ask for; what goes round, last."""
    found: list[str] = []
    left = dict(values)
    while left:
        free = [name for name, one in left.items() if not (asked(one) & left.keys()) - {name}]
        free = free or list(left)
        found += free
        left = {name: one for name, one in left.items() if name not in free}
    return found


def asked(values: Values) -> set[str]:
    """The keys of the fields that an entry's conditions ask for."""
    conditions = read(with_numbers(values.get("conditions")))
    return {key_of(test.field) for test in checks(conditions)} - {""}


# -- what no entry can tell alone ------------------------------------------------------------------
def fault_of(values: Values) -> tuple[str, str] | None:
    """What an entry lacks for its kind: the field, and the words."""
    kind = values.get("kind")
    if kind in WITH_OPTIONS and "options" in values and not values["options"]:
        return "options", _("Write the choices, one a line.")
    if kind in WITH_OPTIONS and "options" not in values:
        return "kind", _("A field of choices needs “options”.")
    if kind == Kind.PATTERN and not values.get("pattern"):
        return "pattern" if "pattern" in values else "kind", _("This field needs a “pattern”.")
    return None


def definition(values: Values) -> Definition:
    """An entry as what conditions that ask for it are held to."""
    choices = options_from_words(values.get("options") or [])
    return Definition(
        key=values["key"],
        kind=values["kind"],
        labels=values.get("name") or {},
        options=tuple(Choice(one["key"], one["labels"]) for one in choices),
        pattern=values.get("pattern") or "",
        conditions=read(with_numbers(values.get("conditions"))),
    )


def fault_of_conditions(values: Values, known: Mapping[str, Definition], key: str) -> str:
    """Why an entry's conditions can't ask for the desk's own fields so; empty: they can.

    key  of the field that the conditions are of; empty where they are a view's
    """
    try:
        conditions = read(with_numbers(values.get("conditions")))
        if key:
            check_round(known, key, conditions)
        check_conditions(conditions, known.values())
    except Problem as problem:
        return str(problem.message)
    return ""
