r"""Patterns for short texts, such as [A-Z]{2}-\d{4}, matched in bounded time.

What a pattern may hold: letters and signs, `.`, classes such as [A-Z_] or [^0-9], \d (0 to 9), \w,
\s and their opposites \D, \W, \S, groups, | between alternatives, and ? * + {2} {2,} {2,5} behind
what is repeated. It is always about the whole text; ^ and $ around it change nothing. There is no
looking around and no going back: all ways through a pattern are walked at once, so that a text of n
letters takes n times MOST steps or some more, whatever the pattern (R8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

LONGEST = 200  # signs of a pattern
MOST = 1000  # parts of a pattern, each repetition counted
DEEPEST = 12  # groups within groups
LETTERS = 400  # of a text that is matched; a longer one does not fit

Test = Callable[[str], bool]
Node = tuple[str, Any]


class BadPattern(ValueError):
    """The pattern can't be read; the text says where."""


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text is as the pattern says. Raises BadPattern."""
    return len(text) <= LETTERS and _machine(pattern).fits(text)


def check(pattern: str) -> None:
    """Raises BadPattern when nothing can be matched with it."""
    _machine(pattern)


# -- walking -------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Machine:
    """Places to be in: a test with the place behind it, or a fork to several places."""

    tests: list[Test | None] = field(default_factory=list)
    ways: list[tuple[int, ...]] = field(default_factory=list)
    start: int = 0
    steps: int = 0

    def fits(self, text: str) -> bool:
        here = self._reached([self.start])
        for letter in text:
            further = [
                self.ways[place][0]
                for place in here
                if (test := self.tests[place]) is not None and test(letter)
            ]
            here = self._reached(further)
            if not here:
                return False
        return END in here

    def _reached(self, places: list[int]) -> set[int]:
        """These places and all that forks lead to."""
        found: set[int] = set()
        left = list(places)
        while left:
            place = left.pop()
            if place not in found:
                found.add(place)
                if self.tests[place] is None:
                    left.extend(self.ways[place])
        return found

    # -- building, from the end to the start -----------------------------------------------------
    def add(self, test: Test | None, *ways: int) -> int:
        self.tests.append(test)
        self.ways.append(ways)
        return len(self.tests) - 1

    def build(self, node: Node, after: int) -> int:
        """The place before `node`, whose end leads to `after`."""
        self.steps += 1
        if self.steps > MOST:
            raise BadPattern(_("This pattern repeats too much. Make it shorter."))
        kind, what = node
        if kind == "one":
            return self.add(what, after)
        if kind == "row":
            for part in reversed(what):
                after = self.build(part, after)
            return after
        if kind == "either":
            return self.add(None, *(self.build(part, after) for part in what))
        part, least, most = what
        return self._repeated(part, least, most, after)

    def _repeated(self, part: Node, least: int, most: int | None, after: int) -> int:
        if most is None:
            loop = self.add(None, after)
            self.ways[loop] = (self.build(part, loop), after)
            after = loop
        else:
            out = after
            for _n in range(most - least):
                after = self.add(None, self.build(part, after), out)
        for _n in range(least):
            after = self.build(part, after)
        return after


END = 0


@lru_cache(maxsize=256)
def _machine(pattern: str) -> _Machine:
    if len(pattern) > LONGEST:
        raise BadPattern(_("A pattern has %(most)s signs at most.") % {"most": LONGEST})
    machine = _Machine()
    machine.add(None)  # END: it leads nowhere
    machine.start = machine.build(_Reader(pattern).read(), END)
    return machine


# -- reading -------------------------------------------------------------------------------------
CLASSES: dict[str, Test] = {
    "d": lambda letter: "0" <= letter <= "9",
    "w": lambda letter: letter.isalnum() or letter == "_",
    "s": str.isspace,
}
SPECIAL = frozenset("\\.[](){}|?*+^$")


def _not(test: Test) -> Test:
    return lambda letter: not test(letter)


def _between(first: str, last: str) -> Test:
    return lambda letter: first <= letter <= last


def _any_of(tests: list[Test]) -> Test:
    return lambda letter: any(test(letter) for test in tests)


class _Reader:
    def __init__(self, pattern: str):
        self.text = pattern.removeprefix("^")
        if self.text.endswith("$") and not self.text.endswith("\\$"):
            self.text = self.text[:-1]
        self.skipped = len(pattern) - len(pattern.removeprefix("^"))
        self.at = self.depth = 0

    def read(self) -> Node:
        found = self._either()
        if self.at < len(self.text):
            raise self._bad()
        return found

    def _either(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadPattern(_("This pattern has too many groups within groups."))
        rows = [self._row()]
        while self._take("|"):
            rows.append(self._row())
        self.depth -= 1
        return rows[0] if len(rows) == 1 else ("either", rows)

    def _row(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._times(self._one()))
        return "row", parts

    def _one(self) -> Node:
        letter = self._next()
        if letter == "(":
            if self._take("?") and not self._take(":"):
                raise self._bad()
            inside = self._either()
            if not self._take(")"):
                raise self._bad()
            return inside
        if letter == "[":
            return "one", self._class()
        if letter == "\\":
            return "one", self._escaped()
        if letter == ".":
            return "one", lambda other: other != "\n"
        if letter in SPECIAL:
            self.at -= 1
            raise self._bad()
        return "one", letter.__eq__

    def _times(self, part: Node) -> Node:
        for sign, least, most in (("?", 0, 1), ("*", 0, None), ("+", 1, None)):
            if self._take(sign):
                return self._once_only(("times", (part, least, most)))
        if not self._take("{"):
            return part
        first = self._number()
        last = first
        if self._take(","):
            last = None if self._peek() == "}" else self._number()
        if first is None or not self._take("}") or (last is not None and last < first):
            raise self._bad()
        return self._once_only(("times", (part, first, last)))

    def _once_only(self, node: Node) -> Node:
        """What is repeated is not repeated again: a++ and a+? mean other things elsewhere."""
        if self._peek() in "?*+{" and self._peek():
            raise self._bad()
        return node

    def _number(self) -> int | None:
        digits = ""
        while "0" <= self._peek() <= "9":
            digits += self._next()
        if not 0 < len(digits) < 4:
            raise self._bad()
        return int(digits)

    def _class(self) -> Test:
        opposite = self._take("^")
        tests: list[Test] = []
        while not self._take("]") or not tests:
            tests.append(self._of_class())
        return _not(_any_of(tests)) if opposite else _any_of(tests)

    def _of_class(self) -> Test:
        first = self._next()
        if first == "\\":
            if self._peek().isalnum():
                return self._escaped()
            first = self._next()
        elif first in "[]":
            self.at -= 1
            raise self._bad()
        if self._peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return first.__eq__
        self._next()
        last = self._next()
        if last == "\\":
            last = self._next()
        if last < first or last in "[":
            raise self._bad()
        return _between(first, last)

    def _escaped(self) -> Test:
        letter = self._next()
        if letter.lower() in CLASSES:
            test = CLASSES[letter.lower()]
            return test if letter.islower() else _not(test)
        if letter.isalnum():
            raise self._bad()
        return letter.__eq__

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise BadPattern(_("This pattern ends too early: something is not closed."))
        self.at += 1
        return self.text[self.at - 1]

    def _take(self, sign: str) -> bool:
        found = self._peek() == sign
        self.at += found
        return found

    def _bad(self) -> BadPattern:
        shown = self.text[self.at : self.at + 10] or "…"
        return BadPattern(
            _("Sign %(at)s of the pattern can't stand there: %(shown)s")
            % {"at": self.at + self.skipped + 1, "shown": shown}
        )
