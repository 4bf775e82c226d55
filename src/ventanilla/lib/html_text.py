"""How an HTML document reads as plain text."""

import html as entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ventanilla.lib.html_cost import tokens

UNREAD = {
    *("head", "script", "style", "title", "template", "noembed", "noframes", "iframe", "object"),
    *("svg", "math", "audio", "video", "canvas", "select", "datalist"),
}
PARAGRAPHS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "pre", "dl", "figure"),
}
BLOCKS = PARAGRAPHS | {
    *("address", "article", "aside", "body", "caption", "center", "dd", "details", "div", "dt"),
    *("fieldset", "figcaption", "footer", "form", "header", "hr", "li", "main", "nav", "ol"),
    *("section", "summary", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "br"),
}
TOLD = BLOCKS | {"a", "img"}  # other elements don't change how their words read
RULE = "_" * 32
GONE = re.compile(r"display\s*:\s*none|max-height\s*:\s*0(?:px|pt|em)?\s*(?:;|!|\Z)", re.IGNORECASE)
UNSEEN = re.compile(
    r"visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0*)?(?:px|pt|em|%)?\s*(?:;|!|\Z)", re.IGNORECASE
)
SEEN_AGAIN = re.compile(
    r"visibility\s*:\s*visible|font-size\s*:\s*(?:0*[1-9]|[a-z])|font\s*:", re.IGNORECASE
)
SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
FILLERS = "\xad\u034f\u200b\ufeff"  # what preheaders are padded with
LONELY_JOINERS = re.compile(r"(?<![^ ])[\u200c\u200d\u2007]+(?![^ ])")


def render(html: str) -> str:
    """Parse the document and read it aloud. Quadratic in nesting depth: see `html_cost`."""
    body = LexborHTMLParser(html).body
    return read_aloud(body) if body else strip_tags(html)


def read_aloud(top: LexborNode) -> str:
    """The text of a node and all below it."""
    page = _Page()
    for entering, tag, node in _walk(top, page):
        if not tag:
            page.say(node.text_content or "")
        elif tag in TOLD:
            _enter(page, tag, node) if entering else _leave(page, tag, node)
    return page.finished()


def strip_tags(html: str) -> str:
    """The words of a document without looking at its structure. Linear on anything."""
    words: list[str] = []
    for kind, token in tokens(html):
        if isinstance(token, str):
            words.append(SPACES.sub(" ", token) if kind == "text" else "")
        elif token["name"].lower() in BLOCKS:
            words.append("\n")
    lines = (
        SPACES.sub(" ", line).strip() for line in entities.unescape("".join(words)).split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _walk(top: LexborNode, page: "_Page") -> Iterator[tuple[bool, str, LexborNode]]:
    """Each node on the way in and on the way out; hidden ones and what nobody reads are skipped.

    An element comes with its tag, text without one. No recursion: mails nest deeper than Python
    may call.
    """
    looks = _Looks()
    todo = [(True, "", top)]
    while todo:
        entering, tag, node = todo.pop()
        if not entering:
            page.unseen.pop()
            yield False, tag, node
        elif node.is_text_node:
            if not page.unseen[-1]:
                yield True, "", node
        elif node.is_element_node and (tag := node.tag or "") not in UNREAD:
            attributes = node.attributes
            look = looks[attributes.get("style") or ""]
            if look.gone or "hidden" in attributes:
                continue
            page.unseen.append(look.unseen or (page.unseen[-1] and not look.seen_again))
            yield True, tag, node
            todo.append((False, tag, node))
            todo += [(True, "", child) for child in reversed([*node.iter(include_text=True)])]


class _Look(NamedTuple):
    """What a style says about being seen."""

    gone: bool = False
    unseen: bool = False
    seen_again: bool = False


class _Looks(dict[str, _Look]):
    """The looks of a document's styles, each read once: a mail has few and repeats them."""

    def __missing__(self, style: str) -> _Look:
        patterns = (GONE, UNSEEN, SEEN_AGAIN) if style else ()
        self[style] = look = _Look(*(bool(pattern.search(style)) for pattern in patterns))
        return look


def _enter(page: "_Page", tag: str, node: LexborNode) -> None:
    if tag == "br":
        return page.end_line(even_empty=True)
    if tag == "img":
        alt = SPACES.sub(" ", node.attributes.get("alt") or "").strip()
        return page.say(f"[{alt}]") if alt and not page.unseen[-1] else None
    if tag in BLOCKS:
        page.end_line()
        page.gap = page.gap or tag in PARAGRAPHS or (tag in ("ul", "ol") and not page.lists)
    if tag == "hr":
        page.say(RULE)
        page.end_line()
    elif tag == "blockquote":
        page.indents.append(["> ", "> "])
    elif tag == "pre":
        page.preformatted += 1
    elif tag in ("ul", "ol"):
        page.lists.append(_first_number(node) if tag == "ol" else None)
    elif tag == "li":
        page.indents.append(page.bullet())
    elif tag == "tr":
        page.rows.append([])
    elif tag in ("td", "th") and page.rows:
        page.rows[-1].append(len(page.lines))
    elif tag == "a":
        page.links.append(len(page.words))
    return None


def _leave(page: "_Page", tag: str, node: LexborNode) -> None:
    if tag == "a":
        return page.end_link((node.attributes.get("href") or "").strip())
    if tag in BLOCKS and tag != "br":
        page.end_line()
        page.gap = page.gap or tag in PARAGRAPHS
    if tag in ("blockquote", "li"):
        page.indents.pop()
    elif tag == "pre":
        page.preformatted -= 1
    elif tag in ("ul", "ol"):
        page.lists.pop()
        page.gap = page.gap or not page.lists
    elif tag == "tr":
        page.end_row(page.rows.pop())
    return None


def _first_number(node: LexborNode) -> int:
    start = node.attributes.get("start") or "1"
    return int(start) if start.isdecimal() and len(start) < 7 else 1


@dataclass(slots=True)
class _Page:
    """The lines written so far and what the next one needs to know."""

    lines: list[tuple[str, str]] = field(default_factory=list)  # (indent, words)
    words: list[str] = field(default_factory=list)  # of the line being written
    indents: list[list[str]] = field(default_factory=list)  # [before the next line, before others]
    lists: list[int | None] = field(default_factory=list)  # next number, None: bullets
    rows: list[list[int]] = field(default_factory=list)  # per open row: line where each cell begins
    links: list[int] = field(default_factory=list)  # word where each open link begins
    unseen: list[bool] = field(default_factory=lambda: [False])
    preformatted: int = 0
    gap: bool = False  # a blank line is due before the next words

    def say(self, text: str) -> None:
        if not text.isascii():
            for filler in FILLERS:
                text = text.replace(filler, "")
        if not self.preformatted:
            self.words.append(_single_spaced(text))
            return
        first, *others = text.replace("\r\n", "\n").split("\n")
        self.words.append(first)
        for line in others:
            self.end_line(even_empty=True)
            self.words.append(line)

    def end_line(self, *, even_empty: bool = False) -> None:
        if not self.words:
            self.gap = self.gap or even_empty
            return
        text = "".join(self.words)
        self.words = []
        if self.links:
            self.links = [0] * len(self.links)
        if self.preformatted:
            text = text.replace("\xa0", " ").rstrip()
        else:
            text = _single_spaced(text)
            if not text.isprintable():
                text = SPACES.sub(" ", LONELY_JOINERS.sub("", text))
            text = text.strip()
        if not text.strip():
            self.gap = self.gap or even_empty
            return
        if self.gap and self.lines:
            self.lines.append((_common_quote(self.lines[-1][0], self._others()), ""))
        self.gap = False
        self.lines.append(("".join(first for first, _ in self.indents), text))
        for indent in self.indents:
            indent[0] = indent[1]

    def bullet(self) -> list[str]:
        if not self.lists or self.lists[-1] is None:
            return ["- ", "  "]
        number = self.lists[-1]
        self.lists[-1] = number + 1
        return [f"{number}. ", " " * len(f"{number}. ")]

    def end_link(self, target: str) -> None:
        start = self.links.pop()
        text = "".join(self.words[start:]).strip()
        scheme = target.partition(":")[0].lower()
        if scheme in ("http", "https", "mailto", "tel") and _bare(text) != _bare(target):
            self.words.append(f" <{target}>" if text else f"<{target}>")

    def end_row(self, cells: list[int]) -> None:
        """Cells of one line each stand on one line; larger ones stay below one another."""
        if not cells:
            return
        parts = [
            [line for line in self.lines[start:end] if line[1]]
            for start, end in zip(cells, [*cells[1:], len(self.lines)], strict=True)
        ]
        if sum(map(bool, parts)) > 1 and all(len(part) < 2 for part in parts):
            filled = [part[0] for part in parts if part]
            lead = self.lines[cells[0]] if not self.lines[cells[0]][1] else None
            del self.lines[cells[0] :]
            if lead:
                self.lines.append(lead)
            self.lines.append((filled[0][0], " | ".join(words for _, words in filled)))
            self.gap = False

    def finished(self) -> str:
        self.end_line()
        return "\n".join((indent + words).rstrip() for indent, words in self.lines).strip("\n")

    def _others(self) -> str:
        return "".join(others for _, others in self.indents)


def _single_spaced(text: str) -> str:
    """`text` with one blank for each run of them; most texts have no other."""
    if text.isprintable() and "  " not in text:
        return text
    return SPACES.sub(" ", text)


def _common_quote(before: str, after: str) -> str:
    """Quote marks of a blank line between two lines: only those which both have."""
    return "> " * min(before.count("> "), after.count("> "))


def _bare(address: str) -> str:
    text = address.lower().partition(":")[2] if _has_scheme(address) else address.lower()
    return entities.unescape(text).strip().removeprefix("//").removeprefix("www.").rstrip("/")


def _has_scheme(address: str) -> bool:
    return address.lower().startswith(("http:", "https:", "mailto:", "tel:"))
