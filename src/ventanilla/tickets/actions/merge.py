"""Letting a ticket go into another, and undoing it exactly.

Rows that belong to the conversation (messages with their files, drafts, replies that wait) change
their ticket; a message keeps the one it came to in `origin_ticket`. What mail has noted (ids,
outgoing mail, reply addresses) stays with the source: whoever reads it follows the pointer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import (
    StatusChanged,
    TicketAbsorbed,
    TicketMerged,
    TicketRestored,
    TicketSeparated,
)
from ventanilla.events.models import Timer
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change, shift
from ventanilla.tickets.actions.hold import DUE
from ventanilla.tickets.actions.merged import IsMerged, end_of, merge_of
from ventanilla.tickets.actions.messages import shown_last
from ventanilla.tickets.actions.receive import STAYS_ON_HOLD
from ventanilla.tickets.merging import WITHIN, Merge
from ventanilla.tickets.models import (
    Attachment,
    Draft,
    Message,
    MessageKind,
    Participant,
    Status,
    Ticket,
)
from ventanilla.tickets.writing import HeldReply

STATE = ("status", "hold_reason", "hold_until", "resolved_at", "closed_at", "waiting_since")
LAST = ("last_message_at", "last_message_kind", "last_message_id", "snippet")
WAITING = (Status.NEW, Status.OPEN)


class CantUnmerge(Conflict):
    code = "cant_unmerge"


@transactional
def merge(source: Ticket, act: Act, *, into: Ticket, join: bool = True) -> Merge | None:
    """Let `source` go into `into`: one conversation, one answer. Undone by `unmerge`.

    join   the source's customers take part in the survivor: they get its answers from now on
    Returns None when it has gone there already. Raises NotAllowed (on either), Invalid (itself,
    a resolved survivor while the source waits), IsMerged (either, elsewhere).
    """
    _lock(source, into)
    require(act, "ticket.change", source)
    require(act, "ticket.change", into)
    if source.pk == into.pk:
        raise Invalid(_("A ticket can't be merged into itself. Choose another."), field="other")
    if before := merge_of(source):
        if before.survivor_id == into.pk:
            return None
        raise IsMerged(source, before.survivor)
    if gone := merge_of(into):
        raise IsMerged(into, end_of(gone.survivor))
    if into.status >= Status.RESOLVED > source.status:
        raise Invalid(
            _("#%(number)s is resolved: nobody would see what waits here. Open it again first.")
            % {"number": into.number},
            field="other",
        )
    made = Merge.objects.create(
        source=source,
        survivor=into,
        by_id=act.actor.id if act.actor.kind == "agent" else None,
        merged_at=act.when,
        kept={"source": _kept(source), "survivor": _kept(into), "own": _own_since(into)}
        | _move(source, into),
    )
    _close(source, act, made)
    _take_over(made, source, into, act, join=join)
    return made


@transactional
def unmerge(merge: Merge, act: Act) -> Merge | None:
    """Undo a merge: what it moved or set is as it was; what came since stays where it belongs.

    A message that came since by the source's reply address goes back with the rest. Returns None
    when it was undone already. Raises NotAllowed, CantUnmerge (too late, survivor merged itself).
    """
    source, survivor = merge.source, merge.survivor
    _lock(source, survivor)
    made = Merge.objects.select_for_update().get(pk=merge.pk)
    require(act, "ticket.change", source)
    require(act, "ticket.change", survivor)
    if made.undone_at is not None:
        return None
    if act.when - made.merged_at > WITHIN:
        raise CantUnmerge(_("A merge can be undone within a day. Write on in the other ticket."))
    if further := merge_of(survivor):
        raise CantUnmerge(
            _("#%(number)s was merged into #%(into)s meanwhile. Undo that merge first.")
            % {"number": survivor.number, "into": further.survivor.number}
        )
    late = _move_back(made)
    made.undone_at = act.when
    made.save(update_fields=["undone_at"])
    _restore(made, source, act, late)
    _let_go(made, survivor, act)
    return made


def _lock(*tickets: Ticket) -> None:
    """In the order of their ids, so that no two acts wait for each other."""
    for ticket in sorted(tickets, key=lambda one: one.pk):
        ticket.lock()


# -- the rows of a conversation ----------------------------------------------------------------
def _move(source: Ticket, into: Ticket) -> dict[str, Any]:
    """Put what belongs to the source's conversation into the other; tell what it was."""
    messages = list(source.messages.order_by("pk").values_list("pk", flat=True))
    held = list(source.held.order_by("pk").values_list("pk", flat=True))
    drafts = list(_movable(source, into).order_by("pk").values_list("pk", flat=True))
    _put(source, into, messages, held, drafts)
    return {"messages": messages, "held": held, "drafts": drafts}


def _movable(source: Ticket, into: Ticket) -> QuerySet[Draft]:
    """The source's drafts, but for who has begun one of the kind in both: theirs stay."""
    there = set(Draft.objects.filter(ticket=into).values_list("agent_id", "kind"))
    here = Draft.objects.filter(ticket=source)
    free = [one.pk for one in here if (one.agent_id, one.kind) not in there]
    return here.filter(pk__in=free)


def _put(
    source: Ticket, into: Ticket, messages: list[int], held: list[int], drafts: list[int]
) -> None:
    Message.objects.filter(pk__in=messages).update(ticket=into)
    Attachment.objects.filter(ticket=source, message__in=messages).update(ticket=into)
    HeldReply.objects.filter(pk__in=held).update(ticket=into)
    episodes = [str(pk) for pk in held]
    due = Timer.objects.filter(what=DUE, ticket_id=source.pk, episode__in=episodes)
    due.update(ticket_id=into.pk)
    Draft.objects.filter(pk__in=drafts).update(ticket=into)


def _move_back(merge: Merge) -> list[Message]:
    """Returns the messages that came since to the source's address: they go back, too."""
    source, survivor, kept = merge.source, merge.survivor, merge.kept
    there = Message.objects.filter(ticket=survivor)
    late = there.filter(origin_ticket__in=_origins(source)).exclude(pk__in=kept["messages"])
    newer = list(late.order_by("pk"))
    back = list(there.filter(pk__in=kept["messages"]).values_list("pk", flat=True))
    held = HeldReply.objects.filter(pk__in=kept["held"], ticket=survivor)
    drafts = _movable(survivor, source).filter(pk__in=kept["drafts"])
    _put(
        survivor,
        source,
        back + [message.pk for message in newer],
        list(held.values_list("pk", flat=True)),
        list(drafts.values_list("pk", flat=True)),
    )
    return newer


def _origins(source: Ticket) -> list[int]:
    """The source, and what had gone into it."""
    found, fresh = [source.pk], [source.pk]
    while fresh:
        inside = Merge.objects.filter(survivor__in=fresh, undone_at=None)
        fresh = list(inside.exclude(source__in=found).values_list("source_id", flat=True))
        found += fresh
    return found


# -- merging -----------------------------------------------------------------------------------
def _close(source: Ticket, act: Act, merge: Merge) -> None:
    empty: dict[str, Any] = dict.fromkeys(LAST) | {
        "snippet": "",
        "message_count": 0,
        "waiting_since": None,
    }
    change(
        source,
        act,
        TicketMerged(merge.pk, merge.survivor_id, merge.survivor.number),
        status=Status.CLOSED,
        hold_reason="",
        hold_until=None,
        resolved_at=source.resolved_at or act.when,
        closed_at=source.closed_at or act.when,
        **empty,
    )


def _take_over(merge: Merge, source: Ticket, into: Ticket, act: Act, *, join: bool) -> None:
    """The survivor shows what it has got, and waits since the earlier of both."""
    before = merge.kept["source"]
    tags = [pk for pk in source.tags if pk not in into.tags]
    joining = _join(source, into) if join else []
    since = [at for at in (into.waiting_since, _moment(before["waiting_since"])) if at]
    merge.kept |= {"tags": tags, "participants": joining}
    event = change(
        into,
        act,
        TicketAbsorbed(
            merge=merge.pk,
            source=source.pk,
            number=source.number,
            messages=len(merge.kept["messages"]),
            tags=tuple(tags),
            participants=tuple(joining),
        ),
        tags=[*into.tags, *tags],
        waiting_since=min(since, default=None),
        **shown_last(into),
    )
    if before["status"] in WAITING and _sleeps(into):
        shift(into, act.because_of(event), Status.OPEN, reason="merged")
    merge.kept["now"] = _kept(into)
    merge.save(update_fields=["kept"])


def _sleeps(ticket: Ticket) -> bool:
    held = ticket.status == Status.ON_HOLD and ticket.hold_reason not in STAYS_ON_HOLD
    return ticket.status == Status.PENDING or held


def _join(source: Ticket, into: Ticket) -> list[int]:
    """Let the source's customers take part in the other. Returns who did not before."""
    present = {into.contact_id, *into.participants.values_list("contact_id", flat=True)}
    joining = [pk for pk in _customers(source) if pk not in present]
    Participant.objects.bulk_create(Participant(ticket=into, contact_id=pk) for pk in joining)
    return joining


def _customers(ticket: Ticket) -> list[int]:
    others = ticket.participants.order_by("pk").values_list("contact_id", flat=True)
    own = [ticket.contact_id] if ticket.contact_id else []
    return list(dict.fromkeys([*own, *others]))


# -- undoing -----------------------------------------------------------------------------------
def _restore(merge: Merge, source: Ticket, act: Act, late: list[Message]) -> None:
    was = merge.kept["source"]
    fields = _values(was, STATE)
    asking = [each for each in late if _counts(each)]
    if asking and not fields["waiting_since"]:
        fields["waiting_since"] = asking[0].occurred_at
    event = change(
        source,
        act,
        TicketRestored(
            merge=merge.pk,
            into=merge.survivor_id,
            number=merge.survivor.number,
            status=was["status"],
            late=len(asking),
        ),
        **fields,
        **_last(source, was),
    )
    stays = source.status == Status.ON_HOLD and source.hold_reason in STAYS_ON_HOLD
    if asking and source.status not in WAITING and not stays:
        shift(source, act.because_of(event), Status.OPEN, reason="customer_wrote")


def _counts(message: Message) -> bool:
    return message.kind == MessageKind.INBOUND and message.verified and not message.auto


def _let_go(merge: Merge, survivor: Ticket, act: Act) -> None:
    """Take from the survivor what the merge gave it, where that is still what stands there."""
    kept = merge.kept
    was, became = kept["survivor"], kept["now"]
    others = list(Merge.objects.filter(survivor=survivor, undone_at=None).select_related("source"))
    tags = _leaving("tags", merge, {one: one.source.tags for one in others})
    leaving = _leaving("participants", merge, {one: _customers(one.source) for one in others})
    survivor.participants.filter(contact_id__in=leaving).delete()
    fields: dict[str, Any] = {"tags": [pk for pk in survivor.tags if pk not in tags]}
    if survivor.waiting_since == _moment(became["waiting_since"]):
        fields["waiting_since"] = _own_waiting(survivor, others, kept)
    event = change(
        survivor,
        act,
        TicketSeparated(merge.pk, merge.source_id, merge.source.number),
        **fields,
        **_last(survivor, was),
    )
    opened = was["status"] != became["status"]
    if opened and not others and _untouched(survivor, became):
        _sleep_again(survivor, act.because_of(event), was)


def _leaving(what: str, merge: Merge, others: dict[Merge, list[int]]) -> list[int]:
    """What leaves the survivor; what another merge would have brought is that one's from now on."""
    found = []
    for pk in merge.kept[what]:
        heir = next((one for one, brings in others.items() if pk in brings), None)
        if heir is None:
            found.append(pk)
        else:
            heir.kept[what].append(pk)
            heir.save(update_fields=["kept"])
    return found


def _own_since(survivor: Ticket) -> str | None:
    """Since when the survivor waits for its own sake, as a new merge finds it."""
    last = Merge.objects.filter(survivor=survivor, undone_at=None).order_by("-pk").first()
    now: str | None = _kept(survivor)["waiting_since"]
    if last is None or last.kept["now"]["waiting_since"] != now:
        return now
    asked = _asked_since(survivor, last.kept["now"])
    own: str | None = last.kept["own"]
    return own or (asked[0].occurred_at.isoformat() if asked else None)


def _own_waiting(survivor: Ticket, others: list[Merge], kept: dict[str, Any]) -> datetime | None:
    """Since when the survivor would wait if this merge had never been."""
    waiting = [kept["own"], *(one.kept["source"]["waiting_since"] for one in others)]
    found = [_moment(since) for since in waiting]
    found += [each.occurred_at for each in _asked_since(survivor, kept["now"])]
    return min((moment for moment in found if moment), default=None)


def _untouched(ticket: Ticket, became: dict[str, Any]) -> bool:
    """It has its status from the merge, and no customer has written since."""
    return ticket.status == became["status"] and not _asked_since(ticket, became)


def _asked_since(ticket: Ticket, became: dict[str, Any]) -> list[Message]:
    newer = ticket.messages.filter(pk__gt=became["last_message_id"] or 0, verified=True, auto="")
    return list(newer.filter(kind=MessageKind.INBOUND).order_by("pk"))


def _sleep_again(ticket: Ticket, act: Act, was: dict[str, Any]) -> None:
    fields = _values(was, ("status", "hold_reason", "hold_until"))
    happening = StatusChanged(old=ticket.status, new=was["status"], reason="undone")
    change(ticket, act, happening, **fields)


def _last(ticket: Ticket, was: dict[str, Any]) -> dict[str, Any]:
    """What lists show of its messages; of the one that was the last before, as it was."""
    found = shown_last(ticket)
    if found["last_message_id"] == was["last_message_id"]:
        found |= _values(was, LAST)
    return found


# -- values as JSON ----------------------------------------------------------------------------
MOMENTS = {name for name in (*STATE, *LAST) if name.endswith(("_at", "_until", "_since"))}


def _kept(ticket: Ticket) -> dict[str, Any]:
    found = {name: getattr(ticket, name) for name in (*STATE, *LAST)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in found.items()
    }


def _values(kept: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _moment(kept[name]) if name in MOMENTS else kept[name] for name in names}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
