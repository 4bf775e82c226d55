"""Header blocks, by which mail programs announce quoted mail: From:, Sent:, To:, Subject:."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from ventanilla.mail.parse.attribution import DATE, READ, TIME, words_for

KINDS = ("sender", "sent", "to", "copy", "subject")
LABELS: dict[str, set[str]] = {}
for _kind in KINDS:
    for _word in words_for(_kind):
        LABELS.setdefault(_word, set()).add(_kind)
NOTHING: frozenset[str] = frozenset()
OFFSET = re.compile(r"[+-]\d{4}(?!\d)|gmt|utc")
LABEL = re.compile(
    r"[\s*|_>]{0,12}(?P<label>[^\W\d_][^:：*]{0,24}?)[\s*_]{0,6}[:：][\s*_]{0,6}(?P<value>.*)\Z"
)


def header_block(lines: Sequence[str], start: int, *, announced: bool = False) -> int:
    """The line after a block of From:, Sent:, To:, Subject: that begins on `start`; 0: none.

    announced  a ruled line or "Original message" stands before it, so less proof is asked for
    """
    labels, value = _labelled(lines[start][:READ])
    if not labels:
        return 0
    if _one_line_block(labels, value):
        return start + 1
    kinds: dict[str, float] = {}
    at = end = start
    while at < len(lines) and at < start + 24:
        line = lines[at][:READ]
        labels, value = _labelled(line)
        if fresh := labels - kinds.keys():
            kind = _likeliest(fresh, kinds)
            following = lines[at + 1][:READ] if at + 1 < len(lines) else ""
            kinds[kind] = _weight(kind, value, following)
            end = at + 1
        elif at == start or (not line.strip() and at > end) or (line.strip() and at >= end + 3):
            break
        at += 1
    while end < len(lines) and lines[end].strip() and not announced and end < start + 24:
        if LABEL.match(lines[end][:READ]) is None:
            break
        end += 1
    needed = 2.0 if announced else 4.0
    enough = len(kinds) >= (1 if announced else 2) and sum(kinds.values()) >= needed
    mailed = kinds.get("sender", 0) > 1 or "subject" in kinds or kinds.get("to", 0) > 0.5
    return end if enough and mailed and kinds.keys() & {"sender", "sent"} else 0


def notes_block(lines: Sequence[str], start: int) -> int:
    """The line after Lotus Notes' table of name, address, date, To and Subject; 0: none.

    Notes writes the labels to the right of the values or below them, each on a line of its own.
    """
    if not lines[start][:2].isspace():
        return 0
    head = [line[:READ] for line in lines[start : start + 6]]
    to = next((start + number for number, line in enumerate(head) if _ends_in_to(line)), None)
    if to is None or not any(DATE.search(line) and TIME.search(line) for line in head):
        return 0
    for at in range(to + 1, min(to + 14, len(lines))):
        label = lines[at][:READ].strip(" \t:*").casefold()
        if "subject" in LABELS.get(label, set()) and lines[at][:4].isspace():
            end = at + 1
            while end < len(lines) and not lines[end].strip():
                end += 1
            return min(end + 1, len(lines))
    return 0


def _ends_in_to(line: str) -> bool:
    """ "03/03/2026 10:12                    To" """
    value, _, label = line.rstrip(" \t:*").rpartition("    ")
    return bool(value.strip()) and "to" in LABELS.get(label.strip().casefold(), set())


def _likeliest(labels: set[str], seen: dict[str, float]) -> str:
    """A word may label several lines ("A:", "Data:"): prefer what usually comes next."""
    return min(labels, key=lambda kind: (kind in seen, KINDS.index(kind)))


def _weight(kind: str, value: str, following: str) -> float:
    low = value.casefold()
    has_address = "@" in low or "mailto:" in low or (low.endswith("<") and "@" in following)
    if kind == "sender":
        return 2.0 if has_address else 1.0
    if kind == "sent":
        if not any(map(str.isdigit, low)):
            return 0.0
        return 1.0 + bool(TIME.search(low)) + bool(OFFSET.search(low))
    if kind == "subject":
        return 1.5
    return 1.0 if has_address else 0.5


def _labelled(line: str) -> tuple[AbstractSet[str], str]:
    """What the label in front of a line may stand for, if it is one, and what follows it."""
    found = LABEL.match(line) if ":" in line or "：" in line else None
    if found is None:
        return NOTHING, ""
    return LABELS.get(found["label"].strip().casefold(), NOTHING), found["value"]


def _one_line_block(first: AbstractSet[str], value: str) -> bool:
    """All labels run together on one line, as some programs flatten them."""
    if not first & {"sender", "sent"}:
        return False
    words = value.replace("*", " ").casefold().split()
    kinds: set[str] = set()
    for before, word in zip(["", *words], words, strict=False):
        if word.endswith(":") and len(word) < 20:
            kinds |= LABELS.get(word[:-1], set()) | LABELS.get(f"{before} {word[:-1]}", set())
    return "subject" in kinds and len(kinds - first) >= 2
