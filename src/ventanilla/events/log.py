"""`record`: the only way an event comes to be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Protocol

from django.conf import settings
from django.db import connection

from ventanilla.events.acts import Act
from ventanilla.events.kinds import Happening
from ventanilla.events.models import Event, EventText
from ventanilla.events.wake import wake

InStep = Callable[[Event, "Subject"], None]

INSERT = """
INSERT INTO events_event (kind, ticket_id, ticket_number, seq, actor_kind, actor_id, actor_version,
    authority_kind, authority_id, via, cause_id, operation_id, depth, data, teams, people,
    categories, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
RETURNING id, recorded_at
"""
INSERT_WAITING = f"""
WITH event AS ({INSERT}),
outbox AS (INSERT INTO events_outbox (event_id, lane) SELECT id, %s FROM event)
SELECT id, recorded_at FROM event
"""  # noqa: S608 (constants only)
LANES = {"mail": 0, "import": 2, "bulk": 2, "undo": 2}


class Subject(Protocol):
    """What an event is about: a locked row that counts its events."""

    pk: int
    number: int
    version: int
    team_id: int
    assignee_id: int | None
    category_id: int | None


@cache
def wiring() -> ModuleType:
    return import_module(settings.EVENT_WIRING)


def record(
    ticket: Subject | None,
    act: Act,
    happening: Happening,
    *,
    texts: Mapping[str, str] | None = None,
    also_teams: tuple[int, ...] = (),
    also_people: tuple[int, ...] = (),
    also_categories: tuple[int, ...] = (),
) -> Event:
    """Append one event, run its in-step projections, put it in the outbox. All or nothing.

    The caller holds the ticket's lock and has already raised and saved `ticket.version`, which
    becomes the event's `seq`. `also_*` name whom the change takes the ticket from, so that their
    screens hear of it too. Costs one statement, one more with `texts`, plus the projections'.
    Raises RuntimeError outside a transaction: the event could outlive its change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() outside a transaction: the event could outlive its change")
    event = _event(ticket, act, happening, also_teams, also_people, also_categories)
    _insert(event)
    if texts:
        EventText.objects.bulk_create(
            EventText(event=event, field=field, text=text) for field, text in texts.items()
        )
    for project in wiring().IN_STEP.get(event.kind, ()):
        project(event, ticket)
    wake("events")
    return event


def _event(
    ticket: Subject | None,
    act: Act,
    happening: Happening,
    also_teams: tuple[int, ...],
    also_people: tuple[int, ...],
    also_categories: tuple[int, ...],
) -> Event:
    teams, people, categories = list(also_teams), list(also_people), list(also_categories)
    if ticket is not None:
        teams.append(ticket.team_id)
        people += [ticket.assignee_id] if ticket.assignee_id else []
        categories.append(ticket.category_id or 0)
    return Event(
        kind=happening.kind,
        ticket_id=ticket.pk if ticket else None,
        ticket_number=ticket.number if ticket else None,
        seq=ticket.version if ticket else None,
        actor_kind=act.actor.kind,
        actor_id=act.actor.id,
        actor_version=act.actor.version,
        authority_kind=act.authority.kind if act.authority else "",
        authority_id=act.authority.id if act.authority else None,
        via=act.via,
        cause_id=act.cause,
        operation_id=act.operation,
        depth=act.depth,
        data=asdict(happening),  # type: ignore[call-overload]
        teams=teams,
        people=people,
        categories=categories,
        occurred_at=act.when,
    )


def _insert(event: Event) -> None:
    """Write the event, and its place in the outbox if anything reacts to it, in one statement."""
    row = [
        event.kind, event.ticket_id, event.ticket_number, event.seq, event.actor_kind,
        event.actor_id, event.actor_version, event.authority_kind, event.authority_id, event.via,
        event.cause_id, event.operation_id, event.depth, json.dumps(event.data), event.teams,
        event.people, event.categories, event.occurred_at,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        if event.kind in wiring().AFTER:
            cursor.execute(INSERT_WAITING, [*row, LANES.get(event.via, 1)])
        else:
            cursor.execute(INSERT, row)
        event.id, event.recorded_at = cursor.fetchone()
    event._state.adding = False
    event._state.db = connection.alias
