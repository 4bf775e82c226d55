"""Where the words of a query stand in a text, to be marked, and the piece around them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ventanilla.tickets.search.parse import Term
from ventanilla.tickets.search.understand import Understood
from ventanilla.tickets.search.words import is_natural, plain

SPELLED = {
    "a": "aáàäâãå", "c": "cç", "e": "eéèëê", "i": "iíìïî", "n": "nñ", "o": "oóòöôõ",
    "s": "sß", "u": "uúùüû", "y": "yýÿ",
}  # fmt: skip
BEFORE = 36  # letters that an excerpt shows before the first word found
LENGTH = 160
START, END = r"(?<![^\W_])", r"(?![^\W_])"


def pattern(understood: Understood) -> re.Pattern[str] | None:
    """What to mark in texts: the words asked for, in the endings that count as the same."""
    terms = (term for group in understood.query.wanted for term in group)
    found = [part for term in terms if (part := _of_term(term, understood))]
    if not found:
        return None
    return re.compile(f"{START}(?:{'|'.join(found)}){END}", re.IGNORECASE)


def excerpt(texts: Iterable[str], wanted: re.Pattern[str]) -> str:
    """The first place where a text has one of the words, with what stands around; empty: none."""
    for text in texts:
        line = " ".join(text.split())
        if found := wanted.search(line):
            return _around(line, found.start())
    return ""


def _around(line: str, at: int) -> str:
    start = at - BEFORE
    if start <= 0:
        return line[:LENGTH]
    start = line.find(" ", start, at) + 1 or start
    return "…" + line[start : start + LENGTH]


def _of_term(term: Term, understood: Understood) -> str:
    if len(term.words) > 1 or term.exact:
        ending = r"\w*" if term.prefix else ""
        return r"[\W_]+".join(_spelled(plain(word)) for word in term.words) + ending
    (word,) = term.words
    forms = understood.forms.get(word, ())
    if term.prefix or not is_natural(word):
        return _spelled(plain(word)) + r"\w*"
    if not forms:
        return ""
    stem = min(
        (form for form in forms if plain(word).startswith(form)), key=len, default=plain(word)
    )
    endings = 6 if len(stem) > 4 else 3
    return "|".join(
        rf"{_spelled(form)}\w{{0,{endings}}}" for form in {stem, *forms} if len(form) > 1
    )


def _spelled(word: str) -> str:
    return "".join(
        f"[{SPELLED[letter]}]" if letter in SPELLED else re.escape(letter) for letter in word
    )
