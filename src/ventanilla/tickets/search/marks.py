"""Words that no text can hold, for what a ticket is: #s1 is open, #t3 is team 3. Pure.

They stand in the index beside the words, so that "open tickets of team 3 about a refund" is one
question to one index, however many tickets there are. What they say may be two seconds old: the
tickets' own rows are always asked too.

Age is a mark as well. Ids of messages are cut into blocks of 4,096, these into blocks of four, and
so on; a ticket carries the blocks of its last message at each level. A search walks from the newest
blocks to larger and larger older ones and stops when it has enough: a common word is answered by
the newest tickets alone, a rare one takes a handful of small steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

BLOCK = 12  # 4,096 messages in the smallest block
LEVELS = 6  # each four times as large as the one before
NOBODY = 0


def of_age(newest: int) -> list[str]:
    """The marks of a ticket whose last message has this id."""
    return [f"#{level}_{newest >> _shift(level)}" for level in range(LEVELS)]


def ages(top: int) -> list[list[str]]:
    """The steps from the newest message backwards: each a list of marks, none twice.

    Every id up to `top` belongs to exactly one of them.
    """
    steps = []
    for level in range(LEVELS):
        block = top >> _shift(level)
        first = block & ~3 if level < LEVELS - 1 else 0
        last = block if level == 0 else block - 1  # its youngest part belongs to the level before
        blocks = [f"#{level}_{number}" for number in range(last, first - 1, -1)]
        steps += [blocks[at : at + 4] for at in range(0, len(blocks), 4)]
    return steps


def _shift(level: int) -> int:
    return BLOCK + 2 * level


def status(value: int) -> str:
    return f"#s{value}"


def priority(value: int) -> str:
    return f"#y{value}"


def channel(value: str) -> str:
    return f"#n{value}"


def kind(value: str) -> str:
    return f"#k{value}"


def team(pk: int) -> str:
    return f"#t{pk}"


def assignee(pk: int | None) -> str:
    return f"#a{pk or NOBODY}"


def category(pk: int | None) -> str:
    return f"#c{pk or NOBODY}"


def tag(pk: int) -> str:
    return f"#g{pk}"


def has(what: str) -> str:
    return f"#h{what}"


def month(day: date) -> str:
    return f"#m{day.year:04}{day.month:02}"


def months(start: date, end: date) -> list[str]:
    """The months of the days from `start` to before `end`."""
    found, year, number = [], start.year, start.month
    while date(year, number, 1) < end:
        found.append(f"#m{year:04}{number:02}")
        year, number = (year, number + 1) if number < 12 else (year + 1, 1)
    return found


def any_of(words: Iterable[str]) -> str:
    """Alternatives, as the database reads them. The words are letters, digits, #, @ and _ only."""
    return "(" + " | ".join(f"'{word}'" for word in words) + ")"
