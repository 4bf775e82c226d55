"""Files of strangers: what we call them, what type we admit to, how a picture becomes ours."""

from __future__ import annotations

import codecs
import io
import unicodedata
import warnings
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 40_000_000
LARGEST_PICTURE = 25_000_000  # bytes that are read into memory to be made again
THUMB = 240  # pixels at most, each way
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
PICTURES = frozenset(FORMATS.values())

# Types that a download may name: told by the first bytes, never by the sender alone.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
)
TEXTS = frozenset({".txt", ".csv", ".log", ".md", ".json", ".ics", ".ini", ".yaml", ".yml", ".tsv"})
PDFS = {".pdf": "application/pdf"}
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OCTETS = "application/octet-stream"
DANGEROUS = frozenset(
    {
        *("ace", "apk", "app", "bat", "cab", "chm", "cmd", "com", "cpl", "dll", "dmg", "docm"),
        *("dotm", "exe", "gadget", "hta", "htm", "html", "img", "inf", "ins", "iso", "jar", "js"),
        *("jse", "lnk", "mht", "mhtml", "msc", "msi", "msp", "pif", "ppam", "pptm", "ps1", "reg"),
        *("scf", "scr", "sct", "sh", "shtml", "svg", "svgz", "url", "vb", "vbe", "vbs", "vhd"),
        *("wsc", "wsf", "wsh", "xht", "xhtml", "xlam", "xll", "xlsm", "xltm", "xml", "xsl", "xslt"),
    }
)


class NotAPicture(ValueError):
    """The bytes are no picture that we show, or one too large to be made again."""


def safe_name(name: str) -> str:
    """A file's name for people and headers: no controls, separators, marks that turn the text.

    At most 200 bytes, its extension kept.
    """
    kept = "".join(
        letter
        for letter in unicodedata.normalize("NFC", name)
        if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    )
    base = kept.replace("\\", "/").rpartition("/")[2]
    base = "".join("_" if letter in '<>:"|?*' else letter for letter in base).strip(" .")
    suffix = PurePosixPath(base).suffix[:20]
    stem = base.removesuffix(suffix) if suffix else base
    room = 200 - len(suffix.encode())
    return (stem.encode()[:room].decode("utf-8", "ignore") + suffix) or "file"


def dangerous(name: str) -> bool:
    """Whether opening a file of this name could run something."""
    return PurePosixPath(name.lower().rstrip(" .")).suffix.removeprefix(".") in DANGEROUS


def told_type(head: bytes) -> str:
    """The type that a download is sent with, by its first bytes."""
    for signature, content_type in SIGNATURES:
        if head.startswith(signature):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return OCTETS


def has_picture(content_type: str, size: int) -> bool:
    """Whether it is worth asking for the file as a picture."""
    return content_type in PICTURES and size <= LARGEST_PICTURE


class Kept(Protocol):
    filename: str
    content_type: str
    size: int


def can_preview(one: Kept) -> bool:
    """Whether it is worth asking for a look inside."""
    if dangerous(one.filename) or not 0 < one.size <= LARGEST_PICTURE:
        return False
    suffix = PurePosixPath(one.filename.lower()).suffix
    named = one.content_type.startswith("text/") or suffix in TEXTS
    return (
        named
        or one.content_type in PICTURES
        or "application/pdf" in (one.content_type, PDFS.get(suffix))
    )


def text_of(head: bytes) -> str:
    """What stands in a text file, whatever it was written with. Raises ValueError: it is none."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    if b"\0" in head:
        raise ValueError("no text")
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # cut within a letter
            return head[: error.start].decode()
    return head.decode("cp1252", "replace")


def picture(source: BinaryIO, *, thumb: bool = False) -> tuple[bytes, str]:
    """The picture made again from its pixels, and its type. Raises NotAPicture.

    Nothing but pixels survives: no metadata, no second file hidden behind the first. Of an
    animation only a whole picture keeps moving.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _again(source, thumb)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise NotAPicture(str(error)) from error


def _again(source: BinaryIO, thumb: bool) -> tuple[bytes, str]:
    with Image.open(source, formats=list(FORMATS)) as found:
        form = found.format or ""
        frames = getattr(found, "n_frames", 1)
        if found.width * found.height * (1 if thumb else frames) > MOST_PIXELS:
            raise NotAPicture(f"{found.width} x {found.height} pixels, {frames} times")
        if frames > 1 and not thumb and form in {"GIF", "WEBP"}:
            return _moving(found, form), FORMATS[form]
        still = ImageOps.exif_transpose(found)
        still.load()
    if thumb:
        still.thumbnail((THUMB, THUMB))
    return _encoded(still, form)


def _encoded(still: Image.Image, form: str) -> tuple[bytes, str]:
    if form == "JPEG":
        still = still.convert("RGB")
    elif still.mode not in {"1", "L", "LA", "P", "RGB", "RGBA"}:
        still = still.convert("RGBA")
    clean = Image.new(still.mode, still.size)
    if palette := still.getpalette():
        clean.putpalette(palette)
    clean.paste(still)
    if "transparency" in still.info:
        clean.info["transparency"] = still.info["transparency"]
    out = io.BytesIO()
    clean.save(out, form, **({"quality": 88} if form in {"JPEG", "WEBP"} else {}))
    return out.getvalue(), FORMATS[form]


def _moving(found: Image.Image, form: str) -> bytes:
    """Each frame made again; how long each stays is all that is taken over."""
    frames, durations = [], []
    for number in range(getattr(found, "n_frames", 1)):
        found.seek(number)
        frames.append(found.convert("RGBA"))
        durations.append(int(found.info.get("duration", 100) or 100))
    out = io.BytesIO()
    frames[0].save(
        out, form, save_all=True, append_images=frames[1:], duration=durations, loop=0, disposal=2
    )
    return out.getvalue()
