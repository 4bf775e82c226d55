"""What to call people."""

from __future__ import annotations

import re

NAME = re.compile(r"[^\W\d_]{2,30}(?:[-'’][^\W\d_]{2,30})?")


def first_name(name: str) -> str:
    """What to call somebody; "" for what does not look like a person's name."""
    last, comma, first = name.partition(",")
    words = (first if comma else last).split()
    whole = (first.split() + last.split()) if comma else words
    if not 1 <= len(whole) <= 4 or not all(NAME.fullmatch(word) for word in whole):
        return ""
    return words[0] if words and words[0][0].isupper() else ""
