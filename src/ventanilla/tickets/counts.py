"""What the sidebar counts: up to a limit, so that a count costs the same however much there is.

Each count walks an index that holds just what it counts, and stops at CAP + 1. Every condition
begins with what `TicketQuerySet.visible_to` lets the viewer see; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import IntegerField, QuerySet, Subquery

from ventanilla.people.rights import Viewer
from ventanilla.tickets.choices import TeamChoice
from ventanilla.tickets.day import Day

CAP = 1000  # tickets that a view counts: beyond, "1,000+"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many unresolved tickets each view holds (CAP + 1: more than CAP), which views hold
    something overdue, and the teams whose queues the viewer sees, by name."""

    views: dict[str, int]
    hot: frozenset[str]
    teams: Sequence[TeamChoice] = ()


# Each in a question of its own: the planner does not look at the value, so it plans once for all.
ME = "(SELECT %(me)s::bigint)"
NOW, END = "(SELECT %(now)s::timestamptz)", "(SELECT %(end)s::timestamptz)"
TEAMS = "(SELECT %(teams)s::bigint[])::bigint[]"
HIDDEN = "(SELECT %(hidden)s::bigint[])::bigint[]"

# What a view holds of the unresolved tickets, as its indexes have it: see `queries.in_view`.
VIEWS = {
    "all": "true",
    "unassigned": "assignee_id IS NULL",
    "due-today": f"due_at < {END} AND NOT clock_paused",
    "waiting": "GREATEST(status, 1) IN (2, 3)",
}
LATE = f"due_at < {NOW} AND NOT clock_paused"
HOT = {"all": "", "due-today": "", "unassigned": "assignee_id IS NULL"}  # if any of it is late
MINE = f"assignee_id = {ME}"
MINE_TOO = f"assignee_id IS NOT DISTINCT FROM {ME}"  # as a further one, not by its own index
OWN_ONLY = f"{MINE} AND team_id <> ALL({TEAMS})"  # beside those of one's teams
SHOWN = f"(category_id IS NULL OR category_id <> ALL({HIDDEN}))"
# By how much somebody sees; the parts have nothing in common, so their counts add up.
SEEN = {
    "all": ("true",),
    "team": (f"team_id = ANY({TEAMS})", OWN_ONLY),
    "own": (MINE,),
    "all but": (SHOWN, f"{MINE} AND NOT {SHOWN}"),
    "team but": (
        f"team_id = ANY({TEAMS}) AND {SHOWN}",
        f"{MINE} AND NOT (team_id = ANY({TEAMS}) AND {SHOWN})",
    ),
}


class Figure(Subquery):
    """How many rows a correlated queryset has, CAP + 1 at most."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, found: QuerySet[Any]):
        super().__init__(found.order_by().values("pk")[: CAP + 1])


Sql = tuple[str, Sequence[Any]]  # with %s for each parameter


def counts(viewer: Viewer, day: Day, further: Mapping[str, Sql] | None = None) -> Counts:
    """What the sidebar counts. 1 statement.

    further   more figures by the slug of their view: a saved view's
    """
    values: dict[str, Any] = {
        "me": viewer.user_id,
        "teams": list(viewer.teams),
        "hidden": list(viewer.hidden),
        "now": day.now,
        "end": day.end,
    }
    statement, more = _statement(viewer.sight), []
    for at, (sql, parameters) in enumerate((further or {}).values()):
        names = [f"of_{at}_{number}" for number in range(len(parameters))]
        more.append(sql % tuple(f"%({name})s" for name in names))
        values |= dict(zip(names, parameters, strict=True))
    statement = statement.replace("SELECT ", f"SELECT {', '.join([*more, ''])}", 1)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    saved = dict(zip(further or {}, row[: len(more)], strict=True))
    mine, late_mine, *found, queues = row[len(more) :]
    views = saved | dict(zip(VIEWS, found, strict=False)) | {"mine": mine}
    late = dict(zip(HOT, found[len(VIEWS) :], strict=True)) | {"mine": late_mine}
    hot = {view for view, is_late in late.items() if is_late}
    teams = []
    for pk, name, hue, total, is_late in _rows(queues):
        teams.append(TeamChoice(pk, name, hue))
        views[f"team-{pk}"] = total
        hot |= {f"team-{pk}"} if is_late else set()
    capped = {view: min(total, CAP + 1) for view, total in views.items()}
    return Counts(capped, frozenset(hot), teams)


@cache
def _statement(sight: str) -> str:
    seen = SEEN[sight]
    parts = [_count(MINE), _some_late(MINE)]
    parts += [" + ".join(_count(f"{part} AND {of}") for part in seen) for of in VIEWS.values()]
    parts += [" OR ".join(_is_late(part, of) for part in seen) for of in HOT.values()]
    return f"SELECT {', '.join(parts)}, ({_teams(sight)})"


def _teams(sight: str) -> str:
    """Of each team whose queue is shown: who it is, how much there is, whether any is late."""
    visibility, _space, but = sight.partition(" ")
    of_whom = {"all": "true", "team": f"team.id = ANY({TEAMS})", "own": "false"}
    theirs = f"team_id = team.id AND ({SHOWN} OR {MINE_TOO})" if but else "team_id = team.id"
    total, late = _count(theirs), _is_late(theirs, "")
    return (
        f"SELECT json_agg(json_build_array(team.id, team.name, team.hue, {total}, {late})"  # noqa: S608
        f" ORDER BY team.name) FROM people_team AS team"
        f" WHERE NOT team.archived AND {of_whom[visibility]}"
    )


def _count(condition: str) -> str:
    found = f"SELECT FROM tickets_ticket WHERE {_live(condition)} LIMIT {CAP + 1}"
    return f"(SELECT count(*) FROM ({found}) AS found)"  # noqa: S608


def _live(condition: str) -> str:
    """The condition, of what is unresolved, in the words of the one index that fits it."""
    if MINE in condition:
        return f"status < 5 AND GREATEST(status, 1) < 4 AND {condition}"
    return f"status < 4 AND {condition}"


def _is_late(part: str, of: str) -> str:
    """Whether any is late: by the index of what is due, or of the few that are one's own."""
    if of or MINE in part:
        return _some_late(f"{part} AND {of or 'true'}")
    return f"EXISTS (SELECT FROM tickets_ticket WHERE status < 4 AND {part} AND {LATE})"


def _some_late(condition: str) -> str:
    """Among as many as are counted. (Asked for one that is late, the database reads all late.)"""
    few = f"SELECT due_at, clock_paused FROM tickets_ticket WHERE {_live(condition)}"  # noqa: S608
    return f"(SELECT coalesce(bool_or({LATE}), false) FROM ({few} LIMIT {CAP + 1}) AS few)"  # noqa: S608


def _rows(found: Any) -> list[Any]:
    return (orjson.loads(found) if isinstance(found, str) else found) or []
