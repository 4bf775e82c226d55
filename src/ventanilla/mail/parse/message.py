"""One mail, from bytes to `Parsed`. Pure: no clock, no network, no database."""

import hashlib
from dataclasses import replace
from functools import cache

from ventanilla.lib.language import detect
from ventanilla.mail.parse import (
    addresses,
    auto,
    blocks,
    bodies,
    charsets,
    dates,
    headers,
    message_ids,
    origin,
    structure,
)
from ventanilla.mail.parse.bounce import Notice, is_daemon
from ventanilla.mail.parse.headers import Headers
from ventanilla.mail.parse.limits import ADDRESSES, MESSAGE, Defects
from ventanilla.mail.parse.model import Address, Attachment, Parsed, Reply
from ventanilla.mail.parse.reply import strip_reply
from ventanilla.mail.parse.structure import Part

LANGUAGE_FROM = 2_000  # characters of the new words
LOOPS = 50
UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
ESSENTIAL_TEXT = 64 * 1024


def parse(raw: bytes) -> Parsed:
    """What a mail says; never raises on any bytes.

    What is broken is named in `defects` by stable codes. "parser_error" among them means a bug
    of ours: only the essentials are there. Only MemoryError passes, it says nothing of the mail.
    """
    try:
        return read(raw)
    except MemoryError:
        raise
    except Exception:
        return essentials(raw, "parser_error")


def read(raw: bytes) -> Parsed:
    """As `parse`, but a bug of ours is raised: the child dies of it and is heard (R4)."""
    defects = Defects()
    return _parsed(_as_bytes(raw, defects), defects)


def warm_up() -> None:
    """Load what is loaded late, so that no mail pays for it."""
    detect("Loads the language model that tells which language a mail is in.", fallback="")


def essentials(raw: bytes, defect: str) -> Parsed:
    """Sender, subject and raw text of a mail that can't be read in full; linear and simple."""
    defects = Defects()
    defects.add(defect)
    fields, body = headers.read(raw, 0, len(raw), defects)
    text, _, _ = charsets.decode(raw[body : body + ESSENTIAL_TEXT])
    people = _people(fields, defects)
    return Parsed(
        subject=fields.text("subject"),
        from_=people("from"),
        to=people("to"),
        cc=people("cc"),
        message_id=message_ids.own_id(fields.source("message-id"), defects),
        date=dates.iso(fields.source("date"), defects),
        text=text,
        reply=Reply(text=text, signature="", quoted=""),
        defects=defects.codes,
        suppress_reply=True,
        suppress_reasons=("unreadable",),
    )


def _as_bytes(raw: bytes, defects: Defects) -> bytes:
    """Mail saved as UTF-16 text is told by its byte order mark."""
    if len(raw) > MESSAGE:
        defects.add("message_too_large")
        raw = raw[:MESSAGE]
    if codec := UTF16.get(raw[:2]):
        defects.add("saved_as_utf16")
        return raw[2:].decode(codec, "replace").encode("utf-8", "replace")
    return raw


def _parsed(raw: bytes, defects: Defects) -> Parsed:
    root = structure.split(raw, defects)
    fields = root.headers
    _note_oddities(fields, raw, defects)
    _share_hint(root)
    content = bodies.collect(root, defects)
    people = _people(fields, defects)
    answers = message_ids.all_ids(fields.source("in-reply-to"), defects)
    parsed = Parsed(
        subject=fields.text("subject"),
        from_=people("from"),
        to=people("to"),
        cc=people("cc"),
        reply_to=people("reply-to"),
        message_id=message_ids.own_id(fields.source("message-id"), defects),
        in_reply_to=answers[0] if answers else None,
        in_reply_to_all=answers,
        references=message_ids.all_ids(fields.source("references"), defects),
        date=dates.iso(fields.source("date"), defects),
        text=content.text,
        html=content.html,
        attachments=_attachments(content),
        defects=defects.codes,
        return_path=origin.return_path(fields),
        delivered_to=origin.delivered_to(fields),
        list_id=origin.list_id(fields),
        loops=tuple(fields.texts("x-loop"))[:LOOPS],
        auth=origin.authentication(fields),
        spam=origin.is_marked_spam(fields),
        charsets=tuple(dict.fromkeys(content.charsets)),
    )
    return _understood(parsed, root)


def _understood(parsed: Parsed, root: Part) -> Parsed:
    """With what takes the whole mail to tell: new words, language, kind."""
    name = parsed.from_[0].name if parsed.from_ else ""

    @cache
    def spoken() -> str | None:
        """The language of all words; few mails need it besides that of the new ones."""
        return detect(parsed.text[:LANGUAGE_FROM], fallback="") or None

    reply = strip_reply(
        parsed.text, parsed.html, language=spoken, sender_name=name, subject=parsed.subject
    )
    verdict = auto.judge(_notice(parsed, root, reply.text))
    return replace(
        parsed,
        reply=reply,
        language=detect(reply.text[:LANGUAGE_FROM], fallback="") or spoken(),
        auto=verdict.auto,
        bounce=verdict.bounce,
        suppress_reply=bool(verdict.reasons),
        suppress_reasons=verdict.reasons,
    )


def _notice(parsed: Parsed, root: Part, new_words: str) -> Notice:
    fields = root.headers
    sender = next((address for address in parsed.from_ if address.addr), None)
    return Notice(
        root=root,
        subject=parsed.subject,
        sender=sender,
        from_daemon=sender is not None and is_daemon(sender),
        recipients=tuple(address.addr for address in parsed.to),
        null_sender=_is_null(parsed.return_path),
        automatic=bool(auto.submitted_automatically(fields)),
        is_reply=bool(parsed.in_reply_to or parsed.references),
        is_list=bool(parsed.list_id) or "list-unsubscribe" in fields or "list-post" in fields,
        text=parsed.text,
        new_words=new_words,
    )


def _is_null(return_path: str | None) -> bool:
    """No one to return to: nobody at all, or some servers' word for that."""
    return return_path is not None and (
        not return_path or return_path.lower().startswith("mailer-daemon")
    )


def _people(fields: Headers, defects: Defects):
    """Reads one address header: the first From, all To and Cc taken together."""

    def read(name: str) -> tuple[Address, ...]:
        sources = fields.sources(name)
        if name in ("from", "reply-to"):
            sources = sources[:1]
        found: list[Address] = []
        for source in sources:
            found += addresses.parse(source, defects, hint=fields.hint)
        if len(found) > ADDRESSES:
            defects.add("too_many_addresses")
        return tuple(found[:ADDRESSES])

    return read


def _note_oddities(fields: Headers, raw: bytes, defects: Defects) -> None:
    if not fields.fields:
        defects.add("headers_missing")
    if "from" not in fields:
        defects.add("from_missing")
    for name in ("from", "subject", "date", "message-id", "content-type"):
        if len(fields.all_raw(name)) > 1:
            defects.add("header_repeated")
    if b"\0" in raw:
        defects.add("nul_bytes")


def _share_hint(root: Part) -> None:
    """Bare 8-bit headers are most likely in the charset of the text."""
    for part in root.walk():
        declared = charsets.codec_for(part.params.get("charset", ""))
        if declared and declared not in charsets.LATIN and declared != "utf-8":
            root.headers.hint = declared
            return


def _attachments(content: bodies.Content) -> tuple[Attachment, ...]:
    if not content.files:
        return ()
    shown = blocks.shown_ids(content.html)
    return tuple(
        Attachment(
            filename=file.filename,
            content_type=file.content_type,
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
            cid=file.cid,
            inline=bool(file.cid) and file.cid in shown,
            content=file.content,
        )
        for file in content.files
    )
