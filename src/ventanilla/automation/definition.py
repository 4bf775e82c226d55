"""What a rule says: on what it looks, what must fit, what it does then. Read, checked, written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.lib.liquid import TemplateFault
from ventanilla.lib.liquid import check as check_template
from ventanilla.lib.problems import Invalid
from ventanilla.tickets import conditions
from ventanilla.tickets.changes import ME, Change, targets
from ventanilla.tickets.changes import read as read_changes
from ventanilla.tickets.conditions import Group
from ventanilla.tickets.custom import check_conditions
from ventanilla.tickets.custom_queries import definitions
from ventanilla.tickets.variables import EXAMPLE

# What a rule can look at, by the event that tells it.
TRIGGERS = {
    "created": "ticket.triaged",
    "message": "message.received",
    "reply": "message.replied",
    "note": "message.noted",
    "status": "ticket.status_changed",
    "priority": "ticket.priority_changed",
    "assignee": "ticket.assigned",
    "team": "ticket.team_changed",
    "category": "ticket.category_changed",
    "type": "ticket.type_changed",
    "tags": "ticket.tags_changed",
    "field": "ticket.field_changed",
    "breached": "sla.breached",
}
ASSIGNEE, TEAM = "assignee", "team"  # who can be told, beside agents by their ids
LONGEST_NOTE = 5000  # characters
MOST_TOLD = MOST_TEXTS = 20
NEVER_SEEN = ("unread",)  # depends on who looks, and nobody does


# Since when a rule can count, by the events at which that begins anew.
SINCE = {
    "opened": frozenset({"ticket.triaged"}),
    "status": frozenset({"ticket.triaged", "ticket.status_changed"}),
    "silence": frozenset({"message.replied"}),  # we have answered, and the customer has not yet
    "waiting": frozenset({"ticket.triaged", "message.received"}),  # for our answer
}
LONGEST = 24 * 365  # hours


@dataclass(frozen=True, slots=True)
class After:
    """So long after something, once for each time that it begins.

    working   hours of the team's calendar, or the desk's; else by the clock
    """

    since: str  # one of SINCE
    hours: int
    working: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """Looks at the events `on`, or `after` a time.

    notify   "assignee", "team", or the user id of an agent, as text
    note     an internal note; Liquid, with the variables of macros
    message  to the customer, likewise: texts by language, "" for all others
    """

    on: frozenset[str]
    after: After | None = None
    conditions: Group = conditions.EVERYTHING
    changes: tuple[Change, ...] = ()
    note: str = ""
    message: Mapping[str, str] = field(default_factory=dict)
    notify: tuple[str, ...] = ()
    stop: bool = False  # no rule behind it is asked any more
    kinds: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", frozenset(TRIGGERS[one] for one in self.on))


def read(said: Mapping[str, Any]) -> Definition:
    """A definition from its JSON form. Raises Invalid where it makes no sense by itself."""
    if unknown := said.keys() - KEYS:
        raise Invalid(_("A rule holds no “%(name)s”.") % {"name": sorted(unknown)[0]})
    on, after = frozenset(said.get("on", ())), _after(said.get("after"))
    if bool(on) == bool(after) or not on <= TRIGGERS.keys():
        raise Invalid(_("Choose when the rule looks: at least one event, or a time."), field="on")
    return Definition(
        on=on,
        after=after,
        conditions=_conditions(said.get("conditions")),
        changes=tuple(read_changes(said.get("changes", ()))),
        note=said.get("note", "").strip(),
        message=_texts(said.get("message", {})),
        notify=_told(said.get("notify", ())),
        stop=bool(said.get("stop", False)),
    )


KEYS = {"on", "after", "conditions", "changes", "note", "message", "notify", "stop"}


def _after(given: Any) -> After | None:
    if not given:
        return None
    if not isinstance(given, dict) or given.keys() - {"since", "hours", "working"}:
        raise Invalid(_("A time holds since, hours and working, and nothing else."), field="hours")
    since, hours = given.get("since"), given.get("hours")
    if since not in SINCE:
        raise Invalid(_("Choose since when the time counts."), field="since")
    if isinstance(hours, bool) or not isinstance(hours, int) or not 1 <= hours <= LONGEST:
        raise Invalid(_("Write a time of one hour at least, and a year at most."), field="hours")
    return After(since, hours, bool(given.get("working", False)))


def _conditions(given: Any) -> Group:
    found = conditions.read(given)
    for test in conditions.checks(found):
        mine = test.field == "assignee" and isinstance(test.value, tuple) and ME in test.value
        if test.field in NEVER_SEEN or mine:
            raise Invalid(
                _("A rule is nobody in particular: it can't ask for “me” or what was read."),
                field="conditions",
            )
    return found


def _texts(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or len(given) > MOST_TEXTS:
        raise Invalid(_("A message has its texts by language."), field="text")
    return {str(one): text.strip() for one, text in sorted(given.items()) if text.strip()}


def _told(given: Any) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(map(str, given)))
    if len(found) > MOST_TOLD or any(
        one not in (ASSIGNEE, TEAM) and not (one.isdecimal() and len(one) < 10) for one in found
    ):
        raise Invalid(_("Choose who is told: 20 people at most."), field="notify")
    return found


def check(definition: Definition, had: frozenset[str] = frozenset()) -> None:
    """Hold a definition to what the desk has. Raises Invalid.

    had   codes of changes that stood there before: what they name may have gone since
    """
    does = (definition.changes, definition.note, definition.message, definition.notify)
    if not any(does) and not definition.stop:
        raise Invalid(_("Choose what the rule does."), field="changes")
    check_conditions(definition.conditions, definitions())
    known = targets(definition.changes)
    for change in definition.changes:
        if change.what == "assignee" and change.value == ME:
            raise Invalid(_("A rule is nobody in particular: name an agent."), field="assignee")
        if change.code not in had and known.missing(change):
            raise Invalid(
                _("%(change)s: choose one that is in use.") % {"change": known.label(change)},
                field=change.what,
            )
    _check_text(definition.note, "note")
    for language, text in definition.message.items():
        _check_text(text, f"text_{language}" if language else "text")


def _check_text(text: str, name: str) -> None:
    if len(text) > LONGEST_NOTE:
        raise Invalid(_("Write at most 5,000 characters."), field=name)
    if faults := check_template(text, EXAMPLE):
        raise Invalid(str(TemplateFault(faults[0])), field=name)


def written(definition: Definition) -> dict[str, Any]:
    """The JSON form, as `read` takes it."""
    return {
        "on": sorted(definition.on, key=list(TRIGGERS).index),
        "after": asdict(definition.after) if definition.after else None,
        "conditions": conditions.written(definition.conditions),
        "changes": [one.code for one in definition.changes],
        "note": definition.note,
        "message": dict(definition.message),
        "notify": list(definition.notify),
        "stop": definition.stop,
    }
