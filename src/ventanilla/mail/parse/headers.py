"""The header block: where it ends, its fields as they stand, and their text.

Like the standard library's compat32 policy it keeps every field raw and reads it when asked;
unlike it, a block takes one pass, whatever it holds.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from ventanilla.mail.parse import charsets, words
from ventanilla.mail.parse.limits import HEADER, HEADER_BLOCK, Defects

LINE = re.compile(rb"([^\r\n]*+)(\r{0,2}\n|\r|\Z)")
NAME = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})[ \t]{0,20}:")
ENVELOPE = re.compile(rb">?From (?![ \t]{0,20}:)[^\r\n]*+(?:\r{0,2}\n|\r|\Z)")
BLANK_LINE = re.compile(rb"\r{0,2}\n\r{0,2}\n|\r\r")
FOLD = re.compile(r"[ \t]*(?:\r{0,2}\n|\r)[ \t]*")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u2028\u2029]")
BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")
USUAL = frozenset(
    b"from to cc subject date message-id mime-version content-type received reply-to sender "
    b"return-path content-transfer-encoding in-reply-to references x-mailer user-agent "
    b"delivered-to content-disposition importance x-priority organization list-id".split()
)


class Headers:
    """The fields of one part, in order; names are lower case, values raw bytes with their folds."""

    def __init__(self, fields: list[tuple[bytes, bytes]], hint: str = "") -> None:
        self.fields = fields
        self.hint = hint  # charset for bare 8-bit bytes, once the body's is known
        self._by_name: dict[str, list[bytes]] = {}
        for name, value in fields:
            self._by_name.setdefault(name.decode("ascii"), []).append(value)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def among(self, names: AbstractSet[str]) -> set[str]:
        """Those of `names` that there is a field of."""
        return self._by_name.keys() & names

    def raw(self, name: str) -> bytes | None:
        """The first field of that name."""
        values = self._by_name.get(name)
        return values[0] if values else None

    def all_raw(self, name: str) -> list[bytes]:
        return self._by_name.get(name, [])

    def source(self, name: str) -> str:
        """The first such field in one line, encoded words not yet read; "" where there is none."""
        raw = self.raw(name)
        return "" if raw is None else self._unfolded(raw)

    def sources(self, name: str) -> list[str]:
        return [self._unfolded(raw) for raw in self.all_raw(name)]

    def text(self, name: str) -> str:
        """The first such field as a person reads it: one line, no controls."""
        return self.readable(self.source(name))

    def texts(self, name: str) -> list[str]:
        return [self.readable(source) for source in self.sources(name)]

    def readable(self, source: str) -> str:
        return single_line(words.decode(source, hint=self.hint))

    def _unfolded(self, raw: bytes) -> str:
        if raw.isascii() and b"\x1b" not in raw:
            text = raw.decode("ascii")
        else:
            text = charsets.decode(raw, hint=self.hint)[0]
        if "\n" in text or "\r" in text:
            text = FOLD.sub(" ", text)
        return text.strip(" \t\0")


def single_line(text: str) -> str:
    """Without line breaks, controls and direction marks, which a name or subject never needs."""
    if not text.isprintable():
        text = BIDI.sub("", CONTROL.sub(" ", text.replace("\0", "")))
    return charsets.clean(text).strip()


class Field:
    """One field being collected, line by line."""

    __slots__ = ("lines", "name", "size")

    def __init__(self, name: bytes, value: bytes) -> None:
        self.name, self.lines, self.size = name, [value], len(value)

    def extend(self, line: bytes, defects: Defects) -> None:
        if self.size + len(line) > HEADER:
            defects.add("header_too_large")
            return
        self.lines.append(line)
        self.size += len(line)

    def finished(self, defects: Defects) -> tuple[bytes, bytes]:
        if self.size > HEADER:
            defects.add("header_too_large")
        return self.name, b"\n".join(self.lines)[:HEADER]


def read(data: bytes, start: int, stop: int, defects: Defects) -> tuple[Headers, int]:
    """The fields that begin at `start`, and where the body begins (at most at `stop`)."""
    fields: list[Field] = []
    limit = min(stop, start + HEADER_BLOCK)
    for at, line, end in _lines(data, start, limit):
        if not line:
            body = end
            break
        if line[0] in b" \t" and fields:
            fields[-1].extend(line, defects)
        elif name := NAME.match(line):
            fields.append(Field(name[1].lower(), line[name.end() :].lstrip(b" \t")))
        elif ENVELOPE.match(line):
            continue
        elif fields and _goes_on_later(data, end, limit):
            defects.add("header_line_broken")
            fields[-1].extend(b" " + line, defects)
        else:
            defects.add("header_separator_missing")
            body = at
            break
    else:
        body = _after_large_block(data, limit, stop, defects)
    return Headers([field.finished(defects) for field in fields]), body


def _lines(data: bytes, start: int, limit: int) -> Iterator[tuple[int, bytes, int]]:
    at = start
    while at < limit:
        line = LINE.match(data, at, limit)
        if line is None:  # the pattern matches anywhere; for the type checker
            return
        yield at, line[1], line.end()
        at = line.end()


def _goes_on_later(data: bytes, start: int, limit: int) -> bool:
    """Whether a header that every mail has follows before the next blank line, not far below."""
    for number, (_, line, _) in enumerate(_lines(data, start, limit)):
        if not line or number > 5:
            return False
        if (name := NAME.match(line)) and name[1].lower() in USUAL:
            return True
    return False


def _after_large_block(data: bytes, limit: int, stop: int, defects: Defects) -> int:
    if limit == stop:
        return stop
    defects.add("header_block_too_large")
    blank = BLANK_LINE.search(data, limit, stop)
    return blank.end() if blank else stop
