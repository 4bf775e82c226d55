"""A view as a board: its columns in words, and their cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from ventanilla.desk.formats import number
from ventanilla.desk.links import link
from ventanilla.desk.present import rows
from ventanilla.desk.present.frame import all_teams
from ventanilla.desk.shapes import Row
from ventanilla.people.models import Agent, Membership
from ventanilla.people.rights import Viewer
from ventanilla.tickets import board, queries
from ventanilla.tickets.board import Lane
from ventanilla.tickets.counts import CAP
from ventanilla.tickets.models import Priority, Status
from ventanilla.tickets.operations_queries import assignable
from ventanilla.tickets.views import Grouping

MOST = 16  # columns of one board


@dataclass(frozen=True, slots=True)
class Title:
    """A column's name; `hue` of a team's dot, None for none."""

    value: int
    name: str
    hue: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    title: Title
    rows: Sequence[Row]
    count: str
    more_url: str = ""


def titles(by: Grouping, view: str, viewer: Viewer) -> tuple[list[Title], int]:
    """The columns of a board, and how many more there would be. 1 statement at most."""
    if by == Grouping.STATUS:
        found = [Title(value, str(Status(value).label)) for value in board.statuses()]
    elif by == Grouping.PRIORITY:
        found = [Title(int(one), str(one.label)) for one in reversed(Priority)]
    elif by == Grouping.TEAM:
        teams = [one for one in all_teams() if queries.may_see_team(viewer, one.id)]
        found = [Title(one.id, one.name, one.hue) for one in teams]
    else:
        people = _people(view, viewer)
        found = [Title(0, _("Nobody")), *(Title(one.pk, one.user.name) for one in people)]
    return found[:MOST], max(0, len(found) - MOST)


def _people(view: str, viewer: Viewer) -> list[Agent]:
    """Whom one can give tickets to, oneself first; in a team's queue, its members."""
    people = assignable(viewer)
    if view.startswith("team-"):
        team = int(view.removeprefix("team-"))
        there = set(Membership.objects.filter(team=team).values_list("agent_id", flat=True))
        people = [one for one in people if one.pk in there]
    return sorted(people, key=lambda one: one.pk != viewer.user_id)


def column(
    title: Title, lane: Lane, view: str, by: Grouping, columns: tuple[str, ...] = ()
) -> Column:
    return Column(
        title=title,
        rows=cards(lane, view, by, columns),
        count=number(lane.count) if lane.count <= CAP else f"{number(CAP)}+",
        more_url=more_url(lane, view, by),
    )


def cards(lane: Lane, view: str, by: Grouping, columns: tuple[str, ...] = ()) -> list[Row]:
    query = f"?group={by.value}&display=list"
    return [rows.row(one, view, columns=columns, query=query) for one in lane.tickets]


def more_url(lane: Lane, view: str, by: Grouping) -> str:
    if not lane.after:
        return ""
    query: dict[str, str | int] = {"lane": lane.value, "group": by.value, "after": lane.after}
    return f"{link('desk:board', view)}?{urlencode(query)}"
