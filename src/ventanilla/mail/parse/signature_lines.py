"""What one line of a signature looks like: a name, a number, a title, a program's line."""

import re
from collections.abc import Iterable

from ventanilla.mail.parse.closings import (
    CONTACT_LABELS,
    DEVICES,
    MAKERS,
    SENT_FROM,
    SENT_WITH,
)
from ventanilla.mail.parse.phrases import longest_first

LONGEST = 40  # lines of a signature, blank ones not counted
READ = 400  # characters of a line that are looked at
SIGNS_BEFORE = re.compile(r"[\W_]*+")
RULE = re.compile(r"[\s*]*(?:[-–—―─━_=＝*＊~#.·•]{3,}|[|])[\s*]*\Z")
IMAGE = re.compile(
    r"\s*(?:[\[<](?:cid:|image|imagen|logo|bild|img)[^\]>]*+[\]>]\s*+)+\Z", re.IGNORECASE
)
PHONE = re.compile(r"\+?\(?\d[\d\s().\-/·]{6,24}\d")
WEB = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?<!\w)[\w-]{2,}\.(?:com|org|net|es|de|fr|it)\b"
)
POSTSCRIPT = re.compile(
    r"\s*(?:p\.?\s?s\.?|p\.?\s?d\.?|nb|n\.b\.)\s*[:.\-–]|\s*ps\s", re.IGNORECASE
)
COMPANY = re.compile(
    r"(?<!\w)(?:s\.?l\.?u?|s\.?a\.?u?|inc|ltd|llc|gmbh|ag|bv|b\.v|s\.?r\.?l|spa|oy|ab|sarl|sas|plc"
    r"|lda|sp\. z o\.o|株式会社|有限公司|co|kg)\.?(?!\w)",
    re.IGNORECASE,
)
PARTICLES = {
    *("de", "del", "la", "las", "los", "y", "e", "i", "da", "do", "dos", "das", "di", "van", "von"),
    *(
        "der",
        "den",
        "zu",
        "le",
        "du",
        "of",
        "and",
        "the",
        "bin",
        "al",
        "el",
        "und",
        "et",
        "&",
        "en",
    ),
    *("for", "para", "pour", "für", "in", "a", "at", "per", "voor", "z"),
}


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in longest_first(words))


def _filled(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression for all "sent from {}", with what stands for {} in its groups."""
    forms = (re.escape(p).replace(r"\{\}", r"(.{2,70})") for p in longest_first(patterns))
    return re.compile(rf"(?:{'|'.join(forms)})[\s)>\].!*_]*\Z")


def _beginnings(patterns: Iterable[str]) -> set[str]:
    """Up to four letters, with one of which each of them begins; "" when one begins with {}."""
    return {pattern.partition("{}")[0][:4] for pattern in patterns}


MAKER = re.compile(rf"(?<![a-z])(?:{_either(MAKERS)})(?![a-z])")
DEVICE = re.compile(rf"(?<![a-z])(?:{_either((*MAKERS, *DEVICES))})(?![a-z])")
SENT = ((_filled(SENT_FROM), DEVICE), (_filled(SENT_WITH), MAKER))
SENT_BEGINS = _beginnings((*SENT_FROM, *SENT_WITH)) - {""}
SENT_ENDS = tuple(p.removeprefix("{}") for p in (*SENT_FROM, *SENT_WITH) if p.startswith("{}"))
BEFORE_SENT = re.compile(r"[\s(<\[*_>-]*+")
LINK = re.compile(r"[<(\[]?https?://\S*")
LABELLED = re.compile(
    rf"\s*[*_]*(?:{_either(CONTACT_LABELS)})\.?[*_]*\s?[:：.]?\s*(?=[+\d(:：]|\S+@|www|http)",
    re.IGNORECASE,
)


def is_device_line(line: str) -> bool:
    """ "Sent from my iPhone" in any language, not a sentence that begins like it."""
    text = line[:READ].strip()
    if len(text) >= 110:  # casefold only adds to it
        return False
    low = text.casefold()
    if not 5 < len(low) < 110:
        return False
    plain = LINK.sub("", low).strip() if "http" in low else low
    start = _past(BEFORE_SENT, plain)
    if not _may_be_sent(plain, start):
        return False
    for form, machine in SENT:
        if found := form.match(plain, start):
            rest = next((value for value in found.groups() if value), "")
            ends = min((at for at, sign in enumerate(rest) if sign in ",;"), default=len(rest))
            most = 12 if MAKER.search(rest[:ends]) else 8
            short = len(rest[:ends].split()) <= most and len(rest.split()) <= 14
            if machine.search(rest[:ends]) and short and rest[-1] != "?":
                return True
    return False


def _may_be_sent(plain: str, start: int) -> bool:
    """A quick look at the first letters and for the last words of "sent from {}"."""
    begins = any(plain[start : start + length] in SENT_BEGINS for length in (4, 3, 2, 1))
    return begins or any(words in plain for words in SENT_ENDS)


def is_signature_line(line: str) -> bool:
    """A name, a title, a company, an address, a number, a link, a picture: no sentence."""
    text = line[:READ].strip()
    if not text or RULE.match(text) or IMAGE.match(text) or is_device_line(text):
        return True
    if text.endswith("?") or POSTSCRIPT.match(text) or len(line) > 160:
        return False
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    plain = [word for word in words if word[0].islower() and word not in PARTICLES]
    plain = [word for word in plain if not WEB.search(word)]
    if holds_contact(text):
        return len(plain) <= 3
    if is_name(text) or any(sign in text for sign in "|·•®™") or COMPANY.search(text):
        return len(plain) <= 6
    if text.endswith((".", "!")) and len(words) > 3:
        return False
    return len(words) <= 8 and len(text) <= 70 and len(plain) * 2 <= len(words)


def bare(text: str) -> str:
    """The text without signs and blanks at its edges."""
    start, stop = _past(SIGNS_BEFORE, text), len(text)
    while stop > start and not text[stop - 1].isalnum():
        stop -= 1
    return text[start:stop]


def _past(signs: re.Pattern[str], text: str) -> int:
    """Where `signs`, which match anything, end."""
    found = signs.match(text)
    return found.end() if found else 0


def is_name(text: str) -> bool:
    """One to five capitalised words, particles allowed: nothing that reads like a sentence."""
    text = text[:READ].strip().strip("*_ ,;~\"'“”()")
    text = text.rstrip(".") if len(text) > 3 else text
    words = text.split()
    if not words or len(words) > 6 or len(text) > 50 or any(map(str.isdigit, text)):
        return False
    if any(sign in text for sign in "?!:;@/<>=|") or text[0].islower():
        return False
    return all(
        word[0].isupper()
        or word.casefold() in PARTICLES
        or not word[0].isalpha()
        or _caseless(word)
        for word in words
    ) and (not _caseless(text) or len(text) <= 16)


def matches_sender(text: str, sender: str) -> bool:
    """The text is made of the sender's name: "Ana", "ana gil", "A. Gil" for "Ana Gil"."""
    names = {part.strip(".,\"'").casefold() for part in sender.replace("@", " ").split()}
    parts = [part.strip(".,\"'*_()-–/~").casefold() for part in text[:80].split()]
    parts = [part for part in parts if part]
    known = [part for part in parts if part in names or (len(part) == 1 and part.isalpha())]
    return bool(parts) and len(parts) <= 4 and len(known) == len(parts) and max(map(len, parts)) > 1


def holds_contact(line: str) -> bool:
    text = line[:READ]
    return bool(LABELLED.match(text) or PHONE.search(text) or WEB.search(text))


def _caseless(text: str) -> bool:
    return text.upper() == text.lower()
