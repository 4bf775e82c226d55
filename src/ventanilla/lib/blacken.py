"""Making words unreadable in text and HTML, for good: what is found, and what stands there then.

A finder tells where in a plain text what is sought stands, and what replaces it. In HTML it looks
at the words as they are read: across tags, with entities as the letters that they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import unescape
from typing import Any
from urllib.parse import unquote

from ventanilla.lib.html import text_to_html, to_text

BLACK = "█████"  # always as long: the length of a word tells much of it
Found = tuple[int, int, str]  # from, to, instead
Finder = Callable[[str], Iterable[Found]]

TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|<[a-z/!?][^>]*(?:>|\Z)|<|[^<]+", re.DOTALL | re.IGNORECASE)
LETTER = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});?|.", re.I | re.DOTALL)
TAG_NAME = re.compile(r"</?[a-z][a-z0-9]*", re.IGNORECASE)
BREAKS = re.compile(r"</?(?:br|p|div|tr|td|th|li|h\d|blockquote|table|ul|ol|pre)\b", re.IGNORECASE)
GAP = r"[\s\u00a0\u200b>|]*"  # between words: line breaks, and the marks of quoting
WITHIN = r"[\W_]{0,3}"  # between the digits of a number
MANY_DIGITS = 8


def finder(words: str, *, whole: bool = True) -> Finder:
    """Find `words`, whatever their capitals and spaces; of a number the digits, however grouped.

    whole   not inside of longer words
    """
    pattern = re.compile(_pattern(words, whole), re.IGNORECASE)

    def find(text: str) -> Iterable[Found]:
        return ((*one.span(), BLACK) for one in pattern.finditer(text))

    return find


def _pattern(words: str, whole: bool) -> str:
    digits = sum(letter.isdigit() for letter in words)
    plain = [letter for letter in words if letter.isalnum()]
    if digits >= MANY_DIGITS and digits * 2 > len(plain):
        return rf"(?<!\d){WITHIN.join(map(re.escape, plain))}(?!\d)"
    pattern = GAP.join(map(re.escape, words.split()))
    if whole:
        before = r"(?<!\w)" if words.strip()[:1].isalnum() else ""
        after = r"(?!\w)" if words.strip()[-1:].isalnum() else ""
        pattern = f"{before}{pattern}{after}"
    return pattern


def in_text(text: str, find: Finder) -> str:
    """The text without what is found."""
    pieces, at = [], 0
    for start, end, instead in find(text):
        if start >= at:
            pieces += [text[at:start], instead]
            at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def in_json(value: Any, find: Finder) -> Any:
    """The same in all texts of plain values."""
    if isinstance(value, str):
        return in_html(value, find) if "<" in value else in_text(value, find)
    if isinstance(value, list):
        return [in_json(each, find) for each in value]
    if isinstance(value, dict):
        return {name: in_json(each, find) for name, each in value.items()}
    return value


def in_html(html: str, find: Finder) -> str:
    """The HTML without it: in its words, and in what nobody reads (comments, addresses, titles).

    Where something is still found afterwards, however it was hidden, only the words remain.
    """
    if not _is_there(html, find):
        return html
    found = _in_words(TOKEN.findall(html), find)
    if _is_there(found, find):
        return text_to_html(in_text(to_text(html), find))
    return found


def _is_there(html: str, find: Finder) -> bool:
    words = "".join(_as_read(TOKEN.findall(html)))
    seen = (html, words, to_text(html), unquote(unescape(html)))
    return any(any(True for _one in find(text)) for text in seen)


def _as_read(tokens: list[str]) -> Iterable[str]:
    for token in tokens:
        if not _is_tag(token):
            yield unescape(token)
        elif BREAKS.match(token):
            yield " "


def _is_tag(token: str) -> bool:
    return token.startswith("<") and len(token) > 1


def _in_words(tokens: list[str], find: Finder) -> str:
    pieces: list[str] = []  # of the source: letters one by one, tags whole
    read: list[tuple[str, int]] = []  # what stands there to be read, and in which piece
    for token in tokens:
        if _is_tag(token):
            if BREAKS.match(token):
                read.append((" ", -1))
            pieces.append(_bare(token) if _hides(token, find) else token)
            continue
        for one in LETTER.findall(token):
            read += [(letter, len(pieces)) for letter in unescape(one)]
            pieces.append(one)
    for start, end, instead in find("".join(letter for letter, _piece in read)):
        for _letter, piece in read[start:end]:
            if piece >= 0:
                pieces[piece] = ""
        first = next((piece for _letter, piece in read[start:end] if piece >= 0), None)
        if first is not None:
            pieces[first] = instead
    return "".join(pieces)


def _hides(tag: str, find: Finder) -> bool:
    return any(any(True for _one in find(text)) for text in (tag, unquote(unescape(tag))))


def _bare(tag: str) -> str:
    """A tag without its attributes; a comment goes."""
    name = TAG_NAME.match(tag)
    return f"{name[0]}>" if name else ""
