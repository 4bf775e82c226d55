"""What a message holds, on its way into a ticket: plain values, no rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypedDict


class Address(TypedDict):
    name: str
    addr: str  # lower case


@dataclass(frozen=True, slots=True)
class File:
    """A file whose bytes are in storage already."""

    digest: str
    filename: str
    content_type: str
    size: int
    cid: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """Words and files of one message.

    html      as it came or was written, unsanitised; empty when there is only text
    text      the whole plain text; made from `html` when empty
    reply     the new words only; empty: all of `text` is new
    """

    text: str = ""
    html: str = ""
    reply: str = ""
    signature: str = ""
    subject: str = ""
    sender: str = ""
    author_name: str = ""
    to: list[Address] = field(default_factory=list)
    cc: list[Address] = field(default_factory=list)
    bcc: list[Address] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    language: str = ""
    message_id: str = ""
    raw_digest: str = ""
    auto: str = ""
    authenticated: bool | None = None
    defects: list[str] = field(default_factory=list)
    dated_at: datetime | None = None
    begun_at: datetime | None = None
    composing: int = 0
    template: str = ""
    prepared: tuple[int, ...] = ()  # ids of the macros whose text went into it


# What of a message stands in a command that waits: what its author wrote and chose.
WRITTEN = (
    "text", "html", "subject", "author_name", "to", "cc", "bcc", "language", "composing",
    "template",
)  # fmt: skip


def as_json(content: Content) -> dict[str, Any]:
    """What an author wrote, as plain values. `from_json` makes it a content again."""
    values: dict[str, Any] = {name: getattr(content, name) for name in WRITTEN}
    values["files"] = [asdict(file) for file in content.files]
    values["begun_at"] = content.begun_at.isoformat() if content.begun_at else None
    values["prepared"] = list(content.prepared)
    return values


def from_json(values: dict[str, Any]) -> Content:
    begun = values["begun_at"]
    return Content(
        **{name: values[name] for name in WRITTEN},
        files=[File(**file) for file in values["files"]],
        begun_at=datetime.fromisoformat(begun) if begun else None,
        prepared=tuple(values["prepared"]),
    )
