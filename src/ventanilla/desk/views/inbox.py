"""The inbox: views, their lists, and a ticket beside them."""

from __future__ import annotations

from dataclasses import replace
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
from ventanilla.desk.shapes import Frame, LookMenu, Place
from ventanilla.desk.views import board
from ventanilla.desk.views.answers import grouped_by, grouping, opened, shown, target
from ventanilla.desk.views.aside import just_laid
from ventanilla.people.rights import require
from ventanilla.tickets import queries
from ventanilla.tickets.models import Aside
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
    if board.wanted(request, view):
        return board.page(request, view, _look_menu(request, view))
    day = today()
    part = target(request)
    after = request.GET.get("after", "")[:80]
    found = _page(request, view, day, after)
    if part == "news":
        return _news(request, view, found)
    if part == "more":
        look = _look(request, view)
        more, last = rows.grouped(found, view, day, behind=_behind(request), **look)
        url = _more(request, view, found, last)
        return shown(request, "inbox/_more.html", more=more, more_url=url, tv=opened(request))
    context = _list(request, view, found, day)
    if part == "list":
        return shown(request, "inbox/_list.html", **context, tv=opened(request))
    return shown(request, "inbox/page.html", **context, tv=None, **just_laid(request))


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
    found = _page(request, view, day)
    before, after = rows.neighbours(found.tickets, number, view, grouped_by(request))
    tv = ticket_view(request, loaded, here=view, before=before, after=after)
    return shown(request, "inbox/page.html", **_list(request, view, found, day), tv=tv)


@require_GET
def row(request: Request, view: str, number: int) -> HttpResponse:
    """One row of a list; greyed when the ticket no longer belongs there."""
    where = "all" if view == rows.SEARCH else view
    columns = _columns(request)
    ticket, belongs = queries.row(where, number, request.viewer, today(), columns)
    gone = not belongs and view != rows.SEARCH
    shape = rows.row(ticket, view, gone=gone, columns=columns, query=grouped_by(request))
    return shown(request, "inbox/_row.html", row=shape, tv=opened(request))


@require_GET
def row_menu(request: Request, view: str, number: int) -> HttpResponse:
    """What can be done with one row under a finger: resolve it, or snooze it until a time."""
    ticket = queries.get(number, request.viewer)
    require(request.act, "ticket.change", ticket)
    return shown(
        request,
        "inbox/_row_menu.html",
        number=ticket.number,
        view=view,
        snoozes=snoozes(),
        laid=ticket.aside and Aside(ticket.aside).word,
        may_delete=request.viewer.can("ticket.delete"),
    )


@require_GET
def counts(request: Request) -> HttpResponse:
    """The sidebar's views and teams with their live counts."""
    around = frame(request, request.GET.get("here", ""))
    return shown(request, "inbox/_counts.html", frame=around)


def _page(request: Request, view: str, day: Day, after: str = "") -> Page:
    shelf, group = request.who.shelf, grouping(request)
    return queries.page(view, request.viewer, day, after=after, shelf=shelf, group=group)


def _place(request: Request, view: str, around: Frame) -> Place:
    """The view, under the address of how it is shown."""
    place = place_of(view, around)
    return replace(place, url=place.url + grouped_by(request))


def _list(request: Request, view: str, found: Page, day: Day) -> dict[str, Any]:
    around = frame(request, view)
    groups, last = rows.grouped(found, view, day, **_look(request, view))
    return {
        "frame": around,
        "place": _place(request, view, around),
        "groups": groups,
        "more_url": _more(request, view, found, last),
        "next_due": rows.next_deadline(found.tickets),
        "look": _look_menu(request, view),
    }


def _look(request: Request, view: str) -> dict[str, Any]:
    shelf = request.who.shelf
    group = shelf.group(view, grouping(request))
    look = {"order": shelf.order(view, group), "columns": shelf.columns(view)}
    return look | {"group": group, "query": grouped_by(request)}


def _look_menu(request: Request, view: str) -> LookMenu:
    shelf, number = request.who.shelf, number_of(view)
    order, columns = shelf.order(view), shelf.columns(view)
    offered, group = shelf.groupings(view), shelf.group(view, grouping(request))
    return LookMenu(
        url=link("desk:look", view),
        orders=[(one.value, str(one.label), one == order) for one in Order],
        columns=[(one.value, str(one.label), one in columns) for one in Column],
        groups=[(one.value, str(one.label), one == group) for one in offered]
        if len(offered) > 1
        else [],
        edit_url=link("desk:view", number) if number is not None else "",
        board_url=f"{link('desk:inbox', view)}?display=board" if shelf.lanes(view) else "",
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
    return shown(request, "inbox/_news.html", count=new, place=_place(request, view, around))


def _more(request: Request, view: str, found: Page, last: int | None) -> str:
    """Where the next page is; it learns under which heading this one ends."""
    if not found.after:
        return ""
    query: dict[str, Any] = {"after": found.after}
    if last is not None:
        query["behind"] = last
    if group := grouping(request):
        query["group"] = group
    return f"{link('desk:inbox', view)}?{urlencode(query)}"


def _behind(request: Request) -> int | None:
    given = request.GET.get("behind", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None
