"""Writes down what happens to the tickets of one chunk, as rows for COPY.

Ids are handed out by turns: the first messages of all tickets of the chunk come before the second
ones, as they do where many are written to at the same time. So rows of one ticket lie as far apart
as on a real desk. What a chunk does not use of its ids stays unused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ventanilla.demo.load.hours import Hours, stamp
from ventanilla.demo.load.size import CHUNK, Size

NULL = "\\N"  # as COPY writes it
MESSAGES, EVENTS = 48, 256  # ids for each ticket; no life is longer


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised to everybody, as `sla` keeps it: seconds by metric and priority."""

    targets: Mapping[str, Mapping[int, int]]
    policy: tuple[int, int]  # id, version
    calendar: tuple[int, int]
    openings: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What stands before the first ticket comes. Positions in these tuples are our own numbers."""

    size: Size
    rows: Mapping[str, str]  # by model: see `shapes`
    happenings: Mapping[str, str]
    promise: Promise
    first: Mapping[str, int]  # the first free id, by model; "number" for the tickets' numbers
    teams: tuple[int, ...]  # ids
    team_weights: tuple[float, ...]
    routing: tuple[str, ...]  # of the teams
    members: tuple[tuple[int, ...], ...]  # who answers in each team
    inboxes: tuple[tuple[int, str], ...]  # of each team: id and address
    agents: Mapping[int, str]  # names
    categories: tuple[int, ...]
    tags: tuple[int, ...]
    pictures: tuple[tuple[str, str, str, int], ...]  # digest, name, type, size


class Ledger:
    """The rows of one chunk, by model."""

    def __init__(self, desk: Desk, chunk: int):
        self.desk, self.chunk, self.position = desk, chunk, 0
        self.hours = Hours(desk.promise.openings)
        self.plain: dict[str, list[str]] = defaultdict(list)
        self.messages: list[list[str]] = [[] for _ in range(MESSAGES)]
        self.events: list[list[str]] = [[] for _ in range(EVENTS)]
        self.rows, self.happenings = desk.rows, desk.happenings
        self.first_message = desk.first["tickets.Message"] + chunk * CHUNK * MESSAGES
        self.first_event = desk.first["events.Event"] + desk.size.contacts + chunk * CHUNK * EVENTS

    def write(self, model: str, *values: Any) -> None:
        self.plain[model].append(self.rows[model] % values)

    def message_id(self, count: int) -> int:
        return self.first_message + count * CHUNK + self.position

    def event_id(self, version: int) -> int:
        return self.first_event + version * CHUNK + self.position

    def copied(self) -> dict[str, str]:
        """Everything, as text for COPY."""
        found = {model: "".join(rows) for model, rows in self.plain.items()}
        found["tickets.Message"] = "".join("".join(rows) for rows in self.messages)
        found["events.Event"] = "".join("".join(rows) for rows in self.events)
        return found


def text(words: str) -> str:
    """Words as COPY takes them. None of ours has a backslash or a tab."""
    return words.replace("\n", "\\n")


def moment(at: int | None) -> str:
    return NULL if at is None else stamp(at)


def known(value: int | None) -> int | str:
    return NULL if value is None else value
