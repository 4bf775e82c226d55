"""Conditions as the lines of a form that reads like sentences: from what is posted, and back.

Pure, but for the desk's own fields: what they are is read once per change of the configuration.

A line is a field, an operator and values; a block says whether all or any of its parts must fit.
Names in the form end in a place: `f:0.2` is the field of the third part of the outermost block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ventanilla.lib.problems import Invalid
from ventanilla.tickets import custom
from ventanilla.tickets.condition_custom import PREFIX, field_of, key_of
from ventanilla.tickets.condition_fields import FIELDS, ON_A_DAY, WITHOUT
from ventanilla.tickets.conditions import DEEPEST, MOST_TESTS, Group, check
from ventanilla.tickets.custom import Definition
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.custom_queries import defined, definitions

Words = str | Promise
NAME = re.compile(r"[fovuwk]:\d{1,3}(?:\.\d{1,3}){0,4}")
MOST_PARTS = 60  # that are read of what is posted
UNITS = {"h": 1, "d": 24, "w": 168}
UNIT_WORDS = {
    "h": gettext_lazy("hours"),
    "d": gettext_lazy("days"),
    "w": gettext_lazy("weeks"),
}
OVERDUE = "overdue"  # in the form, what the language calls due within 0 hours
BY_NAME = ("contact", "organization")  # typed, between semicolons

# the fields as a supervisor knows them, in groups
GROUPS: Sequence[tuple[Words, Mapping[str, Words]]] = (
    (
        gettext_lazy("The ticket"),
        {
            "status": pgettext_lazy("field", "Status"),
            "priority": gettext_lazy("Priority"),
            "type": gettext_lazy("Type"),
            "impact": gettext_lazy("Impact"),
            "urgency": gettext_lazy("Urgency"),
            "category": gettext_lazy("Category"),
            "tags": gettext_lazy("Tags"),
            "subject": gettext_lazy("Subject"),
            "language": gettext_lazy("Language"),
            "channel": gettext_lazy("Channel"),
            "inbox": gettext_lazy("Inbox"),
        },
    ),
    (
        gettext_lazy("Whose turn it is"),
        {
            "assignee": gettext_lazy("Assignee"),
            "team": gettext_lazy("Team"),
            "turn": gettext_lazy("It waits for"),
            "last_by": gettext_lazy("The last message is from"),
            "unread": gettext_lazy("Not read by whoever looks"),
        },
    ),
    (
        gettext_lazy("The customer"),
        {
            "contact": gettext_lazy("Customer"),
            "organization": gettext_lazy("Company"),
            "vip": gettext_lazy("Customer or company is VIP"),
        },
    ),
    (
        gettext_lazy("When"),
        {
            "created": pgettext_lazy("column", "Opened"),
            "updated": gettext_lazy("Last change"),
            "last_message": gettext_lazy("Last message"),
            "waiting": gettext_lazy("The customer waits for an answer"),
            "resolved": pgettext_lazy("column", "Resolved"),
            "due": gettext_lazy("Deadline"),
        },
    ),
    (
        gettext_lazy("How much"),
        {
            "messages": gettext_lazy("Number of messages"),
            "reopened": gettext_lazy("Times reopened"),
        },
    ),
)
LABELS = {name: label for _title, several in GROUPS for name, label in several.items()}
OPS: dict[str, Words] = {
    "is": pgettext_lazy("condition", "is"),
    "is_not": pgettext_lazy("condition", "is not"),
    "under": gettext_lazy("is, or stands below"),
    "not_under": gettext_lazy("is not, nor stands below"),
    "at_least": gettext_lazy("is at least"),
    "at_most": gettext_lazy("is at most"),
    "empty": gettext_lazy("is not set"),
    "set": gettext_lazy("is set"),
    "any": gettext_lazy("has any of"),
    "all": gettext_lazy("has all of"),
    "none": gettext_lazy("has none of"),
    "contains": gettext_lazy("contains"),
    "lacks": gettext_lazy("doesn't contain"),
    "within": gettext_lazy("in the last"),
    "older": gettext_lazy("more than … ago:"),
    "after": gettext_lazy("on this day or later:"),
    "before": gettext_lazy("before"),
    "yes": pgettext_lazy("condition", "yes"),
    "no": pgettext_lazy("condition", "no"),
    OVERDUE: gettext_lazy("has passed"),
}
OPS_OF: dict[tuple[str, str], Words] = {
    ("assignee", "empty"): gettext_lazy("is nobody"),
    ("assignee", "set"): gettext_lazy("is somebody"),
    ("tags", "empty"): gettext_lazy("has none at all"),
    ("tags", "set"): gettext_lazy("has at least one"),
    ("waiting", "set"): pgettext_lazy("condition", "now"),
    ("waiting", "empty"): gettext_lazy("not now"),
    ("waiting", "older"): gettext_lazy("for more than"),
    ("waiting", "within"): gettext_lazy("for less than"),
    ("waiting", "after"): gettext_lazy("since this day or later:"),
    ("waiting", "before"): gettext_lazy("since before"),
    ("due", "within"): gettext_lazy("has passed, or will within"),
    ("due", "set"): gettext_lazy("runs or is stopped"),
    ("due", "empty"): gettext_lazy("there is none"),
}

Choices = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Line:
    """One condition as the form has it. `values` are as posted; those of BY_NAME are one text."""

    field: str
    op: str
    values: list[str] = made(default_factory=list)
    unit: str = "h"
    error: str = ""
    path: str = ""

    @property
    def input(self) -> str:
        """What its value is given with; empty: it takes none."""
        return input_of(self.field, self.op)

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


@dataclass(slots=True)
class Block:
    kind: str = "all"
    parts: list[Line | Block] = made(default_factory=list)
    error: str = ""
    path: str = "0"

    @property
    def deep(self) -> bool:
        """Whether no further block may stand in it."""
        return self.path.count(".") + 1 >= DEEPEST

    @property
    def wrong(self) -> bool:
        """Whether anything was told at a line."""
        return any(line.error for line in self.lines())

    def lines(self) -> Iterator[Line]:
        for part in self.parts:
            if isinstance(part, Line):
                yield part
            else:
                yield from part.lines()


def groups(block: Block) -> list[tuple[Words, Mapping[str, Words]]]:
    """The fields that can be asked for; those of the desk, and what a line asks for already."""
    own: dict[str, Words] = {PREFIX + one.key: one.label for one in definitions() if one.active}
    asked = [line.field for line in block.lines() if line.field not in LABELS]
    own |= {name: _label(name) for name in asked if name not in own}
    return [*GROUPS, *([(_("Fields of this desk"), own)] if own else [])]


def _label(name: str) -> str:
    one = own_field(name)
    return one.label if one else key_of(name)


def own_field(name: str) -> Definition | None:
    """The desk's own field that a line asks for."""
    return defined(key_of(name)) if name.startswith(PREFIX) else None


def input_of(name: str, op: str) -> str:
    """ "several", "one", "names", "text", "span", "day", "amount", or nothing."""
    if op in WITHOUT or op == OVERDUE:
        return ""
    if name.startswith(PREFIX):
        one = own_field(name)
        plain = one is None or op in ("contains", "lacks")
        return "text" if plain or one is None else OWN_INPUTS.get(Kind(one.kind), "text")
    if op in ON_A_DAY:
        return "day"
    if op in ("within", "older"):
        return "span"
    if op in ("at_least", "at_most"):
        return "one" if name == "priority" else "amount"
    if op in ("contains", "lacks"):
        return "text"
    return "names" if name in BY_NAME else "several"


OWN_INPUTS = {
    Kind.NUMBER: "amount",
    Kind.DATE: "day",
    Kind.CHOICE: "several",
    Kind.CHOICES: "several",
    Kind.YES_NO: "several",
}


def operators_of(name: str) -> list[tuple[str, Words]]:
    """What a field can be asked with, in words."""
    found = [*([OVERDUE] if name == "due" else []), *_operators(name)]
    return [(op, OPS_OF.get((name, op), OPS[op])) for op in found]


def _operators(name: str) -> Sequence[str]:
    one = own_field(name)
    if one is not None:
        return (*custom.OPERATORS[Kind(one.kind)], *custom.PRESENCE)
    known = FIELDS.get(name) or field_of(name)
    return tuple(known.operators) if known else ()


# -- what is posted ------------------------------------------------------------------------------
def posted(data: Any) -> Block:
    """The lines of a posted form (a QueryDict). What makes no sense is left out."""
    found: dict[tuple[int, ...], Line | Block] = {}
    for name in data:
        if not NAME.fullmatch(name):
            continue
        place = tuple(map(int, name[2:].split(".")))
        if name[0] == "k" and len(place) <= DEEPEST:
            found[place] = Block("any" if data[name] == "any" else "all")
        elif name[0] == "f" and field_of(data[name]) and 1 < len(place) <= DEEPEST + 1:
            found[place] = _line(data, name[2:])
    root = found.get((0,))
    block = root if isinstance(root, Block) else Block()
    for place in sorted(found)[:MOST_PARTS]:
        parent = block if len(place) == 2 and place[0] == 0 else found.get(place[:-1])
        if len(place) > 1 and isinstance(parent, Block):
            parent.parts.append(found[place])
    return numbered(block)


def _line(data: Any, place: str) -> Line:
    name, op = data[f"f:{place}"], data.get(f"o:{place}", "")
    known = [one for one, _words in operators_of(name)]
    line = Line(name, op if op in known else known[0])
    if data.get(f"w:{place}", "") == was(line):  # given for this kind of question
        line.values = [one[:2000] for one in data.getlist(f"v:{place}")[:100]]
        line.unit = data.get(f"u:{place}", "h")
    return line


def was(line: Line) -> str:
    """For what its values are given: those of another field would mean something else."""
    return f"{line.field}/{line.input}"


def numbered(block: Block) -> Block:
    """Give every part the place where it stands now."""
    for at, part in enumerate(block.parts):
        part.path = f"{block.path}.{at}"
        if isinstance(part, Block):
            numbered(part)
    return block


def changed(block: Block, do: str) -> str:
    """Add or remove a part, as a button asks: "add:0", "group:0", "remove:0.1".

    Returns the place where the writer goes on.
    """
    what, _colon, path = do.partition(":")
    holder = _at(block, path if what in ("add", "group") else path.rpartition(".")[0])
    if holder is None:
        return ""
    if what == "remove":
        at = int(path.rpartition(".")[2])
        del holder.parts[at : at + 1]
        numbered(block)
        return holder.parts[min(at, len(holder.parts) - 1)].path if holder.parts else holder.path
    if len(list(block.lines())) >= MOST_TESTS or (what == "group" and holder.deep):
        return holder.path
    line = Line("status", "is")
    other = "any" if holder.kind == "all" else "all"
    holder.parts.append(Block(other, [line]) if what == "group" else line)
    numbered(block)
    return line.path


def _at(block: Block, path: str) -> Block | None:
    if block.path == path:
        return block
    inner = (one for one in block.parts if isinstance(one, Block))
    return next((found for one in inner if (found := _at(one, path))), None)


# -- conditions -----------------------------------------------------------------------------------
Names = Callable[[str, Sequence[str]], list[int]]  # ids of what is typed; raises Invalid


def conditions(block: Block, names: Names) -> dict[str, Any]:
    """The block in the language's JSON form; what is wrong is told at its line.

    Empty inner blocks are left out: nobody asked anything in them.
    """
    parts = [_part(one, names) for one in block.parts if isinstance(one, Line) or one.parts]
    if not parts:
        return {} if block.path == "0" else {block.kind: []}
    return {block.kind: parts}


def _part(part: Line | Block, names: Names) -> dict[str, Any]:
    if isinstance(part, Block):
        return conditions(part, names)
    part.error = ""
    try:
        test = _test(part, names)
        custom.check_conditions(Group("all", (check(test),)), definitions())
    except (Invalid, ValueError) as wrong:
        part.error = wrong.message if isinstance(wrong, Said) else _missing(part)
        return {"field": part.field, "op": part.op}
    return test


class Said(Invalid):
    """Invalid, in words that the form can show as they are."""


def _missing(line: Line) -> str:
    return {
        "several": _("Choose at least one."),
        "one": _("Choose one."),
        "names": _("Write whom you mean."),
        "text": _("Write what to look for: 100 characters at most."),
        "span": _("Write a whole number, such as 3."),
        "amount": _("Write a whole number, such as 3."),
        "day": _("Choose a day."),
    }.get(line.input, _("This can't be asked so."))


def _test(line: Line, names: Names) -> dict[str, Any]:
    if line.op == OVERDUE:
        return {"field": line.field, "op": "within", "value": 0}
    test: dict[str, Any] = {"field": line.field, "op": line.op}
    if not line.input:
        return test
    return test | {"value": _value(line, names)}


def _value(line: Line, names: Names) -> Any:
    if line.field.startswith(PREFIX):
        return _own_value(line, own_field(line.field))
    if line.input == "span":
        return int(line.value) * UNITS.get(line.unit, 1)
    if line.input == "amount":
        return int(line.value)
    if line.input == "names":
        return names(line.field, [one.strip() for one in line.value.split(";") if one.strip()])
    if line.input == "several":
        return [int(one) if one.isdecimal() else one for one in line.values]
    return line.value


def _own_value(line: Line, one: Definition | None) -> Any:
    """As the field's values are stored. Raises ValueError."""
    if one is None or line.op in ("contains", "lacks"):
        return line.value
    if one.kind == Kind.YES_NO:
        return [value == "yes" for value in line.values]
    if one.kind in (Kind.CHOICE, Kind.CHOICES):
        return list(line.values)
    read = custom.read(one, line.value) if one.kind != Kind.PATTERN else line.value
    if read is None:
        raise ValueError(line.value)
    return read if line.op in ("at_least", "at_most") else [read]


Labels = Callable[[str, Sequence[int]], list[str]]  # what ids are called


def lines_of(given: Any, labels: Labels) -> Block:
    """The form of conditions, as `conditions` made them."""
    return numbered(_block(given or {"all": []}, labels))


def _block(given: Mapping[str, Any], labels: Labels) -> Block:
    ((kind, parts),) = given.items()
    return Block(kind, [_shown(part, labels) for part in parts])


def _shown(part: Mapping[str, Any], labels: Labels) -> Line | Block:
    if "field" not in part:
        return _block(part, labels)
    line = Line(part["field"], part["op"])
    value: Any = part.get("value")
    if (line.field, line.op, value) == ("due", "within", 0):
        line.op = OVERDUE
    elif line.input == "span":
        line.unit = "w" if value and not value % 168 else "d" if value and not value % 24 else "h"
        line.values = [str(value // UNITS[line.unit])]
    elif line.input == "names":
        line.values = ["; ".join(labels(line.field, value))]
    elif line.input:
        line.values = [_written(one) for one in (value if isinstance(value, list) else [value])]
    return line


def _written(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
