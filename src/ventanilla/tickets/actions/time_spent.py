"""Time spent on a ticket, written down by hand."""

from __future__ import annotations

from uuid import uuid4

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TimeSpentChanged
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotAllowed, NotFound
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import may, require
from ventanilla.tickets.actions.change import change, first_act
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.spent import Entry

MOST = 500  # entries of one ticket
LONGEST = 200  # characters of a note
DAY = 24 * 60  # minutes: more is a slip of the keys


@transactional
def add_time(ticket: Ticket, act: Act, *, minutes: int, note: str = "") -> Event:
    """Write down that the acting agent spent `minutes` on it.

    Raises NotAllowed (also for whoever is no agent), Invalid (no or too long a time, too many).
    """
    ticket.lock()
    require(act, "ticket.change", ticket)
    if act.actor.kind != "agent":
        raise NotAllowed(_("Only agents spend time on tickets."))
    _check(minutes)
    if len(ticket.time_spent) >= MOST:
        raise Invalid(_("This ticket holds no more times. Change one of them."), field="time")
    made: Entry = {
        "id": uuid4().hex[:12],
        "minutes": minutes,
        "note": _short(note),
        "by": act.actor.id,
        "at": act.when.isoformat(),
        "merges": [],
    }
    event = _keep(ticket, act, [*ticket.time_spent, made], made, "added")
    first_act(ticket, act, event)
    return event


@transactional
def change_time(
    ticket: Ticket, act: Act, *, entry: str, minutes: int, note: str = ""
) -> Event | None:
    """Correct a time: its author, or who may change people. None: it was so.

    Raises NotAllowed, NotFound, Invalid.
    """
    ticket.lock()
    old = _own(ticket, act, entry)
    _check(minutes)
    new = old | {"minutes": minutes, "note": _short(note)}
    if new == old:
        return None
    kept = [new if one["id"] == entry else one for one in ticket.time_spent]
    return _keep(ticket, act, kept, new, "changed", was=old["minutes"])


@transactional
def remove_time(ticket: Ticket, act: Act, *, entry: str) -> Event:
    """Its author, or who may change people. Raises NotAllowed, NotFound."""
    ticket.lock()
    old = _own(ticket, act, entry)
    rest = [one for one in ticket.time_spent if one["id"] != entry]
    return _keep(ticket, act, rest, old, "removed")


def _own(ticket: Ticket, act: Act, entry: str) -> Entry:
    require(act, "ticket.change", ticket)
    found: Entry | None = next((one for one in ticket.time_spent if one["id"] == entry), None)
    if found is None:
        raise NotFound(_("This time is no longer there."))
    if found["by"] != act.actor.id and not may(act, "setup.people"):
        raise NotAllowed(_("Somebody else wrote this time down. Ask them, or an administrator."))
    return found


def _check(minutes: int) -> None:
    if not 1 <= minutes <= DAY:
        raise Invalid(_("Write a time from 1 minute to 24 hours."), field="time")


def _short(note: str) -> str:
    return " ".join(note.split())[:LONGEST]


def _keep(
    ticket: Ticket, act: Act, entries: list[Entry], entry: Entry, what: str, was: int | None = None
) -> Event:
    happening = TimeSpentChanged(entry["id"], what, entry["by"], entry["minutes"], was)
    texts = {"note": entry["note"]} if entry["note"] else {}
    return change(ticket, act, happening, texts=texts, time_spent=entries)
