"""Delivery reports as RFC 3464 wants them, and as many servers write them: groups of fields."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ventanilla.mail.parse import addresses, headers, transfer
from ventanilla.mail.parse.headers import Headers
from ventanilla.mail.parse.limits import WORDS, Defects
from ventanilla.mail.parse.structure import Part

TYPES = {"message/delivery-status", "message/global-delivery-status", "text/delivery-status"}
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
BLANK_LINES = re.compile(rb"(?:\r{0,2}\n[ \t]*+){2,}|\r\r")
XTEXT = re.compile(r"\+([0-9A-F]{2})")
GROUPS = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient."""

    recipient: str  # "" where the report names none that we can use
    action: str  # failed, delayed, delivered, relayed, expanded or ""
    status: str
    diagnostic: str

    @property
    def is_failure(self) -> bool:
        if self.action:
            return self.action in ("failed", "failure", "fail") or not self.is_success
        return not self.status.startswith("2")

    @property
    def is_success(self) -> bool:
        return self.action in ("delivered", "relayed", "expanded", "success", "deliverable")

    @property
    def is_temporary(self) -> bool:
        """Late so far, or refused with a code that means "for now"."""
        return self.action.startswith("delay") or self.status.startswith("4")


def outcomes(root: Part) -> list[Outcome]:
    """Of every delivery report in the mail."""
    found = []
    for part in root.walk():
        if part.content_type in TYPES:
            encoding = part.headers.source("content-transfer-encoding")
            data = transfer.decode(part.body[:WORDS], encoding, Defects())
            found += of_fields(data)
    return found


def of_fields(data: bytes) -> list[Outcome]:
    """Of a report's fields, also where they stand in plain text."""
    found = []
    for group in _groups(data):
        outcome = _outcome(group)
        if outcome is not None:
            found.append(outcome)
    return found


def _groups(data: bytes) -> Iterator[Headers]:
    """One group of fields per recipient: divided by blank lines, or only by Final-Recipient."""
    for number, block in enumerate(BLANK_LINES.split(data)):
        if number >= GROUPS:
            return
        fields, _ = headers.read(block, 0, len(block), Defects())
        group: list[tuple[bytes, bytes]] = []
        for name, value in fields.fields:
            if name == b"final-recipient" and any(have == name for have, _ in group):
                yield Headers(group)
                group = []
            group.append((name, value))
        yield Headers(group)


def _outcome(group: Headers) -> Outcome | None:
    if not any(name in group for name in ("final-recipient", "original-recipient", "action")):
        return None
    action = group.source("action").partition("(")[0].strip().strip(";").lower()
    status = _status(group)
    if not action and not status and "diagnostic-code" not in group:
        action = "failed" if "final-recipient" in group else ""
    if not action and not status:
        return None
    diagnostic = group.text("diagnostic-code")
    return Outcome(_recipient(group), action.split(" ")[0], status, diagnostic[:500])


def _status(group: Headers) -> str:
    for name in ("status", "diagnostic-code"):
        if found := STATUS.search(group.source(name)):
            return found[0]
    return ""


def _recipient(group: Headers) -> str:
    """As the mail was addressed by us, where the report says it; else as it was in the end."""
    names = ("original-recipient", "final-recipient", "x-actual-recipient", "x-orig-recipient")
    for name in names:
        source = group.source(name)
        kind, semicolon, value = source.partition(";")
        value = value if semicolon else source
        if kind.strip().lower() == "x400":
            continue
        for address in addresses.parse(value, Defects()):
            if address.usable:
                if name == "original-recipient":
                    return XTEXT.sub(lambda hexed: chr(int(hexed[1], 16)), address.addr)
                return address.addr
    return ""
