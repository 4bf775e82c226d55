"""What was sent and has not left yet: its author takes it back, or lets it go now."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.forms import HeldForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import frame
from ventanilla.desk.present.held import of_mail
from ventanilla.desk.present.rows import SEARCH
from ventanilla.desk.views.answers import SeeOther, changed, here, opened, posted, shown
from ventanilla.desk.views.problems import is_partial
from ventanilla.lib.problems import NotFound
from ventanilla.tickets import actions, queries
from ventanilla.tickets.models import Ticket


@require_POST
def held(request: Request, pk: int) -> HttpResponse:
    do = posted(request, HeldForm)["do"]
    waiting = queries.held_reply(pk, request.viewer)
    if waiting is None:
        raise NotFound(_("This reply has left already, or it isn't yours."))
    ticket = waiting.ticket
    if do == "send":
        actions.send_now(waiting, request.act)
        return changed(request, ticket, "sent_now")
    actions.take_back(waiting, request.act)
    if is_partial(request) and not _is_open(request, ticket):
        return _show(request, ticket)
    return changed(request, ticket, "taken_back", forward=waiting.forward)


@require_http_methods(["GET", "POST"])
def mail(request: Request, pk: int) -> HttpResponse:
    """A mail that begins a ticket, while it waits; afterwards it leads to its ticket."""
    do = posted(request, HeldForm)["do"] if request.method == "POST" else None
    waiting = queries.held_mail(pk, request.viewer)
    if waiting is None:
        if do is None and is_partial(request):
            return HttpResponse(status=204)  # a page that asks once more while it is being left
        raise NotFound(_("This mail was taken back, or it isn't yours."))
    if do is not None:
        return _decide(request, pk, do)
    if waiting.ticket is not None:
        return _go(request, reverse("desk:ticket", args=[waiting.ticket.number]))
    if is_partial(request):
        headers = {"HX-Refresh": "true"} if waiting.stopped else {}
        return HttpResponse(status=204, headers=headers)
    files = queries.uploads(None, request.viewer)
    return shown(
        request,
        "ticket/held.html",
        frame=frame(request, "new"),
        mail=of_mail(waiting, files, request.viewer),
    )


def _decide(request: Request, pk: int, do: str) -> HttpResponse:
    if do == "send":
        ticket = actions.send_mail_now(pk, request.act)
        return _go(request, reverse("desk:ticket", args=[ticket.number]))
    actions.take_back_mail(pk, request.act)
    return _go(request, f"{reverse('desk:new_ticket')}?purpose=mail")


def _go(request: Request, url: str) -> HttpResponse:
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)


def _is_open(request: Request, ticket: Ticket) -> bool:
    """Whether the page that asks shows the ticket: then its composer gets the words back."""
    shown = opened(request)
    return shown is not None and shown.number == ticket.number


def _show(request: Request, ticket: Ticket) -> HttpResponse:
    place = here(request)
    url = reverse("desk:ticket", args=[ticket.number])
    if place not in ("", SEARCH):
        url = reverse("desk:inbox_ticket", args=[place, ticket.number])
    return HttpResponse(status=204, headers={"HX-Redirect": url})
