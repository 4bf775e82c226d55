"""A view as a board: the page, more of a column, and cards that go from one to another."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present import board as present
from ventanilla.desk.present.bulk import operation_view
from ventanilla.desk.present.frame import frame, place_of, today
from ventanilla.desk.views.answers import SeeOther, grouping, posted, shown, target
from ventanilla.desk.views.problems import is_partial
from ventanilla.lib.problems import Invalid, NotFound
from ventanilla.tickets import board, queries
from ventanilla.tickets.choices import choices
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.views import BY_FIELD, Display, Grouping

HAVE = re.compile(r"\b(\d{1,10}):(\d{1,4})\b", re.ASCII)


class MoveForm(StrictForm):
    """A card, the column that it was in, and the one that it goes to."""

    n = forms.IntegerField(min_value=1, max_value=2**53)
    by = forms.ChoiceField(choices=[(one.value, one.value) for one in BY_FIELD])
    was = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    to = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    have = forms.CharField(required=False, max_length=400)


@require_http_methods(["GET", "POST"])
def of_view(request: Request, view: str) -> HttpResponse:
    """More of a column as a fragment; posted to, it moves a card."""
    if request.method == "POST":
        return _move(request, view)
    by = _by(request, view)
    if not is_partial(request):
        return SeeOther(f"{reverse('desk:inbox', args=[view])}?{_query(by)}")
    given, after = request.GET.get("lane", ""), request.GET.get("after", "")[:80]
    titles, _beyond = present.titles(by, view, request.viewer)
    if not given.isdecimal() or int(given) not in [one.value for one in titles]:
        raise NotFound(_("There is no such column."))
    columns = request.who.shelf.columns(view)
    there = queries.in_view(view, request.viewer, today(), request.who.shelf)
    lane = board.more(there, request.viewer, by, int(given), after, columns)
    return shown(
        request,
        "board/_more.html",
        cards=present.cards(lane, view, by, columns),
        more_url=present.more_url(lane, view, by),
        lane=int(given),
        by=by.value,
        may_change=request.viewer.can("ticket.change"),
    )


def page(request: Request, view: str, look: Any) -> HttpResponse:
    """The view's own address, as a board. 4 statements besides who asks, 3 where columns are fixed.

    look   the menu of how the view looks (shapes.LookMenu)
    """
    by = _by(request, view)
    context = _board(request, view, by)
    if target(request) == "board":
        return shown(request, "board/_board.html", **context)
    return shown(request, "board/page.html", **context, look=look)


def wanted(request: Request, view: str) -> bool:
    """Whether the view is to be shown as a board: as its address says, else as it is saved."""
    shelf, asked = request.who.shelf, request.GET.get("display", "")
    asked = asked if asked in Display.values else ""
    return shelf.lanes(view) is not None and shelf.display(view, asked) == Display.BOARD


def _by(request: Request, view: str) -> Grouping:
    by = request.who.shelf.lanes(view, grouping(request))
    if by is None:
        raise Invalid(_("This view has no board."))
    return by


def _query(by: Grouping) -> str:
    return urlencode({"display": Display.BOARD.value, "group": by.value})


def _have(request: Request) -> dict[int, int]:
    """How many cards each column shows, as the page tells: "0:40,1:20"."""
    given = (request.POST or request.GET).get("have", "")[:400]
    return {int(lane): int(cards) for lane, cards in HAVE.findall(given)}


def _board(request: Request, view: str, by: Grouping) -> dict[str, Any]:
    shelf, viewer = request.who.shelf, request.viewer
    around = frame(request, view)
    titles, beyond = present.titles(by, view, viewer)
    there = queries.in_view(view, viewer, today(), shelf)
    columns = shelf.columns(view)
    values = [one.value for one in titles]
    lanes = board.lanes(there, viewer, by, values, columns, have=_have(request))
    place = place_of(view, around)
    return {
        "frame": around,
        "place": place,
        "columns": [
            present.column(title, lane, view, by, columns)
            for title, lane in zip(titles, lanes, strict=True)
        ],
        "by": by.value,
        "offered": [
            (one.label, f"{place.url}?{_query(one)}", one == by)
            for one in BY_FIELD
            if shelf.lanes(view, one) == one
        ],
        "beyond": beyond,
        "board_url": f"{place.url}?{_query(by)}",
        "move_url": reverse("desk:board", args=[view]),
        "list_url": f"{place.url}?display=list",
        "may_change": viewer.can("ticket.change"),
    }


def _move(request: Request, view: str) -> HttpResponse:
    values = posted(request, MoveForm)
    by = Grouping(values["by"])
    queries.in_view(view, request.viewer, today(), request.who.shelf)  # refuses others' views
    seen = Ticket.objects.visible_to(request.viewer)
    done = board.move(
        request.act, request.agent, seen, values["n"], by, values["was"], values["to"]
    )
    if not is_partial(request):
        return SeeOther(f"{reverse('desk:inbox', args=[view])}?{_query(by)}")
    agents = [values["to"]] if by == Grouping.ASSIGNEE and values["to"] else []
    operation = operation_view(done, request.act.when, choices(agents=agents))
    return shown(request, "board/_moved.html", **_board(request, view, by), operation=operation)
