"""What a browser notice says: the newest thing that the agent was told and has not seen."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.notifications.models import Notification
from ventanilla.tickets.models import Ticket


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
