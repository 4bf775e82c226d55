"""An outgoing mail from its parts to bytes: pure, and the same bytes for the same parts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape

from ventanilla.lib.html import clean, text_to_html, to_text
from ventanilla.mail import flowed, mime
from ventanilla.mail.pictures import Picture, embed
from ventanilla.mail.recipients import Person, Recipients
from ventanilla.mail.tokens import LOOP_HEADER

MOST_REFERENCES = 20
ANSWERED = re.compile(r"\s*(?:re|rv|fwd|fw|aw|wg|sv|vs|antw|odp|res|enc|tr|rif|r)\s?:", re.I)
QUOTED_LINES, QUOTED_LENGTH = 40, 3000
FONT = "font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
# No colours: what a mail program makes of a page without any is readable in light and in dark.
PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:0">
<div style="{font};font-size:15px;line-height:1.5">
{blocks}
</div>
</body>
</html>
"""
SIGNATURE = '<div style="margin-top:1.5em">\n{}\n</div>'
REFERENCE = '<p style="margin-top:1.5em;font-size:12px;opacity:.75">{}</p>'
QUOTE = """<div style="margin-top:1.5em">{attribution}
<blockquote type="cite" style="{style}">
{quote}
</blockquote></div>"""
QUOTE_STYLE = "margin:.5em 0 0 0;padding-left:1em;border-left:2px solid #8a8a8a"


@dataclass(frozen=True, slots=True)
class Quote:
    attribution: str  # "El 12 nov 2026, a las 10:02, Elena Vidal escribió:"
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """One file. `cid` and `places` are what the HTML may call it by, as an image's source."""

    filename: str
    content_type: str
    content: bytes
    cid: str = ""
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a mail says.

    html        as the author wrote it, not cleaned; empty when there is only text
    signatures  HTML, not cleaned either: the author's, the team's
    reference   the small last line: the ticket's number, a signed reference
    automatic   for what nobody wrote: "auto-replied" or "auto-generated", so that the automatons
                of others stay silent (R11)
    loop        what the loop header says; empty: none
    """

    message_id: str
    date: datetime
    sender: Person
    recipients: Recipients
    subject: str
    language: str
    text: str = ""
    html: str = ""
    reply_to: Person | None = None
    in_reply_to: str = ""
    references: Sequence[str] = ()
    signatures: Sequence[str] = ()
    reference: str = ""
    quote: Quote | None = None
    files: Sequence[File] = ()
    automatic: str = ""
    loop: str = field(default="", repr=False)


def compose(letter: Letter) -> bytes:
    """The whole mail, with CRLF line ends. Raises mime.BadAddress."""
    return _head(letter) + _body(letter)


def shortened(text: str) -> str:
    """The beginning of a message, for quoting it below an answer."""
    lines = text.strip()[:QUOTED_LENGTH].split("\n")
    whole = len(text.strip()) <= QUOTED_LENGTH and len(lines) <= QUOTED_LINES
    return "\n".join(lines) if whole else "\n".join([*lines[:QUOTED_LINES], "[…]"])


def answer_to(subject: str) -> str:
    """`Re: subject`, with one Re however often it went to and fro."""
    while found := ANSWERED.match(subject):
        subject = subject[found.end() :]
    return f"Re: {subject.strip()}".strip()


def _head(letter: Letter) -> bytes:
    to = letter.recipients
    lines: list[tuple[str, Sequence[str]]] = [
        ("Date", [format_datetime(letter.date)]),
        ("From", mime.mailbox(*letter.sender)),
        ("To", mime.mailboxes(to.to) if to.to else ["undisclosed-recipients:;"]),
        ("Cc", mime.mailboxes(to.cc)),
        ("Reply-To", mime.mailbox(*letter.reply_to) if letter.reply_to else []),
        ("Subject", mime.words(letter.subject) if letter.subject.strip() else []),
        ("Message-ID", mime.ids([letter.message_id])),
        ("In-Reply-To", mime.ids([letter.in_reply_to])),
        ("References", mime.ids(_cut(letter.references))),
        ("Content-Language", mime.words(letter.language)),
    ]
    if letter.automatic:
        lines += [("Auto-Submitted", [letter.automatic]), ("X-Auto-Response-Suppress", ["All"])]
    if letter.loop:
        lines.append((LOOP_HEADER, mime.words(letter.loop)))
    lines.append(("MIME-Version", ["1.0"]))
    return b"".join(mime.header(name, pieces) for name, pieces in lines if pieces)


def _cut(references: Sequence[str]) -> Sequence[str]:
    """The first, which names the thread, and the latest."""
    if len(references) <= MOST_REFERENCES:
        return references
    return [references[0], *references[1 - MOST_REFERENCES :]]


def _body(letter: Letter) -> bytes:
    boundary = hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]
    pictures = [
        Picture(file.cid, file.places, file.content_type) for file in letter.files if file.cid
    ]
    html, shown, pasted = embed(letter.html or text_to_html(letter.text), pictures)
    page = mime.text_part("html", _page(letter, html))
    inside = [
        mime.file_part(file.content, file.content_type, file.filename, cid=file.cid)
        for file in letter.files
        if file.cid in shown
    ] + [mime.file_part(one.content, one.content_type, one.name, cid=one.cid) for one in pasted]
    outside = [
        mime.file_part(file.content, file.content_type, file.filename)
        for file in letter.files
        if not file.cid or file.cid not in shown
    ]
    related = mime.multipart("related", [page, *inside], f"{boundary}.r", type="text/html")
    plain = mime.text_part("plain", flowed.flow(_plain(letter)), format="flowed")
    both = mime.multipart("alternative", [plain, related], f"{boundary}.a")
    return mime.multipart("mixed", [both, *outside], f"{boundary}.m")


def _plain(letter: Letter) -> str:
    parts = [(letter.text or to_text(letter.html)).strip("\n")]
    signatures = "\n\n".join(filter(None, (to_text(each).strip() for each in letter.signatures)))
    if signatures:
        parts.append(f"{flowed.SEPARATOR}\n{signatures}")
    if letter.reference:
        parts.append(letter.reference)
    if letter.quote:
        quoted = flowed.quoted(shortened(letter.quote.text))
        parts.append(f"{letter.quote.attribution}\n\n{quoted}")
    return "\n\n".join(parts) + "\n"


def _page(letter: Letter, html: str) -> str:
    blocks = [html]
    signatures = [clean(each, remote_url=_as_it_is) for each in letter.signatures]
    blocks += [SIGNATURE.format(each) for each in signatures if each.strip()]
    if letter.reference:
        blocks.append(REFERENCE.format(escape(letter.reference)))
    if letter.quote:
        blocks.append(
            QUOTE.format(
                attribution=escape(letter.quote.attribution),
                style=QUOTE_STYLE,
                quote=text_to_html(shortened(letter.quote.text)),
            )
        )
    return PAGE.format(
        language=escape(letter.language),
        title=escape(mime.single_line(letter.subject)),
        font=FONT,
        blocks="\n".join(blocks),
    )


def _as_it_is(url: str) -> str:
    return url
