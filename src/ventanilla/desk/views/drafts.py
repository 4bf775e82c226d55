"""Drafts: what somebody has begun to write, kept for them alone."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.http import require_http_methods

from ventanilla.desk import writing
from ventanilla.desk.forms import DraftForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present.composers import draft_shape
from ventanilla.tickets import queries
from ventanilla.tickets.actions import personal
from ventanilla.tickets.models import Draft, Ticket


@require_http_methods(["GET", "POST", "PUT", "DELETE"])
def draft(request: Request, kind: str, number: int | None = None) -> HttpResponse:
    """One draft of the agent's: kind "new" without a ticket, the others of a ticket."""
    if kind not in writing.KINDS or (kind == "new") != (number is None):
        raise Http404
    ticket = queries.get(number, request.viewer) if number is not None else None
    if request.method == "GET":
        return _told(request, ticket, kind)
    if request.method == "DELETE":
        personal.drop_draft(request.agent.pk, ticket, kind)
        return HttpResponse(status=204)
    return _save(request, ticket, kind)


def _save(request: Request, ticket: Ticket | None, kind: str) -> HttpResponse:
    post = request.POST if request.method == "POST" else QueryDict(request.body)
    values = DraftForm(post).checked()
    html = values["html"] or values["body"]
    kept = writing.draft(request, ticket, kind, html=html, ids=values["attachments"], post=post)
    return JsonResponse({"saved_at": kept.saved_at.isoformat()})


def _told(request: Request, ticket: Ticket | None, kind: str) -> HttpResponse:
    mine = {one.kind: one for one in queries.drafts(ticket, request.viewer)}
    found: Draft | None = mine.get(kind)
    if found is None:
        return HttpResponse(status=204)
    shape = draft_shape(found, queries.uploads(ticket, request.viewer))
    return JsonResponse(
        {
            "html": str(shape.html),
            "saved_at": found.saved_at.isoformat(),
            "composing": found.composing,
            "fields": found.fields,
            "files": [{"id": one.id, "name": one.name, "size": one.size} for one in shape.files],
        }
    )
