"""Giving messages to another ticket, one that is there or a new one, and undoing it exactly.

The messages' rows change their ticket, and their `origin_ticket` with it: what answers them later
goes where they are now (see `mail.admit`). Drafts and replies that wait stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import (
    MessagesGivenBack,
    MessagesJoined,
    MessagesLeft,
    MessagesReturned,
)
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Contact
from ventanilla.people.rights import require
from ventanilla.tickets.actions.carry import (
    asked_since,
    carry,
    counts,
    kept_of,
    last,
    let_take_part,
    lock_all,
    moment,
    sleep_again,
    sleeps,
    untouched,
)
from ventanilla.tickets.actions.change import change, shift
from ventanilla.tickets.actions.merge import merge
from ventanilla.tickets.actions.merged import check_not_merged, end_of
from ventanilla.tickets.actions.messages import shown_last
from ventanilla.tickets.actions.open import open_ticket
from ventanilla.tickets.merging import Merge
from ventanilla.tickets.models import (
    Message,
    MessageKind,
    Participant,
    Priority,
    Status,
    Ticket,
    TicketLink,
    Type,
)
from ventanilla.tickets.moving import WITHIN, Transfer, merges, newest, transfers


class CantGiveBack(Conflict):
    code = "cant_give_back"


@transactional
def split(
    ticket: Ticket, act: Act, *, messages: Iterable[int], subject: str = "", join: bool = False
) -> Transfer:
    """Make a new ticket of some of a ticket's messages. Undone by `give_back`.

    messages  their ids; one at least stays
    subject   default: the ticket's
    join      whoever takes part in the ticket takes part in the new one
    The new one is of the same team and assignee. Its customer waits since their own message, unless
    the answer went along. Raises NotAllowed, Invalid, IsMerged.
    """
    ticket.lock()
    require(act, "ticket.change", ticket)
    check_not_merged(ticket)
    moving = _chosen(ticket, messages)
    asking = _unanswered(moving)
    opened = _open_for(ticket, act, moving, subject, asks=bool(asking))
    TicketLink.objects.create(ticket=opened, other=ticket, how=TicketLink.How.RELATED, why="split")
    joining = [pk for pk in _people(ticket) if join] + _authors(moving)
    return _transfer(ticket, opened, act, moving, asking, joining, split=True)


@transactional
def move_messages(
    ticket: Ticket, act: Act, *, messages: Iterable[int], to: Ticket, join: bool = True
) -> Transfer:
    """Put some of a ticket's messages into another. Undone by `give_back`.

    join   who wrote them takes part in the other: they get its answers from now on
    Raises NotAllowed (on either), Invalid (a resolved one, while somebody waits), IsMerged.
    """
    lock_all(ticket, to)
    require(act, "ticket.change", ticket)
    require(act, "ticket.change", to)
    check_not_merged(ticket)
    check_not_merged(to)
    if ticket.pk == to.pk:
        raise Invalid(_("The messages are in this ticket. Choose another."), field="other")
    moving = _chosen(ticket, messages)
    since = ticket.waiting_since
    asking = [one for one in moving if since and counts(one) and one.occurred_at >= since]
    if asking and to.status >= Status.RESOLVED:
        raise _is_resolved(to)
    return _transfer(ticket, to, act, moving, asking, _authors(moving) if join else [], split=False)


@transactional
def give_back(transfer: Transfer, act: Act) -> Transfer | None:
    """Undo a split or a move: the messages are back, and all is as it was.

    What was answered meanwhile stays answered. What came since stays in the other ticket; of a
    split one it comes along, and the ticket opened for it closes and points here.
    Returns None when it was undone already. Raises NotAllowed, CantGiveBack, Invalid.
    """
    source, target = transfer.source, transfer.target
    lock_all(source, target)
    made = Transfer.objects.select_for_update().get(pk=transfer.pk)
    made.source, made.target = source, target
    require(act, "ticket.change", source)
    require(act, "ticket.change", target)
    if made.undone_at is not None:
        return None
    owes = _owes(made)
    _check_can_return(made, act, owes=owes)
    _carry_back(made)
    made.undone_at = act.when
    made.save(update_fields=["undone_at"])
    _let_go(made, act)
    _take_back(made, act, owes=owes)
    if made.split:
        _end(made, act)
    return made


# -- which messages ----------------------------------------------------------------------------
def _chosen(ticket: Ticket, messages: Iterable[int]) -> list[Message]:
    wanted = set(messages)
    found = list(ticket.messages.filter(pk__in=wanted).order_by("pk"))
    if not wanted:
        raise Invalid(_("No message is ticked. Choose at least one."), field="messages")
    if len(found) < len(wanted):
        raise Invalid(
            _("Some of these messages are no longer in this ticket. Look at it again."),
            field="messages",
        )
    if len(found) == ticket.messages.count():
        raise Invalid(
            _("One message at least stays. To put all of them elsewhere, merge the ticket."),
            field="messages",
        )
    return found


def _unanswered(messages: Sequence[Message]) -> list[Message]:
    """What customers have asked since the last answer among them."""
    replies = [one.pk for one in messages if _answers(one)]
    return [one for one in messages if counts(one) and one.pk > max(replies, default=0)]


def _answers(message: Message) -> bool:
    return message.kind == MessageKind.REPLY and not message.forwarded


def _people(ticket: Ticket) -> list[int]:
    others = ticket.participants.order_by("pk").values_list("contact_id", flat=True)
    return [*([ticket.contact_id] if ticket.contact_id else []), *others]


def _authors(messages: Sequence[Message]) -> list[int]:
    found = [one.contact_id for one in messages if counts(one) and one.contact_id]
    return list(dict.fromkeys(found))


def _is_resolved(ticket: Ticket) -> Invalid:
    return Invalid(
        _("#%(number)s is resolved: nobody would see what waits here. Open it again first.")
        % {"number": ticket.number},
        field="other",
    )


# -- there -------------------------------------------------------------------------------------
def _open_for(
    ticket: Ticket, act: Act, moving: Sequence[Message], subject: str, *, asks: bool
) -> Ticket:
    author = next(iter(_authors(moving)), ticket.contact_id)
    answered = any(_answers(one) for one in moving) and not asks
    return open_ticket(
        act,
        subject=subject or ticket.subject,
        channel=ticket.channel,
        team=ticket.team,
        content=None,
        inbox=ticket.inbox,
        contact=Contact.objects.get(pk=author) if author else None,
        quiet=True,
        language=ticket.language,
        priority=Priority(ticket.priority),
        type=Type(ticket.type),
        category=ticket.category,
        assignee=ticket.assignee,
        status=Status.PENDING if answered else Status.OPEN,
    )


def _transfer(
    source: Ticket,
    target: Ticket,
    act: Act,
    moving: Sequence[Message],
    asking: Sequence[Message],
    joining: Sequence[int],
    *,
    split: bool,
) -> Transfer:
    asks = min((one.occurred_at for one in asking), default=None)
    made = Transfer.objects.create(
        source=source,
        target=target,
        split=split,
        by_id=act.actor.id if act.actor.kind == "agent" else None,
        moved_at=act.when,
        kept={
            "source": kept_of(source),
            "target": kept_of(target),
            "messages": [[one.pk, one.origin_ticket_id] for one in moving],
            "asks": asks.isoformat() if asks else None,
            "merge": newest(merges(source, target)),
        },
    )
    _put(made, act, moving, asks, joining)
    made.refresh_from_db(fields=["clocks"])  # written in step
    made.kept["now"] = {"source": kept_of(source), "target": kept_of(target)}
    made.save(update_fields=["kept"])
    return made


def _put(
    made: Transfer,
    act: Act,
    moving: Sequence[Message],
    asks: datetime | None,
    joining: Sequence[int],
) -> None:
    source, target = made.source, made.target
    ids = tuple(one.pk for one in moving)
    still = _still_since(source, moving)
    carry(source, target, ids)
    Message.objects.filter(pk__in=ids).update(origin_ticket=target)
    left = change(
        source,
        act,
        MessagesLeft(made.pk, target.pk, target.number, ids, split=made.split),
        waiting_since=still,
        **shown_last(source),
    )
    joined = tuple(let_take_part(target, joining))
    made.kept["participants"] = joined
    since = [at for at in (target.waiting_since, asks) if at]
    event = change(
        target,
        act.because_of(left),
        MessagesJoined(made.pk, source.pk, source.number, ids, split=made.split,
                       participants=joined),
        waiting_since=min(since, default=None),
        **_first_reply(target, moving) if made.split else {},
        **shown_last(target),
    )  # fmt: skip
    if asks and sleeps(target):
        shift(target, act.because_of(event), Status.OPEN, reason="moved")


def _still_since(ticket: Ticket, moving: Sequence[Message]) -> datetime | None:
    """Since when its customer waits once these are gone."""
    since = ticket.waiting_since
    gone = {one.occurred_at for one in moving if counts(one)}
    if since is None or not gone:
        return since
    gone_ids = {one.pk for one in moving}
    replies = ticket.messages.filter(kind=MessageKind.REPLY, forwarded=False)
    answered = replies.order_by("-pk").values_list("pk", flat=True).first() or 0
    asked = ticket.messages.filter(
        kind=MessageKind.INBOUND, verified=True, auto="", pk__gt=answered
    )
    rest = [one.occurred_at for one in asked.order_by("pk") if one.pk not in gone_ids]
    if not rest:
        return None
    return min(rest) if since in gone else since


def _first_reply(ticket: Ticket, moving: Sequence[Message]) -> dict[str, Any]:
    first = next((one for one in moving if _answers(one) and one.agent_id), None)
    return {"first_replied_at": first.occurred_at} if first else {}


# -- and back ----------------------------------------------------------------------------------
def _owes(made: Transfer) -> bool:
    """Whether the source waits again for what it gave away: nobody has answered it there."""
    was, now = made.kept["source"], made.kept["now"]
    answered = kept_of(made.target)["waiting_since"] != now["target"]["waiting_since"]
    return was["waiting_since"] != now["source"]["waiting_since"] and not answered


def _check_can_return(made: Transfer, act: Act, *, owes: bool) -> None:
    source, target = made.source, made.target
    if act.when - made.moved_at > WITHIN:
        raise CantGiveBack(_("This can be undone within a day. Move the messages by hand."))
    later = transfers(source, target).filter(undone_at=None, pk__gt=made.pk)
    if since := later.select_related("source", "target").order_by("-pk").first():
        raise CantGiveBack(
            _("Messages went from #%(number)s to #%(into)s meanwhile. Undo that first.")
            % {"number": since.source.number, "into": since.target.number}
        )
    merged = merges(source, target).filter(undone_at=None, pk__gt=made.kept["merge"])
    for one in merged.select_related("source", "survivor").order_by("-pk"):
        if not one.undoes_split:
            raise CantGiveBack(
                _("#%(number)s was merged into #%(into)s meanwhile. Undo that merge first.")
                % {"number": one.source.number, "into": one.survivor.number}
            )
    comes_along = made.split and target.is_unresolved and _came(made)
    if source.status >= Status.RESOLVED and (
        comes_along or (owes and made.kept["source"]["status"] < Status.RESOLVED)
    ):
        raise _is_resolved(source)
    origins = {origin for _pk, origin in made.kept["messages"]} - {source.pk}
    if any(end_of(one).pk != source.pk for one in Ticket.objects.filter(pk__in=origins)):
        raise CantGiveBack(
            _("A merge was undone by which these messages were in #%(number)s. Move them by hand.")
            % {"number": source.number}
        )


def _came(made: Transfer) -> bool:
    return made.target.messages.exclude(pk__in=_ids(made)).exists()


def _carry_back(made: Transfer) -> None:
    """Each message with the ticket that it came to."""
    carry(made.target, made.source, _ids(made))
    by_origin: dict[int, list[int]] = {}
    for pk, origin in made.kept["messages"]:
        by_origin.setdefault(origin, []).append(pk)
    for origin, ids in by_origin.items():
        Message.objects.filter(pk__in=ids).update(origin_ticket=origin)


def _ids(made: Transfer) -> tuple[int, ...]:
    return tuple(pk for pk, _origin in made.kept["messages"])


def _let_go(made: Transfer, act: Act) -> None:
    """Take from the target what it got, where that is still what stands there."""
    target, kept = made.target, made.kept
    was, became = kept["target"], kept["now"]["target"]
    writing = target.messages.filter(kind=MessageKind.INBOUND).values("contact")
    leaving = Participant.objects.filter(ticket=target, contact_id__in=kept["participants"])
    leaving.exclude(contact_id__in=writing.exclude(contact=None)).delete()
    waiting = target.waiting_since
    if waiting == moment(became["waiting_since"]) != moment(was["waiting_since"]):
        own = [moment(was["waiting_since"])]
        own += [one.occurred_at for one in asked_since(target, became)]
        waiting = min((at for at in own if at), default=None)
    asleep = was["status"] != became["status"] and untouched(target, became)
    event = change(
        target,
        act,
        MessagesGivenBack(
            made.pk, made.source_id, made.source.number, _ids(made), split=made.split
        ),
        waiting_since=waiting,
        **last(target, was),
    )
    if asleep:
        sleep_again(target, act.because_of(event), was)


def _take_back(made: Transfer, act: Act, *, owes: bool) -> None:
    """The source has its messages again; whoever still waits for an answer waits here."""
    source, was = made.source, made.kept["source"]
    waiting = source.waiting_since
    if owes:
        since = (waiting, moment(was["waiting_since"]))
        waiting = min((at for at in since if at), default=None)
    event = change(
        source,
        act,
        MessagesReturned(made.pk, made.target_id, made.target.number, _ids(made), split=made.split),
        waiting_since=waiting,
        **last(source, was),
    )
    if owes and source.status != was["status"] and sleeps(source):
        shift(source, act.because_of(event), Status.OPEN, reason="moved")


def _end(made: Transfer, act: Act) -> None:
    """The ticket of a split was only for these messages: what came to it since goes along."""
    source, target = made.source, made.target
    TicketLink.objects.filter(ticket=target, other=source, why="split").delete()
    came = target.messages.exists()
    if not came and target.is_unresolved:
        shift(target, act, Status.CLOSED, reason="undone")
    gone = merge(target, act, into=source, join=came)
    if gone is not None:
        Merge.objects.filter(pk=gone.pk).update(kept=gone.kept | {"undoes_split": True})
