"""Time spent on a ticket: who, how long, for what; and where it goes when tickets merge.

The entries stand on the ticket's row: {"id", "minutes", "note", "by" (user id), "at" (ISO 8601),
"merges" (ids of the merges by which it came, last one last)} each. An id is never given twice.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

Entry = dict[str, Any]


def total(entries: list[Entry]) -> int:
    """Minutes."""
    return sum(entry["minutes"] for entry in entries)


def by_agent(entries: list[Entry]) -> list[tuple[int, int]]:
    """User id and minutes of each, most first."""
    found: Counter[int] = Counter()
    for entry in entries:
        found[entry["by"]] += entry["minutes"]
    return found.most_common()


def taken_along(entries: list[Entry], merge: int) -> list[Entry]:
    """What the survivor of a merge gets."""
    return [entry | {"merges": [*entry["merges"], merge]} for entry in entries]


def part(entries: list[Entry], merge: int) -> tuple[list[Entry], list[Entry]]:
    """What stays with the survivor, and what goes back to the source, as a merge is undone."""
    came = [entry for entry in entries if entry["merges"][-1:] == [merge]]
    stays = [entry for entry in entries if entry not in came]
    return stays, [entry | {"merges": entry["merges"][:-1]} for entry in came]
