"""What a file would change in the desk. Pure: both sides are in the file's terms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from ventanilla.configuration.document import Document, Entry
from ventanilla.configuration.present import Desk, Values
from ventanilla.configuration.shape import SECTIONS

Kind = Literal["added", "changed", "retired", "extra"]


@dataclass(frozen=True)
class Change:
    """`fields` are (name, before, after). "extra" is only in the desk, and left alone."""

    kind: Kind
    section: str
    title: str
    ident: tuple[str, ...]
    fields: tuple[tuple[str, Any, Any], ...] = ()
    entry: Entry | None = None
    values: Values | None = None  # whole: as the entry is to be


def plan(document: Document, desk: Desk, *, prune: bool = False) -> list[Change]:
    """In the order of the file's sections: what is added and changed, then what the file lacks."""
    found: list[Change] = []
    for name, section in SECTIONS.items():
        if name not in document.sections:
            continue
        has, given = desk.entries[name], document.of(name)
        for entry in given:
            if change := _compared(entry, has.get(entry.ident)):
                found.append(change)
        mentioned = {entry.ident for entry in given}
        for ident, values in has.items():
            if name != "desk" and ident not in mentioned and not _is_retired(values):
                kind: Kind = "retired" if prune and section.prune else "extra"
                found.append(Change(kind, name, section.title(values), ident, values=values))
    return found


def changes(found: list[Change]) -> list[Change]:
    """Without what is left alone."""
    return [change for change in found if change.kind != "extra"]


def digest(found: list[Change]) -> str:
    """Tells whether a plan is still the one that somebody has looked at."""
    said = [(change.kind, change.section, change.ident, change.fields) for change in found]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _compared(entry: Entry, old: Values | None) -> Change | None:
    section = SECTIONS[entry.section]
    if old is None:
        whole = _defaults(entry.section) | entry.values
        fields = tuple((name, None, whole[name]) for name in section.names if name in whole)
        title = section.title(whole)
        return Change("added", entry.section, title, entry.ident, fields, entry, whole)
    fields = tuple(
        (name, old[name], entry.values[name])
        for name in section.names
        if name in entry.values and entry.values[name] != old[name]
    )
    if not fields:
        return None
    whole = old | entry.values
    return Change("changed", entry.section, section.title(old), entry.ident, fields, entry, whole)


def _defaults(section: str) -> Values:
    fields = SECTIONS[section].fields
    return {
        each.name: each.default() if callable(each.default) else each.default
        for each in fields
        if not each.needed
    }


def _is_retired(values: Values) -> bool:
    return bool(values.get("archived")) or values.get("active") is False
