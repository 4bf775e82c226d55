"""What was made of an instance, remembered on it: for those that pages share.

It goes when the instance goes, and there is one of each: who asks with something else has it made
again. So it suits what most that ask want alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def beside(one: object, name: str, given: tuple[object, ...], make: Callable[[], T]) -> T:
    """What `make` gives for an instance; `given` is all that it depends on besides the instance."""
    known: tuple[tuple[object, ...], T] | None = one.__dict__.get(name)
    if known is None or known[0] != given:
        known = one.__dict__[name] = given, make()
    return known[1]
