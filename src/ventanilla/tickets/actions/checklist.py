"""What is still to be done about a ticket, ticked off one by one.

The list stands on the ticket's row: {"id", "text", "done" (ISO 8601 or None), "by", "for"} each,
`by` and `for` being user ids. Ids are never given twice.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import ChecklistChanged
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotFound
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Agent
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change, first_act
from ventanilla.tickets.models import Ticket

MOST = 50  # of one ticket
LONGEST = 200  # characters

Item = dict[str, Any]


@transactional
def add_task(ticket: Ticket, act: Act, *, text: str, to: Agent | None = None) -> Event:
    """Write down one more thing to be done, by somebody or whoever comes.

    Raises NotAllowed, Invalid (nothing written, too many).
    """
    ticket.lock()
    require(act, "ticket.change", ticket)
    text = " ".join(text.split())[:LONGEST]
    if not text:
        raise Invalid(_("Write what is to be done."), field="text")
    if len(ticket.checklist) >= MOST:
        raise Invalid(
            _("A ticket has %(most)s tasks at most. Remove one first.") % {"most": MOST},
            field="text",
        )
    highest = max((item["id"] for item in ticket.checklist), default=0)
    made: Item = {
        "id": highest + 1,
        "text": text,
        "done": None,
        "by": None,
        "for": to.pk if to else None,
    }
    return _keep(ticket, act, [*ticket.checklist, made], made, "added")


@transactional
def tick_task(ticket: Ticket, act: Act, *, task: int, done: bool) -> Event | None:
    """Say that it is done, or not after all. None: it was so. Raises NotAllowed, NotFound."""
    ticket.lock()
    require(act, "ticket.change", ticket)
    old = _one(ticket, task)
    if bool(old["done"]) == done:
        return None
    by = act.actor.id if act.actor.kind == "agent" else None
    new = old | {"done": act.when.isoformat() if done else None, "by": by if done else None}
    return _keep(ticket, act, _with(ticket, new), new, "done" if done else "undone")


@transactional
def give_task(ticket: Ticket, act: Act, *, task: int, to: Agent | None) -> Event | None:
    """Say whose it is. None: it was so. Raises NotAllowed, NotFound."""
    ticket.lock()
    require(act, "ticket.change", ticket)
    old = _one(ticket, task)
    if old["for"] == (to.pk if to else None):
        return None
    new = old | {"for": to.pk if to else None}
    return _keep(ticket, act, _with(ticket, new), new, "given")


@transactional
def remove_task(ticket: Ticket, act: Act, *, task: int) -> Event:
    """Raises NotAllowed, NotFound."""
    ticket.lock()
    require(act, "ticket.change", ticket)
    old = _one(ticket, task)
    rest = [item for item in ticket.checklist if item["id"] != task]
    return _keep(ticket, act, rest, old, "removed")


def _one(ticket: Ticket, task: int) -> Item:
    found: Item | None = next((item for item in ticket.checklist if item["id"] == task), None)
    if found is None:
        raise NotFound(_("This task is no longer there."))
    return found


def _with(ticket: Ticket, new: Item) -> list[Item]:
    return [new if item["id"] == new["id"] else item for item in ticket.checklist]


def _keep(ticket: Ticket, act: Act, items: list[Item], item: Item, what: str) -> Event:
    happening = ChecklistChanged(task=item["id"], what=what, agent=item["for"])
    texts = {"text": item["text"]}
    event = change(ticket, act, happening, texts=texts, checklist=items)
    first_act(ticket, act, event)
    return event
