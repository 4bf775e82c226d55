"""A mail that begins a ticket and waits before it leaves: for the seconds of undo, or until later.

As with a held reply nothing is recorded while it waits: there is no ticket, no number, no customer.
At its end the ticket is opened as of the click, in one commit with the command's end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.models import Timer
from ventanilla.events.timers import cancel_timers, set_timer
from ventanilla.lib.problems import Problem
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.models import Agent
from ventanilla.people.rights import require
from ventanilla.tickets.actions import personal
from ventanilla.tickets.actions.hold import HasLeft, with_files_of
from ventanilla.tickets.actions.open import open_ticket
from ventanilla.tickets.actions.reply import check_content
from ventanilla.tickets.content import Address, Content, as_json, from_json
from ventanilla.tickets.models import Channel, Draft, Inbox, Status, Ticket
from ventanilla.tickets.writing import HeldMail

DUE = "mail.due"


@transactional
def hold_mail(
    act: Act,
    *,
    inbox: Inbox,
    content: Content,
    until: datetime,
    later: bool = False,
    status: Status | None = None,
    fields: dict[str, Any],
    uploads: Iterable[int] = (),
) -> HeldMail:
    """Begin a ticket with this mail at `until`, unless it is taken back before. 3 statements.

    later     at a chosen time: then that time counts as the mail's, else the click
    fields    recipients, subject and files as a draft keeps them, to give them back exactly
    uploads   the author's files that the mail uses up
    Raises NotAllowed, Invalid.
    """
    require(act, "ticket.create")
    check_content(content)
    held = HeldMail.objects.create(
        agent_id=act.actor.id,
        inbox=inbox,
        content=as_json(content),
        fields=fields,
        uploads=list(uploads),
        status=status,
        later=later,
        clicked_at=act.when,
        due_at=until,
    )
    set_timer(DUE, until, episode=str(held.pk))
    personal.hold_draft(held.agent_id, None, "new")
    return held


@transactional
def take_back_mail(pk: int, act: Act) -> Draft:
    """Make a mail that waits its author's draft again: words, recipients, subject, files, sender.

    What they have begun since stays below it. Raises HasLeft.
    """
    mine = _mine(pk, act)
    since = Draft.objects.filter(agent_id=mine.agent_id, ticket=None, kind="new").first()
    begun = mine.content["begun_at"]
    draft = personal.save_draft(
        mine.agent_id,
        None,
        "new",
        html=mine.content["html"] + (_below(since) if since else ""),
        fields=with_files_of(since, mine.fields),
        composing=mine.content["composing"] + (since.composing if since else 0),
        now=datetime.fromisoformat(begun) if begun else mine.clicked_at,
    )
    cancel_timers(DUE, None, episode=str(mine.pk))
    mine.delete()
    return draft


@transactional
def send_mail_now(pk: int, act: Act) -> Ticket:
    """Let a mail leave at its author's word, past whatever has stopped it.

    Raises HasLeft; NotAllowed when its author no longer may.
    """
    mine = _mine(pk, act)
    return _leave(mine, act.when if mine.later or mine.stopped else mine.clicked_at)


def mail_due(timer: Timer, act: Act) -> None:
    """Its time has come: the ticket begins, or the mail stays and says why. Harmless twice."""
    held = _waiting().filter(pk=int(timer.episode), stopped="").first()
    if held is None:
        return
    try:
        with translation.override(held.agent.user.language), transaction.atomic():
            _leave(held, held.due_at if held.later else held.clicked_at)
    except Problem as refusal:
        held.stopped, held.stopped_why = refusal.code[:40], str(refusal.message)[:400]
        held.save(update_fields=["stopped", "stopped_why"])


def _waiting() -> Any:
    """Those that have not left, locked: an end and an undo at once take turns."""
    rows = HeldMail.objects.select_for_update(of=("self",)).filter(ticket=None)
    return rows.select_related("agent__user", "inbox__team")


def _mine(pk: int, act: Act) -> HeldMail:
    mine: HeldMail | None = _waiting().filter(pk=pk, agent_id=act.actor.id).first()
    if mine is None:
        raise HasLeft(_("This mail has left already."))
    return mine


def _leave(held: HeldMail, when: datetime) -> Ticket:
    """Open the ticket. The row stays for a day without its words: it says which ticket it became"""
    ticket = begin_ticket(
        Act.of_agent(held.agent_id, when),
        inbox=held.inbox,
        content=from_json(held.content),
        status=Status(held.status) if held.status is not None else None,
        author=held.agent,
    )
    message = ticket.last_message_id or 0
    personal.used(held.agent_id, ticket, message, held.uploads)
    cancel_timers(DUE, None, episode=str(held.pk))
    held.ticket, held.content, held.fields, held.uploads = ticket, {}, {}, []
    held.save(update_fields=["ticket", "content", "fields", "uploads"])
    return ticket


def begin_ticket(
    act: Act, *, inbox: Inbox, content: Content, status: Status | None, author: Agent
) -> Ticket:
    """Open the ticket that an agent's mail begins: theirs, if they are of the inbox's team."""
    first: Address = content.to[0]
    own = author.teams.filter(pk=inbox.team_id).exists()
    return open_ticket(
        act,
        subject=content.subject,
        channel=Channel.EMAIL,
        team=inbox.team,
        inbox=inbox,
        contact=find_or_make(act, kind="email", value=first["addr"], name=first["name"]),
        content=content,
        outgoing=True,
        assignee=author if own else None,
        status=status,
    )


def _below(since: Draft) -> str:
    """A mail that was begun meanwhile, with the head that it would lose."""
    to = ", ".join(one["addr"] for one in since.fields.get("to", []))
    head = " · ".join(filter(None, [since.fields.get("subject", ""), to]))
    return (format_html("<p><b>{}</b></p>", head) if head else "") + since.html
