"""Tickets that belong together: a link points from one to the other."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import TicketLinked, TicketUnlinked
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotFound
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


@transactional
def connect(ticket: Ticket, act: Act, *, other: Ticket, how: TicketLink.How) -> Event | None:
    """An agent's link, one at a time between two tickets: another takes the place of the first.

    None: already so. Raises Invalid (to itself), NotAllowed.
    """
    require(act, "ticket.change", ticket)
    if other.pk == ticket.pk:
        raise Invalid(_("A ticket can't be linked to itself. Give another number."), field="other")
    between = _between(ticket, other)
    if not between.filter(ticket=ticket, how=how).exists():
        between.delete()
    return link(ticket, act, other=other, how=how)


@transactional
def disconnect(ticket: Ticket, act: Act, *, other: Ticket) -> Event:
    """Take away what links the two, whichever way it points. Raises NotFound, NotAllowed."""
    ticket.lock()
    require(act, "ticket.change", ticket)
    between = _between(ticket, other)
    how = between.values_list("how", flat=True).first()
    if how is None:
        raise NotFound(_("These tickets are no longer linked."))
    between.delete()
    return change(ticket, act, TicketUnlinked(other=other.pk, number=other.number, how=how))


def _between(one: Ticket, other: Ticket) -> QuerySet[TicketLink]:
    return TicketLink.objects.filter(Q(ticket=one, other=other) | Q(ticket=other, other=one))
