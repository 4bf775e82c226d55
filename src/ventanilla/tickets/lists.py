"""Lists of tickets: which ones a view holds, and what a row shows of each.

What standard views and teams' queues ask for is compiled once for each shape of the question (which
view, in which order, with which columns, seen by whom); saved views can ask for anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from ventanilla.lib.arrays import Among
from ventanilla.lib.compiled import Compiled, Given, compiled
from ventanilla.lib.literal import Literal
from ventanilla.lib.problems import NotFound
from ventanilla.people.models import Identity
from ventanilla.people.rights import Viewer, any_viewer
from ventanilla.tickets.day import Day
from ventanilla.tickets.models import DUE, LIVE, SECTION, Aside, Draft, Read, Status, Tag, Ticket
from ventanilla.tickets.paging import Page, in_pages, page_of, place, rows_behind
from ventanilla.tickets.views import Column, Order
from ventanilla.tickets.views_queries import Shelf, number_of, saved_view, tickets_of
from ventanilla.tickets.writing import Presence

SECTIONS = tuple(map(Literal, (Status.OPEN, Status.PENDING, Status.ON_HOLD)))
VIEWS = ("mine", "unassigned", "due-today", "waiting", "all", "resolved", "spam", "trash")
ASIDE = {"spam": Aside.SPAM, "trash": Aside.TRASH}
QUEUE = "team"  # stands for every team's queue
ANY_DAY = Day(Given("now"), Given("start"), Given("end"))  # type: ignore[arg-type]


# -- which tickets -----------------------------------------------------------------------------
def in_view(view: str, viewer: Viewer, day: Day, shelf: Shelf | None = None) -> QuerySet[Ticket]:
    """The tickets of a standard view, a saved one ("view-7") or a team's queue ("team-3").

    1 statement for a saved view that is not on the shelf, else none. Raises NotFound.
    """
    saved = number_of(view)
    if saved is not None:
        known = shelf.saved.get(view) if shelf else None
        one = known or saved_view(saved, viewer)
        return tickets_of(one.conditions, viewer, day, one.words)
    kind, team = _kind(view, viewer)
    return _of_kind(kind, viewer, day, team)


def may_see_team(viewer: Viewer, team_id: int) -> bool:
    """Whether a team's queue is shown: to its members, and to who sees all."""
    if viewer.visibility == "all":
        return True
    return viewer.visibility == "team" and team_id in viewer.teams


def may_see_place(viewer: Viewer, view: str) -> bool:
    """The trash is for who may bring back what lies there; every other view for everybody."""
    return view != "trash" or viewer.can("ticket.delete")


def _kind(view: str, viewer: Viewer) -> tuple[str, int | None]:
    """A standard view, or QUEUE and whose queue. Raises NotFound."""
    if view in VIEWS and may_see_place(viewer, view):
        return view, None
    team = _team_of(view)
    if team is None or not may_see_team(viewer, team):
        raise NotFound(_("There is no such view, or it isn't yours to see."))
    return QUEUE, team


def _of_kind(kind: str, viewer: Viewer, day: Day, team: Any) -> QuerySet[Ticket]:
    if kind in ASIDE:
        return Ticket.objects.visible_to(viewer, anywhere=True).filter(aside=Literal(ASIDE[kind]))
    seen = Ticket.objects.visible_to(viewer)
    if kind == "mine":
        mine = seen.filter(assignee_id=viewer.user_id, status__lt=Literal(Status.CLOSED))
        return mine.filter(Q(status__lt=LIVE) | Q(resolved_at__gte=day.start))
    if kind == "resolved":
        return seen.filter(status__gte=LIVE)
    live = seen.filter(status__lt=LIVE)
    if kind == "unassigned":
        return live.filter(assignee=None)
    if kind == "waiting":
        return live.alias(section=SECTION).filter(section__gte=Literal(Status.PENDING))
    if kind == "due-today":
        # the section written out lets the index be asked for each of its parts
        due = live.alias(section=SECTION, due=DUE).filter(section__in=SECTIONS, due__lt=day.end)
        return due.filter(clock_paused=False)
    return live.filter(team_id=team) if kind == QUEUE else live


def _team_of(view: str) -> int | None:
    key, _dash, number = view.partition("-")
    return int(number) if key == "team" and number.isdecimal() and len(number) < 10 else None


# -- a page ------------------------------------------------------------------------------------
def page(
    view: str,
    viewer: Viewer,
    day: Day,
    *,
    after: str = "",
    shelf: Shelf | None = None,
    group: str = "",
) -> Page:
    """A page of a view in the order that the agent wants it; by itself what is due first.

    shelf   the agent's views and choices; without it each view is as it is by itself
    group   asked for this once, if the view can be grouped by it
    Each ticket has `read_up_to` (a message id, None if never read), `has_draft` and
    `contact_address` of the looking agent. 1 statement. Raises NotFound, Invalid (`after`).
    """
    shelf = shelf or Shelf()
    by = shelf.group(view, group)
    order, columns = Order(shelf.order(view, by)), with_names(shelf.columns(view), by)
    if number_of(view) is not None:
        there = for_rows(in_view(view, viewer, day, shelf), viewer, columns)
        return in_pages(there, order, after, by)
    kind, team = _kind(view, viewer)
    begin = place(order, after, by)
    asked = _page(kind, viewer.sight, order, columns, tuple(begin), by)
    return page_of(asked.all(**viewer.given, **_given(day), team=team, **begin), order, by)


def with_names(columns: tuple[str, ...], group: str) -> tuple[str, ...]:
    """What to read for rows under headings that are names."""
    named = group in JOINED and group not in columns
    return (*columns, group) if named else columns


@lru_cache(maxsize=512)
def _page(
    kind: str,
    sight: str,
    order: Order,
    columns: tuple[str, ...],
    begin: tuple[str, ...],
    group: str,
) -> Compiled[Ticket]:
    """begin   which values tell where the page begins"""
    anyone = any_viewer(sight)

    @compiled
    def asked() -> QuerySet[Ticket]:
        there = _of_kind(kind, anyone, ANY_DAY, Given("team"))
        tickets = for_rows(there, anyone, columns)
        return rows_behind(tickets, order, {name: Given(name) for name in begin}, group)

    return asked


def row(
    view: str, number: int, viewer: Viewer, day: Day, columns: Sequence[str] = ()
) -> tuple[Ticket, bool]:
    """One ticket as `page` gives it, and whether it belongs to the view.

    1 statement, 2 for a saved view.
    """
    if number_of(view) is not None:
        there = in_view(view, viewer, day)
        ticket = _one_row(there, viewer, columns).filter(number=number).first()
    else:
        kind, team = _kind(view, viewer)
        asked = _row(kind, viewer.sight, tuple(columns))
        ticket = asked.first(number=number, **viewer.given, **_given(day), team=team)
    if ticket is None:
        raise missing(number)
    return ticket, ticket.belongs


@lru_cache(maxsize=512)
def _row(kind: str, sight: str, columns: tuple[str, ...]) -> Compiled[Ticket]:
    anyone = any_viewer(sight)

    @compiled
    def asked() -> QuerySet[Ticket]:
        there = _of_kind(kind, anyone, ANY_DAY, Given("team"))
        return _one_row(there, anyone, columns).filter(number=Given("number"))

    return asked


def _one_row(
    there: QuerySet[Ticket], viewer: Viewer, columns: Sequence[str]
) -> QuerySet[Ticket, Any]:
    belongs = Exists(there.filter(pk=OuterRef("pk")))
    seen = Ticket.objects.visible_to(viewer, anywhere=True)
    return for_rows(seen, viewer, columns).annotate(belongs=belongs)


def missing(number: int) -> NotFound:
    return NotFound(
        _("There is no ticket #%(number)s, or it isn't yours to see.") % {"number": number}
    )


def _given(day: Day) -> dict[str, Any]:
    return {"now": day.now, "start": day.start, "end": day.end}


# -- a row -------------------------------------------------------------------------------------
# What a row shows; the other half of a ticket's columns would be read for nothing.
ROW = (
    "number", "subject", "status", "priority", "channel", "language", "snippet", "created_at",
    "updated_at", "last_message_at", "last_message_id", "due_at", "due_metric", "due_warn_at",
    "clock_paused", "hold_until", "waiting_since", "contact__name",
)  # fmt: skip
# What a column needs besides: the rows that are joined, and their columns.
JOINED = {
    Column.ASSIGNEE: ("assignee__user", "assignee__user__name"),
    Column.TEAM: ("team", "team__name"),
    Column.CATEGORY: ("category", "category__name"),
    Column.ORGANIZATION: ("organization", "organization__name"),
}


def for_rows(
    tickets: QuerySet[Ticket], viewer: Viewer, columns: Sequence[str] = ()
) -> QuerySet[Ticket]:
    """The tickets with what a row shows, and with what these columns do."""
    mine = {"agent_id": viewer.user_id, "ticket": OuterRef("pk")}
    joined = [JOINED[Column(one)] for one in columns if one in JOINED]
    if Column.TAGS in columns:
        names = Tag.objects.filter(Among(F("pk"), OuterRef("tags"))).order_by("name")
        tickets = tickets.annotate(tag_names=ArraySubquery(names.values("name")))
    return (
        tickets.select_related("contact", *(table for table, _name in joined))
        .only(*ROW, *(name for _table, name in joined))
        .annotate(
            read_up_to=Subquery(Read.objects.filter(**mine).values("message_id")[:1]),
            has_draft=Exists(Draft.objects.filter(**mine)),
            contact_address=Subquery(_first_address(OuterRef("contact"))),
            presence=ArraySubquery(_at_it(viewer)),
        )
    )


def _at_it(viewer: Viewer) -> QuerySet[Any]:
    """Who else is at the ticket of the row, or was lately: the reader compares the time."""
    others = Presence.objects.filter(ticket=OuterRef("pk")).exclude(agent_id=viewer.user_id)
    shown = JSONObject(name="agent__user__name", typing="typing", seen_at="seen_at")
    return others.order_by("pk").values(one=shown)


def _first_address(contact: OuterRef) -> QuerySet[Any]:
    addresses = Identity.objects.filter(contact=contact).order_by("pk")
    return addresses.values("value")[:1]
