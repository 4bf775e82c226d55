"""How a mail goes to the parser's child and its reading comes back: lengths, JSON, raw files.

The answer is JSON, not pickle: whatever a hostile mail made of the child, it can only return
values. Attachments' bytes follow the JSON as they are.
"""

import struct
from dataclasses import fields
from typing import Any

import orjson

from ventanilla.mail.parse.model import Address, Attachment, Authentication, Bounce, Parsed, Reply

LENGTH = struct.Struct("!Q")
PEOPLE = ("from_", "to", "cc", "reply_to")
OWN = tuple(field.name for field in fields(Parsed))


def packed(parsed: Parsed) -> list[bytes]:
    """The pieces to write, in order: length of the JSON, the JSON, the files."""
    values = {name: getattr(parsed, name) for name in OWN}
    values["attachments"] = [
        [file.filename, file.content_type, file.size, file.sha256, file.cid, file.inline]
        for file in parsed.attachments
    ]
    text = orjson.dumps(values)
    return [LENGTH.pack(len(text)), text, *(file.content for file in parsed.attachments)]


def sizes(text: bytes) -> tuple[dict[str, Any], list[int]]:
    """The JSON read, and how many bytes each file behind it has."""
    values = orjson.loads(text)
    return values, [int(file[2]) for file in values["attachments"]]


def unpacked(values: dict[str, Any], contents: list[bytes]) -> Parsed:
    """The reading, built from plain values and checked only by its types' constructors."""
    known = {name: _frozen(values[name]) for name in OWN if name in values}
    for name in PEOPLE:
        known[name] = tuple(Address(**person) for person in values[name])
    known["reply"] = Reply(**values["reply"])
    known["auth"] = tuple(Authentication(**verdicts) for verdicts in values["auth"])
    if values["bounce"]:
        known["bounce"] = Bounce(**{k: _frozen(v) for k, v in values["bounce"].items()})
    known["attachments"] = tuple(
        _attachment(file, content)
        for file, content in zip(values["attachments"], contents, strict=True)
    )
    return Parsed(**known)


def _attachment(values: list[Any], content: bytes) -> Attachment:
    filename, content_type, size, sha256, cid, inline = values
    return Attachment(filename, content_type, size, sha256, cid, inline, content)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
