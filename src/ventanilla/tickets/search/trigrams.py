"""How much two words look alike. Pure."""

from __future__ import annotations

from ventanilla.lib.fold import fold


def inner(text: str) -> list[str]:
    """The pieces of three letters that a text holds: whatever holds the text holds these."""
    return sorted({text[at : at + 3] for at in range(len(text) - 2)})


def padded(word: str) -> list[str]:
    """The pieces of three of a word with its beginning and end marked, in order."""
    marked = f"  {word} "
    return [marked[at : at + 3] for at in range(len(marked) - 2)]


def keys(word: str) -> list[list[str]]:
    """Pieces of a word: whatever is one mistake away holds all of at least one list.

    A mistake spoils at most four pieces that follow each other: three lists that stand far enough
    apart are not all spoiled. Short words have two lists, and some of their mistakes go unnoticed.
    """
    pieces = padded(word)
    size = 3 if len(pieces) >= 10 else 2
    middle = (len(pieces) - size) // 2
    starts = (0, middle, len(pieces) - size) if len(pieces) >= 7 else (0, len(pieces) - size)
    return [pieces[at : at + size] for at in starts]


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, leave out, change or swap with their neighbour; `most` + 1 for "more"."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        older, before, row = before, row, [at]
        for to, target in enumerate(other, start=1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != target))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == target:
                cost = min(cost, older[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def nearest(word: str, candidates: list[str], most: int = 3) -> list[str]:
    """The candidates that `word` may have been meant as, the likeliest first.

    Longer words may hold two mistakes, but not in the first letter. Between equals, the one with
    the same beginning.
    """
    allowed = 1 if len(word) < 6 else 2
    plain = fold(word)
    found = []
    for candidate in candidates:
        away = distance(plain, candidate, allowed)
        if 0 < away <= allowed and (away == 1 or candidate[:1] == plain[:1]):
            found.append(
                (away, -_same(plain, candidate), abs(len(candidate) - len(plain)), candidate)
            )
    return [candidate for *_rank, candidate in sorted(found)[:most]]


def _same(one: str, other: str) -> int:
    """How many letters two words begin with in common."""
    differ = (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differ, min(len(one), len(other)))
