"""Where a message ends and its signature begins.

A signature is hidden only on proof: a delimiter, a program's line, a legal footer, or a farewell
below which stands nothing but a name and what signatures are made of. Doubt keeps it visible.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ventanilla.mail.parse.closings import SHORT_ANSWERS
from ventanilla.mail.parse.farewells import Known, farewell, may_be_the_answer
from ventanilla.mail.parse.footers import footers, last_words
from ventanilla.mail.parse.signature_lines import (
    LONGEST,
    POSTSCRIPT,
    READ,
    RULE,
    bare,
    holds_contact,
    is_device_line,
    is_name,
    is_signature_line,
    matches_sender,
)

DELIMITER = re.compile(r"\s?(?:--\s?|---|__|___|—|——|–|==|\+\+|\*\*)\s*\Z")
DASHED_NAME = re.compile(r"\s*[-–—/~]{1,2}(?P<name>\s?[^\W\d_][\w.' -]{0,40}?)[.,]?\s*\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """Lines `begin` to `stop` are a farewell with what belongs to it, lines from `rest` on are
    programs' and lawyers'. Between them stand own words again, such as a postscript.
    """

    begin: int
    stop: int
    rest: int


def find(lines: Sequence[str], known: Known) -> Found:
    """The signature of these own lines; without one all three numbers are their count."""
    rest = footers(lines, len(lines))
    if (cut := _delimiter(lines, rest)) is not None:
        rest = footers(lines, cut)
    rest = _trailing_lines(lines, rest)
    if found := farewell(lines, rest, known):
        return Found(_with_rule_above(lines, found[0]), found[1], rest)
    for signed in (_signed_with_name, _below_rule, _dashed_name):
        if (begin := signed(lines, rest, known)) is not None:
            return Found(_with_rule_above(lines, begin), rest, rest)
    rest = _with_rule_above(lines, rest) if rest < len(lines) else rest
    return Found(rest, rest, rest)


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
    worded = [at for at in range(end) if lines[at].strip()]
    said = False  # anything above
    for words_below, at in zip(range(len(worded) - 1, -1, -1), worded, strict=True):
        if not DELIMITER.match(lines[at][:20]):
            said = True
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


def _signed_with_name(lines: Sequence[str], end: int, known: Known) -> int | None:
    """A last paragraph that begins with the sender's own name, without a farewell."""
    last = last_words(lines, end)
    if last < 1 or not known.sender:
        return None
    candidates = [at for at in range(max(last - 14, 1), last + 1) if lines[at].strip()]
    for at in candidates:
        name = bare(re.split(r"[|,·•–]| - ", lines[at][:READ])[0])
        if lines[at - 1].strip() or not matches_sender(name, known.sender) or not is_name(name):
            continue
        below = [line for line in lines[at + 1 : end] if line.strip()]
        if may_be_the_answer(below) and known.asked():
            return None
        if all(map(is_signature_line, below)):
            return at
    return None


def _below_rule(lines: Sequence[str], end: int, known: Known) -> int | None:
    """A last block below a ruled line, perhaps ruled off below too, that holds an address."""
    last = last_words(lines, end)
    for at in range(last - 1, max(last - 14, 0), -1):
        if not is_signature_line(lines[at]):
            return None
        block = [
            line for line in lines[at + 1 : end] if line.strip() and not RULE.match(line[:READ])
        ]
        ruled = RULE.match(lines[at][:READ]) and not lines[at - 1].strip()
        if ruled and block and is_signature_line(lines[last]):
            own = any(matches_sender(line, known.sender) for line in block)
            if own or (is_name(block[0]) and any(map(holds_contact, block))):
                return at
    return None


def _dashed_name(lines: Sequence[str], end: int, known: Known) -> int | None:
    """ "-Abhishek Kona", "/John": a name behind a dash as the last words."""
    last = last_words(lines, end)
    if last < 1:
        return None
    found = DASHED_NAME.match(lines[last][:READ])
    above = last_words(lines, last)
    if not found or above < 0 or lines[above].lstrip().startswith(("-", "*", "•", "/")):
        return None
    name = found["name"].strip()
    if matches_sender(name, known.sender):
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
