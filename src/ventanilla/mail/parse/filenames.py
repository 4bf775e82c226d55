"""Names of attachments: what the sender meant, without what could mislead or escape (R22)."""

import re

from ventanilla.mail.parse import words
from ventanilla.mail.parse.headers import single_line
from ventanilla.mail.parse.structure import Part

BYTES = 255
SEPARATORS = re.compile(r"[/\\]")


def of(part: Part) -> str | None:
    """From Content-Disposition, else Content-Type's name; None where neither gives one."""
    for given in (part.disposition_params.get("filename"), part.params.get("name")):
        if given and (name := safe(given)):
            return name
    return None


def safe(given: str) -> str | None:
    """The last path part, one line, no direction marks, at most 255 bytes, the ending kept."""
    name = single_line(words.decode(given)).strip("\"' ")
    name = SEPARATORS.split(name)[-1].strip()
    if name.strip(". ") == "":
        return None
    return _shortened(name)


def for_message(subject: str) -> str:
    """The name under which an attached message is kept."""
    words_ = SEPARATORS.sub(" ", subject).strip(". ")
    return safe(f"{words_[:120].strip()}.eml") if words_ else "message.eml"  # type: ignore[return-value]


def _shortened(name: str) -> str:
    if len(name.encode()) <= BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, ending = name, ""
    room = BYTES - len((dot + ending).encode()) if ending else BYTES
    return stem.encode()[:room].decode("utf-8", "ignore") + (f".{ending}" if ending else "")
