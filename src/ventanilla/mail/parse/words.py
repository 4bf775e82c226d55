"""RFC 2047 encoded words in header text, also the many broken ones. Linear in the text's length."""

import binascii
import re

from ventanilla.mail.parse import charsets

START = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?")
HEX = re.compile(r"[0-9A-Fa-f]{2}")
NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})")


def decode(text: str, *, hint: str = "") -> str:
    """Header text with its encoded words read; blanks between two of them don't count."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    run: list[Word] = []  # adjacent words, which may share one split character
    at = 0
    for word in _words(text):
        between = text[at : word.start]
        if between and (between.strip() or not run):
            pieces.append(_read(run, hint))
            pieces.append(between)
            run = []
        run.append(word)
        at = word.end
    pieces.append(_read(run, hint))
    pieces.append(text[at:])
    return "".join(pieces)


class Word:
    """One encoded word: where it stood and what it carries."""

    __slots__ = ("charset", "encoding", "end", "payload", "start")

    def __init__(self, start: int, end: int, charset: str, encoding: str, payload: str) -> None:
        self.start, self.end = start, end
        self.charset = charset.partition("*")[0].lower()
        self.encoding = encoding.lower()
        self.payload = payload


def _words(text: str):
    at, close = 0, -1
    while start := START.search(text, at):
        if close < start.end():
            close = text.find("?=", start.end())
            if close < 0:
                return
        other = START.search(text, start.end(), close)
        if other:  # this one was never closed
            at = other.start()
            continue
        if start[2] in "qQ":
            close = _past_question_mark(text, close)
        yield Word(start.start(), close + 2, start[1], start[2], text[start.end() : close])
        at = close + 2


def _past_question_mark(text: str, close: int) -> int:
    """`?=3D...?=`: a bare question mark before an escape is not the end of the word."""
    for _ in range(20):
        later = text.find("?=", close + 2, close + 1_000)
        inside = text[close + 2 : later] if later > 0 else " "
        if not HEX.match(text, close + 2) or " " in inside or "=?" in inside:
            break
        close = later
    return close


def _read(run: list[Word], hint: str) -> str:
    """The text of adjacent words: bytes of the same charset are joined before they are decoded."""
    read: list[str] = []
    at = 0
    while at < len(run):
        charset = run[at].charset
        data = b""
        until = at
        while until < len(run) and run[until].charset == charset:
            until += 1
        data = _bytes(run[at:until])
        read.append(charsets.decode(data, charset, hint=hint)[0])
        at = until
    return "".join(read)


def _bytes(words: list[Word]) -> bytes:
    data: list[bytes] = []
    carried = ""  # base64 cut in the middle of four letters
    for place, word in enumerate(words):
        if word.encoding == "q":
            data.append(_from_q(word.payload))
            continue
        letters = carried + word.payload
        bare = NOT_BASE64.sub("", letters)
        goes_on = place + 1 < len(words) and words[place + 1].encoding == "b"
        if goes_on and "=" not in letters and _is_cut(bare):
            carried = letters
            continue
        carried = ""
        data.append(_from_b(letters, bare))
    return b"".join(data)


def _is_cut(bare: str) -> bool:
    """Whether bits are left over that the next word must complete; else only padding is missing."""
    spare = len(bare) % 4
    return spare == 1 or (spare > 1 and bool(LETTERS.index(bare[-1]) & (15 if spare == 2 else 3)))


def _from_b(letters: str, bare: str) -> bytes:
    if len(bare) % 4 == 1:
        bare = bare[:-1]
    return binascii.a2b_base64(bare + "=" * (-len(bare) % 4))


def _from_q(payload: str) -> bytes:
    data = payload.replace("_", " ").encode("utf-8", "replace")
    return ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), data)
