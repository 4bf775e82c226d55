"""Card numbers and IBANs in what customers write: unreadable at once, if the desk wants so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ventanilla.lib.blacken import in_html, in_text
from ventanilla.lib.numbers import numbers
from ventanilla.people.queries import configuration
from ventanilla.tickets.content import Content

WORDS = ("text", "reply", "signature", "subject", "author_name")


def masked(text: str) -> str:
    return in_text(text, numbers) if configuration().mask_numbers else text


def arriving(content: Content) -> Content:
    """The content as it is kept. Where something was masked, the original is not: its digest, and
    itself as a file, are left out. What stands in files stays.
    """
    if not configuration().mask_numbers:
        return content
    words: dict[str, Any] = {name: in_text(getattr(content, name), numbers) for name in WORDS}
    found = replace(content, html=in_html(content.html, numbers), **words)
    if found == content:
        return content
    files = [one for one in content.files if one.digest != content.raw_digest]
    return replace(found, raw_digest="", files=files)
