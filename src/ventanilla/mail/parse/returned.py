"""The mail that came back inside a notice: found as a part, or below the notice in its text."""

import re
from dataclasses import dataclass

from ventanilla.mail.parse import addresses, bounce_words, headers, message_ids
from ventanilla.mail.parse.headers import Headers
from ventanilla.mail.parse.limits import WORDS, Defects
from ventanilla.mail.parse.structure import Part

TYPES = {"message/rfc822", "message/global", "message/partial", "message/news"}
TYPES |= {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
TYPES |= {"text/rfc822-header", "text/rfc822"}
HEADER_LINE = re.compile(r"(?im)^(?:message-id|subject|to|from|date)\s{0,2}:[^\n]*")
MOST = 100  # addresses


@dataclass(frozen=True, slots=True)
class Returned:
    """What is left of the original mail: its header, or a few lines of it."""

    fields: Headers

    @property
    def message_id(self) -> str | None:
        return message_ids.own_id(self.fields.source("message-id"), Defects())

    @property
    def references(self) -> tuple[str, ...]:
        """Its own id first, then the ids of the conversation it belonged to."""
        found: list[str] = []
        for name in ("message-id", "references", "in-reply-to"):
            found += message_ids.all_ids(self.fields.source(name), Defects())
        return tuple(dict.fromkeys(found))

    @property
    def subject(self) -> str:
        return self.fields.text("subject")

    @property
    def sent_to(self) -> tuple[str, ...]:
        names = ("to", "cc", "bcc", "x-failed-recipients", "delivered-to", "x-original-to")
        return unique([addr for name in names for addr in usable(self.fields, name)])

    @property
    def senders(self) -> tuple[str, ...]:
        names = ("from", "return-path", "reply-to", "sender")
        return unique([addr for name in names for addr in usable(self.fields, name)])


def find(root: Part, text: str) -> Returned | None:
    """In the parts of a notice, else in `text`, what stands below its own words."""
    for part in root.walk():
        if part.content_type in TYPES:
            fields, _ = headers.read(part.raw, part.start, part.stop, Defects())
            if fields.fields:
                return Returned(fields)
        if part.depth and "from" in part.headers and "received" in part.headers:
            return Returned(part.headers)  # the mail itself stands where a part should
    lines = list(HEADER_LINE.finditer(text))
    if len(lines) < 2:
        return None
    block = "\n".join(line[0] for line in lines).encode()
    return Returned(headers.read(block, 0, len(block), Defects())[0])


def split(text: str) -> tuple[str, str]:
    """The words of a notice, and the returned mail below them, "" where there is none."""
    text = text[:WORDS]
    for found in bounce_words.RETURNED.finditer(text):
        if text[: found.start()].strip():
            return text[: found.start()], text[found.start() :]
    return text, ""


def usable(fields: Headers, name: str) -> list[str]:
    """The addresses of all headers of that name that a mail could be sent to."""
    return [
        address.addr
        for source in fields.sources(name)
        for address in addresses.parse(source, Defects())
        if address.usable
    ]


def unique(found: list[str]) -> tuple[str, ...]:
    """Each address once, as first written."""
    kept: dict[str, str] = {}
    for addr in found:
        kept.setdefault(addr.lower(), addr)
    return tuple(kept.values())[:MOST]
