"""Mail reacts to the log: what somebody wrote becomes a mail that waits to be sent."""

from __future__ import annotations

from django.db.models import Exists, QuerySet
from django.utils import translation

from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.problems import Invalid
from ventanilla.mail import outgoing
from ventanilla.mail.models import OutgoingMail
from ventanilla.people.queries import configuration
from ventanilla.tickets.actions import mark_failed
from ventanilla.tickets.models import Delivery, Message


def queue_outgoing(event: Event) -> None:
    """Queue the mail of a message that was just written or is to be sent again. Safe twice.

    What can't become a mail fails at once, in words that its author reads.
    """
    if event.kind == "ticket.opened" and event.actor_kind == "contact":
        return  # it came in
    message = _waiting.first(message=event.data["message"] or 0, event=event.pk)
    if message is None:
        return
    now = clock.now()
    try:
        with translation.override(configuration().language):
            outgoing.queue(message, event, now)
    except Invalid as problem:
        act = Act.of_system(now).because_of(event)
        mark_failed(message, act, attempts=0, reason=problem.message)


@compiled
def _waiting() -> QuerySet[Message]:
    """A message that goes out by mail and has not left yet, unless the event became a mail."""
    waiting = Message.objects.filter(pk=Given("message"), delivery=Delivery.QUEUED)
    mails = OutgoingMail.objects.filter(event_id=Given("event"))
    return waiting.filter(~Exists(mails)).select_related("ticket__team", "agent__user")
