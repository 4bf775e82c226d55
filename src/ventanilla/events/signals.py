"""Signals, never content: who hears one fetches what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from ventanilla.events.models import Signal
from ventanilla.events.wake import wake
from ventanilla.lib.rows import insert


@dataclass(frozen=True, slots=True)
class Key:
    """Whom a change concerns: a ticket's teams, assignees and categories, the old ones too."""

    teams: tuple[int, ...]
    people: tuple[int, ...]
    categories: tuple[int, ...] = ()


def of_event(kind: str, number: int, version: int) -> dict[str, Any]:
    """What an event tells the screens that show its ticket."""
    part = "message" if kind.startswith("message.") else "props"
    return {"t": "ticket", "n": number, "v": version, "kind": part}


def tell(people: list[int], payload: dict[str, Any]) -> None:
    """Tell the screens of some users, after commit. 1 statement."""
    insert(Signal(people=people, payload=payload))
    wake("events")


def tell_who_sees(key: Key, payload: dict[str, Any]) -> None:
    """Tell the screens of all who may see what the key is of, after commit. 1 statement."""
    people, teams, categories = map(list, (key.people, key.teams, key.categories))
    insert(Signal(people=people, teams=teams, categories=categories, payload=payload))
    wake("events")


def encode(payload: dict[str, Any], event_id: int | None = None) -> bytes:
    """One server-sent message; with an id the browser can ask for what came after it."""
    head = b"id: %d\n" % event_id if event_id is not None else b""
    return head + b"data: " + orjson.dumps(payload) + b"\n\n"


RESYNC = b"event: resync\ndata: {}\n\n"
BEAT = b": beat\n\n"
