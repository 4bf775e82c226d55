"""Reading a file: every entry with its places, or every fault that it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from yaml import nodes

from ventanilla.configuration import custom
from ventanilla.configuration.faults import Fault, Faulty
from ventanilla.configuration.kinds import (
    BAD,
    GONE,
    Reading,
    fields_of,
    hours_are_sound,
    nearest,
)
from ventanilla.configuration.nodes import load, place
from ventanilla.configuration.present import Desk
from ventanilla.configuration.shape import FORMAT, SECTIONS, Section

DEEPEST = 4  # levels of categories
VERSION = "ventanilla"


@dataclass
class Entry:
    """What the file says of one thing: only the fields that stand there."""

    section: str
    values: dict[str, Any]
    places: dict[str, tuple[int, int]]  # "" is the entry itself
    path: str

    @property
    def ident(self) -> tuple[str, ...]:
        return SECTIONS[self.section].ident(self.values)

    def fault(self, field_name: str | None, message: str) -> Fault:
        name = field_name if field_name in self.places else ""
        path = f"{self.path}.{name}" if name else self.path
        return Fault(*self.places[name or ""], path, message)


@dataclass
class Document:
    entries: list[Entry] = field(default_factory=list)
    sections: set[str] = field(default_factory=set)

    def of(self, section: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.section == section]


def read(data: bytes, desk: Desk | None = None) -> Document:
    """Raises Faulty, with every fault.

    With `desk` names may stand for what it has; without, the file's own sections must name all
    that is mentioned, and what can't be known (a section that the file leaves out) is let pass.
    """
    root, reading, document = load(data), Reading(), Document()
    sections = fields_of(root, reading, "", (VERSION, *SECTIONS))
    _check_version(root, sections, reading)
    for name, node in sections:
        if name != VERSION:
            document.sections.add(name)
            document.entries += _section(SECTIONS[name], node, reading)
    _check_once(document, reading)
    _check_new(document, reading, desk)
    _check_mentions(document, reading, desk)
    if not reading.faults:
        _check_own_fields(document, reading, desk)
    if reading.faults:
        raise Faulty(reading.faults)
    return document


def _check_version(root: nodes.Node, sections: list[Any], reading: Reading) -> None:
    node = dict(sections).get(VERSION)
    if node is None:
        text = _("Begin the file with “ventanilla: %(format)s”: its format.") % {"format": FORMAT}
        reading.bad(root, VERSION, text)
    elif not isinstance(node, nodes.ScalarNode) or node.value != str(FORMAT):
        text = _("This version reads files of the format %(format)s.") % {"format": FORMAT}
        reading.bad(node, VERSION, text)


def _section(section: Section, node: nodes.Node, reading: Reading) -> list[Entry]:
    if section.name == "desk":
        entry = _entry(section, node, reading, section.name)
        return [entry] if entry else []
    if not isinstance(node, nodes.SequenceNode):
        reading.bad(node, section.name, _("Write a list here: a hyphen before each entry."))
        return []
    if section.name == "tags":
        return _tags(section, node, reading)
    if section.name == "categories":
        return _categories(node, reading, None, section.name, 1)
    found = []
    for n, each in enumerate(node.value, 1):
        entry = _entry(section, each, reading, _path(section, each, n))
        if entry is not None:
            found.append(entry)
    return found


def _path(section: Section, node: nodes.Node, n: int) -> str:
    """teams[Envíos], or teams[3] where it has no name."""
    named = dict.fromkeys(section.key, "")
    if isinstance(node, nodes.MappingNode):
        for key, value in node.value:
            is_word = isinstance(key, nodes.ScalarNode) and isinstance(value, nodes.ScalarNode)
            if is_word and key.value in named:
                named[key.value] = value.value[:40]
    return f"{section.name}[{'/'.join(filter(None, named.values())) or n}]"


def _entry(section: Section, node: nodes.Node, reading: Reading, path: str) -> Entry | None:
    """The fields of one entry; None when what it is known by can't be read."""
    given = fields_of(node, reading, path, section.names)
    if given is BAD:
        return None
    return _filled(section, given, node, reading, path)


def _filled(
    section: Section, given: list[Any], node: nodes.Node, reading: Reading, path: str
) -> Entry | None:
    entry = Entry(section.name, {}, {"": place(node)}, path)
    for name, each in given:
        entry.places[name] = place(each)
        entry.values[name] = section.names[name].read(each, reading, f"{path}.{name}")
    known_by = [name for name in section.key if name in section.names]
    for name in known_by:
        if section.names[name].needed and name not in entry.values:
            reading.bad(node, path, _("The field “%(name)s” is missing.") % {"name": name})
            return None
    if any(entry.values.get(name) is BAD for name in known_by):
        return None
    _check_hours(section, entry, reading)
    return entry


def _check_hours(section: Section, entry: Entry, reading: Reading) -> None:
    if section.name != "calendars" or BAD in entry.values.values():
        return
    usual = {"time_zone": "UTC", "exceptions": {}} | entry.values
    if "week" in usual and not hours_are_sound(usual):
        reading.add(entry.fault("week", _("These hours can't be counted with.")))


def _tags(section: Section, node: nodes.SequenceNode, reading: Reading) -> list[Entry]:
    found = []
    for n, each in enumerate(node.value, 1):
        path = f"tags[{n}]"
        value = section.names["name"].read(each, reading, path)
        if value is not BAD:
            found.append(Entry("tags", {"name": value}, {"": place(each)}, path))
    return found


def _categories(
    node: nodes.Node, reading: Reading, way: str | None, path: str, depth: int
) -> list[Entry]:
    section = SECTIONS["categories"]
    if not isinstance(node, nodes.SequenceNode):
        reading.bad(node, path, _("Write a list here: a hyphen before each entry."))
        return []
    if depth > DEEPEST:
        text = _("Categories go %(levels)s levels deep at most.") % {"levels": DEEPEST}
        reading.bad(node, path, text)
        return []
    found: list[Entry] = []
    for n, each in enumerate(node.value, 1):
        at = f"{path}[{n}]"
        given = fields_of(each, reading, at, ("name", "archived", "hidden_from", "below"))
        if given is BAD:
            continue
        own = [(name, value) for name, value in given if name != "below"]
        if not any(name == "name" for name, _value in own):
            reading.bad(each, at, _("The field “%(name)s” is missing.") % {"name": "name"})
            continue
        entry = _filled(section, own, each, reading, at)
        if entry is None or entry.values["name"] is BAD:
            continue
        name = entry.values["name"]
        entry.values |= {"parent": way, "path": name if way is None else f"{way} > {name}"}
        entry.path = f"categories[{entry.values['path']}]"
        found.append(entry)
        for key, value in given:
            if key == "below":
                under = f"{entry.path}.below"
                found += _categories(value, reading, entry.values["path"], under, depth + 1)
    return found


# -- the whole -------------------------------------------------------------------------------------
def _check_once(document: Document, reading: Reading) -> None:
    seen: dict[tuple[str, ...], Entry] = {}
    for entry in document.entries:
        first = seen.setdefault((entry.section, *entry.ident), entry)
        if first is not entry:
            text = _("This stands here already, in line %(line)s. Give one of them another name.")
            reading.add(entry.fault(None, text % {"line": first.places[""][0]}))


def _check_new(document: Document, reading: Reading, desk: Desk | None) -> None:
    """What an entry that the desk does not have can't do without."""
    for entry in document.entries:
        if desk is None or entry.ident in desk.entries[entry.section]:
            continue
        for name, each in SECTIONS[entry.section].names.items():
            if each.needed and name not in entry.values:
                text = _("The field “%(name)s” is missing: this entry is new.") % {"name": name}
                reading.add(entry.fault(None, text))


def _check_own_fields(document: Document, reading: Reading, desk: Desk | None) -> None:
    """What a field lacks for its kind, and conditions that can't ask for a field so."""
    whole: dict[str, dict[str, Any]] = {}
    for values in desk.entries["fields"].values() if desk else ():
        whole[values["key"]] = values
    for entry in document.of("fields"):
        whole[entry.values["key"]] = whole.get(entry.values["key"], {}) | entry.values
        if found := custom.fault_of(whole[entry.values["key"]]):
            reading.add(entry.fault(*found))
    if reading.faults:
        return
    known = {key: custom.definition(values) for key, values in whole.items() if "kind" in values}
    unknown = {key for key, values in whole.items() if "kind" not in values}
    for entry in (*document.of("fields"), *document.of("views")):
        is_known = desk is not None or "fields" in document.sections
        if "conditions" not in entry.values or not is_known or custom.asked(entry.values) & unknown:
            continue
        own = entry.values["key"] if entry.section == "fields" else ""
        if words := custom.fault_of_conditions(entry.values, known, own):
            reading.add(entry.fault("conditions", words))


def _check_mentions(document: Document, reading: Reading, desk: Desk | None) -> None:
    labels: dict[str, dict[str, str]] = {}
    for entry in document.entries:
        label = entry.values[SECTIONS[entry.section].key[-1]] if entry.ident else ""
        labels.setdefault(entry.section, {}).setdefault(label.casefold(), label)
    for section, by_pk in (desk.labels if desk else {}).items():
        for label in by_pk.values():
            labels.setdefault(section, {}).setdefault(label.casefold(), label)
    for mention in reading.mentions:
        outside = mention.section in ("contacts", "organizations")
        if outside or (desk is None and mention.section not in document.sections):
            missing = desk is not None and desk.row(mention.section, mention.label) is None
            known: list[str] = []
        else:
            known = list(labels.get(mention.section, {}).values())
            missing = mention.label not in known
        if missing or mention.label == GONE:
            text = _("There is no “%(name)s” under %(section)s.") % {
                "name": mention.label[:60],
                "section": mention.section,
            }
            way = "" if outside else nearest(mention.label, known)
            reading.add(Fault(*mention.at, mention.path, f"{text} {way}".strip()))
