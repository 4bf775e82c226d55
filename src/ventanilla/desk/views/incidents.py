"""A solved problem: the same answer to its incidents, and all of them resolved."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ventanilla.desk.forms import Ids, StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.lib.problems import Invalid, Problem
from ventanilla.people.rights import require
from ventanilla.tickets import queries
from ventanilla.tickets.actions import set_status
from ventanilla.tickets.actions.bulk import change_many
from ventanilla.tickets.actions.undo import ANSWER
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.variables import names

MOST = 200  # that are listed


class AnswerForm(StrictForm):
    n = Ids()
    text = forms.CharField(required=False, max_length=20_000, label=gettext_lazy("Answer"))
    itself = forms.BooleanField(required=False)


@require_http_methods(["GET", "POST"])
def incidents(request: Request, number: int) -> HttpResponse:
    ticket = queries.get(number, request.viewer)
    require(request.act, "ticket.reply", ticket)
    if request.method == "GET":
        return _page(request, ticket)
    values = posted(request, AnswerForm)
    chosen = queries.open_incidents(ticket, request.viewer).filter(number__in=values["n"])
    try:
        operation = change_many(
            request.act,
            agent=request.agent,
            what=ANSWER,
            change={"text": values["text"], "to": int(Status.RESOLVED)},
            tickets=chosen,
        )
    except Invalid as refusal:
        return _page(request, ticket, refusal)
    if values["itself"] and ticket.status < Status.RESOLVED:
        set_status(ticket, request.act, to=Status.RESOLVED)
    return SeeOther(link("desk:operation", operation.pk))


def _page(request: Request, ticket: Ticket, problem: Problem | None = None) -> HttpResponse:
    found = queries.open_incidents(ticket, request.viewer).select_related("contact")
    return shown(
        request,
        "ticket/incidents.html",
        problem.status if problem else 200,
        ticket=ticket,
        incidents=found.order_by("pk")[:MOST],
        chosen=request.POST.getlist("n") if problem else None,
        text=request.POST.get("text", ""),
        names=names(),
        problem=problem,
        frame=frame(request),
    )
