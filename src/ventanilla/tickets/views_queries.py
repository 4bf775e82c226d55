"""Which views an agent has, in which order, and how many tickets the saved ones hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext as _

from ventanilla.lib.problems import NotFound
from ventanilla.people.rights import Viewer
from ventanilla.tickets.choices import TeamChoice
from ventanilla.tickets.conditions import Asker, checks, read, where
from ventanilla.tickets.day import Day
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.views import PREFIX, Order, SavedView

CAP = 1000  # tickets that a view counts: beyond, "1,000+"
MOST = 30  # saved views that a sidebar counts

SHELF = """
SELECT
  (SELECT json_agg(json_build_object('id', id, 'name', name, 'hue', hue) ORDER BY name)
   FROM people_team WHERE NOT archived),
  (SELECT json_agg(found) FROM (
     SELECT json_build_object('id', id, 'name', name, 'agent', agent_id, 'team', team_id,
              'conditions', conditions, 'order', "order", 'columns', columns) AS found
     FROM tickets_savedview
     WHERE agent_id = %(agent)s OR (team_id IS NULL AND agent_id IS NULL)
        OR team_id = ANY(%(teams)s::bigint[]) OR (%(all)s::boolean AND team_id IS NOT NULL)
     ORDER BY agent_id IS NULL, team_id IS NULL, name, id LIMIT %(most)s) AS chosen),
  (SELECT json_agg(json_build_object('slug', slug, 'position', position, 'hidden', hidden,
                   'order', "order", 'columns', columns))
   FROM tickets_viewchoice WHERE agent_id = %(agent)s)
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the agent has chosen for one view."""

    position: int | None = None
    hidden: bool = False
    order: str = ""
    columns: tuple[str, ...] | None = None


NO_CHOICE = Choice()


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved view as lists need it."""

    id: int
    name: str
    agent: int | None
    team: int | None
    conditions: Any
    order: str
    columns: tuple[str, ...]

    @property
    def slug(self) -> str:
        return f"{PREFIX}{self.id}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The teams in use, the saved views that the agent sees, and what they chose for each view."""

    teams: list[TeamChoice] = field(default_factory=list)
    saved: dict[str, Saved] = field(default_factory=dict)  # by slug
    choices: dict[str, Choice] = field(default_factory=dict)  # by slug

    def order(self, slug: str) -> str:
        """How the agent wants a view sorted: their choice, else the view's own."""
        chosen = self.choices.get(slug, NO_CHOICE).order
        saved = self.saved.get(slug)
        own = saved.order if saved else ""
        return chosen or own or (Order.UPDATED if slug == "resolved" else Order.DUE)

    def columns(self, slug: str) -> tuple[str, ...]:
        chosen = self.choices.get(slug, NO_CHOICE).columns
        saved = self.saved.get(slug)
        return chosen if chosen is not None else saved.columns if saved else ()


def shelf(viewer: Viewer) -> Shelf:
    """1 statement."""
    values = {
        "agent": viewer.user_id,
        "teams": list(viewer.teams),
        "all": viewer.visibility == "all",
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(SHELF, values)
        teams, saved, choices = map(_rows, cursor.fetchone())
    return Shelf(
        teams=[TeamChoice(**row) for row in teams],
        saved={one.slug: one for one in map(_saved, saved)},
        choices={row.pop("slug"): _choice(row) for row in choices},
    )


def _rows(found: Any) -> list[dict[str, Any]]:
    return (orjson.loads(found) if isinstance(found, str) else found) or []


def _saved(row: dict[str, Any]) -> Saved:
    return Saved(**row | {"columns": tuple(row["columns"])})


def _choice(row: dict[str, Any]) -> Choice:
    columns = row["columns"]
    return Choice(**row | {"columns": None if columns is None else tuple(columns)})


# -- saved views ---------------------------------------------------------------------------------
def seen_by(viewer: Viewer) -> QuerySet[SavedView]:
    """One's own, those of one's teams, and the desk's."""
    desk = Q(agent=None, team=None)
    teams = Q(team__isnull=False) if viewer.visibility == "all" else Q(team__in=viewer.teams)
    return SavedView.objects.filter(Q(agent=viewer.user_id) | teams | desk)


def saved_view(pk: int, viewer: Viewer) -> SavedView:
    """1 statement. Raises NotFound."""
    found = seen_by(viewer).select_related("team").filter(pk=pk).first()
    if found is None:
        raise no_view()
    return found


def no_view() -> NotFound:
    return NotFound(_("There is no such view, or it isn't yours to see."))


def number_of(slug: str) -> int | None:
    """The id in a saved view's slug."""
    number = slug.removeprefix(PREFIX)
    is_saved = slug.startswith(PREFIX) and number.isdecimal() and len(number) < 10
    return int(number) if is_saved else None


def tickets_of(conditions: Any, viewer: Viewer, day: Day) -> QuerySet[Ticket]:
    """What fits a saved view's conditions, of what the viewer sees.

    Without a word about the status, only what is unresolved: that is what partial indexes hold.
    """
    asked = read(conditions)
    found = Ticket.objects.visible_to(viewer).filter(where(asked, Asker(viewer.user_id, day.now)))
    about_status = any(one.field in ("status", "resolved") for one in checks(asked))
    return found if about_status else found.filter(status__lt=Status.RESOLVED)


def counts(views: list[Saved], viewer: Viewer, day: Day) -> dict[str, int]:
    """How many tickets each saved view holds, CAP + 1 at most; by slug. 1 statement, or none."""
    parts, values, slugs = [], [], []
    for one in views:
        found = tickets_of(one.conditions, viewer, day).order_by().values(one=Value(1))
        try:
            sql, parameters = found[: CAP + 1].query.sql_with_params()
        except EmptyResultSet:  # conditions that nothing can fit
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS found)")  # noqa: S608 (made by Django)
        values += parameters
        slugs.append(one.slug)
    figures: Sequence[int] = ()
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(parts), values)
            figures = cursor.fetchone()
    return {one.slug: 0 for one in views} | dict(zip(slugs, figures, strict=True))
