"""Stretches of a mail's body, told in plain text, in HTML or in both, and how they are joined."""

import html as entities
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

LETTERS = re.compile(r"\W+")
CID = re.compile(r"cid:([^\"'\s<>)]{1,500})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of the mail; with both, they say the same."""

    plain: str | None = None
    html: str | None = None


def shown_ids(html: str | None) -> set[str]:
    """The Content-IDs that an HTML body shows in place."""
    if not html or "cid:" not in html.lower():
        return set()
    return {unquote(entities.unescape(found)) for found in CID.findall(html)}


def has_words(block: Block) -> bool:
    return bool((block.plain and block.plain.strip()) or (block.html and block.html.strip()))


def same_words(one: str, other: str) -> bool:
    return LETTERS.sub("", one) == LETTERS.sub("", other)


def joined(texts: list[str]) -> str:
    """One after the other, each from the beginning of a line."""
    ended = [text if text.endswith("\n") else f"{text}\n" for text in texts[:-1]]
    return "".join([*ended, *texts[-1:]])


def whole_html(blocks: Iterable[Block]) -> str | None:
    """All blocks in HTML, those that have only plain text escaped; None if none has HTML."""
    blocks = list(blocks)
    if not any(block.html is not None for block in blocks):
        return None
    if len(blocks) == 1:
        return blocks[0].html
    return "\n".join(
        block.html if block.html is not None else _escaped(block.plain or "")
        for block in blocks
        if has_words(block)
    )


def _escaped(text: str) -> str:
    lines = entities.escape(text.strip("\n"), quote=False).replace("\n", "<br>\n")
    return f"<div>{lines}</div>"
