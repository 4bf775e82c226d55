"""winmail.dat: the wrapper in which Outlook hides body and attachments (TNEF)."""

import logging
from dataclasses import dataclass

from ventanilla.mail.parse import charsets, formats

CONTENT_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}
SIGNATURE = b"\x78\x9f\x3e\x22"


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What was inside: files as (name, type, bytes, content id) and a body, "" if none."""

    files: tuple[tuple[str, str, bytes, str], ...]
    text: str
    html: str


def unwrap(data: bytes) -> Unwrapped | None:
    """The content of a winmail.dat; None if it can't be read."""
    if not data.startswith(SIGNATURE):
        return None
    from tnefparse import TNEF  # 30 ms to import, needed by one mail in a thousand

    logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)
    try:
        read = TNEF(data + b"\0", do_checksum=False)  # it overlooks a last attribute of one byte
        return Unwrapped(
            tuple(_file(attachment) for attachment in read.attachments),
            _text(read),
            _as_text(read.htmlbody),
        )
    except Exception:
        return None


def _file(attachment) -> tuple[str, str, bytes, str]:
    properties = {attribute.name: attribute.data for attribute in attachment.mapi_attrs}
    name = _as_text(attachment.long_filename() or attachment.name)
    kind = _as_text(properties.get(ATTACH_MIME_TAG, ""))
    return name, kind, bytes(attachment.data or b""), _as_text(properties.get(CONTENT_ID, ""))


ATTACH_MIME_TAG = 0x370E
CONTENT_ID = 0x3712


def _text(read) -> str:
    if body := _as_text(read.body).strip("\0"):
        return body
    rtf = read.rtfbody
    return formats.rtf(_as_text(rtf)) if rtf else ""


def _as_text(value) -> str:
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        value = charsets.decode(value.rstrip(b"\0"))[0]
    return charsets.clean(str(value or "")).rstrip("\0")
