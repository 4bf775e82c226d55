"""Deleting a ticket for good: what it said goes, that it was there stays in the log."""

from __future__ import annotations

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.erase import erasing
from ventanilla.events.kinds import TicketErased
from ventanilla.events.models import Event, EventText, Outbox, Timer
from ventanilla.lib import leftovers
from ventanilla.lib.problems import Conflict
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.audit import audit
from ventanilla.people.queries import desk
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.aside import over
from ventanilla.tickets.merging import Merge
from ventanilla.tickets.models import Aside, Attachment, Message, Ticket
from ventanilla.tickets.search.models import Stale, Word

logger = structlog.get_logger(__name__)
AT_ONCE = 20  # that one sweep deletes


class NotSetAside(Conflict):
    """Only what was put into the trash first, or is spam, is deleted for good."""

    code = "not_set_aside"


@transactional
def erase(ticket: Ticket, act: Act) -> Event:
    """Delete a ticket that is spam or in the trash, for good. Returns its last event.

    Messages, files that nobody else has, mails, drafts, promises, links, notices and what is
    searched go; of its events what people wrote. Their times and codes stay, and a last one that
    says who deleted it. What had been merged into it goes along. Raises NotAllowed, NotSetAside.
    """
    ticket.lock()
    require(act, "ticket.erase", ticket)
    if ticket.aside is None:
        raise NotSetAside(
            _("#%(number)s is in use. Put it into the trash first.") % {"number": ticket.number}
        )
    place = Aside(ticket.aside).word
    event = _erase(ticket, act, place)
    audit(
        "ticket.erased",
        act.when,
        user_id=act.actor.id if act.actor.kind == "agent" else None,
        thing=f"ticket:{ticket.number}",
        messages=event.data["messages"],
    )
    return event


def _erase(ticket: Ticket, act: Act, place: str) -> Event:
    for merge in Merge.objects.filter(survivor=ticket, undone_at=None).select_related("source"):
        merge.source.lock()
        _erase(merge.source, act, "merged")
    # what was moved on from here belongs where it is now
    Message.objects.filter(origin_ticket=ticket).exclude(ticket=ticket).update(
        origin_ticket=F("ticket")
    )
    files = Attachment.objects.filter(Q(ticket=ticket) | Q(message__ticket=ticket))
    digests = [
        *files.values_list("digest", flat=True),
        *ticket.messages.values_list("raw_digest", flat=True),
    ]
    pk = ticket.pk
    event = change(ticket, act, TicketErased(place, ticket.messages.count(), files.count()))
    with erasing():
        EventText.objects.filter(event__ticket_id=pk).delete()
    Outbox.objects.filter(event__ticket_id=pk).delete()
    Timer.objects.filter(ticket_id=pk).delete()
    Stale.objects.filter(ticket_id=pk).delete()
    Word.objects.filter(last_ticket=pk, seen=1).delete()  # said nowhere else
    ticket.delete()
    ticket.pk = pk
    transaction.on_commit(lambda: leftovers.destroy(digests))
    return event


def erase_what_is_over(act: Act) -> int:
    """Delete what has been spam, or in the trash, for as long as the desk keeps it.

    Returns how many went. Usually 2 statements.
    """
    late, gone = over(desk(), act.when), 0
    for pk in late.order_by("touched_at").values_list("ticket", flat=True)[:AT_ONCE]:
        try:
            with transaction.atomic():
                ticket = Ticket(pk=pk)
                ticket.lock()
                if late.filter(ticket=ticket).exists():  # nobody has brought it back meanwhile
                    erase(ticket, act)
                    gone += 1
        except Exception:  # one that can't be deleted must not keep the others
            logger.exception("ticket_not_erased", ticket=pk)
    return gone
