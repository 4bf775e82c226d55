"""A customer's new words, apart from their signature and from the mail that they answer.

Hide, never cut: every word of the message stands in exactly one of the three parts, in order.
What can't be told apart for certain stays with the new words. A forward is the sender's message,
so it stays visible whole.
"""

from collections.abc import Callable
from functools import cache
from itertools import groupby

from ventanilla.mail.parse import signature
from ventanilla.mail.parse.attribution import RULED, depth
from ventanilla.mail.parse.farewells import Known, asks_for_contact
from ventanilla.mail.parse.markup import kinds_by_markup
from ventanilla.mail.parse.model import Reply
from ventanilla.mail.parse.phrases import FORWARD_PREFIXES, LANGUAGES
from ventanilla.mail.parse.quotes import Line, Marked, mark
from ventanilla.mail.parse.signature_lines import is_device_line

LONGEST = 64 * 1024  # characters that are looked at; what is beyond goes with the last line seen
MOST_LINES = 2_000
SHORT_INTRODUCTION = 40  # words before a forward that points at it
INTRODUCES = tuple({word for words in LANGUAGES.values() for word in words.introduces})


def strip_reply(
    text: str,
    html: str | None = None,
    *,
    language: Callable[[], str | None] = lambda: None,
    sender_name: str = "",
    subject: str = "",
) -> Reply:
    """Part a message into new words, signature and quoted mail.

    text         the plain text of the message, or `to_text` of its HTML
    html         the HTML of the same message: programs mark there what text only suggests
    language     tells a hint when an abbreviated goodbye needs it; all languages are looked for,
                 people mix them
    sender_name  as From says; a name below the words is then known for what it is
    subject      of the message: "FW:" tells a forward from an answer, which else look alike
    Linear in the size; beyond 64 KB or 2,000 lines nothing is looked for any more.
    """
    lines, beyond = _within_limits(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    marked = mark(lines)
    if html:
        _add_markup(marked, html)
    _sign(marked, sender_name, language)
    if _only_says_what_follows(marked, subject):
        _show_tail(marked)
    _add_beyond(marked, beyond)
    return Reply(
        text=_joined(marked, Line.OWN, Line.FORWARDED),
        signature=_joined(marked, Line.SIGNATURE),
        quoted=_joined(marked, Line.QUOTED),
    )


def _within_limits(lines: list[str]) -> tuple[list[str], list[str]]:
    size = 0
    for at, line in enumerate(lines[:MOST_LINES]):
        size += len(line) + 1
        if size > LONGEST and at:
            return lines[:at], lines[at:]
    return lines[:MOST_LINES], lines[MOST_LINES:]


def _add_beyond(marked: Marked, lines: list[str]) -> None:
    """What was too much to look at: old mail when it follows old mail or is marked, else own."""
    last = marked.kinds[-1] if marked.kinds else Line.OWN
    tail = marked.tail is not None and last is Line.QUOTED
    for line in lines:
        marked.lines.append(line)
        if last is Line.FORWARDED:
            marked.kinds.append(last)
        else:
            marked.kinds.append(Line.QUOTED if tail or depth(line) else Line.OWN)


def _add_markup(marked: Marked, html: str) -> None:
    """What the HTML proves to be quoted or signature, unless the text proves a forward."""
    forward = marked.kinds.index(Line.FORWARDED) if Line.FORWARDED in marked.kinds else None
    proven = kinds_by_markup(html, marked.lines)
    first = next((at for at, kind in enumerate(proven) if kind is Line.QUOTED), None)
    if forward is not None and first is not None and first < forward - 2:
        marked.kinds[forward:] = [Line.QUOTED] * (len(marked.kinds) - forward)
        forward = None
    for at, kind in enumerate(proven[:forward]):
        if kind is not None and marked.kinds[at] is Line.OWN:
            marked.kinds[at] = kind
            if kind is Line.QUOTED:
                _take_rule_above(marked, at)


def _take_rule_above(marked: Marked, at: int) -> None:
    """A ruled line just above quoted mail parts it from the words before."""
    above = at - 1
    while above >= 0 and not marked.lines[above].strip():
        above -= 1
    if above >= 0 and RULED.fullmatch(marked.lines[above][:200]):
        marked.kinds[above] = Line.QUOTED


def _sign(marked: Marked, sender_name: str, language: Callable[[], str | None]) -> None:
    """Find the signature below each run of own words; the last run that has words decides."""

    @cache
    def asked() -> bool:
        lines = zip(marked.lines, marked.kinds, strict=True)
        return asks_for_contact("\n".join(line for line, kind in lines if kind is Line.QUOTED))

    known = Known(sender_name, language, asked)
    farewells: list[range] = []
    for start, end in _runs(marked):
        found = signature.find(marked.lines[start:end], known)
        farewells.append(range(start + found.begin, start + found.stop))
        for at in (*farewells[-1], *range(start + found.rest, end)):
            marked.kinds[at] = Line.SIGNATURE
        for at in range(start, start + found.begin):
            if is_device_line(marked.lines[at]) and _alone(marked, at):
                marked.kinds[at] = Line.SIGNATURE
    if not _says_something(marked):
        for at in (at for farewell in farewells for at in farewell):
            marked.kinds[at] = Line.OWN


def _alone(marked: Marked, at: int) -> bool:
    """A blank line or the end stands above and below, or another program's line."""
    lines = marked.lines
    before = lines[at - 1] if at else ""
    after = lines[at + 1] if at + 1 < len(lines) else ""
    return all(not line.strip() or is_device_line(line) for line in (before, after))


def _runs(marked: Marked) -> list[tuple[int, int]]:
    """Stretches of own lines that hold words."""
    runs, end = [], 0
    for kind, run in groupby(marked.kinds):
        start, end = end, end + len(list(run))
        if kind is Line.OWN and any(map(str.strip, marked.lines[start:end])):
            runs.append((start, end))
    return runs


def _says_something(marked: Marked) -> bool:
    return any(
        line.strip() and kind in (Line.OWN, Line.FORWARDED)
        for line, kind in zip(marked.lines, marked.kinds, strict=True)
    )


def _only_says_what_follows(marked: Marked, subject: str) -> bool:
    """Without marks a forward looks like an answer: then subject or words before it must tell.

    No words at all: what stands below is the message. A few that point below, or a colon at
    their end: likewise.
    """
    if marked.tail is None:
        return False
    own = " ".join(
        line
        for line, kind in zip(marked.lines, marked.kinds, strict=True)
        if kind is Line.OWN and line.strip()
    ).casefold()
    if not own:
        return Line.QUOTED not in marked.kinds[: marked.tail]
    if marked.loose and subject.partition(":")[0].strip().casefold() in FORWARD_PREFIXES:
        return True
    short = len(own.split()) <= SHORT_INTRODUCTION
    points = marked.loose and short and any(word in own for word in INTRODUCES)
    return points or own.endswith(":")


def _show_tail(marked: Marked) -> None:
    start = marked.tail or 0
    marked.kinds[start:] = [Line.FORWARDED] * (len(marked.kinds) - start)


def _joined(marked: Marked, *wanted: Line) -> str:
    """The lines of these kinds; where others stood between them, one blank line."""
    if not any(kind in marked.kinds for kind in wanted):
        return ""
    parts: list[str] = []
    gap = False
    for line, kind in zip(marked.lines, marked.kinds, strict=True):
        if kind not in wanted:
            gap = True
            continue
        if gap and parts and parts[-1].strip() and line.strip():
            parts.append("")
        gap = False if line.strip() else gap
        if line.strip() or not gap or (parts and parts[-1].strip()):
            parts.append(line.rstrip())
    return "\n".join(parts).strip("\n")
