from __future__ import annotations

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TicketTriaged
from ventanilla.events.models import Event
from ventanilla.lib.transactions import transactional
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.models import Ticket


@transactional
def triage(ticket: Ticket, act: Act, *, by: str) -> Event:
    """Say that classification is done (or that none applies): rules and routing may begin."""
    ticket.lock()
    return change(ticket, act, TicketTriaged(by=by))
