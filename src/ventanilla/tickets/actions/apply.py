"""Making a macro's changes on a ticket: each by its own verb, with the rights of who runs it.

What can't be made is left out and named; the rest is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import MacroApplied
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict, Problem
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Agent
from ventanilla.tickets.actions.assign import assign
from ventanilla.tickets.actions.change import change as record_change
from ventanilla.tickets.actions.custom import set_fields
from ventanilla.tickets.actions.fields import (
    categorise,
    set_priority,
    set_status,
    set_tags,
    set_type,
)
from ventanilla.tickets.actions.move import move
from ventanilla.tickets.actions.snooze import snooze
from ventanilla.tickets.changes import ME, Change, Targets, read, targets, until
from ventanilla.tickets.models import Priority, Status, Ticket, Type


class NothingDone(Conflict):
    """None of a macro's changes could be made."""

    code = "nothing_done"


@dataclass
class Applied:
    """What became of some changes. What was so already is in neither list."""

    done: list[Change] = field(default_factory=list)
    left_out: list[tuple[Change, str]] = field(default_factory=list)  # and why

    def reasons(self, known: Targets) -> str:
        return "; ".join(f"{known.label(one)} ({why})" for one, why in self.left_out)


@transactional
def apply_changes(
    ticket: Ticket,
    act: Act,
    *,
    changes: Iterable[str],
    macros: Sequence[int] = (),
    name: str = "",
    message: int | None = None,
    known: Targets | None = None,
) -> Event | None:
    """Make these changes on a ticket, and tell which macros they come from.

    message   the message that they went with: then that stands, even if nothing could be changed
    known     what the changes name, from who makes the same ones on many tickets
    Returns the event that tells it, None when everything was so already. Raises NothingDone, with
    what stood in the way.
    """
    ticket.lock()
    wanted = read(changes)
    known = known or targets(wanted)
    found = make(ticket, act, wanted, known)
    if not found.done and not found.left_out:
        return None
    reasons = found.reasons(known)
    if not found.done and message is None:
        raise NothingDone(_("Nothing was changed. %(why)s") % {"why": reasons})
    happening = MacroApplied(
        macros=tuple(macros),
        done=tuple(one.told for one in found.done),
        left_out=tuple(one.told for one, _why in found.left_out),
        message=message,
    )
    texts = {"name": name, "left_out": reasons}
    return record_change(
        ticket, act, happening, texts={key: text for key, text in texts.items() if text}
    )


def make(ticket: Ticket, act: Act, wanted: Sequence[Change], known: Targets) -> Applied:
    """Make each change on the locked ticket by its verb; what can't be made is named."""
    found = Applied()
    who = any(one.what == "snooze" or one.value == ME for one in wanted)
    agents = Agent.objects.select_related("user")
    me = agents.filter(pk=act.actor.id or 0).first() if who else None
    for change in wanted:
        if known.gone(change):
            found.left_out.append((change, _("no longer there")))
            continue
        try:
            event = VERBS[change.what](ticket, act, change, known, me)
        except Problem as problem:
            found.left_out.append((change, str(problem.message)))
            continue
        if event is not None:
            found.done.append(change)
    return found


# -- from a change to its verb ---------------------------------------------------------------------
Verb = Callable[[Ticket, Act, Change, Targets, Agent | None], Event | None]


def _snooze(
    ticket: Ticket, act: Act, change: Change, known: Targets, me: Agent | None
) -> Event | None:
    zone = ZoneInfo(me.time_zone) if me else None
    return snooze(ticket, act, until=until(change.value, act.when, zone))


def _set_field(
    ticket: Ticket, act: Act, change: Change, known: Targets, me: Agent | None
) -> Event | None:
    key, typed = change.field
    return next(iter(set_fields(ticket, act, values={key: typed})), None)


def _assign(
    ticket: Ticket, act: Act, change: Change, known: Targets, me: Agent | None
) -> Event | None:
    to = me if change.value == ME else known.agents.get(change.id or 0)
    return assign(ticket, act, to=to)


def _categorise(
    ticket: Ticket, act: Act, change: Change, known: Targets, me: Agent | None
) -> Event | None:
    return categorise(ticket, act, to=known.categories.get(change.id or 0))


VERBS: dict[str, Verb] = {
    "status": lambda ticket, act, change, known, me: set_status(
        ticket, act, to=Status(int(change.value))
    ),
    "snooze": _snooze,
    "priority": lambda ticket, act, change, known, me: set_priority(
        ticket, act, to=Priority(int(change.value))
    ),
    "type": lambda ticket, act, change, known, me: set_type(ticket, act, to=Type(change.value)),
    "add": lambda ticket, act, change, known, me: set_tags(
        ticket, act, add=[known.tags[change.id or 0]]
    ),
    "remove": lambda ticket, act, change, known, me: set_tags(
        ticket, act, remove=[known.tags[change.id or 0]]
    ),
    "category": _categorise,
    "field": _set_field,
    "team": lambda ticket, act, change, known, me: move(
        ticket, act, to=known.teams[change.id or 0]
    ),
    "assignee": _assign,
}
