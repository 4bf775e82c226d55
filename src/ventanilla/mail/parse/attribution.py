"""Lines that announce quoted mail: "On ..., X wrote:", separators, forwards.

Everything here judges a few lines at a time, in time proportional to their length.
"""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum

from ventanilla.mail.parse.phrases import LANGUAGES, REPLY_ABOVE, longest_first

READ = 500  # characters of a line or of joined lines that are looked at


class Sure(IntEnum):
    """How certain an attribution is. A weak one counts only when marked lines follow."""

    NO = 0
    WEAK = 1
    STRONG = 2


def words_for(attribute: str) -> set[str]:
    return {word for words in LANGUAGES.values() for word in getattr(words, attribute) if word}


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in longest_first(words))


def _asian(word: str) -> bool:
    return ord(word[0]) >= 0x2E80


_verbs, _opens, _days = words_for("wrote"), words_for("opens"), words_for("weekdays")
VERB = re.compile(
    rf"(?<!\w)(?:{_either(v for v in _verbs if not _asian(v))})(?!\w)"
    rf"|(?:{_either(v for v in _verbs if _asian(v))})"
)
OPENS = re.compile(
    rf"(?:{_either(w for w in _opens if not _asian(w))}|{_either(_days)}\w{{0,8}}\.?,?)(?=[\s,:\d])"
    rf"|(?:{_either(w for w in _opens if _asian(w))})|\d{{1,4}}(?=[.\-/年:]|\s)"
)
DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\d)"
    r"|(?<![^\W\d_])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}(?!\d)"
)
TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d{2}(?!\d)|\d{1,2}(?:時|시|点)")
ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"']{1,80}@[^\s<>()\[\]:;,\"']{2,}")
AFTER_THE_DATE = re.compile(
    r"(?:[\s,;.)(:、，–-]|(?:a\.?m|p\.?m|uhr|hrs?|h|horas|gmt|utc|cet|cest|bst|est|edt|pst|pdt|kl|klo"
    r"|at|um|om|alle|ore|às|as|godz|kello|heeft|hat|użytkownik|пользователь|от|από)(?!\w)\.?|[+-]?\d{1,4}(?::\d\d)?)*+",
    re.IGNORECASE,
)
NAME = re.compile(r"[\"'“«(]?[^\W\d_]")
LATIN = re.compile(r"[a-zà-ÿ]")
PRONOUN = re.compile(r"(?<!\w)(?:you|me|le|les|nos|mir|uns|ihm|lui|he|she|they|we|i|yo|se|te)\s*\Z")
EDGES = " \t*_|#>-–—‐―=~.\u200b\ufeff"
LONGEST_PARTING = 120
EDGES_OF_PARTING = EDGES + "[]<>"
DASHES = re.compile(r"[-–—‐―_=*~+ ]{2,}")
COLONS_AND_DASHES, BRACKETS, SENTENCE_ENDS = set(":：-–—‐"), set(">)"), set(".,;!?")
RULED = re.compile(r"[\s*>|]*(?:_{5,}|[-–—‐―]{5,}|={4,}|[*]{5,})[\s*]*")
ORIGINAL = re.compile(rf"(?:{_either(words_for('original'))})(?!\w)")
FORWARDED = re.compile(rf"(?:{_either(words_for('forwarded'))})(?!\w)")
FORWARDING = re.compile(rf"(?:{_either(words_for('forwarding'))})\s?[:：]?\Z")
ABOVE = re.compile(_either(REPLY_ABOVE))
NOTES = re.compile(r"[^\W\d_].{1,80}?\s?---\s?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[^-]{4,30}---")
GROUPWISE = re.compile(r">>>\s?(?P<middle>.{5,200}?)\s?>>>\Z")
EMBEDDED = re.compile(
    r"(?<=[\s\-.!?])(?:on|el|le|am|il|em|op|den)\s"
    rf"(?=(?:{_either(_days)})[\w.,]|\d|[a-z]{{3,9}}\.? \d)",
    re.IGNORECASE,
)


def depth(line: str) -> int:
    """How many quote marks stand before the words: 0 for a line of one's own."""
    found = 0
    for sign in line[:200]:
        if sign == ">":
            found += 1
        elif sign not in " \t|" or (sign == "|" and not found):
            break
    return found


def judge(joined: str) -> Sure:
    """Whether one or several joined lines read "On <date>, <name> wrote:" in any language."""
    text = joined.strip(EDGES)
    colon = text.endswith((":", "："))
    dashed = bool(DASHES.match(joined.strip()) and DASHES.search(joined.strip()[-4:]))
    low = text.rstrip(":： ").casefold()
    if not low or len(joined) > READ or "?" in low.replace("?utf", ""):
        return Sure.NO
    verb = max(VERB.finditer(low), key=re.Match.start, default=None)
    if verb and not (colon or dashed):
        last = verb.end() == len(low)
        return Sure.WEAK if last and OPENS.match(low) and DATE.search(low) else Sure.NO
    if not verb:
        closed = "@" in low and joined.rstrip(" \t:：*_").endswith((">", ")"))
        proven = closed and OPENS.match(low) and DATE.search(low) and ADDRESS.search(low)
        return (Sure.STRONG if colon else Sure.WEAK) if proven else Sure.NO  # old Gmail, Yandex
    if len(low) - verb.end() > 160 or low.count("<") < low.count(">"):
        return Sure.NO
    dated, timed = list(DATE.finditer(low)), list(TIME.finditer(low))
    addressed, opened = _last_address(low, verb), OPENS.match(low)
    if addressed and (opened or dated or len(low.split()) <= 12):
        between = low[addressed.end() : verb.start()]
        told = LATIN.search(between) and not (DATE.search(between) and len(between) < 60)
        return Sure.WEAK if told else Sure.STRONG  # "from bob@x.test that said:"
    if " via " in low and opened and dated:
        return Sure.STRONG
    after = len(low) - verb.end() > 1
    if opened and dated:
        ends = max(match.end() for match in (*dated, *timed))
        named = _is_name(text[ends:], low[ends : verb.start()]) if verb.start() > ends else False
        if not named and after:
            named = _is_name(text[verb.end() :], low[verb.end() :])
        return Sure.STRONG if named and (timed or "," in low) else Sure.WEAK
    if dated and timed and verb.start() < dated[0].start() and text[0].isupper():
        return Sure.STRONG
    return Sure.WEAK if len(low.split()) <= 12 else Sure.NO


def _last_address(low: str, verb: re.Match[str]) -> re.Match[str] | None:
    """The address next to the verb: programs repeat it, "x@y<mailto:x@y>"."""
    found = list(ADDRESS.finditer(low)) if "@" in low else []
    before = [match for match in found if match.end() <= verb.start()]
    nearest = before or found
    return nearest[-1] if nearest else None


def _is_name(text: str, low: str) -> bool:
    """True when a name begins right after a date: not "he wrote", not "the engineer wrote"."""
    start = AFTER_THE_DATE.match(text)
    rest = text[start.end() :] if start else text
    if not rest or not NAME.match(rest) or PRONOUN.search(low.strip()):
        return False
    first = rest.lstrip("\"'“«(")[:1]
    return first.isupper() or not first.islower()


def attribution(lines: Sequence[str], end: int) -> tuple[int, Sure]:
    """Where the attribution that ends on line `end` begins, over at most four lines, how surely."""
    if not _may_end(lines[end]):
        return end, Sure.NO
    best = (end, Sure.NO)
    joined = ""
    for start in range(end, max(end - 4, -1), -1):
        line = lines[start][:READ]
        done = (depth(line) and not line.startswith(">>> ")) or line.rstrip().endswith((":", "："))
        if not line.strip() or (start < end and done):
            break
        if joined and best[1] is Sure.STRONG and not _leads_on(line, joined):
            break
        joined = f"{line.strip()} {joined}".strip()
        sure = judge(joined)
        if sure is Sure.STRONG and _is_whole(joined):
            return start, sure
        if sure > best[1]:
            best = (start, sure)
    return best


def _is_whole(joined: str) -> bool:
    """It begins as attributions do and has a date: no line above belongs to it."""
    low = joined.strip(EDGES).casefold()
    return bool(OPENS.match(low) and DATE.search(low))


def _leads_on(line: str, fragment: str) -> bool:
    """Whether an attribution that could stand alone rather began on the line above."""
    bare = fragment.lstrip(" <(\"'*").casefold()
    first = bare.split(" ", 1)[0]
    torn = "@" in first or bool(VERB.match(bare))
    low = line.strip(EDGES).casefold()
    timed = OPENS.match(low) and TIME.search(low) and len(low.split()) <= 20
    return bool(
        (torn or timed) and DATE.search(low) and not line.rstrip().endswith((".", "!", "?"))
    )


def embedded(lines: Sequence[str], at: int) -> int:
    """Column where an attribution begins behind words of one's own, 0 when there is none.

    It may go on over the next two lines.
    """
    line, *following = lines[at : at + 3]
    if len(line) > READ or "@" not in "\n".join((line, *following)):
        return 0
    for found in list(EMBEDDED.finditer(line))[-3:]:
        joined = line[found.start() :].strip()
        for more in ("", *following):
            joined = f"{joined} {more.strip()}".strip()
            if joined.endswith(":") and judge(joined) is Sure.STRONG and "@" in joined:
                return len(line[: found.start()].rstrip(" -")) or 0
    return 0


def _may_end(line: str) -> bool:
    text = line[-40:].rstrip(" \t*_>\u200b")
    last = text[-1:]
    if last in COLONS_AND_DASHES or line.rstrip()[-1:] in BRACKETS:
        return True
    return last not in SENTENCE_ENDS and bool(VERB.search(text.casefold()))


def is_sentence(lines: Sequence[str], at: int) -> bool:
    """A long line of words, ended as a sentence is, without a sign that announcements need.

    Most lines of most mails are: one look instead of one for each kind of announcement.
    """
    line = lines[at]
    return (
        len(line) > LONGEST_PARTING
        and line[0].isalpha()
        and line[-1] in ".!?"
        and ":" not in line[:READ]
        and "：" not in line[:READ]
        and "---" not in line
        and "@" not in "\n".join(lines[at : at + 3])
        and len(line[:READ].rstrip(EDGES_OF_PARTING)) > LONGEST_PARTING
    )


def separator(line: str) -> str | None:
    """ "original", "forwarded" or "above" for a line that parts one's own words from old mail."""
    text = line[:READ].strip()
    bare = text.strip(EDGES_OF_PARTING)
    if not bare or len(bare) > LONGEST_PARTING:
        return None
    low = bare.casefold()
    if ABOVE.search(low):
        return "above"
    if FORWARDING.match(low):
        return "forwarded"
    if low.startswith("original message processed by"):  # Tobit David
        return "original"
    if (found := FORWARDED.match(low)) and low[found.end() :].strip() in (":", "："):
        return "forwarded"
    if not DASHES.match(text.lstrip("*>[ ")):
        return None
    if FORWARDED.match(low):
        return "forwarded"
    found = ORIGINAL.match(low)
    return "original" if found and len(low[found.end() :].split()) <= 4 else None


def leading(line: str) -> int:
    """Column behind an attribution that the quoted text follows on the same line, 0: none."""
    if "@" not in line:
        return 0
    low = line[:READ].casefold()
    for verb in VERB.finditer(low):
        colon = low[verb.end() :].lstrip()[:1] in (":", "：") and low.find(":", verb.end()) + 1
        behind = line[colon : colon + 3] if colon else ""
        apart = len(behind) == 3 and not behind[:2].strip()
        if apart and "@" in low[:colon] and OPENS.match(low.strip()) and TIME.search(low[:colon]):
            return colon if judge(line[:colon]) is Sure.STRONG else 0
    return 0


def any_language(line: str) -> bool:
    """A line with a date or address that ends in a colon, as attributions in all tongues do."""
    text = line[:READ].rstrip(" *_")
    return text.endswith((":", "：")) and bool("@" in text or DATE.search(text.casefold()))


def stands_alone(line: str) -> bool:
    """An announcement that needs no words: Lotus Notes' "Ana Gil---12/11/2026 10:02:33---Hola"
    and GroupWise's ">>> Ana Gil <ana@x> 12/11/2026 10:02 >>>", whose signs are no quote marks.
    """
    if "---" in line and NOTES.match(line[:READ].strip()):
        return True
    found = GROUPWISE.fullmatch(line[:READ].strip()) if ">>>" in line else None
    return bool((found and DATE.search(found["middle"])) or (found and "@" in found["middle"]))
