"""What the parser makes of one mail: plain frozen values, the same in child, parent and database.

All text here is free of NUL, lone surrogates and, in single-line values, of line breaks.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Auto = Literal["bounce", "auto_reply", "feedback"]


@dataclass(frozen=True, slots=True)
class Address:
    """`addr` is what stood in address position, never taken from a display name.

    It may be empty (only a name was given) or lack a domain (`MAILER-DAEMON`): see `usable`.
    """

    name: str
    addr: str

    @property
    def usable(self) -> bool:
        """Whether a mail could be sent there: one local part, one domain."""
        local, at, domain = self.addr.rpartition("@")
        return bool(local and at and domain)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of the mail. `filename` is safe to show (R22) but never a path to write to."""

    filename: str | None
    content_type: str  # lower case "type/subtype", without parameters
    size: int  # bytes, decoded
    sha256: str
    cid: str | None  # Content-ID without angle brackets
    inline: bool  # the HTML shows it in place
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """The parts of a message's text; each keeps its lines and their order, none is lost."""

    text: str = ""
    signature: str = ""
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A returned mail: who did not get it, and what was returned."""

    recipients: tuple[str, ...]
    temporary: bool  # only late so far, or refused for now (4.x.x)
    still_trying: bool = False  # the other side has not given up: a warning only
    status: str = ""  # the first enhanced status code, such as "5.1.1"
    diagnostic: str = ""  # the other server's words, at most 500 characters
    original_message_id: str | None = None
    original_references: tuple[str, ...] = ()
    original_subject: str = ""
    original_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Authentication:
    """One Authentication-Results header, as written: whether to believe it is up to R17.

    `spf`, `dkim`, `dmarc` are lower-case results ("pass", "fail", ...) or "" when not mentioned.
    """

    authserv_id: str
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    dmarc_from: str = ""  # the domain that DMARC judged (header.from)


@dataclass(frozen=True, slots=True)
class Parsed:
    """One mail. Message ids are bare, without angle brackets; `date` is ISO 8601 with its zone."""

    subject: str = ""
    from_: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    date: str | None = None
    text: str = ""
    html: str | None = None
    reply: Reply = field(default_factory=Reply)
    attachments: tuple[Attachment, ...] = ()
    auto: Auto | None = None
    bounce: Bounce | None = None
    language: str | None = None
    defects: tuple[str, ...] = ()

    # Not in the JSON: what threading, loop protection and trust need.
    in_reply_to_all: tuple[str, ...] = ()
    return_path: str | None = None  # None: no such header; "": the null sender
    delivered_to: tuple[str, ...] = ()  # Delivered-To, X-Original-To, Envelope-To
    list_id: str = ""
    loops: tuple[str, ...] = ()  # the values of X-Loop
    auth: tuple[Authentication, ...] = ()  # topmost first
    spam: bool = False  # a filter on the way marked it
    suppress_reply: bool = False  # R11: nothing automatic may answer this mail
    suppress_reasons: tuple[str, ...] = ()
    charsets: tuple[str, ...] = ()  # which encoding each text part was read with (R10)

    @property
    def sender(self) -> Address | None:
        """The one person to answer: the first usable From. None: the sender is unknown (R10)."""
        return next((address for address in self.from_ if address.usable), None)

    def as_json(self) -> dict[str, Any]:
        """The public shape of `ventanilla mail parse --json`."""
        return {
            "subject": self.subject,
            "from": [asdict(address) for address in self.from_],
            "to": [asdict(address) for address in self.to],
            "cc": [asdict(address) for address in self.cc],
            "reply_to": [asdict(address) for address in self.reply_to],
            "message_id": self.message_id,
            "in_reply_to": self.in_reply_to,
            "references": list(self.references),
            "date": self.date,
            "text": self.text,
            "html": self.html,
            "reply": {"text": self.reply.text, "signature": self.reply.signature},
            "attachments": [
                {
                    "filename": file.filename,
                    "content_type": file.content_type,
                    "size": file.size,
                    "sha256": file.sha256,
                    "cid": file.cid,
                    "inline": file.inline,
                }
                for file in self.attachments
            ],
            "auto": self.auto,
            "bounce": self.bounce
            and {
                "recipients": list(self.bounce.recipients),
                "temporary": self.bounce.temporary,
            },
            "language": self.language,
            "defects": list(self.defects),
        }
