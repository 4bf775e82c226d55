"""What one statement asks the database of a query: stems, spellings, names, customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from ventanilla.lib.fold import fold
from ventanilla.people.rights import Viewer
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.search import trigrams, words
from ventanilla.tickets.search.models import ContactWords
from ventanilla.tickets.search.parse import Query
from ventanilla.tickets.search.words import is_natural, plain

CUSTOMERS = 4  # that are found; what shows them shows one less and says that there are more
CALLED_SO = 200  # customers whose rights are looked at
NEAR = 300  # spellings that are compared with an unknown word
CORRECTED = 4  # unknown words of one query for which others are looked for
SHORTEST = 3  # letters that a customer is looked for by

KNOWN = "SELECT json_agg(json_build_array(word, forms, seen)) FROM search_word WHERE word = ANY(%s)"
TOP = "SELECT max(id) FROM tickets_message"
TEAMS = """SELECT json_agg(json_build_object('id', id, 'name', name, 'hue', hue,
  'archived', archived) ORDER BY name) FROM people_team"""
NAMES = {
    "tag": "SELECT json_agg(json_build_array(id, name)) FROM tickets_tag",
    "category": "SELECT json_agg(json_build_array(id, name, parent_id)) FROM tickets_category",
    "assignee": """SELECT json_agg(json_build_array(agent.user_id, person.name, person.email))
        FROM people_agent agent JOIN people_user person ON person.id = agent.user_id""",
}
# Where this desk knows the word well, nothing else was meant: the condition is asked first.
NEARBY = """SELECT %s::text AS given, near.word, near.forms FROM search_word near
  WHERE ({likely}) AND near.word <> %s
    AND NOT EXISTS (SELECT FROM search_word known WHERE known.word = %s AND known.seen >= 3)
  LIMIT {most}"""

CALLED = """SELECT json_agg(json_build_array(contact.id, contact.name,
    coalesce(organization.name, ''), ARRAY(SELECT value FROM people_identity identity
      WHERE identity.contact_id = contact.id ORDER BY id LIMIT 3),
    contact.vip OR coalesce(organization.vip, false)) ORDER BY found.length, contact.id)
  FROM (SELECT contact_id, length(text) AS length FROM ({some}) AS named WHERE {allowed}
        ORDER BY length(text), contact_id LIMIT {most}) found
  JOIN people_contact contact ON contact.id = found.contact_id
  LEFT JOIN people_organization organization ON organization.id = contact.organization_id"""


def ask(query: Query, natural: Sequence[str], viewer: Viewer) -> dict[str, Any]:
    """The answers by name: those below, `top`, and the names of what operators use. 1 statement."""
    asked: list[tuple[str, str, list[Any]]] = [
        ("stems", words.STEMS, words.ask(natural)),
        ("known", KNOWN, [[part for word in natural for part in _whole_and_stump(word)]]),
        ("teams", TEAMS, []),
        ("near", *_nearby(query)),
        ("customers", *_customers(query, viewer)),
    ]
    used = {one.field for one in query.filters}
    asked += [(name, NAMES[name], []) for name in NAMES if name in used]
    columns = ", ".join(f"({sql}) AS {name}" for name, sql, _values in asked)
    values = [value for _name, _sql, values in asked for value in values]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({TOP}) AS top, {columns}", values)
        top, *rest = cursor.fetchone()
    found = {name: _rows(row) for (name, *_), row in zip(asked, rest, strict=True)}
    return found | {"top": top}


def _nearby(query: Query) -> tuple[str, list[Any]]:
    """For the words that this desk hardly knows: known ones that look alike."""
    parts: list[str] = []
    values: list[Any] = []
    for word in _correctable(query)[:CORRECTED]:
        keys = trigrams.keys(word)
        likely = " OR ".join(["near.trigrams @> %s::varchar[]"] * len(keys))
        parts.append(f"({NEARBY.format(likely=likely, most=NEAR)})")
        values += [word, *keys, word, word]
    if not parts:
        return "SELECT NULL::json", []
    return f"SELECT json_agg(found) FROM ({' UNION ALL '.join(parts)}) found", values  # noqa: S608


def _correctable(query: Query) -> list[str]:
    terms = (term for group in query.wanted for term in group if not term.place)
    alone = (term.words[0] for term in terms if len(term.words) == 1 and not term.prefix)
    return list(dict.fromkeys(plain(one) for one in alone if is_natural(one) and len(one) > 3))


def _customers(query: Query, viewer: Viewer) -> tuple[str, list[Any]]:
    """Customers who are called all that was typed, by any part of their names."""
    groups = [group for group in query.wanted if len(group) == 1]
    typed = [fold(term.text.strip("*")) for (term,) in groups if term.place != "subject"]
    usable = typed and len(groups) == len(query.wanted) and all(map(str.strip, typed))
    if not usable or max(map(len, typed)) < SHORTEST:
        return "SELECT NULL::json", []
    sql, values = _called(typed).query.sql_with_params()
    allowed, more = _their_tickets(viewer)
    return CALLED.format(some=sql, allowed=allowed, most=CUSTOMERS), [*values, *more]


def _called(typed: Sequence[str]) -> QuerySet[Any, Any]:
    """Customers whose names or addresses hold all these parts."""
    pieces = sorted({piece for part in typed for piece in trigrams.inner(part)})
    holding = Q(trigrams__contains=pieces)
    for part in typed:
        holding &= Q(text__contains=part)
    return ContactWords.objects.filter(holding).values("contact_id", "text")[:CALLED_SO]


def _their_tickets(viewer: Viewer) -> tuple[str, list[Any]]:
    """Only customers of tickets that may be seen, or of none. OFFSET: asked one by one."""
    if viewer.sees_all:
        return "true", []
    this = RawSQL("named.contact_id", [])
    seen = Ticket.objects.visible_to(viewer).filter(contact=this).order_by().values("pk")
    sql, values = seen.query.sql_with_params()
    without = "SELECT FROM tickets_ticket any_ticket WHERE any_ticket.contact_id = named.contact_id"
    return f"(EXISTS ({sql} OFFSET 0) OR NOT EXISTS ({without} OFFSET 0))", list(values)


def _whole_and_stump(word: str) -> tuple[str, str, str]:
    return plain(word), plain(word)[:3], plain(word)[:2]


def _rows(found: Any) -> list[Any]:
    return (orjson.loads(found) if isinstance(found, str) else found) or []
