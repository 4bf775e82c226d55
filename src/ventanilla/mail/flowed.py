"""Plain text for mail: `format=flowed` (RFC 3676), readable in any window and in any old client."""

from __future__ import annotations

import re
import textwrap

WIDTH = 74
QUOTED = re.compile(r"(>[> ]*)(.*)")
SEPARATOR = "-- "


def flow(text: str) -> str:
    """The text in lines of at most 74 columns; a blank at a line's end says that it goes on.

    Quoted lines keep their marks on every line. Words are never cut.
    """
    return "\n".join(part for line in text.split("\n") for part in _lines(line))


def quoted(text: str) -> str:
    """The text with a quotation mark before every line."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _lines(line: str) -> list[str]:
    if line == SEPARATOR:
        return [line]
    found = QUOTED.match(line)
    depth, words = (found[1].count(">"), found[2]) if found else (0, line)
    marks = ">" * depth + (" " if depth and words.strip() else "")
    # a blank before what would read as a mark, and before "From " that mailboxes would alter
    stuffing = " " if not depth and words.startswith((" ", "From ")) else ""
    parts = _wrapped(words.rstrip(), WIDTH - len(marks))
    return [
        f"{marks}{stuffing if index == 0 else ''}{part}{' ' if index < len(parts) - 1 else ''}"
        for index, part in enumerate(parts)
    ]


def _wrapped(words: str, width: int) -> list[str]:
    if len(words) <= width:
        return [words]
    indent = words[: len(words) - len(words.lstrip())]
    parts = textwrap.wrap(
        words.lstrip(),
        max(width, 20),
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [indent + parts[0], *parts[1:]] if parts else [""]
