"""What a ticket's menus offer: teams, agents, categories, tags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection

from ventanilla.tickets.models import Ticket

AGENTS, TAGS = 200, 500  # a menu's length; what an event or the ticket names comes on top

CHOICES = """
SELECT
  (SELECT json_agg(json_build_object('id', id, 'name', name, 'hue', hue, 'archived', archived)
                   ORDER BY name) FROM people_team)::text,
  (SELECT json_agg(found) FROM (
     SELECT json_build_object('id', agent.user_id, 'name', person.name,
              'availability', agent.availability, 'fits', fits.fits) AS found
     FROM people_agent agent
     JOIN people_user person ON person.id = agent.user_id
     JOIN people_role role ON role.id = agent.role_id
     CROSS JOIN LATERAL (SELECT person.is_active AND (role.visibility = 'all' OR EXISTS (
       SELECT 1 FROM people_membership membership
       WHERE membership.agent_id = agent.user_id AND membership.team_id = %(team)s)) AS fits) fits
     WHERE fits.fits OR agent.user_id = ANY(%(named)s::bigint[])
     ORDER BY agent.user_id = ANY(%(named)s::bigint[]) DESC, person.name
     LIMIT %(agents)s) AS chosen)::text,
  (SELECT json_agg(json_build_object('id', id, 'name', name, 'parent', parent_id,
                   'archived', archived) ORDER BY name) FROM tickets_category)::text,
  (SELECT json_object_agg(id, name) FROM (
     SELECT id, name FROM tickets_tag
     ORDER BY id = ANY(%(tags)s::bigint[]) DESC, id DESC LIMIT %(most_tags)s) AS chosen)::text
"""


@dataclass(frozen=True, slots=True)
class TeamChoice:
    id: int
    name: str
    hue: int
    archived: bool = False


@dataclass(frozen=True, slots=True)
class AgentChoice:
    id: int
    name: str
    availability: str
    fits: bool  # may be given a ticket of this team


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    id: int
    name: str
    parent: int | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Archived and former ones are among them, for their names; menus leave them out.

    Two of the same are the same object.
    """

    teams: dict[int, TeamChoice] = field(default_factory=dict)
    agents: dict[int, AgentChoice] = field(default_factory=dict)
    categories: dict[int, CategoryChoice] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)  # by name

    def path(self, category_id: int | None) -> str:
        """A category with what it stands under: "Billing › Double charge"."""
        names: list[str] = []
        while category_id in self.categories and len(names) < 9:
            category = self.categories[category_id]
            names.insert(0, category.name)
            category_id = category.parent
        return " › ".join(names)


def choices(
    ticket: Ticket | None = None, *, agents: Iterable[int] = (), tags: Iterable[int] = ()
) -> Choices:
    """Everything to choose from, and the named agents and tags besides. 1 statement."""
    named = [*agents, *([ticket.assignee_id] if ticket and ticket.assignee_id else [])]
    kept = [*tags, *(ticket.tags if ticket else [])]
    values = {
        "team": ticket.team_id if ticket else None,
        "named": named,
        "agents": AGENTS + len(named),
        "tags": kept,
        "most_tags": TAGS + len(kept),
    }
    with connection.cursor() as cursor:
        cursor.execute(CHOICES, values)
        teams, people, categories, words = cursor.fetchone()
    return _choices(teams, people, categories, words)


@lru_cache(maxsize=64)
def _choices(
    teams: str | None, people: str | None, categories: str | None, words: str | None
) -> Choices:
    return Choices(_teams(teams), _agents(people), _categories(categories), _tags(words))


# The same text means the same choices: most tickets offer what the one before did. What is read of
# it is shared, not to be changed.
@lru_cache(maxsize=32)
def _teams(text: str | None) -> dict[int, TeamChoice]:
    return {row["id"]: TeamChoice(**row) for row in _rows(text)}


@lru_cache(maxsize=32)
def _agents(text: str | None) -> dict[int, AgentChoice]:
    return {row["id"]: AgentChoice(**row) for row in _rows(text)}


@lru_cache(maxsize=32)
def _categories(text: str | None) -> dict[int, CategoryChoice]:
    return {row["id"]: CategoryChoice(**row) for row in _rows(text)}


@lru_cache(maxsize=32)
def _tags(text: str | None) -> dict[int, str]:
    found: dict[str, str] = orjson.loads(text) if text else {}
    return {int(pk): name for pk, name in sorted(found.items(), key=itemgetter(1))}


def _rows(text: str | None) -> list[dict[str, Any]]:
    return orjson.loads(text) if text else []
