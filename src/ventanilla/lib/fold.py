"""Text made comparable, and text made short."""

import unicodedata


def fold(text: str) -> str:
    """Lower case without accents: "Muñoz Íñigo" becomes "munoz inigo"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def snippet(text: str, length: int) -> str:
    """The beginning of a text on one line, at most `length` characters, cut at a word."""
    line = " ".join(text[: length * 4].split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > length // 2 else cut) + "…"
