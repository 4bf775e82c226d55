"""Belt and braces: what should leave, but waits in vain, gets another chance."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib import clock, leftovers
from ventanilla.mail import outlets, retry
from ventanilla.mail.consumers import queue_outgoing
from ventanilla.mail.models import OutgoingMail
from ventanilla.people.queries import desk
from ventanilla.tickets.actions import mark_failed, resend
from ventanilla.tickets.models import Delivery, Message

logger = structlog.get_logger(__name__)
State, Failure = OutgoingMail.State, OutgoingMail.Failure
RELAYS_TURN = timedelta(minutes=10)  # the consumer of a message's event comes first
AT_ONCE = 50
FORGOTTEN_AT_ONCE = 500
WRITTEN = ("message.replied", "message.automatic", "message.resent", "ticket.opened")


def sweep() -> int:
    """Run all of it, every few seconds. Returns 0: nothing here calls for another run at once."""
    renew_without_server()
    queue_forgotten()
    forget_bytes(clock.now())
    return 0


def forget_bytes(now: datetime) -> int:
    """Give up the bytes of mails that have gone, or failed for good, long ago. Usually 1 statement.

    What was said stands in the messages; the rows stay and know when who took them.
    """
    before = now - settings.KEEP_SENT
    over = Q(state=State.SENT, sent_at__lt=before) | Q(state=State.FAILED, give_up_at__lt=before)
    kept = OutgoingMail.objects.filter(
        over, ~Q(digest=""), created_at__lt=before, state__in=(State.SENT, State.FAILED)
    )
    with transaction.atomic():
        locked = kept.select_for_update(skip_locked=True).order_by("created_at")
        rows = dict(locked.values_list("pk", "digest")[:FORGOTTEN_AT_ONCE])
        if not rows:
            return 0
        OutgoingMail.objects.filter(pk__in=rows).update(digest="")
    leftovers.release(rows.values())
    return len(rows)


def renew_without_server() -> int:
    """Send again what had no server, where there is one now. Usually 1 statement."""
    now = clock.now()
    stuck = OutgoingMail.objects.filter(
        failure=Failure.NO_SERVER, message__isnull=False, give_up_at__gt=now
    )
    mails = stuck.select_related("inbox__mail__inbox", "message__ticket").order_by("pk")[:AT_ONCE]
    able = [mail for mail in mails if outlets.server_for(mail)]
    for mail in able:
        _renew(mail, Act.of_system(now))
    return len(able)


@transaction.atomic
def _renew(mail: OutgoingMail, act: Act) -> None:
    if mail.message is not None and mail.message.delivery == Delivery.FAILED:
        resend(mail.message, act)
    OutgoingMail.objects.filter(pk=mail.pk).update(failure=Failure.RENEWED)


def queue_forgotten() -> int:
    """Queue messages that became no mail although they should have. Usually 1 statement.

    The relay does it at once and a job tries again for a day; what still fails after three is told
    to its author.
    """
    open_mails = OutgoingMail.objects.filter(
        message=OuterRef("pk"), state__in=(State.WAITING, State.SENDING)
    )
    forgotten = Message.objects.filter(~Exists(open_mails), delivery=Delivery.QUEUED)
    messages = forgotten.select_related("ticket").order_by("pk")[:AT_ONCE]
    return sum(_queue(message, clock.now()) for message in messages)


def _queue(message: Message, now: datetime) -> bool:
    events = Event.objects.filter(
        ticket_id=message.ticket_id, kind__in=WRITTEN, data__message=message.pk
    )
    event = events.order_by("-pk").first()
    if event is None or event.recorded_at > now - RELAYS_TURN:
        return False
    with structlog.contextvars.bound_contextvars(message=message.pk, ticket=message.ticket_id):
        try:
            with transaction.atomic():
                queue_outgoing(event)
        except Exception:
            logger.exception("message_not_queued")
            if event.recorded_at < now - retry.GIVE_UP:
                _tell_author(message, now)
    return True


def _tell_author(message: Message, now: datetime) -> None:
    with translation.override(desk().language):
        reason = _("The mail could not be built. An administrator finds the reason in the log.")
    mark_failed(message, Act.of_system(now), attempts=0, reason=reason)
