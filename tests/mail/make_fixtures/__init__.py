"""The mails in `tests/mail/fixtures` and what is true of each.

Written by `python -m tests.mail.make_fixtures`.

Each mail is written by hand after what clients and servers really send; broken ones are made
byte by byte, which no editor would let us keep. Facts are written beside the mail, never taken
from the parser.
"""

from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any


@dataclass(frozen=True)
class Fixture:
    """One mail and the facts that a reader of it would state; see test_fixtures for their names."""

    name: str
    raw: bytes
    facts: dict[str, Any] = field(default_factory=dict)


def mail(text: str, *, crlf: bool = True, charset: str = "utf-8") -> bytes:
    """A mail written in place, with the line ends of the wire."""
    raw = dedent(text).lstrip("\n").encode(charset)
    return raw.replace(b"\n", b"\r\n") if crlf else raw
