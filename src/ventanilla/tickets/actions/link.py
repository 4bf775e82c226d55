from __future__ import annotations

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TicketLinked
from ventanilla.events.models import Event
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.models import Ticket, TicketLink


@transactional
def link(
    ticket: Ticket, act: Act, *, other: Ticket, how: TicketLink.How, why: str = ""
) -> Event | None:
    """Point from a ticket to another. `why` is the code of the evidence. None: already so."""
    ticket.lock()
    require(act, "ticket.create" if act.actor.kind == "contact" else "ticket.change", None)
    _, made = TicketLink.objects.get_or_create(
        ticket=ticket, other=other, how=how, defaults={"why": why}
    )
    if not made:
        return None
    return change(ticket, act, TicketLinked(other=other.pk, how=how.value, why=why))
