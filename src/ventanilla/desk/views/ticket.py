"""One ticket: its page, what live changes fetch, what was read, what stands behind the fold."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from ventanilla.desk.forms import ReadForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present import rows
from ventanilla.desk.present.frame import frame, today
from ventanilla.desk.present.held import SAID, told
from ventanilla.desk.present.macros import toast as macro_toast
from ventanilla.desk.present.ticket import Loaded, load, ticket_view
from ventanilla.desk.views.answers import grouped_by, here, posted, shown, target
from ventanilla.desk.views.aside import just_laid
from ventanilla.desk.views.merging import just_merged
from ventanilla.desk.views.parting import just_parted
from ventanilla.desk.views.redaction import just_redacted
from ventanilla.notifications.actions import mark_read as mark_notices_read
from ventanilla.tickets import queries
from ventanilla.tickets.actions import personal
from ventanilla.tickets.models import Ticket

WRITTEN = ("reply", "note", "forward", "taken_back")  # the composer begins afresh


@require_GET
def page(request: Request, number: int) -> HttpResponse:
    """One ticket alone."""
    return show(request, load(request, queries.get(number, request.viewer), drafts=True))


def show(
    request: Request, loaded: Loaded, *, status: int = 200, forward: int | None = None
) -> HttpResponse:
    tv = ticket_view(request, loaded, forward=forward)
    if target(request) == "conv":
        return shown(request, "inbox/_open.html", status, tv=tv, frame=None)
    around, told = frame(request), just_merged(request) or just_parted(request)
    told = told or just_laid(request) or just_redacted(request)
    return shown(request, "ticket/page.html", status, tv=tv, frame=around, **told)


@require_GET
def conversation(request: Request, number: int) -> HttpResponse:
    """Everything that shows the ticket, part by part: after an action, and to live changes.

    `did` says what the agent has just done: the composer is emptied and a toast says so.
    """
    place, did = here(request), request.GET.get("did", "")
    ticket = queries.get(number, request.viewer)
    fresh = did in WRITTEN
    loaded = load(request, ticket, drafts=fresh)
    forward = _id(request, "forward")
    context = {
        "tv": ticket_view(request, loaded, here=place, forward=forward),
        "fresh": fresh,
        "toast": _toast(request, did, loaded),
    }
    if did:
        context["frame"] = frame(request, place)
        context["row"] = _row(request, ticket, place) if place not in ("", rows.SEARCH) else None
    return shown(request, "ticket/_changes.html", **context)


def _toast(request: Request, did: str, loaded: Loaded) -> dict[str, Any] | None:
    if did == "macro":
        return macro_toast(_id(request, "operation") or 0, request.viewer, request.act.when)
    return told(did, loaded.held, _id(request, "held")) if did in SAID else None


@require_POST
def read(request: Request, number: int) -> HttpResponse:
    """The agent has seen the ticket up to a message: its row is no longer bold, notices go."""
    seen = posted(request, ReadForm)["message"]
    ticket = queries.get(number, request.viewer)
    message = min(seen or ticket.last_message_id or 0, ticket.last_message_id or 0)
    personal.mark_read(request.agent.pk, ticket, message)
    mark_notices_read(request.agent.pk, request.act.when, ticket_id=ticket.pk)
    return HttpResponse(status=204)


def _id(request: Request, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def _row(request: Request, ticket: Ticket, place: str) -> object:
    columns = request.who.shelf.columns(place)
    found, belongs = queries.row(place, ticket.number, request.viewer, today(), columns)
    query = grouped_by(request)
    return rows.row(found, place, gone=not belongs, columns=columns, query=query)
