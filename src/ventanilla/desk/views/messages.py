"""Writing in a ticket: replies, notes, forwarded messages; and what is behind the fold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.desk import writing
from ventanilla.desk.forms import EmptyForm, MessageForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present import messages as bubbles
from ventanilla.desk.present.ticket import load, older_entries, ticket_view
from ventanilla.desk.shapes import Banner
from ventanilla.desk.views.answers import changed, here, posted, shown
from ventanilla.desk.views.problems import fill_in, is_partial
from ventanilla.desk.views.ticket import show
from ventanilla.lib.problems import Invalid, Problem
from ventanilla.tickets import actions, queries
from ventanilla.tickets.actions import personal
from ventanilla.tickets.actions.reply import NewerMessage
from ventanilla.tickets.changes import Change, read
from ventanilla.tickets.mentions import mentioned
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.writing import HeldReply


@require_http_methods(["GET", "POST"])
def messages(request: Request, number: int) -> HttpResponse:
    """GET: the messages behind the fold. POST: write one more."""
    ticket = queries.get(number, request.viewer)
    if request.method == "GET":
        after, before = _id(request, "after"), _id(request, "before")
        entries, older = older_entries(request, ticket, after, before)
        return shown(request, "ticket/_older.html", entries=entries, older=older)
    return _write(request, ticket)


@require_GET
def forward(request: Request, number: int, message: int) -> HttpResponse:
    """The composer to pass a message on: alone, or within the ticket's page."""
    ticket = queries.get(number, request.viewer)
    loaded = load(request, ticket, drafts=True)
    if message not in {one.pk for one in loaded.messages}:
        passed_on = queries.message(message, request.viewer)
        if passed_on.ticket_id != ticket.pk:
            raise queries.missing(number)
        loaded.messages.insert(0, passed_on)
        loaded.files.extend(queries.files([passed_on], ticket, request.viewer))
    if not is_partial(request):
        return show(request, loaded, forward=message)
    tv = ticket_view(request, loaded, here=here(request), forward=message)
    return shown(request, "ticket/_composer.html", tv=tv)


@require_POST
def acceptance(request: Request, pk: int) -> HttpResponse:
    """Vouch for a sender who was not known to take part."""
    posted(request, EmptyForm)
    message = queries.message(pk, request.viewer)
    actions.accept_sender(message, request.act)
    return changed(request, message.ticket, "acceptance")


@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    posted(request, EmptyForm)
    message = queries.message(pk, request.viewer)
    actions.resend(message, request.act)
    return changed(request, message.ticket, "resend")


def _write(request: Request, ticket: Ticket) -> HttpResponse:
    form = MessageForm(request.POST, request.FILES)
    try:
        values = form.checked()
        if values["kind"] == "new":
            raise Invalid(_("Begin a new ticket for that."), field="kind")
        held = _send(request, ticket, values)
    except NewerMessage as newer:
        return _stale(request, ticket, newer)
    except Problem as problem:
        if problem.status != 422:
            raise
        return refused(request, str(ticket.number), problem, ticket)
    return changed(request, ticket, values["kind"], held=held.pk if held else None)


@transaction.atomic
def _send(request: Request, ticket: Ticket, values: dict[str, Any]) -> HeldReply | None:
    """Note it, answer, or let the answer wait; what was posted before is not done again."""
    kind = values["kind"]
    if not personal.first_time(request.agent.pk, values["mark"], request.act.when):
        return None
    if kind != "note" and (values["later"] or request.who.undo_seconds):
        return _hold(request, ticket, values)
    content, uploads = writing.content(request, ticket, values)
    status, also = _what_else(values)
    if kind == "note":
        message = actions.note(
            ticket,
            request.act,
            content=content,
            mentioned=mentioned(ticket, content.text),
            also=values["also"],
        )
    else:
        message = actions.reply(
            ticket,
            request.act,
            content=content,
            status=status,
            seen=values["seen"] if kind == "reply" else None,
            override=values["force"],
            forward=kind == "forward",
            also=also,
        )
    personal.sent(request.agent.pk, ticket, message.pk, kind, uploads)
    return None


def _hold(request: Request, ticket: Ticket, values: dict[str, Any]) -> HeldReply:
    values = writing.uploaded(request, values)
    content, uploads = writing.content(request, ticket, values)
    kind, now = values["kind"], request.act.when
    status, also = _what_else(values)
    held = actions.hold(
        ticket,
        request.act,
        content=content,
        until=values["later"] or now + timedelta(seconds=request.who.undo_seconds),
        later=values["later"] is not None,
        status=status,
        also=also,
        seen=values["seen"],
        override=values["force"],
        forward=(values["forward"] or 0) if kind == "forward" else None,
        fields=writing.draft_fields(values),
        uploads=uploads,
    )
    personal.hold_draft(request.agent.pk, ticket, kind)
    return held


def _what_else(values: dict[str, Any]) -> tuple[Status | None, list[str]]:
    """The status that sending sets, and what macros change besides.

    A macro's status takes the place of what the main button says; who chose another one in the
    menu beside it has decided.
    """
    status, rest = _status(values), []
    asked, changes = status, read(values["also"])
    if any(one.what == "field" for one in changes):
        return _after_fields(asked, changes)
    for change in changes:
        if change.what not in ("status", "snooze"):
            rest.append(change.code)
        elif asked != Status.PENDING:
            continue
        elif change.what == "status":
            status = Status(int(change.value))
        else:
            status = None
            rest.append(change.code)
    return status, rest


def _after_fields(asked: Status | None, changes: list[Change]) -> tuple[None, list[str]]:
    """Fields may be needed before it is resolved: then the status is a change after them."""
    codes = [one.code for one in changes]
    own = any(one.what in ("status", "snooze") for one in changes)
    if asked is not None and not (own and asked == Status.PENDING):
        codes.append(f"status={int(asked)}")
    return None, [one.code for one in read(codes)]


def _status(values: dict[str, Any]) -> Status | None:
    """What the pressed button says; the one that sends later says nothing but the time."""
    if values["later"] and values["status"] is None:
        return Status.PENDING
    status: Status | None = values["status"]
    return status


def _stale(request: Request, ticket: Ticket, newer: NewerMessage) -> HttpResponse:
    """Somebody wrote meanwhile: show their message, keep this one as it is being written."""
    newest = newer.newer
    who = bubbles.author(newest)
    if not is_partial(request):
        writing.keep(request, ticket)
        return show(request, load(request, ticket, drafts=True), status=409)
    loaded = load(request, queries.get(ticket.number, request.viewer), drafts=False)
    tv = ticket_view(request, loaded, here=here(request))
    status = request.POST.get("status", "")
    return shown(request, "ticket/_stale.html", 409, tv=tv, who=who, status=status)


def refused(
    request: Request, composer: str, problem: Problem, ticket: Ticket | None
) -> HttpResponse:
    """What can't be sent stays in the composer; without script it is kept as a draft."""
    if not is_partial(request):
        writing.keep(request, ticket)
        kept = _("What you have written is kept as a draft.")
        raise Invalid(f"{problem.message} {kept}", field=problem.field)
    ways = fill_in(request, problem, ticket.number if ticket else None)
    banner = Banner(title=problem.message, kind="bad", actions=ways)
    return shown(request, "ticket/_refused.html", 422, composer_id=composer, banner=banner)


def _id(request: Request, name: str) -> int:
    given = request.GET.get(name, "0")
    return int(given) if given.isdecimal() and len(given) < 19 else 0
