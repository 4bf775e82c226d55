from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TicketSnoozed
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change, shift
from ventanilla.tickets.models import Status, Ticket

LONGEST = timedelta(days=366)


@transactional
def snooze(ticket: Ticket, act: Act, *, until: datetime | None) -> Event | None:
    """Put the ticket on hold until a moment, or, with None, until the customer writes.

    A customer's message does not end a dated one: the list shows both. Returns None when it
    already was so. Raises NotAllowed, Invalid (resolved, a time that has passed or is too far).
    """
    ticket.lock()
    require(act, "ticket.change", ticket)
    if ticket.status >= Status.RESOLVED:
        raise Invalid(_("This ticket is resolved. Open it again before you snooze it."))
    if until is not None and not timedelta() < until - act.when <= LONGEST:
        raise Invalid(_("Choose a time within the next year."), field="until")
    reason = "date" if until else "customer"
    held = ticket.status == Status.ON_HOLD
    if held and (ticket.hold_reason, ticket.hold_until) == (reason, until):
        return None
    happening = TicketSnoozed(old=_iso(ticket.hold_until), until=_iso(until))
    event = change(ticket, act, happening, hold_reason=reason, hold_until=until)
    if not held:
        shift(ticket, act.because_of(event), Status.ON_HOLD, reason="snoozed", hold=reason)
    return event


@transactional
def wake(ticket: Ticket, act: Act) -> Event | None:
    """Open a ticket whose time has come. Returns None when it no longer waits for it."""
    ticket.lock()
    until = ticket.hold_until
    if ticket.status != Status.ON_HOLD or until is None or until > act.when:
        return None
    return shift(ticket, act, Status.OPEN, reason="woke")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
