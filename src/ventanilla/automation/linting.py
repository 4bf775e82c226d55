"""What is wrong with rules before they ever run: found by looking at them alone.

A finding is certain where it says that something never happens; nobody is asked about the tickets
that there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ventanilla.automation.definition import ASSIGNEE, TEAM, TRIGGERS, Definition
from ventanilla.automation.logic import Below, can_fit, follows
from ventanilla.automation.queries import Listed
from ventanilla.people.models import Agent, Team
from ventanilla.tickets.changes import Change, Targets, targets
from ventanilla.tickets.conditions import Check, Group
from ventanilla.tickets.views_queries import below

# what sets a field, by the trigger that looks at its changes
SETS = {
    "status": "status", "snooze": "status", "priority": "priority", "type": "type", "team": "team",
    "assignee": "assignee", "category": "category", "add": "tags", "remove": "tags",
    "field": "field",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """code: "never", "shadowed", "overruled", "back_and_forth", "already", "nobody", "gone",
    "powerless", "unreadable"; `other` is the rule that has to do with it."""

    rule: int
    code: str
    message: str
    other: int | None = None


def lint(rules: Sequence[Listed]) -> list[Finding]:
    """What is wrong with the rules that are switched on, in their order. 5 statements."""
    active = [one for one in rules if one.rule.active]
    tree, seen = below(), _Desk.of(active)
    found = [finding for one in active for finding in _alone(one, tree, seen)]
    for at, one in enumerate(active):
        for later in active[at + 1 :]:
            found += _pair(one, later, tree)
    order = {one.rule.pk: at for at, one in enumerate(active)}
    return sorted(found, key=lambda finding: order[finding.rule])


@dataclass(frozen=True, slots=True)
class _Desk:
    """What rules name."""

    known: Targets
    agents: frozenset[int]  # that can sign in
    staffed: frozenset[int]  # teams with somebody in them

    @classmethod
    def of(cls, rules: Sequence[Listed]) -> _Desk:
        said = [one.definition for one in rules if one.definition]
        agents = Agent.objects.filter(user__is_active=True)
        return cls(
            targets(change for one in said for change in one.changes),
            frozenset(agents.values_list("pk", flat=True)),
            frozenset(
                Team.objects.filter(members__user__is_active=True).values_list("pk", flat=True)
            ),
        )


# -- one by itself -------------------------------------------------------------------------------
def _alone(one: Listed, tree: Below, desk: _Desk) -> Iterator[Finding]:
    pk, definition = one.rule.pk, one.definition
    if definition is None:
        yield Finding(pk, "unreadable", _("It can't be read any more and does nothing."))
        return
    if one.powerless:
        text = _("%(name)s, by whose rights it acts, has none for that any more.")
        yield Finding(pk, "powerless", text % {"name": one.author})
    if not can_fit(definition.conditions, tree):
        yield Finding(pk, "never", _("Its conditions exclude each other: no ticket ever fits."))
        return
    for change in definition.changes:
        if desk.known.gone(change):
            text = _("%(change)s: that is no longer there, so it is left out each time.")
            yield Finding(pk, "gone", text % {"change": desk.known.label(change)})
        elif _is_so_already(change, definition, tree):
            text = _("%(change)s: wherever it fits, this is so already.")
            yield Finding(pk, "already", text % {"change": desk.known.label(change)})
    yield from _tells_nobody(pk, definition, desk)


def _is_so_already(change: Change, definition: Definition, tree: Below) -> bool:
    fields = {"priority": int, "status": int, "type": str, "team": int, "category": int}
    if change.what not in fields or not change.value:
        return False
    wanted = Check(change.what, "is", (fields[change.what](change.value),))
    return follows(definition.conditions, Group("all", (wanted,)), tree)


def _tells_nobody(pk: int, definition: Definition, desk: _Desk) -> Iterator[Finding]:
    gone = [one for one in definition.notify if one.isdecimal() and int(one) not in desk.agents]
    if gone:
        yield Finding(pk, "nobody", _("Somebody whom it tells can't sign in any more."))
    gives = any(one.what == "assignee" and one.value for one in definition.changes)
    only_new = definition.on == {"created"} and definition.notify == (ASSIGNEE,)
    if only_new and not gives:
        text = _("It tells whoever has the ticket, but a ticket that is opened has nobody yet.")
        yield Finding(pk, "nobody", text)
    teams = [one.id for one in definition.changes if one.what == "team"]
    if TEAM in definition.notify and teams and teams[0] not in desk.staffed:
        yield Finding(pk, "nobody", _("It tells the team that it chooses, where nobody is."))


# -- two together --------------------------------------------------------------------------------
def _pair(earlier: Listed, later: Listed, tree: Below) -> Iterator[Finding]:
    first, second = earlier.definition, later.definition
    if first is None or second is None or first.after or second.after:
        return
    if first.stop and second.on <= first.on and follows(second.conditions, first.conditions, tree):
        text = _("“%(name)s” stands before it, fits whenever this one does, and lets none follow.")
        yield Finding(
            later.rule.pk, "shadowed", text % {"name": earlier.rule.name}, earlier.rule.pk
        )
        return
    both = _same_field(first, second)
    if not both or first.stop:
        return
    if first.on <= second.on and follows(first.conditions, second.conditions, tree):
        text = _("“%(name)s” stands behind it and always sets another value: %(what)s.")
        said = {"name": later.rule.name, "what": both[0].what}
        yield Finding(earlier.rule.pk, "overruled", text % said, later.rule.pk)
    elif _sets_off(first, second) and _sets_off(second, first):
        text = _("It and “%(name)s” set each other off and want different values: %(what)s.")
        said = {"name": later.rule.name, "what": both[0].what}
        yield Finding(earlier.rule.pk, "back_and_forth", text % said, later.rule.pk)


def _same_field(first: Definition, second: Definition) -> list[Change]:
    """What both set, to different values."""
    single = {one.what: one.value for one in second.changes if one.what not in ("add", "remove")}
    return [
        one
        for one in first.changes
        if one.what in single and one.what != "field" and single[one.what] != one.value
    ]


def _sets_off(one: Definition, other: Definition) -> bool:
    """Whether what one changes is what the other looks at."""
    changed = {SETS[change.what] for change in one.changes}
    return bool(changed & other.on & TRIGGERS.keys())
