"""Goodbyes: "Un saludo," and what may stand below it as part of a signature."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ventanilla.mail.parse.closings import (
    CONTACT_NOUNS,
    FAREWELLS,
    JOINED_BY,
    REQUESTS,
    THANKS,
)
from ventanilla.mail.parse.footers import last_words
from ventanilla.mail.parse.phrases import longest_first
from ventanilla.mail.parse.signature_lines import (
    LABELLED,
    LONGEST,
    POSTSCRIPT,
    READ,
    WEB,
    bare,
    holds_contact,
    is_name,
    is_signature_line,
    matches_sender,
)


def _phrases(table: dict[str, tuple[str, ...]]) -> set[str]:
    return {phrase for phrases in table.values() for phrase in phrases}


FAREWELL_PHRASES, THANKS_PHRASES = _phrases(FAREWELLS), _phrases(THANKS)
_PHRASE = "|".join(re.escape(p) for p in longest_first(FAREWELL_PHRASES | THANKS_PHRASES))
_LINK = "|".join(re.escape(word) for word in longest_first(JOINED_BY))
CLOSING = re.compile(rf"(?P<first>{_PHRASE})(?!\w)(?P<rest>.*)\Z")
NEXT = re.compile(rf"(?:\s|{_LINK}(?!\w)|[,.!;])*+(?P<phrase>{_PHRASE})(?!\w)")
SENTENCE_END = re.compile(r"(?<=[.!?？。])\s|\n[>\s]*\n")


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of the mail.

    sender    as From says: helps to know a name
    language  tells two letters: they help to know an abbreviated goodbye
    asked     tells whether the mail that is answered asks for a phone number or the like, see
              `asks_for_contact`: then one below the farewell may be the answer
    """

    sender: str = ""
    language: Callable[[], str | None] = lambda: None
    asked: Callable[[], bool] = lambda: False


def farewell(lines: Sequence[str], end: int, known: Known) -> tuple[int, int] | None:
    """The last farewell below which only a name and a signature's lines stand, and its end."""
    seen = 0
    for at in range(end - 1, 0, -1):
        if not lines[at].strip():
            continue
        seen += 1
        if seen > 25:
            return None
        kind, named = _closing(lines[at], known.sender)
        if not kind or (_is_abbreviation(lines[at]) and not _may_abbreviate(lines, at, known)):
            continue
        if not any(line.strip() for line in lines[:at]):
            return None
        stop = _stop(lines, at, end, known, thanks=kind == "thanks", named=named)
        return (_earlier_farewell(lines, at), stop) if stop else None
    return None


def _earlier_farewell(lines: Sequence[str], at: int) -> int:
    """The same goodbye in another language may stand just above."""
    above = last_words(lines, at)
    if above > 0 and at - above <= 2 and _closing(lines[above], "")[0] == "farewell":
        return above
    return at


def _is_abbreviation(line: str) -> bool:
    return len(bare(line[:READ])) <= 3


def _may_abbreviate(lines: Sequence[str], at: int, known: Known) -> bool:
    """ "LG" is a goodbye in German and a brand everywhere: only between a gap and a name."""
    if lines[at - 1].strip():
        return False
    if bare(lines[at].casefold()) in FAREWELLS.get(known.language() or "", ()):
        return True
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return matches_sender(below, known.sender) if known.sender else is_name(below)


def _closing(line: str, sender: str) -> tuple[str, bool]:
    """Whether a line is nothing but a "farewell" or "thanks", and whether a name ends it."""
    own = bare(line[:READ])
    low = own.casefold()
    if not low or len(low) > 80:
        return "", False
    found = CLOSING.match(low)
    if not found:
        return "", False
    farewell, at = found["first"] in FAREWELL_PHRASES, found.end("first")
    while more := NEXT.match(low, at):
        farewell, at = farewell or more["phrase"] in FAREWELL_PHRASES, more.end()
    kind = "farewell" if farewell else "thanks"
    rest = bare(low[at:])
    if not rest:
        return kind, False
    original = own[-len(rest) :] if len(low) == len(own) else ""
    separated = low[at : at + 1] in ",.!:;-–" or "," in low[at : at + 2]
    if matches_sender(rest, sender) and len(rest.split()) <= 4:
        return kind, True
    if kind == "farewell" and separated and is_name(original):
        return kind, True
    return "", False


def _stop(
    lines: Sequence[str], at: int, end: int, known: Known, *, thanks: bool, named: bool
) -> int:
    """Where the signature that a farewell on line `at` begins ends; 0: it begins none."""
    below = [number for number in range(at + 1, end) if lines[number].strip()]
    words = [lines[number] for number in below]
    if not below:
        return end if named or not thanks else 0
    if len(below) > LONGEST or (may_be_the_answer(words) and known.asked()):
        return 0
    if not named and not _begins_with_name(words[0], known, thanks=thanks):
        return 0
    if thanks and not named and len(words) == 2 and _is_bare_number(words[1]):
        return 0
    names = 0 if named else 1
    for number, line in zip(below[names:], words[names:], strict=True):
        if not is_signature_line(line) and not _stands_among(line, number, lines[:end]):
            return number if not lines[number - 1].strip() else 0
    return end


def _begins_with_name(line: str, known: Known, *, thanks: bool) -> bool:
    if is_name(line) or matches_sender(line, known.sender):
        return True
    short = len(line) <= 20 and line.strip().isalpha()
    return not thanks and (short or is_signature_line(line))


def _is_bare_number(line: str) -> bool:
    """A number without a label, which thanks and a name alone don't make a signature."""
    text = line[:READ]
    return holds_contact(line) and not (LABELLED.match(text) or WEB.search(text))


def _stands_among(line: str, number: int, lines: Sequence[str]) -> bool:
    """A long title between the name above and an address right below it."""
    below = lines[number + 1] if number + 1 < len(lines) else ""
    told = line.rstrip().endswith((".", "!", "?", ":")) or len(line) > 90
    return not told and not POSTSCRIPT.match(line[:READ]) and holds_contact(below)


def may_be_the_answer(below: Sequence[str]) -> bool:
    """A bare number or address under a name, not the block of labelled lines of a business."""
    bare = any(holds_contact(line) and not LABELLED.match(line[:READ]) for line in below)
    return bare and len(below) <= 3


def asks_for_contact(quoted: str) -> bool:
    """Whether the latest of the quoted mail asks for a phone number or the like."""
    sentences = SENTENCE_END.split(quoted[:6_000].casefold())
    return any(
        any(noun in sentence for noun in CONTACT_NOUNS)
        and any(request in sentence for request in REQUESTS)
        for sentence in sentences
    )
