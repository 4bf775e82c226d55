"""The words in a document, read by a process that may be killed.

A stranger's file is read by nobody else: the child has no secrets, five seconds of CPU and 400 MB,
reads one file, and ends (as `lib.pdf`, which draws pages).
"""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from ventanilla.lib.pdf import LARGEST, WALL, bare_environment, limit_itself

MOST_TEXT = 200_000  # characters that are kept of a file
MOST_PAGES = 300
MOST_XML = 60_000_000  # bytes that a part of a DOCX may unfold to
CHUNK = 65_536
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Unreadable(ValueError):
    """`why`: "large", "locked" (a password), "slow", "broken" or "other" (no such document)."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


def text_of(data: bytes) -> str:
    """What stands in a PDF, a DOCX or a text file; its kind is told by its bytes.

    At most MOST_TEXT characters. Raises Unreadable.
    """
    if len(data) > LARGEST:
        raise Unreadable("large")
    command = [sys.executable, "-P", "-X", "utf8", "-m", "ventanilla.lib.documents"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=data,
            capture_output=True,
            timeout=WALL,
            env=bare_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("slow") from None
    if done.returncode == -signal.SIGXCPU:
        raise Unreadable("slow")
    if done.returncode != 0 or len(done.stdout) > 4 * MOST_TEXT:
        why = done.stderr.decode(errors="replace").strip()
        raise Unreadable(why if why in ("large", "locked", "other") else "broken")
    return done.stdout.decode(errors="replace").replace("\0", " ")


# -- the child ---------------------------------------------------------------------------------
def read(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        parts = _of_pdf(data)
    elif data.startswith(b"PK\x03\x04"):
        parts = _of_docx(data)
    else:
        return _of_text(data)[:MOST_TEXT]
    found, left = [], MOST_TEXT
    for part in parts:
        found.append(part[:left])
        left -= len(part)
        if left <= 0:
            break
    return "".join(found)


def _of_pdf(data: bytes) -> Iterator[str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("locked" if "password" in str(error).lower() else "broken") from None
    for number in range(min(len(document), MOST_PAGES)):
        yield document[number].get_textpage().get_text_bounded() + "\n"


def _of_docx(data: bytes) -> Iterator[str]:
    """Its text and notes. No part may name a document type: so nothing in it can unfold."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if PARTS[0] not in names:
            raise Unreadable("other")
        for name in PARTS:
            if name not in names:
                continue
            if archive.getinfo(name).flag_bits & 1:
                raise Unreadable("locked")
            with archive.open(name) as part:
                yield from _of_xml(part)


def _of_xml(part: IO[bytes]) -> Iterator[str]:
    found: list[str] = []
    inside = False

    def begin(name: str, _attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = name == f"{WORD}t"
        if name in (f"{WORD}tab", f"{WORD}br"):
            found.append(" ")

    def end(name: str) -> None:
        nonlocal inside
        inside = False
        if name == f"{WORD}p":
            found.append("\n")

    def words(text: str) -> None:
        if inside:
            found.append(text)

    def refused(*_given: object) -> None:
        raise Unreadable("broken")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = words, refused
    seen = 0
    while chunk := part.read(CHUNK):
        seen += len(chunk)
        if seen > MOST_XML:
            raise Unreadable("large")
        parser.Parse(chunk, False)
        yield "".join(found)
        found.clear()
    parser.Parse(b"", True)
    yield "".join(found)


def _of_text(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if b"\0" in data[:CHUNK]:
        raise Unreadable("other")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    given = sys.stdin.buffer.read(LARGEST + 1)
    limit_itself()
    try:
        sys.stdout.buffer.write(read(given).encode(errors="replace"))
    except Exception as error:  # a stranger's file may be wrong in any way; the parent is told
        sys.exit(getattr(error, "why", type(error).__name__))
