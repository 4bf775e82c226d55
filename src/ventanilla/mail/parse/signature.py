"""Where a message ends and its signature begins.

A signature is hidden only on proof: a delimiter, a program's line, a legal footer, or a farewell
below which stands nothing but a name and what signatures are made of. Doubt keeps it visible.
"""

import re
from collections.abc import Sequence

from ventanilla.mail.parse.closings import (
    CONTACT_NOUNS,
    FAREWELLS,
    FOOTERS,
    JOINED_BY,
    LEGAL,
    REQUESTS,
    THANKS,
)
from ventanilla.mail.parse.signature_lines import (
    COMPANY,
    IMAGE,
    LABELLED,
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

LONGEST = 40  # lines of a signature, blank ones not counted
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


def start(lines: Sequence[str], *, sender_name: str = "", quoted: str = "") -> tuple[int, bool]:
    """The line where the signature of these own lines begins (their number: there is none).

    sender_name  as the mail's From says, helps to know a name
    quoted       the mail that this one answers: who is asked for a phone number may answer below
                 the farewell
    Returns also whether what was found is a mere farewell, which may be all that was said.
    """
    end = _footers(lines, len(lines))
    if (cut := _delimiter(lines, end)) is not None:
        end = _footers(lines, cut)
    end = _trailing_lines(lines, end)
    asked = _asks_for_contact(quoted)
    for find in (_farewell, _signed_with_name, _dashed_name):
        if (cut := find(lines, end, sender_name, asked)) is not None:
            return _with_rule_above(lines, cut), True
    return _with_rule_above(lines, end) if end < len(lines) else end, False


def _trailing_lines(lines: Sequence[str], end: int) -> int:
    """Take device lines, footers, pictures and rules off the end, in whatever order they stand."""
    while end:
        before = end
        last = _last_words(lines, end)
        if last < 0:
            return end
        if is_device_line(lines[last]) or _is_wrapped_device_line(lines, last):
            end = last - (not is_device_line(lines[last]))
        elif IMAGE.match(lines[last][:READ]):
            end = last
        else:
            end = _footers(lines, end)
        if end == before:
            return end
    return end


def _is_wrapped_device_line(lines: Sequence[str], last: int) -> bool:
    if last < 1 or not lines[last - 1].strip() or len(lines[last]) > 60:
        return False
    return is_device_line(f"{lines[last - 1].strip()} {lines[last].strip()}")


def _footers(lines: Sequence[str], end: int) -> int:
    """Paragraphs at the end that lawyers, scanners and lists have added."""
    legal = False
    while True:
        last = _last_words(lines, end)
        if last < 0:
            return end
        first = last
        while first and lines[first - 1].strip():
            first -= 1
        low = " ".join(line[:2000] for line in lines[first : last + 1])[:6000].casefold()
        hits = sum(word in low for word in LEGAL)
        footer = any(word in low for word in FOOTERS) and len(low) < 700
        if first == 0 and not footer and hits < 3:
            return end
        if (hits >= 2 and len(low) > 80) or (legal and hits) or footer:
            legal, end = legal or hits >= 2, _after_own_words(lines, first, last, footer)
            if end > first:
                return end
        elif RULE.match(lines[last][:READ]) and (legal or end < len(lines)):
            end = last
        else:
            return end


def _after_own_words(lines: Sequence[str], first: int, last: int, footer: bool) -> int:
    """Within a paragraph that ends in a footer: where the footer begins."""
    for at in range(last, first - 1, -1):
        if RULE.match(lines[at][:READ]) and at > first:
            return at
    if footer and last - first > 3:
        for at in range(first, last + 1):
            if any(word in lines[at][:READ].casefold() for word in FOOTERS):
                return at
    return first


def _delimiter(lines: Sequence[str], end: int) -> int | None:
    """The first "-- " that has a signature's length below it."""
    for at in range(end):
        if not DELIMITER.match(lines[at][:20]) or not lines[at].strip():
            continue
        below = [line for line in lines[at + 1 : end] if line.strip()]
        exact = lines[at].rstrip("\r\n") in ("-- ", "--")
        if not below and end == len(lines) and not exact:
            continue
        if len(below) <= (LONGEST if exact else 8) and _reads_like_signature(below, exact):
            return at
    return None


def _reads_like_signature(below: Sequence[str], exact: bool) -> bool:
    if exact and len(below) <= 10:
        return not any(POSTSCRIPT.match(line[:READ]) for line in below)
    odd = sum(not is_signature_line(line) for line in below)
    return odd * 3 <= len(below)


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
        if not kind:
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
    above = _last_words(lines, at)
    if above > 0 and at - above <= 2 and _closing(lines[above], "")[0] == "farewell":
        return above
    return at


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
    if kind == "farewell" and separated and not sender and is_name(original):
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
    last = _last_words(lines, end)
    if last < 1 or not sender:
        return None
    candidates = [at for at in range(max(last - 14, 1), last + 1) if lines[at].strip()]
    for at in candidates:
        name = EDGES.sub("", lines[at][:READ])
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
    last = _last_words(lines, end)
    if last < 1:
        return None
    found = DASHED_NAME.match(lines[last][:READ])
    above = _last_words(lines, last)
    if not found or above < 0 or lines[above].lstrip().startswith(("-", "*", "•", "/")):
        return None
    name = found["name"]
    if matches_sender(name, sender):
        return last
    close = not name.startswith(" ") or len(name.split()) > 1
    return last if close and not sender and is_name(name) and len(name.split()) <= 3 else None


def _asks_for_contact(quoted: str) -> bool:
    """Whether the latest of the quoted mail asks for a phone number or the like."""
    sentences = SENTENCE_END.split(quoted[:6_000].casefold())
    return any(
        any(noun in sentence for noun in CONTACT_NOUNS)
        and any(request in sentence for request in REQUESTS)
        for sentence in sentences
    )


def _last_words(lines: Sequence[str], end: int) -> int:
    """The last line before `end` that holds words, -1 when there is none."""
    at = end - 1
    while at >= 0 and not lines[at].strip():
        at -= 1
    return at


def _with_rule_above(lines: Sequence[str], at: int) -> int:
    """A ruled line just above a signature belongs to it."""
    above = _last_words(lines, at)
    ruled = above > 0 and (RULE.match(lines[above][:READ]) or DELIMITER.match(lines[above]))
    return above if ruled else at
