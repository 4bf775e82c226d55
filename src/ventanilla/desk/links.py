"""Where our pages are: Django's `reverse`, asked once for each form of a path.

A page names some hundred, and `reverse` matches each against patterns anew (15 µs).
"""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse

ANY = 8_900_000_000_000_001  # a number that stands for any


def link(name: str, *args: str | int) -> str:
    """link("desk:inbox_ticket", "mine", 481): "/inbox/mine/481/". Raises NoReverseMatch."""
    numbers = tuple([one for one in args if isinstance(one, int)])
    form = _form(name, tuple([None if isinstance(one, int) else one for one in args]))
    return form % numbers


@lru_cache(maxsize=1024)
def _form(name: str, args: tuple[str | None, ...]) -> str:
    """The path with a gap for each number, which is given as None."""
    path = reverse(name, args=[ANY if one is None else one for one in args])
    return path.replace("%", "%%").replace(str(ANY), "%d")
