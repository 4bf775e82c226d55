"""From the parser's reading to what a message holds."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from datetime import UTC, datetime

from ventanilla.lib import storage
from ventanilla.mail.models import RawMail
from ventanilla.mail.parse.limits import MESSAGE as LARGEST
from ventanilla.mail.parse.model import Address as Person
from ventanilla.mail.parse.model import Attachment, Parsed
from ventanilla.tickets.content import Address, Content, File

# Where something of the mail was left out, so the whole of it is put beside the text (R7).
CUT = {
    "header_block_too_large", "header_too_large", "html_too_large", "message_too_large",
    "nested_too_deeply", "too_many_attachments", "too_many_parts", "text_too_large",
}  # fmt: skip


def store_files(parsed: Parsed, raw: RawMail) -> list[File]:
    """Put the attachments into storage, before any row points at them."""
    files = [_stored(file, number) for number, file in enumerate(parsed.attachments, 1)]
    if CUT.intersection(parsed.defects):
        files.append(original(raw))
    return files


def original(raw: RawMail) -> File:
    """The mail as it came, as a file of a message."""
    return File(raw.digest, f"mail-{raw.pk}.eml", "message/rfc822", raw.size)


def content_of(
    parsed: Parsed,
    raw: RawMail,
    files: Sequence[File],
    *,
    auto: str,
    author: Person | None,
    authenticated: bool | None,
    marks: Sequence[str],
) -> Content:
    """`marks` are codes of what may mislead about the sender; they stand beside the defects."""
    first = author or next(iter(parsed.from_), None)
    cut = ["mail_cut"] if raw.size > LARGEST else []
    return Content(
        text=parsed.text,
        html=parsed.html or "",
        reply=parsed.reply.text,
        signature=parsed.reply.signature,
        subject=parsed.subject[:400],
        sender=first.addr[:320] if first else "",
        author_name=first.name if first else "",
        to=[_address(each) for each in parsed.to],
        cc=[_address(each) for each in parsed.cc],
        files=list(files),
        language=(parsed.language or "")[:8],
        message_id=(parsed.message_id or "")[:998],
        raw_digest=raw.digest,
        auto=auto,
        authenticated=authenticated,
        defects=[*parsed.defects, *cut, *marks],
        dated_at=_moment(parsed.date),
    )


def _address(person: Person) -> Address:
    return {"name": person.name, "addr": person.addr.lower()}


def _stored(file: Attachment, number: int) -> File:
    name = file.filename or f"{number}{mimetypes.guess_extension(file.content_type) or '.bin'}"
    digest = storage.put(file.content)
    return File(digest, name, file.content_type, file.size, file.cid or "", file.inline)


def _moment(date: str | None) -> datetime | None:
    """What the mail's Date claims; None for what no calendar holds."""
    try:
        found = datetime.fromisoformat(date or "")
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
