"""What views share: which part is asked for, where the agent stands, how a change is answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present.rows import SEARCH
from ventanilla.desk.views.problems import is_partial
from ventanilla.people.rights import Viewer
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.views import Grouping

IN_VIEW = re.compile(r"/inbox/([a-z0-9-]{1,30})/")
IN_SEARCH = re.compile(r"/search/\d{1,15}/")
SHOWN = re.compile(r"/(?:inbox/[a-z0-9-]{1,30}|tickets|search)/(\d{1,15})/")
SLUG = re.compile(r"[a-z0-9-]{1,30}")


class SeeOther(HttpResponseRedirect):
    """After a change: go and look. The browser's fetch follows by itself, with its HX headers."""

    status_code = 303


def target(request: HttpRequest) -> str:
    """The id of the element that a fragment is for; empty when a whole page is asked for."""
    if not is_partial(request):
        return ""
    return request.headers.get("HX-Target", "").rpartition("#")[2]


def here(request: HttpRequest) -> str:
    """The slug of the view in which the agent looks at the ticket; empty on its own page.

    Beside what was found it is `rows.SEARCH`.
    """
    if "here" in request.GET:
        given = request.GET["here"]
        return given if SLUG.fullmatch(given) else ""
    path = _path_shown(request)
    if IN_SEARCH.match(path):
        return SEARCH
    found = IN_VIEW.match(path)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The ticket that is open beside a list, as far as its row needs to know."""

    number: int


def grouping(request: HttpRequest) -> str:
    """By what the list's address says that it is grouped; empty: as its reader wants it.

    A fragment's own address doesn't say it: then that of the page which asks for it.
    """
    asked = request.GET.get("group") or _query_shown(request).get("group", [""])[-1]
    return asked if asked in Grouping.values else ""


def grouped_by(request: HttpRequest) -> str:
    """The same as it ends the addresses of what such a list shows."""
    asked = grouping(request)
    return f"?group={asked}" if asked else ""


def opened(request: HttpRequest) -> Opened | None:
    """Which ticket the page shows that a fragment is for."""
    found = SHOWN.match(_path_shown(request))
    return Opened(int(found[1])) if found else None


def changed(request: Request, ticket: Ticket, did: str = "", **more: int | None) -> HttpResponse:
    """The answer to whatever changed a ticket: look at it again, in the place it is shown.

    more   what `conversation` is told besides `did`
    Who has moved it out of their own sight goes back to the list.
    """
    place = here(request)
    if not sees(request.viewer, ticket):
        url = reverse("desk:inbox", args=["mine" if place in ("", SEARCH) else place])
        if not is_partial(request):
            return SeeOther(url)
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    if is_partial(request):
        told = {name: value for name, value in more.items() if value is not None}
        query = urlencode({"here": place, "did": did} | told)
        return SeeOther(f"{reverse('desk:conversation', args=[ticket.number])}?{query}")
    if place in ("", SEARCH):
        return SeeOther(reverse("desk:ticket", args=[ticket.number]))
    return SeeOther(reverse("desk:inbox_ticket", args=[place, ticket.number]))


def sees(viewer: Viewer, ticket: Ticket) -> bool:
    people = [ticket.assignee_id] if ticket.assignee_id else []
    category = ticket.category_id or 0
    return viewer.sees(teams=[ticket.team_id], people=people, categories=[category])


def posted(request: HttpRequest, form: type[StrictForm], **kwargs: Any) -> dict[str, Any]:
    """The cleaned values of a posted form. Raises Invalid, naming the field."""
    return form(request.POST, **kwargs).checked()


def shown(
    request: HttpRequest, template: str, status: int = 200, /, **context: Any
) -> HttpResponse:
    return render(request, f"desk/{template}", context, status=status)


def own_page(request: HttpRequest) -> str:
    """The path of the page that the request was made from; empty when it is none of ours."""
    path = _path_shown(request)
    return path if path.startswith("/") and path[1:2] not in ("/", "\\") else ""


def _path_shown(request: HttpRequest) -> str:
    """The path of the page that the request was made from, if it is one of ours."""
    parts = _page_shown(request)
    return parts.path if not parts.netloc or parts.netloc == request.get_host() else ""


def _query_shown(request: HttpRequest) -> dict[str, list[str]]:
    """What the address of that page says, where a part of it is asked for."""
    return parse_qs(_page_shown(request).query) if is_partial(request) else {}


def _page_shown(request: HttpRequest) -> SplitResult:
    return urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
