"""Macros at a ticket: the list behind `/`, one filled in, and running one that changes things."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.desk.forms import Codes, StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present import macros as present
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import changed, posted, shown
from ventanilla.desk.views.problems import is_partial
from ventanilla.lib.problems import Conflict
from ventanilla.people.queries import configuration
from ventanilla.tickets import macros_queries as macros
from ventanilla.tickets import queries
from ventanilla.tickets.actions.bulk import change_many
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Ticket


class RunForm(StrictForm):
    """Which of its changes; without `chosen` all of them."""

    also = Codes()
    chosen = forms.BooleanField(required=False)


@require_GET
def for_ticket(request: Request, number: int) -> HttpResponse:
    """All that the agent is offered here, by name; with `?id=` what one puts into a message."""
    ticket = queries.get(number, request.viewer)
    if "id" in request.GET:
        return _one(request, ticket, request.GET["id"])
    offered = macros.offered(ticket, request.viewer)
    changes = present.labels(offered)
    language = configuration().language
    texts = [
        {
            "id": one.pk,
            "name": present.parted(one.name)[1],
            "folder": present.parted(one.name)[0],
            "start": present.beginning(macros.text_for(one.texts, ticket, language)),
            "changes": changes[one.pk],
            "of": _of(one),
            "url": reverse("desk:macro_at", args=[number, one.pk]),
        }
        for one in offered
    ]
    return JsonResponse({"texts": texts, "all": reverse("desk:macros")})


@require_http_methods(["GET", "POST"])
def at_ticket(request: Request, number: int, pk: int) -> HttpResponse:
    """How a macro reads here and what it changes, from what to what. POST: make these changes."""
    ticket = queries.get(number, request.viewer)
    macro = macros.one_of(request.viewer, pk)
    if request.method == "POST":
        return _run(request, ticket, macro)
    view = _view(request, ticket, macro)
    if is_partial(request):
        return shown(request, "macros/_preview.html", view=view, ticket=ticket)
    return shown(request, "macros/page.html", view=view, ticket=ticket, frame=frame(request))


def _one(request: Request, ticket: Ticket, wanted: str) -> HttpResponse:
    pk = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0
    macro = macros.one_of(request.viewer, pk)
    view = _view(request, ticket, macro)
    chips = render_to_string("desk/macros/_chips.html", {"changes": view.changes}, request)
    return JsonResponse(
        {"id": pk, "html": view.text, "kind": macro.write_as, "chips": chips.strip()}
    )


def _run(request: Request, ticket: Ticket, macro: Macro) -> HttpResponse:
    """As one operation of a single ticket, with its undoing."""
    values = posted(request, RunForm)
    wanted = macro.changes
    if values["chosen"]:
        wanted = [code for code in macro.changes if code in values["also"]]
    operation = change_many(
        request.act,
        agent=request.agent,
        what="macro",
        change={"macro": macro.pk, "name": macro.name, "changes": wanted},
        tickets=Ticket.objects.visible_to(request.viewer).filter(pk=ticket.pk),
    )
    if operation.refused:
        why = operation.items.values_list("before__why", flat=True).first()
        raise Conflict(why or _("Nothing was changed."))
    ticket.refresh_from_db()
    return changed(request, ticket, "macro", operation=operation.pk)


def _view(request: Request, ticket: Ticket, macro: Macro) -> Any:
    viewer, name = request.viewer, request.who.desk_name
    return present.at_ticket(macro, ticket, viewer, request.agent, name, configuration().language)


def _of(one: Macro) -> str:
    if one.agent_id is not None:
        return _("Yours")
    return one.team.name if one.team else ""
