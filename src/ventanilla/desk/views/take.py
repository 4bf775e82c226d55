"""Give me the next ticket."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import EmptyForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.desk.views.problems import is_partial
from ventanilla.people.rights import require
from ventanilla.tickets import actions, lookup


@require_POST
@transaction.atomic
def take(request: Request) -> HttpResponse:
    """Assign the most urgent ticket that nobody has to whoever asks, and open it."""
    posted(request, EmptyForm)
    require(request.act, "ticket.change")
    ticket = lookup.next_waiting(request.viewer)
    if ticket is None:
        return _nothing(request)
    actions.assign(ticket, request.act, to=request.agent, reason="taken")
    url = reverse("desk:inbox_ticket", args=["mine", ticket.number])
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)


def _nothing(request: Request) -> HttpResponse:
    if not is_partial(request):
        return SeeOther(reverse("desk:inbox", args=["unassigned"]))
    return shown(request, "_told.html", text=_("Nothing waits in your teams: all is given out."))
