"""`Content-Type` and `Content-Disposition`: a value with parameters (RFC 2045, RFC 2231)."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes

from ventanilla.mail.parse import charsets, words

PARAMETERS = 200
NAME = re.compile(r"[\s;]*([^\s;=\"]{1,100})\s*(=?)\s*")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
BARE = re.compile(r"[^;]*+")
ESCAPE = re.compile(r'\\(["\\])')
SECTION = re.compile(r"(.+?)\*(\d{1,3})?(\*?)\Z")
CLOSED_LATER = re.compile(r'"\s*(?:;|\Z)')
NEXT_PARAMETER = re.compile(r"\s[a-zA-Z*0-9-]{2,20}=")
COMMENT_AT_END = re.compile(r"\s\([^()]*\)\s*\Z")


def parse(source: str) -> tuple[str, dict[str, str]]:
    """The value in lower case and its parameters, decoded; the first of a name counts."""
    value, _, rest = source.partition(";")
    if "=" in value and "/" not in value.partition("=")[0]:  # the value was forgotten
        value, rest = "", source
    value = COMMENT_AT_END.sub("", value).strip().strip('"').lower()
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, given in islice(_pairs(rest), PARAMETERS):
        section = SECTION.match(name) if "*" in name else None
        if section:
            number = int(section[2] or 0)
            encoded = bool(section[3]) or section[2] is None
            pieces.setdefault(section[1], {}).setdefault(number, (given, encoded))
        else:
            plain.setdefault(name, words.decode(given))
    extended = {name: _joined(sections) for name, sections in pieces.items()}
    return value, plain | {name: text for name, text in extended.items() if text}


def _pairs(source: str) -> Iterator[tuple[str, str]]:
    at = 0
    closes = True  # whether a quote that opens may still find its end
    while at < len(source):
        name = NAME.match(source, at)
        if not name:
            at = _next(source, at)
            continue
        at = name.end()
        if not name[2]:
            at = _next(source, at)
            continue
        given = QUOTED.match(source, at) if closes and source[at : at + 1] == '"' else None
        if given is None and source[at : at + 1] == '"':
            closes = False
        if given and not _cut_short(source, given.end()):
            at = _next(source, given.end())
            yield name[1].lower(), ESCAPE.sub(r"\1", given[1])
            continue
        text, at = _unquoted(source, at)
        yield name[1].lower(), text


def _next(source: str, at: int) -> int:
    """Past the next semicolon; a missing one is forgiven where another parameter follows."""
    rest = BARE.match(source, at)
    end = rest.end() if rest else len(source)
    another = NEXT_PARAMETER.match(source, at, end)
    return another.start() + 1 if another else end + 1


def _cut_short(source: str, at: int) -> bool:
    """`"a"b.txt"`: an inner quote that nobody escaped."""
    following = source[at : at + 1]
    return following not in ("", ";", " ", "\t", "(", ",") and not NEXT_PARAMETER.match(source, at)


def _unquoted(source: str, at: int) -> tuple[str, int]:
    """Up to the semicolon; with a stray quote at the front up to its likely end."""
    if source[at : at + 1] == '"' and (closing := CLOSED_LATER.search(source, at + 1)):
        return source[at + 1 : closing.start()], closing.end()
    bare = BARE.match(source, at)
    end = bare.end() if bare else len(source)
    text = source[at:end]
    if another := NEXT_PARAMETER.search(text):
        text, end = text[: another.start()], at + another.start()
    return COMMENT_AT_END.sub("", text).strip().strip('"'), end + 1


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: continuations in order; the first encoded one names the charset."""
    charset = ""
    data = b""
    for place, number in enumerate(sorted(sections)):
        text, encoded = sections[number]
        if encoded and place == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "replace")
        data += unquote_to_bytes(raw) if encoded else raw
    text = charsets.decode(data, charset)[0]
    return words.decode(text)
