"""Search by number, subject and customer."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present import rows
from ventanilla.desk.present.frame import frame, today
from ventanilla.desk.shapes import Place
from ventanilla.desk.views.answers import opened, shown, target
from ventanilla.tickets import queries
from ventanilla.tickets.paging import Page

LONGEST = 200
A_MINUTE = 60


@require_GET
def search(request: Request) -> HttpResponse:
    """The inbox's panes; the list is what was found. It announces no news."""
    part = target(request)
    if part == "news":
        return HttpResponse(status=204)
    words = " ".join(request.GET.get("q", "")[:LONGEST].replace("\0", "").split())
    found = []
    if len(words) >= 2:
        found = queries.find(words, request.viewer)
    title = _("Results for “%(words)s”") % {"words": words} if words else _("Search")
    place = Place(
        slug=rows.SEARCH,
        name=title,
        url=f"{reverse('desk:search')}?{urlencode({'q': words})}",
        icon="search",
        count=len(found) if words else None,
    )
    groups, _last = rows.grouped(Page(found), rows.SEARCH, today())
    context = {
        "place": place,
        "groups": groups,
        "more_url": "",
        "next_due": None,
        "tv": opened(request),
    }
    if part == "list":
        return shown(request, "inbox/_list.html", **context)
    return shown(request, "inbox/page.html", **context, frame=frame(request, "search"))
