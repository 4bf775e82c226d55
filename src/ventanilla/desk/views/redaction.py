"""Blacking out words of a message, or one of its files: a page to choose, to say why, to do it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.frame import frame
from ventanilla.desk.present.messages import author
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.lib.problems import Invalid, NotFound, Problem
from ventanilla.people.rights import require
from ventanilla.tickets import queries
from ventanilla.tickets.actions import redact, redact_file
from ventanilla.tickets.models import Attachment, Message, Ticket

LONGEST = 5000
AT_FIRST: dict[str, Any] = {"words": "", "file": None, "also_files": True, "why": ""}


class RedactionForm(StrictForm):
    message = forms.IntegerField(min_value=1)
    words = forms.CharField(required=False, max_length=LONGEST, label=gettext_lazy("Words"))
    file = forms.IntegerField(required=False, min_value=1, label=gettext_lazy("File"))
    also_files = forms.BooleanField(required=False)
    why = forms.CharField(required=False, max_length=400, label=gettext_lazy("Reason"))


@require_http_methods(["GET", "HEAD", "POST"])
def redaction(request: Request, number: int) -> HttpResponse:
    ticket = queries.get(number, request.viewer)
    require(request.act, "ticket.redact", ticket)
    if request.method == "POST":
        return _redact(request, ticket)
    given = request.GET.get("message", "")
    known = given.isdecimal() and len(given) < 19
    pk = int(given) if known else ticket.last_message_id or 0
    return _page(request, ticket, _message(request, ticket, pk), AT_FIRST)


def _redact(request: Request, ticket: Ticket) -> HttpResponse:
    values = posted(request, RedactionForm)
    message = _message(request, ticket, values["message"])
    try:
        _do(request, ticket, message, values)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _page(request, ticket, message, values, problem)
    return SeeOther(f"{link('desk:ticket', ticket.number)}?redacted=1")


def _do(request: Request, ticket: Ticket, message: Message, values: dict[str, Any]) -> None:
    words, file = values["words"].strip(), values["file"]
    if bool(words) == bool(file):
        raise Invalid(_("Choose words of the message, or one file."), field="words")
    if words:
        redact(ticket, request.act, words=words, why=values["why"], files=values["also_files"])
        return
    found = next((one for one in _files(request, ticket, message) if one.pk == file), None)
    if found is None:
        raise Invalid(_("This file is not in the ticket any more. Reload the page."), field="file")
    redact_file(ticket, request.act, file=found, why=values["why"])


def _message(request: Request, ticket: Ticket, pk: int) -> Message:
    """Raises NotFound."""
    found = queries.message(pk, request.viewer)
    if found.ticket_id != ticket.pk:
        raise NotFound(_("There is no such message, or it isn't yours to see."))
    return found


def _files(request: Request, ticket: Ticket, message: Message) -> list[Attachment]:
    files = queries.files([message], ticket, request.viewer)
    return [one for one in files if one.message_id == message.pk]


def _page(
    request: Request,
    ticket: Ticket,
    message: Message,
    values: dict[str, Any],
    problem: Problem | None = None,
) -> HttpResponse:
    return shown(
        request,
        "ticket/redaction.html",
        problem.status if problem else 200,
        frame=frame(request),
        ticket=ticket,
        message=message,
        author=author(message),
        files=_files(request, ticket, message),
        values=values,
        problem=problem,
    )


def just_redacted(request: Request) -> dict[str, Any]:
    return {"told": _("Blacked out for good.")} if "redacted" in request.GET else {}
