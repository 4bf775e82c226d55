"""Setting tickets aside (spam, trash) and bringing them back exactly as they were."""

from __future__ import annotations

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TicketBroughtBack, TicketSetAside
from ventanilla.events.models import Event
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.carry import WAITING, asked_since, kept_of, values
from ventanilla.tickets.actions.change import IsSetAside, change, shift
from ventanilla.tickets.actions.merged import check_not_merged
from ventanilla.tickets.actions.receive import STAYS_ON_HOLD
from ventanilla.tickets.aside import SetAside
from ventanilla.tickets.models import Aside, Status, Ticket
from ventanilla.tickets.search.models import TicketWords

# Its status with its dates: all that setting aside changes. Who waits since when stays.
STATE = ("status", "hold_reason", "hold_until", "resolved_at", "closed_at")
NEEDS = {Aside.SPAM: "ticket.change", Aside.TRASH: "ticket.delete"}


@transactional
def set_aside(
    ticket: Ticket, act: Act, *, place: Aside, why: SetAside.Why = SetAside.Why.HAND
) -> Event | None:
    """Mark a ticket as spam, or put it into the trash: out of every list, nothing is owed.

    Returns None when it lies there already. Raises NotAllowed, IsMerged, IsSetAside (what is in
    the trash is not judged).
    """
    ticket.lock()
    require(act, NEEDS[place], ticket)
    if ticket.aside == place:
        return None
    if ticket.aside == Aside.TRASH:
        raise IsSetAside(ticket)
    check_not_merged(ticket)
    SetAside.objects.create(
        ticket=ticket,
        place=place,
        why=why,
        by_id=act.actor.id if act.actor.kind == "agent" else None,
        at=act.when,
        touched_at=act.when,
        kept=kept_of(ticket),
    )
    TicketWords.objects.filter(ticket=ticket).delete()  # found no more; written again once back
    return change(
        ticket,
        act,
        TicketSetAside(place=place.word, why=why),
        aside=place,
        status=Status.CLOSED,
        hold_reason="",
        hold_until=None,
        resolved_at=ticket.resolved_at or act.when,
        closed_at=ticket.closed_at or act.when,
    )


@transactional
def bring_back(ticket: Ticket, act: Act, *, place: Aside) -> Event | None:
    """Say that it is no spam, or take it out of the trash: its status, people and promises are
    as they were. What was spam before it went into the trash is spam again.

    A customer's message that came meanwhile opens it. Returns None when it does not lie there.
    Raises NotAllowed.
    """
    ticket.lock()
    require(act, NEEDS[place], ticket)
    if ticket.aside != place:
        return None
    stay = ticket.stays.get(place=place)
    spam = ticket.stays.filter(place=Aside.SPAM).exists() and place == Aside.TRASH
    event = change(
        ticket,
        act,
        TicketBroughtBack(place=place.word, arrived=stay.why != SetAside.Why.HAND),
        aside=Aside.SPAM if spam else None,
        **values(stay.kept, STATE),
    )
    stay.delete()
    stays = ticket.status == Status.ON_HOLD and ticket.hold_reason in STAYS_ON_HOLD
    if not spam and not stays and ticket.status not in WAITING and asked_since(ticket, stay.kept):
        shift(ticket, act.because_of(event), Status.OPEN, reason="customer_wrote")
    return event
