"""The tail that every verb shares: set, save, record; and what an agent's first act does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import (
    Happening,
    MessageRedacted,
    StatusChanged,
    TicketBroughtBack,
    TicketErased,
    TicketMerged,
    TicketSetAside,
)
from ventanilla.events.log import record
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict
from ventanilla.lib.rows import update
from ventanilla.tickets.actions.merged import PEOPLE, check_not_merged
from ventanilla.tickets.models import Aside, Status, Ticket

# all that is done to what is set aside
LAID = (TicketSetAside, TicketBroughtBack, TicketErased, MessageRedacted)


class FieldChanged(Conflict):
    """Somebody else set the same field since the page was opened."""

    code = "field_changed"


class IsSetAside(Conflict):
    """What was to be changed is spam, or in the trash."""

    code = "is_set_aside"

    def __init__(self, ticket: Ticket):
        sentence = (
            _("#%(number)s is spam. Mark it as not spam, then go on.")
            if ticket.aside == Aside.SPAM
            else _("#%(number)s is in the trash. Bring it back, then go on.")
        )
        super().__init__(sentence % {"number": ticket.number})


class Unset:
    """No value given: the caller does not say what it saw."""


UNSET: Final = Unset()


def change(
    ticket: Ticket,
    act: Act,
    happening: Happening,
    *,
    texts: Mapping[str, str] | None = None,
    also_teams: tuple[int, ...] = (),
    also_people: tuple[int, ...] = (),
    **fields: Any,
) -> Event:
    """Set `fields` on the locked ticket, raise its version, save, record. 2 statements.

    `fields` may be empty when the happening stands on another row. Raises IsMerged, IsSetAside
    (not for what customers write: `receive` knows where it goes).
    """
    if act.actor.kind in PEOPLE and not isinstance(happening, LAID):
        check_not_aside(ticket, act)
        if not isinstance(happening, TicketMerged):
            check_not_merged(ticket)
    category = ticket.category_id or 0
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.version += 1
    ticket.updated_at = max(ticket.updated_at, act.when)
    update(ticket, *fields, "version", "updated_at")
    return record(
        ticket,
        act,
        happening,
        texts=texts,
        also_teams=also_teams,
        also_people=also_people,
        also_categories=(category,) if category != (ticket.category_id or 0) else (),
    )


def check_not_aside(ticket: Ticket, act: Act) -> None:
    """Raises IsSetAside."""
    if ticket.aside is not None and act.actor.kind != "contact":
        raise IsSetAside(ticket)


def set_by(ticket: Ticket, act: Act, field: str) -> list[str]:
    """The ticket's pins once `act` has set `field`: what a person sets by hand is pinned."""
    if act.actor.kind != "agent" or field in ticket.pinned:
        return ticket.pinned
    return [*ticket.pinned, field]


def first_act(ticket: Ticket, act: Act, event: Event) -> None:
    """A new ticket opens when an agent first acts on it. 2 statements when it does."""
    if ticket.status == Status.NEW and act.actor.kind == "agent":
        shift(ticket, act.because_of(event), Status.OPEN, reason="first_act")


def shift(ticket: Ticket, act: Act, to: Status, *, reason: str, hold: str = "") -> Event:
    """Move the locked ticket to a status, with the dates that go along. 2 statements."""
    old, done = ticket.status, to >= Status.RESOLVED
    resolved_at = (ticket.resolved_at or act.when) if done else None
    return change(
        ticket,
        act,
        StatusChanged(old=old, new=int(to), reason=reason),
        status=to,
        hold_reason=hold if to == Status.ON_HOLD else "",
        hold_until=ticket.hold_until if to == Status.ON_HOLD else None,
        resolved_at=resolved_at,
        closed_at=act.when if to == Status.CLOSED else None,
    )


def check_unchanged(was: Any, current: Any, wanted: Any, shown: str) -> None:
    """Refuse when the field is no longer what the caller saw. Raises FieldChanged."""
    if isinstance(was, Unset) or was == current or current == wanted:
        return
    raise FieldChanged(
        _("Somebody has just changed this to “%(value)s”. Check it and choose again.")
        % {"value": shown}
    )
