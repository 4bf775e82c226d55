"""Writing MIME: header lines, parts and multiparts as bytes, always 7-bit clean.

What people typed can't leave its place: control characters become blanks, everything beyond plain
ASCII is encoded, addresses are taken only in one strict form (R24). Lines end in CRLF.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from ventanilla.mail.parse import addresses

LINE = 76
WORD = 75  # the longest encoded word
LONGEST = 70  # an ASCII word beyond this is encoded, so that it can be folded
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")  # turns names round
PLAIN_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
BARE_Q = re.compile(r"[A-Za-z0-9!*+/-]")
TOKEN = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}")
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
MESSAGE_ID = re.compile(r"[!-;=?-~]{1,250}")
ROW = 54  # characters of a file's name that one numbered piece holds
UNBASED = ("message/", "multipart/")  # types that may not be sent in base64


class BadAddress(ValueError):
    """Not one address in a form that may stand in a header."""


def header(name: str, pieces: Iterable[str]) -> bytes:
    """One header line, folded between `pieces`, which are safe already and joined by blanks."""
    lines, line = [], f"{name}:"
    for piece in pieces:
        if len(line) + 1 + len(piece) > LINE and line.strip() and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {piece}"
    return "\r\n".join([*lines, line]).encode() + b"\r\n"


def words(text: str) -> list[str]:
    """A text as pieces for `header`: as it is when plain, else as encoded words."""
    text = single_line(text)
    pieces = text.split(" ")
    plain = text.isascii() and "=?" not in text and max(map(len, pieces)) <= LONGEST
    return pieces if plain else encoded(text)


def encoded(text: str) -> list[str]:
    """Encoded words of at most 75 characters, none of which cuts a character in two."""
    in_q, in_base64 = _in_q(text), _in_base64(text)
    return in_q if sum(map(len, in_q)) <= sum(map(len, in_base64)) else in_base64


def mailbox(name: str, address: str) -> list[str]:
    """`Name <address>` as pieces for `header`. Raises BadAddress."""
    bare = f"<{checked(address)}>"
    name = single_line(HIDDEN.sub("", name))
    if not name:
        return [bare.strip("<>")]
    if not name.isascii() or "=?" in name or len(name) > LONGEST:
        return [*encoded(name), bare]
    if PLAIN_PHRASE.fullmatch(name):
        return [*name.split(" "), bare]
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"', bare]


def mailboxes(people: Sequence[tuple[str, str]]) -> list[str]:
    """Several mailboxes, with commas between. Raises BadAddress."""
    pieces: list[str] = []
    for name, address in people:
        if pieces:
            pieces[-1] += ","
        pieces += mailbox(name, address)
    return pieces


def checked(address: str) -> str:
    """The address in the one form that we send to, its domain in ASCII. Raises BadAddress."""
    local, _, domain = addresses.normal(address).rpartition("@")
    if not local or CONTROL.search(local) or domain.startswith("["):
        raise BadAddress(address)
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise BadAddress(address) from error
    if not all(LABEL.fullmatch(label) for label in domain.split(".")):
        raise BadAddress(address)
    return f"{local}@{domain}"


def ids(bare: Iterable[str]) -> list[str]:
    """Message-IDs in brackets; those in a form that could break a header are left out."""
    return [f"<{one}>" for one in bare if MESSAGE_ID.fullmatch(one)]


def text_part(subtype: str, text: str, **parameters: str) -> bytes:
    """A `text/…` part in UTF-8 and quoted-printable."""
    extra = "".join(f"; {name}={value}" for name, value in parameters.items())
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    body = binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True)
    return (
        header("Content-Type", [f"text/{subtype}; charset=utf-8{extra}"])
        + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        + body.replace(b"\n", b"\r\n")
    )


def file_part(content: bytes, content_type: str, filename: str, *, cid: str = "") -> bytes:
    """A file; with a Content-ID it is shown inside the HTML."""
    disposition = "inline" if cid else "attachment"
    head = header("Content-Type", [safe_type(content_type)])
    head += header("Content-Disposition", [disposition + ";", *_filename(filename)])
    if cid:
        head += header("Content-ID", ids([cid]))
    encoded_body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + encoded_body


def multipart(subtype: str, parts: Sequence[bytes], boundary: str, **parameters: str) -> bytes:
    """Parts together; one alone stays as it is.

    The caller gives each multipart of a message another boundary. None can occur in a body: they
    begin with `=_`, which neither quoted-printable nor base64 contains.
    """
    if len(parts) == 1:
        return parts[0]
    mark = f"=_{boundary}"
    extra = [f'{name}="{value}";' for name, value in parameters.items()]
    head = header("Content-Type", [f"multipart/{subtype};", *extra, f'boundary="{mark}"'])
    body = b"".join(b"--" + mark.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n" + body + b"--" + mark.encode() + b"--\r\n"


def single_line(text: str) -> str:
    """The text without controls and with single blanks."""
    return " ".join(CONTROL.sub(" ", text).split())


def safe_type(content_type: str) -> str:
    """A type that may stand in a header; what could be read as structure is just bytes."""
    main, _, sub = content_type.lower().partition("/")
    known = TOKEN.fullmatch(main) and TOKEN.fullmatch(sub)
    return f"{main}/{sub}" if known and f"{main}/" not in UNBASED else "application/octet-stream"


def _in_q(text: str) -> list[str]:
    found, current = [], ""
    for letter in text:
        if letter == " ":
            piece = "_"
        elif BARE_Q.fullmatch(letter):
            piece = letter
        else:
            piece = "".join(f"={byte:02X}" for byte in letter.encode("utf-8", "replace"))
        if len(current) + len(piece) > WORD - len("=?utf-8?q??="):
            found.append(current)
            current = ""
        current += piece
    return [f"=?utf-8?q?{each}?=" for each in [*found, current]]


def _in_base64(text: str) -> list[str]:
    found, current = [], b""
    for letter in text:
        piece = letter.encode("utf-8", "replace")
        if len(current) + len(piece) > (WORD - len("=?utf-8?b??=")) // 4 * 3:
            found.append(current)
            current = b""
        current += piece
    return [f"=?utf-8?b?{base64.b64encode(each).decode()}?=" for each in [*found, current]]


def _filename(name: str) -> list[str]:
    """The parameter `filename`: quoted when plain, else in numbered, encoded pieces (RFC 2231)."""
    name = single_line(HIDDEN.sub("", name)).replace("/", "_").replace("\\", "_") or "file"
    if name.isascii() and len(name) <= LONGEST - len('filename=""'):
        escaped = name.replace('"', "'")
        return [f'filename="{escaped}"']
    value = "utf-8''" + quote(name.encode("utf-8", "replace"), safe="!#$&+^`|~.-_")
    rows = [""]
    for unit in re.findall(r"%[0-9A-F]{2}|[^%]", value):
        if len(rows[-1]) + len(unit) > ROW:
            rows.append("")
        rows[-1] += unit
    if len(rows) == 1:
        return [f"filename*={value}"]
    pieces = [f"filename*{index}*={row};" for index, row in enumerate(rows)]
    return [*pieces[:-1], pieces[-1].rstrip(";")]
