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
from ventanilla.events.kinds import TicketAbsorbed, TicketMerged, TicketRestored, TicketSeparated
from ventanilla.events.models import Timer
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.carry import (
    LAST,
    STATE,
    WAITING,
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
    values,
)
from ventanilla.tickets.actions.change import change, check_not_aside, shift
from ventanilla.tickets.actions.hold import DUE
from ventanilla.tickets.actions.merged import IsMerged, end_of, merge_of
from ventanilla.tickets.actions.messages import shown_last
from ventanilla.tickets.actions.receive import STAYS_ON_HOLD
from ventanilla.tickets.merging import WITHIN, Merge
from ventanilla.tickets.models import Attachment, Draft, Message, Status, Ticket
from ventanilla.tickets.moving import Transfer, newest, transfers
from ventanilla.tickets.spent import Entry, part, taken_along
from ventanilla.tickets.writing import HeldReply

SEAM = "<p>· · ·</p>"  # between two drafts that became one


class CantUnmerge(Conflict):
    code = "cant_unmerge"


@transactional
def merge(source: Ticket, act: Act, *, into: Ticket, join: bool = True) -> Merge | None:
    """Let `source` go into `into`: one conversation, one answer. Undone by `unmerge`.

    join   the source's customers take part in the survivor: they get its answers from now on
    Returns None when it has gone there already. Raises NotAllowed (on either), Invalid (itself,
    a resolved survivor while the source waits), IsMerged (either, elsewhere), IsSetAside.
    """
    lock_all(source, into)
    require(act, "ticket.change", source)
    require(act, "ticket.change", into)
    for each in (source, into):
        check_not_aside(each, act)
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
        kept={"source": kept_of(source), "survivor": kept_of(into), "own": _own_since(into)}
        | {"transfer": newest(transfers(source, into))}
        | _move(source, into),
    )
    spent = taken_along(source.time_spent, made.pk)
    _close(source, act, made)
    _take_over(made, source, into, act, spent, join=join)
    return made


@transactional
def unmerge(merge: Merge, act: Act) -> Merge | None:
    """Undo a merge: what it moved or set is as it was; what came since stays where it belongs.

    A message that came since by the source's reply address goes back with the rest. Returns None
    when it was undone already. Raises NotAllowed, CantUnmerge (too late, survivor merged itself).
    """
    source, survivor = merge.source, merge.survivor
    lock_all(source, survivor)
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
    if made.undoes_split:
        raise CantUnmerge(_("This ticket only was until its split was undone. Split it again."))
    if since := _moved_since(made):
        raise CantUnmerge(
            _("Messages went from #%(number)s to #%(into)s meanwhile. Undo that first.")
            % {"number": since.source.number, "into": since.target.number}
        )
    late = _move_back(made)
    made.undone_at = act.when
    made.save(update_fields=["undone_at"])
    _restore(made, source, act, late)
    _let_go(made, survivor, act)
    return made


def _moved_since(merge: Merge) -> Transfer | None:
    moved = transfers(merge.source, merge.survivor).filter(undone_at=None)
    since = moved.filter(pk__gt=merge.kept.get("transfer", 0))
    return since.select_related("source", "target").order_by("-pk").first()


# -- the rows of a conversation ----------------------------------------------------------------
def _move(source: Ticket, into: Ticket) -> dict[str, Any]:
    """Put what belongs to the source's conversation into the other; tell what it was."""
    messages = list(source.messages.order_by("pk").values_list("pk", flat=True))
    held = list(source.held.order_by("pk").values_list("pk", flat=True))
    drafts = list(_movable(source, into).order_by("pk").values_list("pk", flat=True))
    joined = _join_drafts(source, into, moved=drafts)
    uploads = _uploads_of(source)
    _put(source, into, messages, held, drafts, uploads)
    return {"messages": messages, "held": held, "drafts": drafts, "joined": joined,
            "uploads": uploads}  # fmt: skip


def _movable(source: Ticket, into: Ticket) -> QuerySet[Draft]:
    """The source's drafts, but for who has begun one of the kind in both: see `_join_drafts`."""
    there = set(Draft.objects.filter(ticket=into).values_list("agent_id", "kind"))
    here = Draft.objects.filter(ticket=source)
    free = [one.pk for one in here if (one.agent_id, one.kind) not in there]
    return here.filter(pk__in=free)


def _join_drafts(source: Ticket, into: Ticket, *, moved: list[int]) -> list[list[int]]:
    """Whoever has begun the same in both goes on with one that holds both; the source's stays.

    Returns the ids of each pair, the source's first.
    """
    there = {(one.agent_id, one.kind): one for one in Draft.objects.filter(ticket=into)}
    pairs = []
    for here in Draft.objects.filter(ticket=source).exclude(pk__in=moved).order_by("pk"):
        draft = there[here.agent_id, here.kind]
        draft.html += SEAM + here.html
        _set_files(draft, [*_files(draft), *_files(here)])
        draft.save(update_fields=["html", "fields"])
        pairs.append([here.pk, draft.pk])
    return pairs


def _part_drafts(pairs: list[list[int]]) -> None:
    """Take out again what stands in a draft as it was joined; what was changed since stays."""
    drafts = Draft.objects.in_bulk([pk for pair in pairs for pk in pair])
    for here, there in ((drafts.get(one), drafts.get(other)) for one, other in pairs):
        if here is None or there is None or not there.html.endswith(SEAM + here.html):
            continue
        there.html = there.html.removesuffix(SEAM + here.html)
        _set_files(there, [pk for pk in _files(there) if pk not in _files(here)])
        there.save(update_fields=["html", "fields"])


def _files(draft: Draft) -> list[Any]:
    found: list[Any] = draft.fields.get("attachments", [])
    return found


def _set_files(draft: Draft, files: list[Any]) -> None:
    if files or "attachments" in draft.fields:
        draft.fields = draft.fields | {"attachments": files}


def _uploads_of(source: Ticket) -> list[int]:
    """Files that were uploaded here for a message to come."""
    waiting = Attachment.objects.filter(ticket=source, message=None)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def _put(
    source: Ticket,
    into: Ticket,
    messages: list[int],
    held: list[int],
    drafts: list[int],
    uploads: list[int],
) -> None:
    waiting = Attachment.objects.filter(pk__in=uploads, ticket=source, message=None)
    waiting.update(ticket=into)
    carry(source, into, messages)
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
        kept.get("uploads", []),
    )
    _part_drafts(kept.get("joined", []))
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
        "time_spent": [],
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


def _take_over(
    merge: Merge, source: Ticket, into: Ticket, act: Act, spent: list[Entry], *, join: bool
) -> None:
    """The survivor shows what it has got, and waits since the earlier of both."""
    before = merge.kept["source"]
    tags = [pk for pk in source.tags if pk not in into.tags]
    joining = let_take_part(into, _customers(source)) if join else []
    since = [at for at in (into.waiting_since, moment(before["waiting_since"])) if at]
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
        time_spent=[*into.time_spent, *spent],
        waiting_since=min(since, default=None),
        **shown_last(into),
    )
    if before["status"] in WAITING and sleeps(into):
        shift(into, act.because_of(event), Status.OPEN, reason="merged")
    merge.kept["now"] = kept_of(into)
    merge.save(update_fields=["kept"])


def _customers(ticket: Ticket) -> list[int]:
    others = ticket.participants.order_by("pk").values_list("contact_id", flat=True)
    own = [ticket.contact_id] if ticket.contact_id else []
    return list(dict.fromkeys([*own, *others]))


# -- undoing -----------------------------------------------------------------------------------
def _restore(merge: Merge, source: Ticket, act: Act, late: list[Message]) -> None:
    was = merge.kept["source"]
    fields = values(was, STATE)
    asking = [each for each in late if counts(each)]
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
        time_spent=part(merge.survivor.time_spent, merge.pk)[1],
        **fields,
        **last(source, was),
    )
    stays = source.status == Status.ON_HOLD and source.hold_reason in STAYS_ON_HOLD
    if asking and source.status not in WAITING and not stays:
        shift(source, act.because_of(event), Status.OPEN, reason="customer_wrote")


def _let_go(merge: Merge, survivor: Ticket, act: Act) -> None:
    """Take from the survivor what the merge gave it, where that is still what stands there."""
    kept = merge.kept
    was, became = kept["survivor"], kept["now"]
    others = list(Merge.objects.filter(survivor=survivor, undone_at=None).select_related("source"))
    tags = _leaving("tags", merge, {one: one.source.tags for one in others})
    leaving = _leaving("participants", merge, {one: _customers(one.source) for one in others})
    survivor.participants.filter(contact_id__in=leaving).delete()
    fields: dict[str, Any] = {
        "tags": [pk for pk in survivor.tags if pk not in tags],
        "time_spent": part(survivor.time_spent, merge.pk)[0],
    }
    if survivor.waiting_since == moment(became["waiting_since"]):
        fields["waiting_since"] = _own_waiting(survivor, others, kept)
    event = change(
        survivor,
        act,
        TicketSeparated(merge.pk, merge.source_id, merge.source.number),
        **fields,
        **last(survivor, was),
    )
    opened = was["status"] != became["status"]
    if opened and not others and untouched(survivor, became):
        sleep_again(survivor, act.because_of(event), was)


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
    now: str | None = kept_of(survivor)["waiting_since"]
    if last is None or last.kept["now"]["waiting_since"] != now:
        return now
    asked = asked_since(survivor, last.kept["now"])
    own: str | None = last.kept["own"]
    return own or (asked[0].occurred_at.isoformat() if asked else None)


def _own_waiting(survivor: Ticket, others: list[Merge], kept: dict[str, Any]) -> datetime | None:
    """Since when the survivor would wait if this merge had never been."""
    waiting = [kept["own"], *(one.kept["source"]["waiting_since"] for one in others)]
    found = [moment(since) for since in waiting]
    found += [each.occurred_at for each in asked_since(survivor, kept["now"])]
    return min((moment for moment in found if moment), default=None)
