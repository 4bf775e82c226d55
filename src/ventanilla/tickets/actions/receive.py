from __future__ import annotations

from datetime import timedelta

from ventanilla.events.acts import Act
from ventanilla.events.kinds import MessageReceived, TicketReopened
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Contact
from ventanilla.people.queries import desk
from ventanilla.tickets.actions.change import change, shift
from ventanilla.tickets.actions.merged import end_of
from ventanilla.tickets.actions.messages import add_message, summary
from ventanilla.tickets.content import Content
from ventanilla.tickets.masking import arriving
from ventanilla.tickets.models import Aside, Message, MessageKind, Status, Ticket

STAYS_ON_HOLD = ("approval", "date")  # these waits go on when the customer writes


class TooLateToReopen(Conflict):
    """Resolved too long ago: the message belongs into a follow-up ticket."""

    code = "too_late_to_reopen"


def takes_messages(ticket: Ticket, act: Act) -> bool:
    """Whether a customer's message may still join: unresolved, or resolved within the window.

    What goes on with spam joins it quietly, unless we have answered there: an answer to an answer,
    or to what is in the trash, begins a ticket that somebody sees.
    """
    if ticket.aside == Aside.TRASH:
        return False
    if ticket.aside == Aside.SPAM:
        return ticket.first_replied_at is None
    if ticket.resolved_at is None:
        return True
    return act.when < ticket.resolved_at + timedelta(days=desk().reopen_within_days)


@transactional
def receive(
    ticket: Ticket,
    act: Act,
    *,
    content: Content,
    channel: str,
    contact: Contact | None,
    verified: bool = True,
    quiet: bool = False,
) -> Message:
    """Add a customer's message. It opens, reopens and restarts what waits for it.

    verified  False: shown as from an unverified sender; reopens nothing
    An automatic message (`content.auto`) is shown, but changes no status and answers nothing.
    What comes to a merged ticket joins the one where it goes on, and keeps where it came to.
    What joins spam is quiet, and keeps it for as long again.
    Raises TooLateToReopen when the ticket was resolved longer ago than the desk reopens, or is in
    the trash.
    """
    came_to, ticket = ticket, _lock_end(ticket)
    counts = verified and not content.auto
    if counts and not takes_messages(ticket, act):
        raise TooLateToReopen(f"#{ticket.number} was resolved on {ticket.resolved_at:%Y-%m-%d}")
    if ticket.aside is not None:
        quiet = True
        ticket.stays.filter(place=ticket.aside).update(touched_at=act.when)
    message = add_message(
        ticket,
        act,
        arriving(content),
        kind=MessageKind.INBOUND,
        channel=channel,
        contact=contact,
        verified=verified,
        origin=came_to,
    )
    fields = summary(ticket, message)
    if counts:
        fields["waiting_since"] = ticket.waiting_since or act.when
    event = change(
        ticket,
        act,
        MessageReceived(
            message=message.pk,
            channel=channel,
            contact=contact.pk if contact else None,
            verified=verified,
            auto=content.auto,
            quiet=quiet,
        ),
        **fields,
    )
    if counts and ticket.aside is None:
        _open_again(ticket, act.because_of(event), message)
    return message


def _lock_end(ticket: Ticket) -> Ticket:
    """Lock the ticket where the conversation goes on: mostly itself."""
    ticket = end_of(ticket)
    ticket.lock()
    while (end := end_of(ticket)).pk != ticket.pk:  # merged while we waited for the lock
        ticket = end
        ticket.lock()
    return ticket


def _open_again(ticket: Ticket, act: Act, message: Message) -> None:
    if ticket.status in (Status.NEW, Status.OPEN):
        return
    if ticket.status == Status.ON_HOLD and ticket.hold_reason in STAYS_ON_HOLD:
        return
    if ticket.status >= Status.RESOLVED:
        act = act.because_of(_reopened(ticket, act, message))
    shift(ticket, act, Status.OPEN, reason="customer_wrote")


def _reopened(ticket: Ticket, act: Act, message: Message) -> Event:
    times = ticket.reopen_count + 1
    return change(ticket, act, TicketReopened(message=message.pk, times=times), reopen_count=times)
