"""The desk's own fields in searches: `causa:transporte`, `importe:>100`, and the words in them.

Each value leaves marks beside a ticket's words: #fcause says that there is one, #fcause@transport
what it holds, word by word. So a search for a rare value is one question to one index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from ventanilla.lib.fold import fold
from ventanilla.tickets.custom import NO, YES, Definition
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.custom_queries import defined, definitions
from ventanilla.tickets.search.operators import OPERATORS
from ventanilla.tickets.search.spans import span
from ventanilla.tickets.search.words import words_in

PREFIX = "custom."  # before a field's key, in filters
MOST_WORDS = 300  # of one value that leave a mark
WRITTEN = re.compile(r"[^\W\d_]\w{1,29}")
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
AMOUNT = re.compile(r"(>=|<=|>|<|)\s*(-?\d{1,15}(?:[.,]\d{1,6})?)")
LOOKUPS = {">=": "gte", "<=": "lte", ">": "gt", "<": "lt", "": "exact"}

# What a filter asks of the index (a tsquery; empty: nothing), and of the tickets' rows.
Asked = tuple[str, Q]


def operators() -> dict[str, str]:
    """How the fields may be written before a colon, folded: their keys, and names of one word."""
    found: dict[str, str] = {}
    for one in definitions():
        names = (fold(name) for name in (one.key, *one.labels.values()))
        for name in names:
            if WRITTEN.fullmatch(name) and name not in OPERATORS:
                found.setdefault(name, f"{PREFIX}{one.key}")
    return found


# -- what is written -----------------------------------------------------------------------------
def marks_of(custom: Mapping[str, Any]) -> Iterator[str]:
    """The marks of a ticket's values."""
    for key, value in custom.items():
        yield _there(key)
        yield from (_mark(key, word) for word in dict.fromkeys(_marked(value)))


def texts_of(custom: Mapping[str, Any]) -> list[list[str]]:
    """The words of a ticket's values, those of choices in every language."""
    found = []
    for key, value in custom.items():
        one = defined(key)
        chosen = value if isinstance(value, list) else [value]
        names = [
            name
            for option in (one.options if one else ())
            if option.key in chosen
            for name in option.labels.values()
        ]
        typed = [] if names or isinstance(value, bool | list) else [str(value)]
        found += [words for text in (*names, *typed) if (words := words_in(text))]
    return found


def _marked(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["1" if value else "0"]
    if isinstance(value, list):
        return [_plain(each) for each in value]
    text = str(value)
    whole = [_plain(text)] if CODE.fullmatch(text) else []  # perhaps a choice
    return [*whole, *map(fold, words_in(text)[:MOST_WORDS])]


def _plain(key: str) -> str:
    return key.replace("-", "_")


def _there(key: str) -> str:
    return f"#f{key}"


def _mark(key: str, word: str) -> str:
    return f"#f{key}@{word}"


# -- what is asked -------------------------------------------------------------------------------
def asked(one: Definition, value: str, today: date) -> Asked | None:
    """What a folded value asks for; None when it is none of this field."""
    column = f"custom__{one.key}"
    if one.kind == Kind.YES_NO:
        return _yes_no(one, value)
    if one.kind in (Kind.CHOICE, Kind.CHOICES):
        return _chosen(one, value)
    if one.kind == Kind.NUMBER and (found := AMOUNT.fullmatch(value)):
        amount = float(found[2].replace(",", "."))
        stored = int(amount) if amount.is_integer() else amount
        return _quoted(_there(one.key)), Q(**{f"{column}__{LOOKUPS[found[1]]}": stored})
    if one.kind == Kind.DATE and (days := span(value, today)) is not None:
        rows = Q(**{f"{column}__isnull": False})
        if days.start:
            rows &= Q(**{f"{column}__gte": days.start.isoformat()})
        if days.end:
            rows &= Q(**{f"{column}__lt": days.end.isoformat()})
        return _quoted(_there(one.key)), rows
    if one.kind in (Kind.NUMBER, Kind.DATE):
        return None
    words = [_quoted(_mark(one.key, fold(word))) for word in words_in(value)]
    return (f"({' & '.join(words)})", Q()) if words else None


def without(one: Definition, value: Asked) -> Asked:
    """What is left when it must not be so: also those that have no value at all."""
    sieve, rows = value
    missing = Q(**{f"custom__{one.key}__isnull": True})
    if one.kind in (Kind.NUMBER, Kind.DATE):
        return "", missing | ~rows
    return f"!{sieve}", missing | ~rows if rows else Q()


def _yes_no(one: Definition, value: str) -> Asked | None:
    if value not in {fold(word) for word in YES | NO}:
        return None
    answer = value in {fold(word) for word in YES}
    mark = _quoted(_mark(one.key, "1" if answer else "0"))
    return mark, Q(**{f"custom__{one.key}": answer})


def _chosen(one: Definition, value: str) -> Asked | None:
    """By key or name: exactly, else by the beginning, else by any part."""
    names = [
        (key.key, fold(name)) for key in one.options for name in (key.key, *key.labels.values())
    ]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        if keys := sorted({key for key, name in names if fits(name, value)}):
            sieve = " | ".join(_quoted(_mark(one.key, _plain(key))) for key in keys)
            rows = Q(**{f"custom__{one.key}__has_any_keys": keys})
            return f"({sieve})", rows
    return None


def _quoted(mark: str) -> str:
    return f"'{mark}'"
