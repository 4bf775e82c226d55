"""Prepared replies at a ticket: the list behind `/`, and one filled in."""

from __future__ import annotations

import re

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.lib.fold import snippet
from ventanilla.lib.html import text_to_html
from ventanilla.lib.problems import NotFound
from ventanilla.tickets import prepared, queries

FILLED = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)


@require_GET
def for_ticket(request: Request, number: int) -> HttpResponse:
    """All that the agent is offered here, by name; with `?id=` the words of one."""
    ticket = queries.get(number, request.viewer)
    if "id" not in request.GET:
        texts = [
            {
                "id": one.pk,
                "name": one.name,
                "start": snippet(FILLED.sub("…", one.body), 80),
                "of": _of(one),
            }
            for one in prepared.offered(ticket, request.viewer)
        ]
        return JsonResponse({"texts": texts, "all": reverse("desk:prepared")})
    wanted = request.GET["id"]
    known = prepared.of(request.viewer)
    one = known.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 10 else None
    if one is None:
        raise NotFound(_("There is no such prepared reply, or it isn't yours."))
    text = prepared.filled_in(one.body, ticket, request.agent, request.who.desk_name)
    return JsonResponse({"id": one.pk, "html": text_to_html(text)})


def _of(one: prepared.PreparedReply) -> str:
    if one.agent_id is not None:
        return _("Yours")
    return one.team.name if one.team else ""
