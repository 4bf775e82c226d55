"""Content-Transfer-Encoding undone, however broken: base64, quoted-printable, uuencode."""

import binascii
import re
import zlib
from itertools import islice

from ventanilla.mail.parse.limits import MESSAGE, Defects

IDENTITY = {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "text", "7bits", "8bits"}
BASE64 = {"base64", "base-64", "b64", "x-base64"}
QUOTED = {"quoted-printable", "quotedprintable", "quoted", "quoted_printable", "qp"}
GZIPPED = {"x-gzip64", "x-gzip-base64"}
UUENCODED = {"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"}
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
NOT_BASE64 = bytes(set(range(256)) - set(ALPHABET))
NOT_BASE64_NOR_SPACE = bytes(set(range(256)) - set(ALPHABET) - set(b"= \t\r\n"))
SPACE_AT_END = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n)")
FOOTER = re.compile(rb"\r?\n[ \t]*+\r?\n(?=[^\r\n]{0,200}?[ _])")
BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,20}(?:\r|\n|\Z))")
BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.M)
END = re.compile(rb"^end[ \t]{0,20}\r?$", re.M)


def decode(data: bytes, encoding: str, defects: Defects) -> bytes:
    """The bytes meant; broken encodings give all that can be read, with a defect."""
    words = encoding.lower().replace(";", " ").replace("(", " ").split()
    name = words[0].strip("\"'") if words else ""
    if name in IDENTITY:
        return data
    if name in BASE64:
        return from_base64(data, defects)
    if name in GZIPPED:
        return _gunzipped(from_base64(data, defects), defects)
    if name in QUOTED:
        return from_quoted_printable(data, defects)
    if name in UUENCODED:
        return from_uuencode(data, defects)
    defects.add("transfer_encoding_unknown")
    return data


def from_base64(data: bytes, defects: Defects) -> bytes:
    """Skips what is not base64, goes on after padding in the middle, fills missing padding."""
    if data.translate(None, ALPHABET + b"= \t\r\n"):
        defects.add("base64_broken")
        footer = FOOTER.search(data)  # a list's, in plain text below the encoded mail
        encoded = data[: footer.start()] if footer else data
        if _reads_as_text(encoded):
            return data
        if footer and _reads_as_text(data[footer.end() :]):
            return from_base64(encoded, defects) + data[footer.start() :]
    end = data.find(b"=")
    if end < 0 or not data[end:].strip(b"= \t\r\n"):
        return _base64_run(data, defects)
    if data.count(b"=") > 2_000:
        defects.add("base64_broken")
        return _base64_run(data.translate(None, b"="), defects)
    runs = re.split(rb"=[=\s]*+", data)  # several encoded blocks, one after the other
    return b"".join(_base64_run(run, defects) for run in runs)


def _reads_as_text(data: bytes) -> bool:
    """Sentences that are labelled base64 but aren't: encoded lines have no blanks inside."""
    sample = data[:4_000].strip()
    return sample.count(b" ") * 20 > len(sample)


def _gunzipped(data: bytes, defects: Defects) -> bytes:
    """MIME-tools' x-gzip64, to the size of one mail at most."""
    try:
        return zlib.decompressobj(wbits=31).decompress(data, MESSAGE)
    except zlib.error:
        defects.add("gzip_broken")
        return data


def _base64_run(data: bytes, defects: Defects) -> bytes:
    """One run with padding at its end at most; a lone last character can't mean anything."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = data.translate(None, NOT_BASE64)
        spare = len(letters) % 4
        if spare == 1:
            letters = letters[:-1]
            defects.add("base64_broken")
        elif spare:
            defects.add("base64_padding")
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def from_quoted_printable(data: bytes, defects: Defects) -> bytes:
    """Trailing blanks are transport's, wrong escapes stay as they stand."""
    if BAD_ESCAPE.search(data):
        defects.add("quoted_printable_broken")
    if _ends_in_space(data):
        data = SPACE_AT_END.sub(b"", data)
    return binascii.a2b_qp(data)


def _ends_in_space(data: bytes) -> bool:
    """Whether a line may do so. Hardly a mail needs more than two of these searches."""
    return (
        b" \n" in data
        or (b"\r" in data and b" \r\n" in data)
        or (b"\t" in data and (b"\t\n" in data or b"\t\r\n" in data))
    )


def from_uuencode(data: bytes, defects: Defects) -> bytes:
    """The first encoded file in `data`; all of `data` where there is none."""
    begin = BEGIN.search(data)
    if not begin:
        defects.add("uuencode_broken")
        return data
    end = END.search(data, begin.end())
    if not end:
        defects.add("uuencode_broken")
    return _uu_lines(data[begin.end() : end.start() if end else len(data)], defects)


def _uu_lines(data: bytes, defects: Defects) -> bytes:
    decoded = []
    for line in data.splitlines():
        if not line.strip():
            continue
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            wanted = ((line[0] - 32) & 63) * 4 // 3 + 2  # some encoders pad the line with rubbish
            try:
                decoded.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                defects.add("uuencode_broken")
    return b"".join(decoded)


def split_uuencoded(data: bytes, defects: Defects) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Text without the files that old clients pasted into it, and those files by name."""
    if b"begin " not in data:
        return data, []
    kept, files, at = [], [], 0
    for begin in islice(BEGIN.finditer(data), 100):
        if begin.start() < at:
            continue
        end = END.search(data, begin.end())
        if not end:
            break
        lines = data[begin.end() : end.start()]
        if not _looks_uuencoded(lines):
            continue
        kept.append(data[at : begin.start()])
        files.append((begin[1].decode("utf-8", "replace"), _uu_lines(lines, defects)))
        at = end.end()
    kept.append(data[at:])
    return b"".join(kept), files


def _looks_uuencoded(data: bytes) -> bool:
    """Whether the first lines have the length that their first character announces."""
    lines = data.splitlines()[:5]
    if not lines:
        return False
    return all(
        not line or abs(len(line.rstrip()) - 1 - (((line[0] - 32) & 63) + 2) // 3 * 4) <= 4
        for line in lines
    )
