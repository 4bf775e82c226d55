"""Where a message ends and its signature begins.

A signature is hidden only on proof: a delimiter, a program's line, a legal footer, or a farewell
below which stands nothing but a name and what signatures are made of. Doubt keeps it visible.
"""

import re
from collections.abc import Sequence

from ventanilla.mail.parse.closings import (
    CONTACT_NOUNS,
    FAREWELLS,
    JOINED_BY,
    REQUESTS,
    SHORT_ANSWERS,
    THANKS,
)
from ventanilla.mail.parse.footers import footers, last_words
from ventanilla.mail.parse.signature_lines import (
    COMPANY,
    LABELLED,
    LONGEST,
    POSTSCRIPT,
    READ,
    RULE,
    WEB,
    holds_contact,
    is_device_line,
    is_name,
    is_signature_line,
    matches_sender,
)

DELIMITER = re.compile(r"\s?(?:--\s?|---|__|___|—|——|–|==|\+\+|\*\*)\s*\Z")
DASHED_NAME = re.compile(r"\s*[-–—/~]{1,2}(?P<name>\s?[^\W\d_][\w.' -]{0,40}?)[.,]?\s*\Z")


def _phrases(table: dict[str, tuple[str, ...]]) -> set[str]:
    return {phrase for phrases in table.values() for phrase in phrases}


_farewells, _thanks = _phrases(FAREWELLS), _phrases(THANKS)
_PHRASE = "|".join(re.escape(p) for p in sorted(_farewells | _thanks, key=len, reverse=True))
_LINK = "|".join(re.escape(word) for word in sorted(JOINED_BY, key=len, reverse=True))
CLOSING = re.compile(rf"(?P<first>{_PHRASE})(?!\w)(?P<rest>.*)\Z")
EDGES = re.compile(r"\A[\W_]+|[\W_]+\Z")
SENTENCE_END = re.compile(r"(?<=[.!?？。])\s|\n[>\s]*\n")
NEXT = re.compile(rf"(?:\s|{_LINK}(?!\w)|[,.!;])*+(?P<phrase>{_PHRASE})(?!\w)")


def start(lines: Sequence[str], *, sender_name: str = "", asked: bool = False) -> tuple[int, bool]:
    """The line where the signature of these own lines begins (their number: there is none).

    sender_name  as the mail's From says, helps to know a name
    asked        the mail that is answered asks for a phone number or the like, see
                 `asks_for_contact`: then one below the farewell may be the answer
    Returns also whether what was found is a mere farewell, which may be all that was said.
    """
    end = footers(lines, len(lines))
    if (cut := _delimiter(lines, end)) is not None:
        end = footers(lines, cut)
    end = _trailing_lines(lines, end)
    for find in (_farewell, _signed_with_name, _dashed_name):
        if (cut := find(lines, end, sender_name, asked)) is not None:
            return _with_rule_above(lines, cut), True
    return _with_rule_above(lines, end) if end < len(lines) else end, False


def asks_for_contact(quoted: str) -> bool:
    """Whether the latest of the quoted mail asks for a phone number or the like."""
    sentences = SENTENCE_END.split(quoted[:6_000].casefold())
    return any(
        any(noun in sentence for noun in CONTACT_NOUNS)
        and any(request in sentence for request in REQUESTS)
        for sentence in sentences
    )


def _trailing_lines(lines: Sequence[str], end: int) -> int:
    """Take programs' lines and footers off the end, in whatever order they stand."""
    while (last := last_words(lines, end)) >= 0:
        if is_device_line(lines[last]):
            cut = last - _is_name_above(lines, last)
        elif _is_wrapped_device_line(lines, last):
            cut = last - 1
        else:
            cut = footers(lines, end)
        if cut == end:
            break
        end = cut
    return end


def _is_name_above(lines: Sequence[str], last: int) -> bool:
    """A full name that stands right on a program's line and apart from the text above it."""
    name = lines[last - 1] if last > 1 else ""
    return is_name(name) and len(name.split()) > 1 and not lines[last - 2].strip()


def _is_wrapped_device_line(lines: Sequence[str], last: int) -> bool:
    if last < 1 or not lines[last - 1].strip() or len(lines[last]) > 60:
        return False
    return is_device_line(f"{lines[last - 1].strip()} {lines[last].strip()}")


def _delimiter(lines: Sequence[str], end: int) -> int | None:
    """The first "-- " that has a signature's length below it."""
    words_below = sum(bool(line.strip()) for line in lines[:end])
    said = False  # anything above
    for at in range(end):
        words_below -= bool(lines[at].strip())
        if not DELIMITER.match(lines[at][:20]) or not lines[at].strip():
            said = said or bool(lines[at].strip())
            continue
        exact = lines[at].rstrip("\r\n") in ("-- ", "--")
        if words_below > (LONGEST if exact else 8) or not (exact or (said and words_below)):
            continue
        below = [line for line in lines[at + 1 : end] if line.strip()]
        if _reads_like_signature(below, exact):
            return at
    return None


def _reads_like_signature(below: Sequence[str], exact: bool) -> bool:
    if exact and len(below) <= 10:
        return not any(POSTSCRIPT.match(line[:READ]) for line in below)
    odd = sum(not is_signature_line(line) for line in below)
    return odd * 4 <= len(below)


def _farewell(lines: Sequence[str], end: int, sender: str, asked: bool) -> int | None:
    """The last farewell below which only a name and a signature's lines stand."""
    seen = 0
    for at in range(end - 1, 0, -1):
        if not lines[at].strip():
            continue
        seen += 1
        if seen > 25:
            return None
        kind, named = _closing(lines[at], sender)
        if not kind or (_is_abbreviation(lines[at]) and not _may_abbreviate(lines, at, sender)):
            continue
        if not any(line.strip() for line in lines[:at]):
            return None
        below = [line for line in lines[at + 1 : end] if line.strip()]
        if not _below_farewell(below, kind, named, sender, asked):
            return None
        return _earlier_farewell(lines, at)
    return None


def _earlier_farewell(lines: Sequence[str], at: int) -> int:
    """The same goodbye in another language may stand just above."""
    above = last_words(lines, at)
    if above > 0 and at - above <= 2 and _closing(lines[above], "")[0] == "farewell":
        return above
    return at


def _is_abbreviation(line: str) -> bool:
    return len(EDGES.sub("", line[:READ])) <= 3


def _may_abbreviate(lines: Sequence[str], at: int, sender: str) -> bool:
    """ "LG" is a goodbye in German and a brand everywhere: only between a gap and a name."""
    below = lines[at + 1] if at + 1 < len(lines) else ""
    known = matches_sender(below, sender) if sender else is_name(below)
    return known and not lines[at - 1].strip()


def _closing(line: str, sender: str) -> tuple[str, bool]:
    """Whether a line is nothing but a "farewell" or "thanks", and whether a name ends it."""
    own = EDGES.sub("", line[:READ])
    low = own.casefold()
    if not low or len(low) > 80:
        return "", False
    found = CLOSING.match(low)
    if not found:
        return "", False
    farewell, at = found["first"] in _farewells, found.end("first")
    while more := NEXT.match(low, at):
        farewell, at = farewell or more["phrase"] in _farewells, more.end()
    kind = "farewell" if farewell else "thanks"
    rest = EDGES.sub("", low[at:])
    if not rest:
        return kind, False
    original = own[-len(rest) :] if len(low) == len(own) else ""
    separated = low[at : at + 1] in ",.!:;-–" or "," in low[at : at + 2]
    if matches_sender(rest, sender) and len(rest.split()) <= 4:
        return kind, True
    if kind == "farewell" and separated and is_name(original):
        return kind, True
    return "", False


def _below_farewell(below: Sequence[str], kind: str, named: bool, sender: str, asked: bool) -> bool:
    if not below:
        return kind == "farewell" or named
    if len(below) > LONGEST or any(POSTSCRIPT.match(line[:READ]) for line in below):
        return False
    if asked and _may_be_the_answer(below):
        return False
    first_is_name = named or is_name(below[0]) or matches_sender(below[0], sender)
    if not first_is_name and kind == "thanks":
        return False
    short_name = len(below[0].split()) <= 2 and len(below[0]) <= 20 and below[0].strip().isalpha()
    if not (first_is_name or short_name or is_signature_line(below[0])):
        return False
    if kind == "thanks" and all(holds_contact(line) for line in below[1:]) and len(below) == 2:
        return bool(LABELLED.match(below[1][:READ]) or WEB.search(below[1][:READ]))
    proven = False
    for line in below[1:]:
        if not is_signature_line(line) and not (proven and "?" not in line and len(line) < 120):
            return False
        proven = proven or holds_contact(line) or bool(COMPANY.search(line[:READ]))
    return True


def _may_be_the_answer(below: Sequence[str]) -> bool:
    """A bare number or address under a name, not the block of labelled lines of a business."""
    bare = any(holds_contact(line) and not LABELLED.match(line[:READ]) for line in below)
    return bare and len(below) <= 3


def _signed_with_name(lines: Sequence[str], end: int, sender: str, asked: bool) -> int | None:
    """A last paragraph that begins with the sender's own name, without a farewell."""
    last = last_words(lines, end)
    if last < 1 or not sender:
        return None
    candidates = [at for at in range(max(last - 14, 1), last + 1) if lines[at].strip()]
    for at in candidates:
        name = EDGES.sub("", re.split(r"[|,·•–]| - ", lines[at][:READ])[0])
        if lines[at - 1].strip() or not matches_sender(name, sender) or not is_name(name):
            continue
        below = [line for line in lines[at + 1 : end] if line.strip()]
        if asked and _may_be_the_answer(below):
            return None
        if all(map(is_signature_line, below)):
            return at
    return None


def _dashed_name(lines: Sequence[str], end: int, sender: str, asked: bool) -> int | None:
    """ "-Abhishek Kona", "/John": a name behind a dash as the last words."""
    last = last_words(lines, end)
    if last < 1:
        return None
    found = DASHED_NAME.match(lines[last][:READ])
    above = last_words(lines, last)
    if not found or above < 0 or lines[above].lstrip().startswith(("-", "*", "•", "/")):
        return None
    name = found["name"].strip()
    if matches_sender(name, sender):
        return last
    tight = not found["name"].startswith(" ") or len(name.split()) > 1
    answers = name.rstrip(".").casefold() in SHORT_ANSWERS or lines[above].rstrip().endswith(":")
    apart = not lines[last - 1].strip() or len(name.split()) > 1
    named = is_name(name) and len(name) > 2 and len(name.split()) <= 3
    return last if tight and apart and named and not answers else None


def _with_rule_above(lines: Sequence[str], at: int) -> int:
    """A ruled line just above a signature belongs to it."""
    above = last_words(lines, at)
    ruled = above > 0 and (RULE.match(lines[above][:READ]) or DELIMITER.match(lines[above]))
    return above if ruled else at
