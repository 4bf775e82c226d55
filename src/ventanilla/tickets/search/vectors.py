"""A ticket's texts as a tsvector: which words, where, and how much they count. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ventanilla.tickets.search import marks
from ventanilla.tickets.search.words import Forms, words_in

BYTES = 200_000  # of text that count, the newest first
LAST_PLACE = 16_383  # the database's tsvector knows no place behind it
OFTEN, STEM_OFTEN = 40, 6  # places that are noted of a word, of a stem
# where a word stands: in the subject, in the names of people, in a file or its name, elsewhere
SUBJECT, PERSON, FILE, TEXT = "A", "B", "C", ""


@dataclass(frozen=True, slots=True)
class Texts:
    """One ticket's texts, as words in order."""

    subject: list[str]
    people: list[list[str]]  # a name or an address each
    files: list[list[str]]
    messages: list[list[str]]  # the newest first, each without the lines quoted from older ones
    notes: list[list[str]] = field(default_factory=list)
    inside: list[list[str]] = field(default_factory=list)  # what stands in files
    inside_notes: list[list[str]] = field(default_factory=list)  # ... that belong to notes
    marks: Collection[str] = ()  # what the ticket is, see `marks`

    def words(self) -> set[str]:
        parts = [self.subject, *self.people, *self.files, *self.messages, *self.notes]
        parts += [*self.inside, *self.inside_notes]
        return {word for part in parts for word in part}


def fresh_lines(messages: Iterable[tuple[bool, str]]) -> tuple[list[list[str]], list[list[str]]]:
    """Messages (is it a note, its text; newest first) as words: what customers read, and notes.

    A line counts once: mail clients quote all that went before, and everybody signs. The oldest
    place keeps it. Only the newest `BYTES` count.
    """
    left, kept = BYTES, []
    for is_note, text in messages:
        part = text.encode(errors="ignore")[:left]
        kept.append((is_note, part.decode(errors="ignore")))
        left -= len(part)
        if left <= 0:
            break
    public: list[list[str]] = []
    notes: list[list[str]] = []
    seen: set[str] = set()
    seen_inside: set[str] = set()
    for is_note, text in reversed(kept):
        lines = [line.lstrip("> \t").rstrip() for line in text.split("\n")]
        known = seen_inside if is_note else seen
        fresh = [line for line in lines if line not in known]
        seen_inside.update(lines)
        if not is_note:
            seen.update(lines)
        (notes if is_note else public).append(words_in("\n".join(fresh)))
    return public[::-1], notes[::-1]


def vector(texts: Texts, forms: Mapping[str, Forms], *, notes: bool) -> str:
    """The texts as the database reads a tsvector; `notes` says whether with internal ones."""
    places: dict[str, list[str]] = {mark: [] for mark in texts.marks}
    if notes and texts.notes:
        places[marks.has("note")] = []
    at = _add(places, texts.subject, forms, SUBJECT, 0)
    for person in texts.people:
        _add(places, person, forms, PERSON, at, sign="@")
        at = _add(places, person, forms, PERSON, at)
    for file in texts.files:
        at = _add(places, file, forms, FILE, at)
    for message in [*texts.messages, *(texts.notes if notes else ())]:
        at = _add(places, message, forms, TEXT, at)
    for file in [*texts.inside, *(texts.inside_notes if notes else ())]:
        at = _add(places, file, forms, FILE, at)
    return " ".join(
        f"{quoted(word)}:{','.join(where)}" if where else quoted(word)
        for word, where in places.items()
    )


def quoted(word: str) -> str:
    """A word as tsvector and tsquery have it: nothing in it means anything to them."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _add(
    places: dict[str, list[str]],
    words: list[str],
    forms: Mapping[str, Forms],
    weight: str,
    at: int,
    sign: str = "",
) -> int:
    """Note where the words stand; return the place behind them, with a gap to what follows."""
    for word in words:
        at += 1
        most = OFTEN
        for form in forms[word]:
            noted = places.setdefault(sign + form, [])
            if len(noted) < most:
                noted.append(f"{min(at, LAST_PLACE)}{weight}")
            if sign:
                break  # names have no endings
            most = STEM_OFTEN
    return at + 1
