"""The one module that declares markup safe. Everything else is escaped by the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import nh3
from markupsafe import Markup, escape

from ventanilla.lib.html import SANITISER_VERSION, clean, text_to_html, withheld_images

SIMPLE_TAGS = {
    *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "code", "del", "div", "em", "hr", "i"),
    *("img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span"),
    *("strike", "strong", "sub", "sup", "u", "ul"),
}
# what a plain message may hold besides: losing it changes no meaning
HARMLESS_TAGS = {"font", "center", "section", "article", "header", "footer", "main", "wbr", "tt"}
SIMPLE_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "target"},
    "img": {"alt", "height", "src", "title", "width"},
    "ol": {"start", "type"},
}
OPENING_TAG = re.compile(r"<([a-z][a-z0-9]*)")

KEPT, LONGEST_KEPT = 256, 20_000  # cleaned messages that a process remembers; characters of one

Pictures = Mapping[str, str]  # where our page finds a message's picture, by its Content-ID


def sentence(text: str, **values: object) -> Markup:
    """A translated text with values in bold, all escaped: sentence(_("To %(team)s"), team=x)."""
    shown = tuple([(name, str(escape(value))) for name, value in values.items()])
    return _bold(str(escape(text)), shown)


@lru_cache(4096)
def _bold(text: str, values: tuple[tuple[str, str], ...]) -> Markup:
    """Of what is escaped already: a conversation says the same few things often."""
    return Markup(text) % {name: Markup(f"<b>{value}</b>") for name, value in values}  # noqa: S704


def marked(text: str, wanted: re.Pattern[str] | None) -> Markup:
    """Text, escaped, with what a pattern finds in it marked."""
    if wanted is None:
        return escape(text)
    shown, at = Markup(), 0
    for found in wanted.finditer(text):
        shown += escape(text[at : found.start()]) + Markup("<mark>%s</mark>") % found[0]
        at = found.end()
    return shown + escape(text[at:])


def joined(parts: list[Markup | str], between: str = " · ") -> Markup:
    return escape(between).join(parts)


def from_text(text: str) -> Markup:
    """Plain text as escaped paragraphs with links."""
    return _of_text(text) if len(text) <= LONGEST_KEPT else _paragraphs(text)


def _paragraphs(text: str) -> Markup:
    return Markup(text_to_html(text))  # noqa: S704 (escapes everything)


_of_text = lru_cache(KEPT)(_paragraphs)


def inline(html: str, pictures: Pictures) -> Markup | None:
    """Foreign HTML that reads the same without its own style, cleaned for our page; else None.

    Anything laid out (tables, headings, remote pictures, colours behind the text) is left to a
    sandboxed page of its own. The same message is cleaned once for many showings.
    """
    known = tuple(sorted(pictures.items()))
    if len(html) > LONGEST_KEPT:
        return _inline(html, known)
    return _remembered(html, known, SANITISER_VERSION)


@lru_cache(KEPT)
def _remembered(html: str, pictures: tuple[tuple[str, str], ...], version: int) -> Markup | None:
    return _inline(html, pictures)


def _inline(html: str, pictures: tuple[tuple[str, str], ...]) -> Markup | None:
    cleaned = clean(html, cid_url=dict(pictures).get)
    used = set(OPENING_TAG.findall(cleaned))
    laid_out = used - SIMPLE_TAGS - HARMLESS_TAGS or "background-color" in cleaned
    if laid_out or withheld_images(cleaned):
        return None
    plain = nh3.clean(
        cleaned,
        tags=SIMPLE_TAGS,
        attributes=SIMPLE_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(plain)  # noqa: S704 (cleaned above)


def editable(html: str, pictures: Pictures) -> Markup:
    """One's own draft or signature, cleaned, for the editor."""
    return Markup(clean(html, cid_url=pictures.get))  # noqa: S704 (cleaned here)


def page(html: str, pictures: Pictures) -> tuple[Markup, int]:
    """A whole foreign message, cleaned, and how many remote pictures it leaves out."""
    cleaned = clean(html, cid_url=pictures.get)
    return Markup(cleaned), len(withheld_images(cleaned))  # noqa: S704 (cleaned here)
