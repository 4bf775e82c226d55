"""What somebody typed, as what they want. Pure, and never fails on any text.

reembolso tarjeta        both words, in any of their endings
"cargo duplicado"        these words in this order
reembolso o devolución   either (also: or, u, |)
-publicidad              not this
recl*                    words that begin so
estado:abierto           an operator: see `operators`; several values with commas
#1042                    the ticket itself
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from ventanilla.lib.fold import fold
from ventanilla.tickets.search import operators
from ventanilla.tickets.search.operators import Filter
from ventanilla.tickets.search.spans import Span, span
from ventanilla.tickets.search.trigrams import distance
from ventanilla.tickets.search.words import words_in

LONGEST = 400  # characters that are read
MOST_TERMS = 24
MOST_VALUES = 12
NO_FIELDS: Mapping[str, str] = {}
QUOTES = str.maketrans("“”„«»″", '""""""')
DASHES = str.maketrans("−–—", "---")
NUMBER = re.compile(r"#\s?(\d{1,15})|(\d{1,15})")
PIECE = re.compile(
    r"""(?P<minus>-(?=[^\s-]))?
        (?:(?P<key>[^\W\d_]\w{1,29}):(?P<gap>\s*)(?=\S))?
        (?:"(?P<quoted>[^"]*)(?:"|$) | (?P<bare>[^\s"]+))""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """Words to find: one, or several that stand one after the other."""

    words: tuple[str, ...]
    text: str = ""  # as it was typed
    exact: bool = False  # in quotes: no other endings
    prefix: bool = False  # the last word may go on
    place: str = ""  # "from", "subject": only there


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be understood; `code` says what, `text` is what was typed.

    value     an operator does not know this value; left out
    date      no such day; left out
    operator  perhaps an operator was meant: `hint`
    or        "or" joins words, or values of one operator, but not these two
    long      only the beginning was read
    name      this desk has none that is called so
    common    these words are everywhere: nobody finds anything by them
    """

    code: str
    text: str
    operator: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Every group of `wanted` must match, by one of its terms; none of `unwanted` may."""

    wanted: tuple[tuple[Term, ...], ...] = ()
    unwanted: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    number: int | None = None  # the whole text is a ticket's number
    straight: bool = False  # … and was written #1042: go there

    @property
    def empty(self) -> bool:
        return not (self.wanted or self.unwanted or self.filters)


@dataclass(slots=True)
class _Reading:
    wanted: list[list[Term]] = field(default_factory=list)
    unwanted: list[Term] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    either: bool = False  # "or" came just now
    last: str = ""  # what came before: "word", an operator's name, or nothing


def parse(text: str, today: date, own: Mapping[str, str] = NO_FIELDS) -> Query:
    """Read a query. Half-written and nonsensical ones too: `troubles` says what was left out.

    own  further operators, folded, and what their filters are called: the desk's own fields
    """
    cleaned = text.replace("\0", " ").translate(QUOTES).translate(DASHES)
    reading = _Reading()
    if len(cleaned) > LONGEST:
        reading.troubles.append(Trouble("long", cleaned[:LONGEST]))
        cleaned = cleaned[:LONGEST].rpartition(" ")[0] or cleaned[:LONGEST]
    for piece in list(_pieces(cleaned, own))[:MOST_TERMS]:
        _read(piece, reading, today, own)
    number = NUMBER.fullmatch(cleaned.strip())
    return Query(
        wanted=tuple(tuple(group) for group in reading.wanted),
        unwanted=tuple(reading.unwanted),
        filters=tuple(reading.filters),
        troubles=tuple(reading.troubles),
        number=int(number[1] or number[2]) if number else None,
        straight=bool(number and number[1]),
    )


def _operator(key: str, own: Mapping[str, str]) -> str:
    return operators.operator(key) or own.get(fold(key), "")


def _pieces(text: str, own: Mapping[str, str]) -> Iterator[re.Match[str]]:
    """The pieces between blanks. What only looks like an operator is read as text again."""
    at = 0
    while found := PIECE.search(text, at):
        key = found["key"]
        if key and not _operator(key, own):
            start = found.start("key")
            plain = re.compile(r"(?P<bare>[^\s\"]+)").match(text, start)
            found = _Plain(plain, found["minus"]) if plain else found  # type: ignore[assignment]
        yield found
        at = max(found.end(), at + 1)


class _Plain:
    """A match without an operator: `https://…`, `error:500`."""

    def __init__(self, match: re.Match[str], minus: str | None):
        self._match, self._minus = match, minus

    def __getitem__(self, name: str) -> str | None:
        return {"bare": self._match["bare"], "minus": self._minus}.get(name)

    def end(self) -> int:
        return self._match.end()


def _read(piece: re.Match[str], reading: _Reading, today: date, own: Mapping[str, str]) -> None:
    bare, quoted, negated = piece["bare"], piece["quoted"], bool(piece["minus"])
    key = piece["key"] or ""
    if not key and not negated and bare is not None and fold(bare) in operators.OR:
        reading.either = bool(reading.last)
        return
    either, reading.either = reading.either, False
    name = _operator(key, own) if key else ""
    if name in operators.IN_TEXT or not name:
        _read_term(bare, quoted, name, negated, either, reading)
    else:
        written = quoted if quoted is not None else bare or ""
        _read_filter(name, written, negated, reading, today)
        if either and reading.last == name:
            _join_filters(reading)
        elif either:
            reading.troubles.append(Trouble("or", written))
    reading.last = name if name and name not in operators.IN_TEXT else "word"


def _read_term(
    bare: str | None, quoted: str | None, place: str, negated: bool, either: bool, reading: _Reading
) -> None:
    written = quoted if quoted is not None else bare or ""
    words = words_in(written)
    if not words:
        return
    prefix = quoted is None and written.endswith("*")
    term = Term(tuple(words), written, quoted is not None, prefix, place)
    if quoted is None and ":" in written and not place:
        _perhaps_operator(written, reading)
    if negated:
        reading.unwanted.append(term)
    elif either and reading.last == "word" and reading.wanted:
        reading.wanted[-1].append(term)
    else:
        if either:
            reading.troubles.append(Trouble("or", written))
        reading.wanted.append([term])


def _perhaps_operator(written: str, reading: _Reading) -> None:
    key = fold(written.partition(":")[0])
    if len(key) < 4 or not key.isalpha():
        return
    near = [known for known in operators.OPERATORS if distance(key, known, 2) <= 2]
    best = min(near, key=lambda known: distance(key, known, 2), default="")
    if len(best) > 3:
        reading.troubles.append(Trouble("operator", f"{written.partition(':')[0]}:", hint=best))


def _read_filter(name: str, written: str, negated: bool, reading: _Reading, today: date) -> None:
    if name in operators.DATES:
        _read_date(name, written, negated, reading, today)
        return
    values: list = []
    for one in [part.strip() for part in written.split(",")][:MOST_VALUES]:
        if not fold(one):
            continue
        if name not in operators.FIXED:
            values.append(fold(one))
        elif (codes := operators.fixed_values(name, one)) is not None:
            values += codes
        else:
            reading.troubles.append(Trouble("value", one, name))
    if values:
        reading.filters.append(Filter(name, tuple(dict.fromkeys(values)), negated, written))


def _read_date(name: str, written: str, negated: bool, reading: _Reading, today: date) -> None:
    days = span(written, today)
    if days is None:
        reading.troubles.append(Trouble("date", written, name))
        return
    if name == "since":
        days = Span(days.start, None)
    elif name == "before":
        days = Span(None, days.start or days.end)
    elif name == "until":
        days = Span(None, days.end or days.start)
    reading.filters.append(Filter("created", (days,), negated, written))


def _join_filters(reading: _Reading) -> None:
    """`etiqueta:vip o etiqueta:queja`: two values of one operator."""
    if len(reading.filters) < 2:
        return
    one, other = reading.filters[-2:]
    if one.field == other.field and one.negated == other.negated and one.field != "created":
        reading.filters[-2:] = [replace(one, values=one.values + other.values)]
