"""Which views an agent has, in which order, and how many tickets the saved ones hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from ventanilla.lib.problems import NotFound
from ventanilla.people.models import Agent, Membership, User
from ventanilla.people.queries import configuration, per_configuration
from ventanilla.people.rights import Viewer
from ventanilla.tickets.condition_fields import LONGEST_AGO, TREE, Asker
from ventanilla.tickets.conditions import Check, checks, read, where
from ventanilla.tickets.conditions import Group as All
from ventanilla.tickets.counts import CAP, Sql
from ventanilla.tickets.day import Day
from ventanilla.tickets.models import LIVE, Category, Status, Ticket
from ventanilla.tickets.search.models import TicketWords
from ventanilla.tickets.views import (
    BY_FIELD,
    PREFIX,
    Display,
    Grouping,
    Order,
    SavedView,
    ViewChoice,
)

DONE = ("resolved", "spam", "trash")  # nothing is due there
MOST = 60  # saved views that a sidebar counts
# what a board has no columns for: the whole view would stand in one
NO_LANES = {
    "mine": (Grouping.TEAM, Grouping.ASSIGNEE),
    "unassigned": (Grouping.ASSIGNEE,),
    "team": (Grouping.TEAM,),
}
# what a view is not grouped by
NOT_BY = {
    "mine": (Grouping.TEAM, Grouping.ASSIGNEE),
    "unassigned": (Grouping.ASSIGNEE,),
    "team": (Grouping.TEAM, Grouping.STATUS),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the agent has chosen for one view."""

    position: int | None = None
    hidden: bool = False
    order: str = ""
    group: str = ""
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
    group: str = ""
    display: str = Display.LIST
    words: str = ""  # that its tickets hold, as a tsquery

    @property
    def slug(self) -> str:
        return f"{PREFIX}{self.id}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The saved views that the agent sees, and what they chose for each view."""

    saved: dict[str, Saved] = field(default_factory=dict)  # by slug
    choices: dict[str, Choice] = field(default_factory=dict)  # by slug

    def group(self, slug: str, asked: str = "") -> Grouping:
        """By what a view is grouped: as asked for, as the agent wants it, as the view has it."""
        saved = self.saved.get(slug)
        offered = self.groupings(slug)
        wanted = (asked, self.choices.get(slug, NO_CHOICE).group, saved.group if saved else "")
        return next((Grouping(one) for one in wanted if one in offered), offered[0])

    def groupings(self, slug: str) -> Sequence[Grouping]:
        """What a view can be grouped by, its own first: what differs in it, and is in an index.

        An agent's own tickets are few enough to be sorted.
        """
        if slug in DONE:
            return (Grouping.NONE,)
        saved = self.saved.get(slug)
        if number_of(slug) is not None and not (saved and only_live(saved.conditions)):
            return (Grouping.DUE, Grouping.NONE)
        without = NOT_BY.get("team" if slug.startswith("team-") else slug, ())
        return tuple(one for one in Grouping if one not in without)

    def lanes(self, slug: str, asked: str = "") -> Grouping | None:
        """By what a board of the view has columns: as asked for, as the view has it, by status.

        None where there is no board: what is resolved has no order of work.
        """
        if slug in DONE:
            return None
        saved = self.saved.get(slug)
        without = NO_LANES.get("team" if slug.startswith("team-") else slug, ())
        offered = [one for one in BY_FIELD if one not in without]
        wanted = (asked, self.choices.get(slug, NO_CHOICE).group, saved.group if saved else "")
        return next((Grouping(one) for one in wanted if one in offered), offered[0])

    def display(self, slug: str, asked: str = "") -> Display:
        """A list or a board: as asked for, as the view has it."""
        saved = self.saved.get(slug)
        return Display(asked or (saved.display if saved else Display.LIST))

    def order(self, slug: str, group: Grouping | None = None) -> str:
        """How the agent wants a view sorted: their choice, else the view's own.

        group   how it is shown now; by a field, what is due first comes first
        """
        if group in BY_FIELD:
            return Order.DUE
        chosen = self.choices.get(slug, NO_CHOICE).order
        saved = self.saved.get(slug)
        own = saved.order if saved else ""
        return chosen or own or (Order.UPDATED if slug in DONE else Order.DUE)

    def columns(self, slug: str) -> tuple[str, ...]:
        chosen = self.choices.get(slug, NO_CHOICE).columns
        saved = self.saved.get(slug)
        return chosen if chosen is not None else saved.columns if saved else ()


def on_shelf() -> dict[str, ArraySubquery]:
    """What `shelf_from` reads, to select beside a user: so it costs no statement of its own."""
    me = OuterRef("pk")
    teams = Membership.objects.filter(agent=OuterRef(me)).values("team")
    sees_all = Exists(Agent.objects.filter(pk=OuterRef(me), role__visibility="all"))
    desk = Q(agent=None, team=None)
    seen = SavedView.objects.filter(
        Q(agent=me) | desk | Q(team__in=teams) | Q(sees_all, team__isnull=False)
    )
    saved = JSONObject(
        id="pk", name="name", agent="agent_id", team="team_id", conditions="conditions",
        order="order", group="group", columns="columns", display="display", words="words",
    )  # fmt: skip
    choice = JSONObject(
        slug="slug", position="position", hidden="hidden", order="order", group="group",
        columns="columns",
    )  # fmt: skip
    others = Case(When(agent__isnull=False, then=0), When(team__isnull=False, then=1), default=2)
    return {
        "views_saved": ArraySubquery(seen.order_by(others, "name", "pk").values(one=saved)[:MOST]),
        "views_chosen": ArraySubquery(
            ViewChoice.objects.filter(agent=me).order_by("pk").values(one=choice)
        ),
    }


def shelf_from(row: Any) -> Shelf:
    """Of a user who was read with `on_shelf`."""
    saved = [Saved(**one | {"columns": tuple(one["columns"])}) for one in row.views_saved]
    return Shelf(
        saved={one.slug: one for one in saved},
        choices={one["slug"]: _choice(one) for one in row.views_chosen},
    )


def shelf(viewer: Viewer) -> Shelf:
    """1 statement."""
    return shelf_from(User.objects.annotate(**on_shelf()).get(pk=viewer.user_id))


def _choice(row: dict[str, Any]) -> Choice:
    columns = row["columns"]
    return Choice(
        position=row["position"],
        hidden=row["hidden"],
        order=row["order"],
        group=row["group"],
        columns=None if columns is None else tuple(columns),
    )


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


def tickets_of(conditions: Any, viewer: Viewer, day: Day, words: str = "") -> QuerySet[Ticket]:
    """What fits a saved view's conditions and holds its words, of what the viewer sees.

    Without a word about the status, only what is unresolved: that is what partial indexes hold.
    1 statement a second at most, for the tree of categories where that is asked for.
    """
    asked = read(conditions)
    found = Ticket.objects.visible_to(viewer).filter(where(asked, _asker(asked, viewer, day)))
    if words:
        holding = TicketWords.objects.filter(Holds("inside", Value(words)))
        found = found.filter(pk__in=holding.values("pk"))
    return found.filter(status__lt=LIVE) if _only_live(asked) else found


class Holds(Func):
    """Whether a vector of words fits a query that is written as the database reads it."""

    template, arg_joiner = "(%(expressions)s::tsquery)", " @@ "
    output_field = BooleanField()


def _asker(asked: All, viewer: Viewer, day: Day) -> Asker:
    tree = below() if any(one.op in TREE for one in checks(asked)) else {}
    return Asker(viewer.user_id, day.now, _zone(day), tree)


def _zone(day: Day) -> tzinfo:
    """Where days begin for the reader."""
    return day.start.tzinfo or UTC


@per_configuration
def below() -> dict[int, frozenset[int]]:
    """Of each category: itself and all that stands below it. 1 statement when it has changed."""
    parents = dict(Category.objects.values_list("pk", "parent"))
    found: dict[int, set[int]] = {pk: {pk} for pk in parents}
    for pk in parents:
        at, seen = parents[pk], {pk}
        while at is not None and at not in seen:
            found[at].add(pk)
            seen.add(at)
            at = parents.get(at)
    return {pk: frozenset(several) for pk, several in found.items()}


def only_live(conditions: Any) -> bool:
    """Whether a saved view can hold nothing but unresolved tickets, as its conditions tell."""
    return _only_live(read(conditions))


def _only_live(asked: All) -> bool:
    about = [one for one in checks(asked) if one.field in ("status", "resolved")]
    return not about or any(_asks_for_live(one) for one in asked.parts if asked.kind == "all")


def _asks_for_live(one: All | Check) -> bool:
    if not isinstance(one, Check) or (one.field, one.op) != ("status", "is"):
        return False
    return all(status < Status.RESOLVED for status in one.value)


def figures(views: Iterable[Saved], viewer: Viewer, day: Day) -> dict[str, Sql]:
    """For each saved view, by slug: how many tickets it holds, CAP + 1 at most, as SQL.

    Views that can hold what is resolved have none: there may be a million of those, and no index.
    """
    zone = _zone(day)
    found: dict[str, Sql] = {}
    for one in views:
        written = orjson.dumps(one.conditions).decode()
        version = configuration().version if BELOW in written else 0
        sql, values = _prepared(written, one.words, viewer, zone, (version, CAP))
        if sql:
            found[one.slug] = sql, [_at(value, day.now) for value in values]
    return found


# Conditions are asked as of this moment, before any day that they can name; what lies near it in
# the values of a statement goes along with the real one.
BELOW = 'under"'  # an operator that asks for the tree of categories
THEN = datetime(1900, 1, 1, tzinfo=UTC)
NEAR = timedelta(hours=2 * LONGEST_AGO)


@lru_cache(maxsize=4096)
def _prepared(
    conditions: str, words: str, viewer: Viewer, zone: tzinfo, of: tuple[int, int]
) -> tuple[str, tuple[Any, ...]]:
    """The statement's text, which takes longer to make than to run; empty: not to be counted.

    of   the configuration's version, where categories go by it, and what is counted to
    """
    asked = orjson.loads(conditions)
    if not only_live(asked):
        return "", ()
    then = Day(THEN, THEN.astimezone(zone), THEN)
    sql, values = figure(tickets_of(asked, viewer, then, words))
    return sql, tuple(values)


def _at(value: Any, now: datetime) -> Any:
    is_near = isinstance(value, datetime) and abs(value - THEN) < NEAR
    return now + (value - THEN) if is_near else value


def figure(found: QuerySet[Ticket]) -> Sql:
    """How many there are, CAP + 1 at most, as SQL."""
    capped = found.order_by().values("pk")[: CAP + 1]
    try:
        sql, parameters = capped.query.sql_with_params()
    except EmptyResultSet:  # conditions that nothing can fit
        return "0", ()
    return f"(SELECT count(*) FROM ({sql}) AS found)", parameters  # noqa: S608 (made by Django)
