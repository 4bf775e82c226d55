"""What the agent was told: the list, and the newest for the browser's own notice."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.desk.forms import EmptyForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import SeeOther, posted, shown, target
from ventanilla.lib import clock
from ventanilla.notifications.actions import mark_read
from ventanilla.notifications.models import Notification
from ventanilla.notifications.queries import latest
from ventanilla.tickets.models import Ticket

LISTED = 50


@require_http_methods(["GET", "POST"])
def notice_list(request: Request) -> HttpResponse:
    """GET: what the agent was told, unread first. POST: all of it is read."""
    if request.method == "POST":
        posted(request, EmptyForm)
        mark_read(request.agent.pk, clock.now())
        return SeeOther(reverse("desk:notice_list"))
    told = latest(request.agent.pk, LISTED)
    seen = set(_seen(request, told))
    notices = [one for one in told if one.ticket_id in seen]
    if target(request) == "notices":
        return shown(request, "_notices.html", notices=notices)
    return shown(request, "notices.html", notices=notices, frame=frame(request, here="notices"))


@require_GET
def notices(request: Request) -> HttpResponse:
    """Title, text and address for the browser's own notice; 204 when there is nothing unread."""
    mine = Notification.objects.filter(agent=request.agent, read_at=None)
    unread = list(mine.select_related("ticket__contact").order_by("-id")[:5])
    seen = set(_seen(request, unread))
    newest = next((one for one in unread if one.ticket_id in seen), None)
    if newest is None:
        return HttpResponse(status=204)
    ticket = newest.ticket
    name = ticket.contact.name if ticket.contact else ""
    return JsonResponse(
        {
            "title": str(Notification.What(newest.what).label),
            "text": " · ".join(filter(None, [name, ticket.subject or _("(no subject)")])),
            "url": reverse("desk:ticket", args=[ticket.number]),
            "tag": f"ticket-{ticket.number}",
            "unread": request.who.notices,
        }
    )


def _seen(request: Request, unread: list[Notification]) -> list[int]:
    """Which of their tickets the agent may still see. 1 statement."""
    visible = Ticket.objects.visible_to(request.viewer)
    ids = visible.filter(pk__in=[one.ticket_id for one in unread]).values_list("pk", flat=True)
    return list(ids)
