"""The inbox: views, their lists, and a ticket beside them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present import rows
from ventanilla.desk.present.frame import frame, place_of, today
from ventanilla.desk.present.menus import snoozes
from ventanilla.desk.present.ticket import load, ticket_view
from ventanilla.desk.shapes import LookMenu
from ventanilla.desk.views.answers import opened, shown, target
from ventanilla.people.rights import require
from ventanilla.tickets import queries
from ventanilla.tickets.paging import Page
from ventanilla.tickets.queries import Day
from ventanilla.tickets.views import Column, Order
from ventanilla.tickets.views_queries import number_of

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
    found = queries.page(view, request.viewer, day, after=after, shelf=request.who.shelf)
    if part == "news":
        return _news(request, view, found)
    if part == "more":
        look = _look(request, view)
        more, last = rows.grouped(found, view, day, behind=_behind(request), **look)
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
    queries.in_view(view, request.viewer, day, request.who.shelf)  # refuses others' views
    ticket = queries.get(number, request.viewer)
    loaded = load(request, ticket, drafts=True)
    if target(request) == "conv":
        tv = ticket_view(request, loaded, here=view)
        return shown(request, "inbox/_open.html", tv=tv, frame=None)
    found = queries.page(view, request.viewer, day, shelf=request.who.shelf)
    before, after = rows.neighbours(found.tickets, number, view)
    tv = ticket_view(request, loaded, here=view, before=before, after=after)
    return shown(request, "inbox/page.html", **_list(request, view, found, day), tv=tv)


@require_GET
def row(request: Request, view: str, number: int) -> HttpResponse:
    """One row of a list; greyed when the ticket no longer belongs there."""
    where = "all" if view == rows.SEARCH else view
    columns = _columns(request)
    ticket, belongs = queries.row(where, number, request.viewer, today(), columns)
    gone = not belongs and view != rows.SEARCH
    shape = rows.row(ticket, view, gone=gone, columns=columns)
    return shown(request, "inbox/_row.html", row=shape, tv=opened(request))


@require_GET
def row_menu(request: Request, view: str, number: int) -> HttpResponse:
    """What can be done with one row under a finger: resolve it, or snooze it until a time."""
    ticket = queries.get(number, request.viewer)
    require(request.act, "ticket.change", ticket)
    return shown(
        request, "inbox/_row_menu.html", number=ticket.number, view=view, snoozes=snoozes()
    )


@require_GET
def counts(request: Request) -> HttpResponse:
    """The sidebar's views and teams with their live counts."""
    around = frame(request, request.GET.get("here", ""))
    return shown(request, "inbox/_counts.html", frame=around)


def _list(request: Request, view: str, found: Page, day: Day) -> dict[str, Any]:
    around = frame(request, view)
    groups, last = rows.grouped(found, view, day, **_look(request, view))
    return {
        "frame": around,
        "place": place_of(view, around),
        "groups": groups,
        "more_url": _more(view, found, last),
        "next_due": rows.next_deadline(found.tickets),
        "look": _look_menu(request, view),
    }


def _look(request: Request, view: str) -> dict[str, Any]:
    shelf = request.who.shelf
    return {"order": shelf.order(view), "columns": shelf.columns(view)}


def _look_menu(request: Request, view: str) -> LookMenu:
    shelf, number = request.who.shelf, number_of(view)
    order, columns = shelf.order(view), shelf.columns(view)
    return LookMenu(
        url=link("desk:look", view),
        orders=[(one.value, str(one.label), one == order) for one in Order],
        columns=[(one.value, str(one.label), one in columns) for one in Column],
        edit_url=link("desk:view", number) if number is not None else "",
    )


def _columns(request: Request) -> tuple[str, ...]:
    """Which columns the list shows of which this is a row."""
    given = request.GET.get("columns", "").split(",")
    return tuple(one for one in Column.values if one in given)


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
    return f"{link('desk:inbox', view)}?{urlencode(query)}"


def _behind(request: Request) -> int | None:
    given = request.GET.get("behind", "")
    return int(given) if len(given) == 1 and given.isdecimal() else None
