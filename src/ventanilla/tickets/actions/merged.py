"""Where a merged ticket's conversation goes on, and that nobody changes what is merged."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ventanilla.lib.problems import Conflict
from ventanilla.tickets.merging import Merge
from ventanilla.tickets.models import Status, Ticket

PEOPLE = ("agent", "contact", "rule", "ai")  # what the desk notes by itself it may go on noting
LONGEST = 50  # of a chain: a loop can't come to be, and would not be followed for ever


class IsMerged(Conflict):
    """What was to be changed has gone into another ticket."""

    code = "is_merged"

    def __init__(self, ticket: Ticket, into: Ticket):
        super().__init__(
            _("#%(number)s was merged into #%(into)s. Go on there, or undo the merge.")
            % {"number": ticket.number, "into": into.number}
        )
        self.into = into


def merge_of(ticket: Ticket) -> Merge | None:
    """The merge by which the ticket went into another. 1 statement; none while it isn't closed."""
    if ticket.status != Status.CLOSED:
        return None
    standing = Merge.objects.filter(source=ticket.pk, undone_at=None)
    return standing.select_related("survivor").first()


def end_of(ticket: Ticket) -> Ticket:
    """The ticket where its conversation goes on: itself, or the end of a chain of merges."""
    for _step in range(LONGEST):
        merge = merge_of(ticket)
        if merge is None:
            break
        ticket = merge.survivor
    return ticket


def check_not_merged(ticket: Ticket) -> None:
    """Raises IsMerged."""
    if merge := merge_of(ticket):
        raise IsMerged(ticket, merge.survivor)
