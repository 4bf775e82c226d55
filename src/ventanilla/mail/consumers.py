"""Mail reacts to the log: what somebody wrote becomes a mail that waits to be sent."""

from __future__ import annotations

from django.db.models import QuerySet
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
    message = _waiting(event.data["message"])
    if message is None or _mails_of.exists(event=event.pk):
        return
    now = clock.now()
    try:
        with translation.override(configuration().language):
            outgoing.queue(message, event, now)
    except Invalid as problem:
        act = Act.of_system(now).because_of(event)
        mark_failed(message, act, attempts=0, reason=problem.message)


def _waiting(message_id: int | None) -> Message | None:
    """The message, if it is one that goes out by mail and has not left yet."""
    return _queued.first(pk=message_id or 0)


@compiled
def _queued() -> QuerySet[Message]:
    messages = Message.objects.filter(pk=Given("pk"), delivery=Delivery.QUEUED)
    return messages.select_related("ticket__team", "agent__user")


@compiled
def _mails_of() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(event_id=Given("event"))
