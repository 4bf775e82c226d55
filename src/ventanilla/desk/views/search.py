"""Search by number, subject and customer."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present import rows
from ventanilla.desk.present.frame import frame
from ventanilla.desk.shapes import Group, Place
from ventanilla.desk.views.answers import shown, target
from ventanilla.tickets import queries

LONGEST = 200
A_MINUTE = 60


@require_GET
def search(request: Request) -> HttpResponse:
    """The inbox's panes; the list is what was found."""
    words = " ".join(request.GET.get("q", "")[:LONGEST].replace("\0", "").split())
    found = []
    if len(words) >= 2:
        found = queries.find(words, request.viewer)
    title = _("Results for “%(words)s”") % {"words": words} if words else _("Search")
    place = Place(
        slug="search",
        name=title,
        url=f"{reverse('desk:search')}?{urlencode({'q': words})}",
        icon="search",
        count=len(found) if words else None,
    )
    groups = [Group("", [rows.row(ticket, "") for ticket in found])] if found else []
    context = {
        "place": place,
        "groups": groups,
        "more_url": "",
        "next_due": None,
        "tv": None,
        "query": words,
    }
    if target(request) == "list":
        return shown(request, "inbox/_list.html", **context)
    return shown(request, "inbox/page.html", **context, frame=frame(request, "search"))
