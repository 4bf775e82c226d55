"""Who else is at a ticket, and who could be mentioned there."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import posted, shown
from ventanilla.tickets import presence as at
from ventanilla.tickets import queries
from ventanilla.tickets.mentions import who_sees

MOST = 50


class PresenceForm(StrictForm):
    state = forms.ChoiceField(choices=[(one, one) for one in ("viewing", "typing", "gone")])


@require_http_methods(["GET", "POST"])
def presence(request: Request, number: int) -> HttpResponse:
    """Answers who else is there. POST: what the agent is doing here; forgotten after 25 s."""
    ticket = queries.get(number, request.viewer)
    me, now = request.agent.pk, request.act.when
    if request.method == "POST":
        state = posted(request, PresenceForm)["state"]
        if state == "gone":
            at.go(ticket, me, now)
            return HttpResponse(status=204)
        at.come(ticket, me, now, typing=state == "typing")
    people = at.there(ticket, now, besides=me)
    typing = [one.agent.user.name for one in people if one.typing]
    viewing = [one.agent.user.name for one in people if not one.typing]
    return shown(request, "ticket/_presence.html", number=number, typing=typing, viewing=viewing)


@require_GET
def mentions(request: Request, number: int) -> HttpResponse:
    """The agents who may see the ticket, for the list behind `@`."""
    ticket = queries.get(number, request.viewer)
    agents = who_sees(ticket).exclude(pk=request.agent.pk)[:MOST]
    return JsonResponse({"agents": [{"id": one.pk, "name": one.user.name} for one in agents]})
