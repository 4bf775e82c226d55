"""What the HTML of a mail proves about its text: mail programs mark quotes and signatures there.

The evidence is carried over to the lines of the plain text by following the words of both.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ventanilla.lib.html_cost import too_dear
from ventanilla.lib.html_text import read_aloud
from ventanilla.mail.parse.attribution import separator
from ventanilla.mail.parse.quotes import Line
from ventanilla.mail.parse.signature_lines import is_signature_line

# Hold quoted mail and nothing else.
QUOTES = (
    "blockquote[type=cite], blockquote.gmail_quote, div.gmail_attr, div.moz-cite-prefix,"
    " div.yahoo_quoted, .protonmail_quote, .tutanota_quote, #reply-intro, div[name=quote],"
    " .zmail_extra,"
    " #isReplyContent, .ydpyahoo_quoted, .sh-quoted-content"
)
# All from here to the end is the mail that is answered, or passed on.
BEGINS_QUOTE = (
    "#divRplyFwdMsg, #appendonsend, hr#stopSpelling, hr#zwchr, .OutlookMessageHeader,"
    " #mail-editor-reference-message-container, #OLK_SRC_BODY_SECTION,"
    " div.ms-outlook-mobile-reference-message"
)
SIGNATURES = (
    ".gmail_signature, [data-smartmail=gmail_signature], .moz-signature, #Signature,"
    " #ms-outlook-mobile-signature, .ms-outlook-mobile-signature, #AppleMailSignature,"
    " .protonmail_signature_block, .yahoo-signature, #signature-x, .zmail_signature"
)
# One of these occurs in every document that the selectors above find something in.
HINTS = (
    *("cite", "gmail_", "moz-", "yahoo_", "protonmail", "tutanota", "OLK_SRC", "reply-intro"),
    *("reference-message", "quote", "zmail", "isReply", "RplyFwd", "appendonsend"),
    *("stopSpelling", "zwchr", "OutlookMessage", "ignature"),
)
OPEN, CLOSE, FROM_HERE, OPEN_SIGNATURE, CLOSE_SIGNATURE = "\ue000\ue001\ue002\ue003\ue004"
STEPS = {  # what a sign adds to the open quotes and signatures
    OPEN: (1, 0), CLOSE: (-1, 0), OPEN_SIGNATURE: (0, 1), CLOSE_SIGNATURE: (0, -1),
    FROM_HERE: (0, 0),
}  # fmt: skip
SIGN_ALONE = re.compile(rf"([{''.join(STEPS)}])(?<!\S.)(?!\S)")
MARKS = "*_>|<()[]\"'“”.,;:-–—•·"  # in which the text and the rendered HTML differ
REACH = 60  # words that are skipped at most to find a place where text and HTML agree again
MOST_NODES = 400


def kinds_by_markup(html: str, lines: Sequence[str]) -> list[Line | None]:
    """Per line: QUOTED or SIGNATURE where the markup proves it, None where it doesn't."""
    if not any(hint in html for hint in HINTS) or too_dear(html):
        return [None] * len(lines)
    for sign in STEPS:
        html = html.replace(sign, "")
    tree = LexborHTMLParser(html)
    if not tree.body or not _put_signs(tree):
        return [None] * len(lines)
    plain = _Plain()
    told = _labelled(read_aloud(tree.body), plain)
    words = [plain.words(line) for line in lines]
    kinds = _aligned(list(chain.from_iterable(words)), told)
    each = iter(kinds)
    return [_majority(list(islice(each, len(line)))) for line in words]


def _put_signs(tree: LexborHTMLParser) -> bool:
    """Set signs as words around what is marked; False when nothing is."""
    nodes = tree.css(QUOTES)[:MOST_NODES] + _bare_containers(tree)
    for node in nodes:
        if not _forwards(node):
            node.insert_before(f" {OPEN} ")
            node.insert_after(f" {CLOSE} ")
    begins = tree.css(BEGINS_QUOTE)[:MOST_NODES]
    for node in begins:
        node.insert_before(f" {FROM_HERE} ")
    signatures = [node for node in tree.css(SIGNATURES)[:MOST_NODES] if _is_signature(node)]
    for node in signatures:
        node.insert_before(f" {OPEN_SIGNATURE} ")
        node.insert_after(f" {CLOSE_SIGNATURE} ")
    return bool(nodes or begins or signatures)


def _bare_containers(tree: LexborHTMLParser) -> list[LexborNode]:
    """Gmail's container when it wraps the quoted text itself, without a blockquote inside.

    With one inside, answers may stand between the blockquotes: then only these are quotes.
    """
    containers = tree.css("div.gmail_quote")[:MOST_NODES]
    return [node for node in containers if not node.css_first("blockquote, div.gmail_attr")]


def _forwards(node: LexborNode) -> bool:
    """The node or what stands right before it says that this is passed on, not answered."""
    before = node.prev
    while before is not None and not (before.text(deep=True) or "").strip():
        before = before.prev
    near = [node.text(deep=True)[:200]]
    if before is not None:
        near.append(before.text(deep=True)[-200:])
    return any(
        separator(line.strip()) == "forwarded" for text in near for line in text.strip().split("\n")
    )


def _is_signature(node: LexborNode) -> bool:
    """People also type their answer into what began as a signature: then it is none."""
    lines = [line for line in read_aloud(node).split("\n") if line.strip()]
    odd = sum(not is_signature_line(line) for line in lines)
    return bool(lines) and len(lines) <= 40 and odd * 3 <= len(lines)


class _Plain(dict[str, str]):
    """Words without the marks in which the two versions differ, "" for a link.

    Each is worked out once: a mail says most of its words again and again, and twice at least.
    """

    def __missing__(self, word: str) -> str:
        plain = word.strip(MARKS).casefold()
        self[word] = plain = "" if "://" in plain else plain
        return plain

    def words(self, text: str) -> list[str]:
        return [plain for word in text.split() if (plain := self[word])]


@dataclass(slots=True)
class _Told:
    """The words of the rendered HTML, and for each what the signs around it say."""

    words: list[str] = field(default_factory=list)
    kinds: list[Line | None] = field(default_factory=list)


def _labelled(rendered: str, plain: _Plain) -> _Told:
    told = _Told()
    quotes = signatures = 0
    own_words = passed_on = False
    kind: Line | None = None
    for number, piece in enumerate(SIGN_ALONE.split(rendered)):
        if number % 2:
            quotes += STEPS[piece][0]
            signatures += STEPS[piece][1]
            if piece == FROM_HERE:
                passed_on = passed_on or not own_words  # nothing said before: it is the message
                quotes += not passed_on
            kind = Line.QUOTED if quotes else Line.SIGNATURE if signatures else None
        elif words := plain.words(piece):
            own_words = own_words or kind is None
            told.words += words
            told.kinds += [kind] * len(words)
    return told


def _aligned(words: Sequence[str], told: _Told) -> list[Line | None]:
    """What the HTML says about each word of the text; None where the two don't meet."""
    kinds: list[Line | None] = [None] * len(words)
    places: _Places | None = None  # most mails never need it
    at = here = 0
    while at < len(words) and here < len(told.words):
        if words[at] == told.words[here]:
            kinds[at] = told.kinds[here]
            at, here = at + 1, here + 1
            continue
        places = places or _Places(words, at)
        if meeting := _next_meeting(places, told.words, at, here):
            at, here = meeting
        else:
            here += REACH
    return kinds


class _Places:
    """Where each three words in a row stand, from `start` on and as far as anybody asked."""

    def __init__(self, words: Sequence[str], start: int) -> None:
        self.words = words
        self.until = start
        self.known: dict[tuple[str, ...], list[int]] = {}

    def first(self, three: tuple[str, ...], start: int, stop: int) -> int | None:
        """The first place of these words from `start` on and before `stop`."""
        for at in range(self.until, min(stop, len(self.words) - 2)):
            self.known.setdefault(tuple(self.words[at : at + 3]), []).append(at)
        self.until = max(self.until, stop)
        places = self.known.get(three, ())
        at = bisect_left(places, start)
        return places[at] if at < len(places) and places[at] < stop else None


def _next_meeting(
    places: _Places, told: Sequence[str], at: int, here: int
) -> tuple[int, int] | None:
    """Where text and HTML next share three words in a row."""
    for there in range(here, min(here + REACH, len(told) - 2)):
        place = places.first(tuple(told[there : there + 3]), at, at + 4 * REACH)
        if place is not None:
            return place, there
    return None


def _majority(votes: Sequence[Line | None]) -> Line | None:
    for kind in (Line.QUOTED, Line.SIGNATURE):
        if votes and votes.count(kind) * 2 > len(votes):
            return kind
    return None
