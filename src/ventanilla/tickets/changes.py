"""What a macro changes about a ticket, written down: `status=2`, `add=14`, `field=cause:broken`.

The same lines stand in a macro, beside a reply that waits, in a form and in an operation. What they
mean in words, and whether what they name is still there, is answered by `Targets`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Agent, Team
from ventanilla.tickets.condition_custom import KEY
from ventanilla.tickets.custom import read as read_value
from ventanilla.tickets.custom_queries import defined
from ventanilla.tickets.custom_words import in_words
from ventanilla.tickets.models import Category, Priority, Status, Tag, Ticket, Type

MOST = 40  # changes of one macro
MORNING = 9  # o'clock, when what sleeps for days wakes
CUSTOMER, ME, NOBODY = "customer", "me", ""
SETTABLE = (Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.RESOLVED)

# In the order in which they are made: the category says which fields there are, these may be asked
# for before it is resolved, and an assignee is looked for in the team that it is in by then.
FORMS: dict[str, re.Pattern[str]] = {
    "priority": re.compile("|".join(str(int(one)) for one in Priority)),
    "type": re.compile("|".join(Type.values)),
    "add": re.compile(r"\d{1,9}"),
    "remove": re.compile(r"\d{1,9}"),
    "category": re.compile(r"(\d{1,9})?"),
    "field": re.compile(rf"{KEY.pattern}:.{{1,200}}"),  # as somebody would type it
    "status": re.compile("|".join(str(int(one)) for one in SETTABLE)),
    "snooze": re.compile(r"customer|[1-9]\d{0,2}[hd]"),
    "team": re.compile(r"\d{1,9}"),
    "assignee": re.compile(r"me|(\d{1,9})?"),
}
ORDER = tuple(FORMS)
SEVERAL = ("add", "remove")
NOT_FIELDS = ("long_text", "choices")  # kinds whose values don't fit into a line


@dataclass(frozen=True, slots=True)
class Change:
    what: str  # one of ORDER
    value: str

    @property
    def code(self) -> str:
        return f"{self.what}={self.value}"

    @property
    def id(self) -> int | None:
        """Of the row that it names."""
        return int(self.value) if self.value.isdecimal() else None

    @property
    def field(self) -> tuple[str, str]:
        """Key and typed value of one of the desk's own fields."""
        key, _sign, typed = self.value.partition(":")
        return key, typed

    @property
    def told(self) -> str:
        """For events: without what was typed."""
        return f"field={self.field[0]}" if self.what == "field" else self.code


def read(codes: Iterable[str]) -> list[Change]:
    """The changes in the order in which they are made. Of what can have one value the last counts.

    A status and being put away exclude each other, the last counts. Raises Invalid.
    """
    found: dict[str, Change] = {}
    for code in codes:
        what, _sign, value = code.partition("=")
        if what not in FORMS or not FORMS[what].fullmatch(value):
            raise Invalid(_("“%(code)s” is no change.") % {"code": code[:60]}, field="also")
        change = Change(what, value)
        for other in _excluded(change):
            found.pop(other, None)
        found[_place(change)] = change
    if len(found) > MOST:
        raise Invalid(_("A macro can change %(most)s things at most.") % {"most": MOST})
    return sorted(found.values(), key=lambda one: (ORDER.index(one.what), one.value))


def _place(change: Change) -> str:
    """What can be there once."""
    return change.told if change.what in (*SEVERAL, "field") else change.what


def _excluded(change: Change) -> tuple[str, ...]:
    return {
        "status": ("snooze",),
        "snooze": ("status",),
        "add": (f"remove={change.value}",),
        "remove": (f"add={change.value}",),
    }.get(change.what, ())


def until(value: str, now: datetime, zone: tzinfo | None = None) -> datetime | None:
    """When a ticket put away by `value` wakes; None: when the customer writes. Pure.

    Hours count from `now`; after days it wakes in the morning by the clock of `zone`.
    """
    if value == CUSTOMER:
        return None
    count = int(value[:-1])
    if value.endswith("h"):
        return now + timedelta(hours=count)
    local = timezone.localtime(now, zone)
    return (local + timedelta(days=count)).replace(hour=MORNING, minute=0, second=0, microsecond=0)


# -- what they name ------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Targets:
    """The rows that some changes name, those no longer in use too."""

    teams: dict[int, Team] = field(default_factory=dict)
    agents: dict[int, Agent] = field(default_factory=dict)
    categories: dict[int, Category] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)

    def gone(self, change: Change) -> bool:
        """Whether what it sets is no longer there, or no longer in use."""
        if change.what == "field":
            one = defined(change.field[0])
            return one is None or not one.active
        pk = change.id
        if pk is None or change.what not in GONE:
            return False
        return GONE[change.what](self, pk)

    def missing(self, change: Change) -> bool:
        """Whether it names a row that there is none of, not even one no longer in use."""
        if change.what == "field":
            return defined(change.field[0]) is None
        pk, rows = change.id, ROWS.get(change.what)
        return pk is not None and rows is not None and pk not in rows(self)

    def label(self, change: Change) -> str:
        """In words: "Status: Waiting for customer", "Tag added: factura"."""
        return LABELS[change.what](change, self)

    def value(self, change: Change) -> str:
        """What it sets alone: "Waiting for customer"."""
        return VALUES[change.what](change, self)


ROWS: dict[str, Callable[[Targets], Mapping[int, object]]] = {
    "team": lambda known: known.teams,
    "assignee": lambda known: known.agents,
    "category": lambda known: known.categories,
    "add": lambda known: known.tags,
    "remove": lambda known: known.tags,
}
GONE: dict[str, Callable[[Targets, int], bool]] = {
    "team": lambda known, pk: pk not in known.teams or known.teams[pk].archived,
    "assignee": lambda known, pk: pk not in known.agents or not known.agents[pk].user.is_active,
    "category": lambda known, pk: pk not in known.categories or known.categories[pk].archived,
    "add": lambda known, pk: pk not in known.tags,
    "remove": lambda known, pk: pk not in known.tags,
}


def targets(changes: Iterable[Change], *, ticket: Ticket | None = None) -> Targets:
    """What the changes name, and what the ticket has of the same kind. A statement a kind."""
    ids: dict[str, set[int]] = {what: set() for what in ORDER}
    for change in changes:
        if change.id is not None:
            ids[change.what].add(change.id)
            if ticket is not None and change.what in ("team", "assignee", "category"):
                ids[change.what].add(getattr(ticket, f"{change.what}_id") or 0)
        elif ticket is not None and change.what in ("assignee", "category"):
            ids[change.what].add(getattr(ticket, f"{change.what}_id") or 0)
    tags = ids["add"] | ids["remove"]
    agents = Agent.objects.select_related("user")
    return Targets(
        teams=Team.objects.in_bulk(ids["team"]) if ids["team"] else {},
        agents=agents.in_bulk(ids["assignee"]) if ids["assignee"] else {},
        categories=Category.objects.in_bulk(ids["category"]) if ids["category"] else {},
        tags=dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name")) if tags else {},
    )


# -- in words ------------------------------------------------------------------------------------
def _snooze(change: Change) -> str:
    if change.value == CUSTOMER:
        return _("until the customer writes")
    count, unit = int(change.value[:-1]), change.value[-1]
    if unit == "h":
        return ngettext("for %(num)s hour", "for %(num)s hours", count) % {"num": count}
    return ngettext("for %(num)s day", "for %(num)s days", count) % {"num": count}


def _agent(change: Change, known: Targets) -> str:
    if change.value == ME:
        return _("whoever runs it")
    if change.id is None:
        return _("Nobody")
    agent = known.agents.get(change.id)
    return agent.user.name if agent else _("a former agent")


def _category(change: Change, known: Targets) -> str:
    if change.id is None:
        return _("None")
    found = known.categories.get(change.id)
    return found.name if found else _("a former category")


def _field(change: Change, known: Targets) -> str:
    key, typed = change.field
    one = defined(key)
    try:
        return in_words(one, read_value(one, typed)) if one else typed
    except ValueError:
        return typed


def _field_label(change: Change, known: Targets) -> str:
    one = defined(change.field[0])
    name = one.label if one else change.field[0]
    return f"{name}: {_field(change, known)}"


def _team(change: Change, known: Targets) -> str:
    found = known.teams.get(change.id or 0)
    return found.name if found else _("a former team")


def _tag(change: Change, known: Targets) -> str:
    return known.tags.get(change.id or 0) or _("a former tag")


VALUES: dict[str, Callable[[Change, Targets], str]] = {
    "status": lambda change, known: str(Status(int(change.value)).label),
    "snooze": lambda change, known: _snooze(change),
    "priority": lambda change, known: str(Priority(int(change.value)).label),
    "type": lambda change, known: str(Type(change.value).label),
    "add": _tag,
    "remove": _tag,
    "category": _category,
    "field": _field,
    "team": _team,
    "assignee": _agent,
}
LABELS: dict[str, Callable[[Change, Targets], str]] = {
    "status": lambda change, known: _("Status: %(value)s") % _said(change, known),
    "snooze": lambda change, known: _("Snoozed %(value)s") % _said(change, known),
    "priority": lambda change, known: _("Priority: %(value)s") % _said(change, known),
    "type": lambda change, known: _("Type: %(value)s") % _said(change, known),
    "add": lambda change, known: _("Tag: %(value)s") % _said(change, known),
    "remove": lambda change, known: _("Without the tag: %(value)s") % _said(change, known),
    "category": lambda change, known: _("Category: %(value)s") % _said(change, known),
    "field": _field_label,
    "team": lambda change, known: _("Team: %(value)s") % _said(change, known),
    "assignee": lambda change, known: _("Assignee: %(value)s") % _said(change, known),
}


def _said(change: Change, known: Targets) -> dict[str, str]:
    return {"value": VALUES[change.what](change, known)}


def now_of(change: Change, ticket: Ticket, known: Targets) -> str:
    """What the ticket has in its place, in words; empty where there is nothing to tell."""
    if change.what in ("status", "snooze"):
        return str(Status(ticket.status).label)
    if change.what == "priority":
        return str(Priority(ticket.priority).label)
    if change.what == "type":
        return str(Type(ticket.type).label)
    if change.what == "field":
        one = defined(change.field[0])
        return in_words(one, ticket.custom.get(one.key)) if one else ""
    if change.what in ("category", "team", "assignee"):
        pk = getattr(ticket, f"{change.what}_id")
        return VALUES[change.what](Change(change.what, str(pk or "")), known)
    return ""


def is_so(change: Change, ticket: Ticket, me: int) -> bool:
    """Whether the ticket is like that already. Pure."""
    if change.what in ("status", "priority"):
        return bool(getattr(ticket, change.what) == int(change.value))
    if change.what == "type":
        return ticket.type == change.value
    if change.what in SEVERAL:
        return (change.id in ticket.tags) == (change.what == "add")
    if change.what == "snooze":
        return False
    if change.what == "field":
        return _has(change, ticket)
    wanted = me if change.value == ME else change.id
    return bool(getattr(ticket, f"{change.what}_id") == wanted)


def _has(change: Change, ticket: Ticket) -> bool:
    key, typed = change.field
    one = defined(key)
    try:
        return one is not None and ticket.custom.get(key) == read_value(one, typed)
    except ValueError:
        return False
