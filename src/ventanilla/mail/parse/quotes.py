"""Which lines of a message are somebody else's: quoted history, or a forward.

Doubt keeps a line visible: marks (`>`) and complete announcements are needed to hide one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from ventanilla.mail.parse.attribution import (
    RULED,
    Sure,
    any_language,
    attribution,
    depth,
    embedded,
    is_sentence,
    leading,
    separator,
    stands_alone,
)
from ventanilla.mail.parse.header_block import header_block, notes_block
from ventanilla.mail.parse.phrases import GREETINGS


class Line(IntEnum):
    """Whose words a line holds."""

    OWN = 0
    QUOTED = 1
    FORWARDED = 2  # passed on by the sender as part of what they say
    SIGNATURE = 3


@dataclass(slots=True)
class Marked:
    """Lines with what they are.

    tail  the line from which all is taken for old mail without being marked line by line, None
          when there is no such line
    loose the tail was announced by a header block or separator, as forwards are too
    """

    lines: list[str]
    kinds: list[Line]
    tail: int | None = None
    loose: bool = False


def mark(lines: Sequence[str]) -> Marked:
    """Tell own lines from quoted and forwarded ones."""
    marked = Marked(list(lines), [])
    at = 0
    while at < len(marked.lines):
        at = _mark_next(marked, at)
    _close_gaps(marked)
    _free_lonely_marks(marked)
    return marked


def _mark_next(marked: Marked, at: int) -> int:
    """Decide about the line `at` and what belongs to it; the next line to look at."""
    lines, kinds = marked.lines, marked.kinds
    line = lines[at]
    if not line.strip() or is_sentence(lines, at):
        kinds.append(Line.OWN)
        return at + 1
    if stands_alone(line):
        return _tail(marked, at, loose=False)
    if depth(line) and not _closes_link(marked, at):
        if separator(line) == "forwarded" and Line.QUOTED not in kinds:
            return _rest(marked, Line.FORWARDED)
        kinds.append(Line.OWN if _is_list(marked, at) else Line.QUOTED)
        return at + 1
    parting = separator(line)
    if parting == "forwarded":
        return _rest(marked, Line.FORWARDED)
    if parting == "above":
        return _tail(marked, at, loose=False)
    if parting == "original" or RULED.fullmatch(line[:200]):
        if found := _announced(marked, at, parting == "original"):
            return found
    elif end := header_block(lines, at) or notes_block(lines, at):
        return _quoted(marked, at, end, loose=True)
    if column := leading(line):
        lines[at : at + 1] = [line[:column], line[column:].lstrip()]
        return _quoted(marked, at, at + 1, loose=False)
    column = embedded(lines, at)
    if column and _marks_follow(lines, at + 1, skip=2):
        lines[at : at + 1] = [line[:column], line[column:].lstrip(" ")]
        kinds.append(Line.OWN)
        return at + 1
    start, sure = attribution(lines, at)
    perhaps = sure is Sure.WEAK or any_language(line)
    if sure is Sure.STRONG or (perhaps and _marks_follow(lines, at + 1)):
        del kinds[start:]
        return _quoted(marked, start, at + 1, loose=False)
    kinds.append(Line.OWN)
    return at + 1


def _announced(marked: Marked, at: int, original: bool) -> int:
    """What follows a ruled line or "Original message": a header block, an attribution, or text."""
    following = _next_words(marked.lines, at + 1)
    if following >= len(marked.lines):
        return _quoted(marked, at, at + 1, loose=True) if original else 0
    if end := header_block(marked.lines, following, announced=True):
        return _quoted(marked, at, end, loose=True)
    for end in range(following, min(following + 4, len(marked.lines))):
        start, sure = attribution(marked.lines, end)
        if sure is Sure.STRONG and start == following:
            return _quoted(marked, at, end + 1, loose=False)
    return _quoted(marked, at, at + 1, loose=True) if original else 0


def _quoted(marked: Marked, start: int, end: int, *, loose: bool) -> int:
    """Lines `start` to `end` announce old mail: marked lines after them, or all the rest."""
    marked.kinds.extend([Line.QUOTED] * (end - len(marked.kinds)))
    if _marks_follow(marked.lines, end) or end >= len(marked.lines):
        return end
    return _tail(marked, start, loose=loose)


def _tail(marked: Marked, start: int, *, loose: bool) -> int:
    marked.tail, marked.loose = start, loose
    return _rest(marked, Line.QUOTED)


def _rest(marked: Marked, kind: Line) -> int:
    marked.kinds.extend([kind] * (len(marked.lines) - len(marked.kinds)))
    return len(marked.lines)


def _next_words(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def _marks_follow(lines: Sequence[str], at: int, *, skip: int = 0) -> bool:
    """The next words stand behind a quote mark; up to `skip` other lines may come before."""
    for _ in range(skip + 1):
        at = _next_words(lines, at)
        if at < len(lines) and depth(lines[at]) and not stands_alone(lines[at]):
            return True
        at += 1
    return False


def _free_lonely_marks(marked: Marked) -> None:
    """The only line behind `>`, right after words of one's own, is one's own too."""
    kinds, lines = marked.kinds, marked.lines
    if kinds.count(Line.QUOTED) == 1:
        at = kinds.index(Line.QUOTED)
        if at and depth(lines[at]) and lines[at - 1].strip():
            kinds[at] = Line.OWN


def _close_gaps(marked: Marked) -> None:
    """Blank lines and torn addresses between quoted lines belong to the quote."""
    kinds, lines = marked.kinds, marked.lines
    if Line.QUOTED not in kinds:
        return
    for at in range(1, len(lines) - 1):
        before, after = kinds[at - 1], kinds[at + 1]
        if kinds[at] is Line.OWN and before is Line.QUOTED and after is Line.QUOTED:
            words = lines[at].split()
            torn = len(words) <= 2 and all(map(_torn_address, words))
            if torn or _was_wrapped(lines[at - 1], lines[at]):
                kinds[at] = Line.QUOTED


def _is_list(marked: Marked, at: int) -> bool:
    """ "I would like:" and then lines behind `>`: a list of one's own, nothing quoted so far."""
    above = at - 1
    while above >= 0 and not marked.lines[above].strip():
        above -= 1
    if above < 0 or marked.kinds[above] is not Line.OWN:
        return False
    said = marked.lines[above].strip()
    greets = said.casefold().startswith(GREETINGS) and len(said.split()) <= 5
    return depth(said) > 0 or (said.endswith(":") and not greets)


def _was_wrapped(quoted: str, line: str) -> bool:
    """A program broke a long quoted line and forgot the mark: the next word had no room left.

    Answers are written below a finished sentence, or begin with a capital.
    """
    first = line.split(" ", 1)[0]
    full = 55 < len(quoted) <= 100 and len(quoted) + 1 + len(first) > 70
    return full and not quoted.rstrip().endswith((".", "?", "!", ":", ">")) and first.islower()


def _closes_link(marked: Marked, at: int) -> bool:
    """ "See <http://x.test" and "> for more": the sign ends the link above."""
    above = marked.lines[at - 1][-500:] if at and marked.kinds[at - 1] is Line.OWN else ""
    return "<http" in above and above.rfind("<http") > above.rfind(">")


def _torn_address(word: str) -> bool:
    """The rest of a link that a program broke: "_nonce=3dd518)", "(http://x.test/a)", ">"."""
    if word.startswith(("http", "(http", "<http", "mailto:", "(mailto:")):
        return True
    odd = sum(not sign.isalpha() for sign in word)
    return word.endswith((")", ">")) and not word.startswith((":", ";")) and odd * 3 >= len(word)
