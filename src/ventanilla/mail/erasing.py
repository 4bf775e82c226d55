"""What mail keeps of a ticket that is deleted for good: that its bytes were there once. In step."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from ventanilla.events.models import Event
from ventanilla.lib import leftovers
from ventanilla.mail.models import ERASED, OutgoingMail, RawMail
from ventanilla.tickets.models import Ticket


def on_erased(event: Event, ticket: Ticket) -> None:
    """Forget its mails but for their digests, by which none is taken in again. 4 statements."""
    raw = RawMail.objects.filter(Q(ticket=ticket) | Q(message__ticket=ticket))
    rows = dict(raw.values_list("pk", "digest"))
    sent = OutgoingMail.objects.filter(Q(ticket=ticket) | Q(message__ticket=ticket))
    digests = [*rows.values(), *sent.values_list("digest", flat=True)]
    sent.delete()
    RawMail.objects.filter(pk__in=rows).update(
        state=RawMail.State.DONE,
        outcome=ERASED,
        ticket=None,
        message=None,
        why="",
        sender="",
        envelope_from="",
        envelope_to=[],
        no_answer="",
        next_try_at=None,
    )
    transaction.on_commit(lambda: leftovers.destroy(digests))
