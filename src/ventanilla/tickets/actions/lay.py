"""Spam and trash for many tickets, or one: what an operation does, and blocking beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.people.rights import require
from ventanilla.people.senders import block_sender, unblock_sender
from ventanilla.tickets.actions.aside import bring_back, set_aside
from ventanilla.tickets.actions.erase import erase
from ventanilla.tickets.models import Aside, Ticket

Verb = Callable[[Ticket, Act], Event | None]
ERASE = "erase"  # can't be undone

LAY: dict[str, Verb] = {
    "spam": lambda ticket, act: set_aside(ticket, act, place=Aside.SPAM),
    "not_spam": lambda ticket, act: bring_back(ticket, act, place=Aside.SPAM),
    "trash": lambda ticket, act: set_aside(ticket, act, place=Aside.TRASH),
    "restore": lambda ticket, act: bring_back(ticket, act, place=Aside.TRASH),
    ERASE: erase,
}
# what all of it needs, so that nobody begins what is refused for each ticket
NEEDS = {"trash": "ticket.delete", "restore": "ticket.delete", ERASE: "ticket.erase"}


def check(act: Act, what: str) -> None:
    """Raises NotAllowed."""
    if what in NEEDS:
        require(act, NEEDS[what])


def begin(act: Act, what: str, change: dict[str, Any]) -> dict[str, Any]:
    """Block the sender whom an operation names (`block`). Returns what to keep of it, for `undo`:
    who was blocked before stays so. Raises NotAllowed, Invalid."""
    if what != "spam" or not change.get("block"):
        return change
    return change | {"blocked": block_sender(act, change["block"])}


def undo(act: Act, what: str, change: dict[str, Any]) -> None:
    if what == "spam" and change.get("blocked"):
        unblock_sender(act, change["block"])
