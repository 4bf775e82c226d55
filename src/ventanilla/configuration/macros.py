"""Macros in the file: texts by language, changes with names instead of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from yaml import nodes

from ventanilla.configuration.kinds import (
    BAD,
    GONE,
    Reader,
    Reading,
    choice,
    fields_of,
    liquid,
    order_of,
    ref,
    several,
    text,
    tidy,
    word_of,
)
from ventanilla.tickets.changes import CUSTOMER, ME, ORDER, SETTABLE, read
from ventanilla.tickets.macros import ANY
from ventanilla.tickets.models import Priority, Status, Type

EVERY, NOBODY, NONE = "any", "nobody", "none"  # of languages, agents, categories
LANGUAGES = (EVERY, *(code for code, _name in settings.LANGUAGES))
# what a change names: section of the file
REFERS = {
    "team": "teams", "assignee": "agents", "category": "categories", "add": "tags",
    "remove": "tags",
}  # fmt: skip
NAMES = tuple("fields" if name == "field" else name for name in ORDER)
WORDS = {"assignee": {ME: ME, "": NOBODY}, "category": {"": NONE}}


def texts(known: Callable[[], dict[str, Any]]) -> Reader:
    one = liquid(20_000, known)

    def read_texts(node: nodes.Node, reading: Reading, path: str) -> Any:
        given = fields_of(node, reading, path, LANGUAGES)
        if given is BAD:
            return BAD
        found = {name: one(each, reading, f"{path}.{name}") for name, each in given}
        return BAD if BAD in found.values() else dict(sorted(found.items()))

    return read_texts


def changes(node: nodes.Node, reading: Reading, path: str) -> Any:
    """What is changed, by name, in the order in which it is."""
    given = fields_of(node, reading, path, NAMES)
    if given is BAD:
        return BAD
    found = {name: FIELDS[name](each, reading, f"{path}.{name}") for name, each in given}
    if any(value is BAD for value in found.values()):
        return BAD
    if "status" in found and "snooze" in found:
        return reading.bad(node, path, _("Write a status or a snooze, not both."))
    return {name: found[name] for name in NAMES if name in found}


def _snooze(node: nodes.Node, reading: Reading, path: str) -> Any:
    value = word_of(node, reading, path)
    if value is BAD or value == CUSTOMER or re.fullmatch(r"[1-9]\d{0,2}[hd]", value):
        return value
    return reading.bad(node, path, _("Write customer, or a time such as 4h or 2d."))


def either(words: Iterable[str], section: str) -> Reader:
    """One of these words, else a name of the section."""
    named, own = ref(section), tuple(words)

    def read_one(node: nodes.Node, reading: Reading, path: str) -> Any:
        value = word_of(node, reading, path)
        return value if value is BAD or value in own else named(node, reading, path)

    return read_one


def _fields(node: nodes.Node, reading: Reading, path: str) -> Any:
    """Values of the desk's own fields by their keys, as somebody would type them."""
    given = fields_of(node, reading, path, [one.value for one, _each in _pairs(node)])
    if given is BAD:
        return BAD
    one, found = text(200, needed=True), {}
    for key, each in given:
        name = reading.mention("fields", key, node, f"{path}.{key}")
        found[name] = one(each, reading, f"{path}.{key}")
    return BAD if BAD in found.values() else dict(sorted(found.items()))


def _pairs(node: nodes.Node) -> list[tuple[nodes.ScalarNode, nodes.Node]]:
    pairs = node.value if isinstance(node, nodes.MappingNode) else []
    return [(key, each) for key, each in pairs if isinstance(key, nodes.ScalarNode)]


FIELDS: dict[str, Reader] = {
    "status": choice([one.word for one in SETTABLE]),
    "snooze": _snooze,
    "priority": choice([one.word for one in Priority]),
    "type": choice(Type.values),
    "add": several(ref("tags"), most=40),
    "remove": several(ref("tags"), most=40),
    "category": either([NONE], "categories"),
    "fields": _fields,
    "team": ref("teams"),
    "assignee": either([ME, NOBODY], "agents"),
}


# -- between the file and the desk ---------------------------------------------------------------
def texts_in_words(given: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted((language or EVERY, text.strip()) for language, text in given.items()))


def texts_from_words(given: Mapping[str, str]) -> dict[str, str]:
    return {ANY if language == EVERY else language: text for language, text in given.items()}


def in_words(codes: Iterable[str], label: Callable[[str, int], str]) -> dict[str, Any]:
    """Changes as the file has them. What names a row that is gone is left out."""
    found: dict[str, Any] = {}
    for change in read(codes):
        if change.what == "field":
            key, typed = change.field
            found["fields"] = dict(sorted((found.get("fields", {}) | {key: typed}).items()))
            continue
        section = REFERS.get(change.what)
        word = _word(change.what, change.value)
        if section and change.id is not None:
            word = label(section, change.id)
        if word == GONE:
            continue
        if change.what in ("add", "remove"):
            found[change.what] = sorted([*found.get(change.what, []), tidy(word)], key=order_of)
        else:
            found[change.what] = word
    return {name: found[name] for name in NAMES if name in found}


def _word(what: str, value: str) -> str:
    if what == "status":
        return Status(int(value)).word
    if what == "priority":
        return Priority(int(value)).word
    return WORDS.get(what, {}).get(value, value)


def from_words(given: Mapping[str, Any], number: Callable[[str, str], int]) -> list[str]:
    """Changes as the desk keeps them. `number` gives the id of a name in a section."""
    found = []
    for what, value in given.items():
        if what == "fields":
            found += [f"field={key}:{typed}" for key, typed in value.items()]
            continue
        for one in value if isinstance(value, list) else [value]:
            found.append(f"{what}={_value(what, one, number)}")
    return found


def _value(what: str, word: str, number: Callable[[str, str], int]) -> str:
    if what in ("status", "priority"):
        kind = Status if what == "status" else Priority
        return str(int(next(one for one in kind if one.word == word)))
    back = {shown: value for value, shown in WORDS.get(what, {}).items()}
    if word in back:
        return back[word]
    return str(number(REFERS[what], word)) if what in REFERS else word
