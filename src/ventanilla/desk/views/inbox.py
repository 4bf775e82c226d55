"""The inbox: views, their lists, and a ticket beside them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present import rows
from ventanilla.desk.present.frame import frame, place_of, today
from ventanilla.desk.present.ticket import load, ticket_view
from ventanilla.desk.views.answers import opened, shown, target
from ventanilla.tickets import queries
from ventanilla.tickets.paging import Page
from ventanilla.tickets.queries import Day

START = "mine"


@require_GET
def home(request: Request) -> HttpResponse:
    return redirect("desk:inbox", START)


@require_GET
def view(request: Request, view: str) -> HttpResponse:
    """A view's list; its next page, or how many tickets are new in it, as fragments."""
    day = today()
    part = target(request)
    after = request.GET.get("after", "")[:80]
    found = queries.page(view, request.viewer, day, after=after)
    if part == "news":
        return _news(request, view, found)
    if part == "more":
        more, last = rows.grouped(found, view, day, behind=_behind(request))
        url = _more(view, found, last)
        return shown(request, "inbox/_more.html", more=more, more_url=url, tv=opened(request))
    context = _list(request, view, found, day)
    if part == "list":
        return shown(request, "inbox/_list.html", **context, tv=opened(request))
    return shown(request, "inbox/page.html", **context, tv=None)


@require_GET
def with_ticket(request: Request, view: str, number: int) -> HttpResponse:
    """A ticket beside its view's list; for a click on a row, the ticket alone."""
    day = today()
    queries.in_view(view, request.viewer, day)  # refuses a view that isn't theirs
    ticket = queries.get(number, request.viewer)
    loaded = load(request, ticket, drafts=True)
    if target(request) == "conv":
        tv = ticket_view(request, loaded, here=view)
        return shown(request, "inbox/_open.html", tv=tv, frame=None)
    found = queries.page(view, request.viewer, day)
    before, after = rows.neighbours(found.tickets, number, view)
    tv = ticket_view(request, loaded, here=view, before=before, after=after)
    teams = loaded.choices.teams.values()
    return shown(request, "inbox/page.html", **_list(request, view, found, day, teams), tv=tv)


@require_GET
def row(request: Request, view: str, number: int) -> HttpResponse:
    """One row of a list; greyed when the ticket no longer belongs there."""
    where = "all" if view == rows.SEARCH else view
    ticket, belongs = queries.row(where, number, request.viewer, today())
    gone = not belongs and view != rows.SEARCH
    shape = rows.row(ticket, view, gone=gone)
    return shown(request, "inbox/_row.html", row=shape, tv=opened(request))


@require_GET
def counts(request: Request) -> HttpResponse:
    """The sidebar's views and teams with their live counts."""
    around = frame(request, request.GET.get("here", ""))
    return shown(request, "inbox/_counts.html", frame=around)


def _list(request: Request, view: str, found: Page, day: Day, teams: Any = None) -> dict[str, Any]:
    around = frame(request, view, teams)
    groups, last = rows.grouped(found, view, day)
    return {
        "frame": around,
        "place": place_of(view, around),
        "groups": groups,
        "more_url": _more(view, found, last),
        "next_due": rows.next_deadline(found.tickets),
    }


def _news(request: Request, view: str, found: Page) -> HttpResponse:
    """How many tickets at the top of the view the browser does not show yet."""
    have = set(request.GET.get("have", "")[:4000].split(","))
    new = sum(str(ticket.number) not in have for ticket in found.tickets)
    around = frame(request, view)
    return shown(request, "inbox/_news.html", count=new, place=place_of(view, around))


def _more(view: str, found: Page, last: int | None) -> str:
    """Where the next page is; it learns under which heading this one ends."""
    if not found.after:
        return ""
    query = {"after": found.after} | ({"behind": last} if last is not None else {})
    return f"{reverse('desk:inbox', args=[view])}?{urlencode(query)}"


def _behind(request: Request) -> int | None:
    given = request.GET.get("behind", "")
    return int(given) if len(given) == 1 and given.isdecimal() else None
