"""A reply that waits before it leaves: for the seconds of undo, or until a chosen time.

It is a command, no message: nothing is recorded until its end. Then `reply` runs as if it had been
called at the click, in one commit with the command's end: once, whatever is killed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import MessageHeldBack
from ventanilla.events.models import Timer
from ventanilla.events.signals import tell
from ventanilla.events.timers import cancel_timers, set_timer
from ventanilla.lib.problems import Conflict, Problem
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions import personal
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.actions.custom import check_ready
from ventanilla.tickets.actions.merged import check_not_merged
from ventanilla.tickets.actions.reply import NewerMessage, check_content, check_seen, reply
from ventanilla.tickets.changes import read
from ventanilla.tickets.content import Content, as_json, from_json
from ventanilla.tickets.models import Draft, Message, Status, Ticket
from ventanilla.tickets.presence import who_is_there
from ventanilla.tickets.writing import HeldReply

DUE = "reply.due"


class HasLeft(Conflict):
    """The reply is no longer held: it has left, or was taken back already."""

    code = "reply_has_left"


@transactional
def hold(
    ticket: Ticket,
    act: Act,
    *,
    content: Content,
    until: datetime,
    later: bool = False,
    status: Status | None = Status.PENDING,
    seen: int | None = None,
    override: bool = False,
    forward: int | None = None,
    also: Sequence[str] = (),
    fields: dict[str, Any],
    uploads: Iterable[int] = (),
) -> HeldReply:
    """Answer at `until`, unless it is taken back before. Checks what `reply` checks.

    later     at a chosen time: then that time counts as the reply's, else the click
    forward   id of the message that is passed on to a third party
    also      what is changed besides (`tickets.changes`), once it leaves
    fields    recipients, files and these changes as a draft keeps them, to give them back exactly
    uploads   the author's files that the reply uses up
    Raises NotAllowed, Invalid, NewerMessage, FieldsMissing.
    """
    ticket.lock()
    require(act, "ticket.reply", ticket)
    check_not_merged(ticket)
    check_content(content)
    stale = None
    if forward is None:
        stale = check_seen(ticket, act, seen, override=override)
        check_ready(ticket, act, status)
    newest = ticket.last_message_id or 0
    held = HeldReply.objects.create(
        ticket=ticket,
        agent_id=act.actor.id,
        content=as_json(content),
        fields=fields,
        uploads=list(uploads),
        forward=forward,
        status=status,
        status_then=ticket.status,
        also=[one.code for one in read(also)],
        seen=newest if stale or seen is None else seen,
        override=stale is not None,
        later=later,
        clicked_at=act.when,
        due_at=until,
    )
    set_timer(DUE, until, ticket_id=ticket.pk, episode=str(held.pk))
    _show(held, ticket, act.when)
    return held


@transactional
def take_back(held: HeldReply, act: Act) -> Draft:
    """Make a held reply its author's draft again: words, recipients and files as they were.

    What they have written since stays below it. Raises HasLeft.
    """
    held.ticket.lock()
    mine = HeldReply.objects.filter(pk=held.pk, agent_id=act.actor.id).first()
    if mine is None:
        raise HasLeft(_("This reply has left already."))
    _end(mine)
    kind = "reply" if mine.forward is None else "forward"
    since = Draft.objects.filter(agent_id=mine.agent_id, ticket=held.ticket, kind=kind).first()
    begun = mine.content["begun_at"]
    draft = personal.save_draft(
        mine.agent_id,
        held.ticket,
        kind,
        html=mine.content["html"] + (since.html if since else ""),
        fields=with_files_of(since, mine.fields),
        composing=mine.content["composing"] + (since.composing if since else 0),
        now=datetime.fromisoformat(begun) if begun else mine.clicked_at,
    )
    _show(mine, held.ticket, act.when)
    return draft


@transactional
def send_now(held: HeldReply, act: Act) -> Message:
    """Let a held reply leave at its author's word, past whatever has stopped it.

    Raises HasLeft; NotAllowed when its author no longer may.
    """
    held.ticket.lock()
    mine = HeldReply.objects.filter(pk=held.pk, agent_id=act.actor.id).first()
    if mine is None:
        raise HasLeft(_("This reply has left already."))
    when = act.when if mine.later or mine.stopped else mine.clicked_at
    return _leave(mine, held.ticket, when, override=bool(mine.stopped))


def come_due(timer: Timer, act: Act) -> None:
    """Its time has come: it leaves, or stays with its author and a reason. Harmless twice."""
    ticket = Ticket.objects.filter(pk=timer.ticket_id or 0).first()
    if ticket is None:
        return
    ticket.lock()
    held = _with_author(int(timer.episode))
    if held is None or held.stopped:
        return
    try:
        with translation.override(held.agent.user.language), transaction.atomic():
            _leave(held, ticket, held.due_at if held.later else held.clicked_at)
    except Problem as refusal:
        _stop(held, ticket, act, refusal)


def _with_author(pk: int) -> HeldReply | None:
    return HeldReply.objects.select_related("agent__user").filter(pk=pk).first()


def _leave(held: HeldReply, ticket: Ticket, when: datetime, *, override: bool = False) -> Message:
    message = reply(
        ticket,
        Act.of_agent(held.agent_id, when),
        content=from_json(held.content),
        status=_status(held, ticket),
        seen=held.seen if held.forward is None else None,
        override=override,
        overrode=held.override,
        forward=held.forward is not None,
        also=held.also,
    )
    personal.used(held.agent_id, ticket, message.pk, held.uploads)
    _end(held)
    return message


def _status(held: HeldReply, ticket: Ticket) -> Status | None:
    """What its author chose, unless somebody has set another status since."""
    opened = (held.status_then, ticket.status) == (Status.NEW, Status.OPEN)
    if held.status is None or not (opened or ticket.status == held.status_then):
        return None
    return Status(held.status)


def _stop(held: HeldReply, ticket: Ticket, act: Act, refusal: Problem) -> None:
    held.stopped, held.stopped_why = refusal.code[:40], str(refusal.message)[:400]
    held.save(update_fields=["stopped", "stopped_why"])
    newer = refusal.newer.pk if isinstance(refusal, NewerMessage) else None
    change(
        ticket,
        act,
        MessageHeldBack(held=held.pk, agent=held.agent_id, code=held.stopped, newer=newer),
    )


def _end(held: HeldReply) -> None:
    cancel_timers(DUE, held.ticket_id, episode=str(held.pk))
    HeldReply.objects.filter(pk=held.pk).delete()


def _show(held: HeldReply, ticket: Ticket, now: datetime) -> None:
    """Let the screens that show the ticket look again; no event tells them."""
    people = {held.agent_id, *who_is_there(ticket, now)}
    tell(sorted(people), {"t": "ticket", "n": ticket.number, "kind": "message"})


def with_files_of(since: Draft | None, fields: dict[str, Any]) -> dict[str, Any]:
    more = since.fields.get("attachments", []) if since else []
    return fields | {"attachments": [*fields.get("attachments", []), *more]}
