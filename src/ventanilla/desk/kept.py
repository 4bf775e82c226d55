"""Drawn once: macros that give the same for the same values, which a page has by the dozen.

A conversation is shown again after each change of it, a sidebar with each page: what stays the
same in them is a lookup, about a tenth of drawing it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from ventanilla.desk.reader import reader

HOLDING = frozenset({list, tuple, dict})  # values that hold others
MOST = 1024  # drawings that a macro keeps; of a message they are a few KB each

# Macros that say the same on any day, to anyone who reads the language: arguments are plain values.
SIGNS = {
    "desk/components/marks.html": (
        *("status", "priority", "avatar", "nobody", "dot", "channel", "chip", "kind", "item"),
    ),
}
# Macros of one shape, whose words may tell a moment.
SHAPES = {
    "desk/components/place.html": ("place",),
    "desk/components/row.html": ("row",),
}

SHARED = {"desk/components/conversation.html": ("bubble", "event")}

SIGN = type(lru_cache(len))


class Shape:
    """A macro of one shape, a frozen dataclass, and of plain values behind it.

    What differs with each request is given by name, for shapes whose `lasts` is False alone: those
    hold a form, or are too large to keep, and are drawn each time.
    """

    def __init__(self, draw: Callable[..., Markup]):
        self.draw = draw
        self.known = lru_cache(MOST, typed=True)(self._draw)

    def __call__(self, one: Any, *plain: Any, **fresh: Any) -> Markup:
        if not getattr(one, "lasts", True):
            return self.draw(one, *plain, **fresh)
        who = reader()
        return self._once(one, (who.zone, who.today, *plain))

    def _once(self, one: Any, given: tuple[Any, ...]) -> Markup:
        return self.known(_Same(one), *given)

    def _draw(self, same: _Same, _zone: object, _today: object, *plain: Any) -> Markup:
        return self.draw(same.one, *plain)


class SharedShape(Shape):
    """One whose shapes come again themselves (`lib.beside`): then nothing is compared."""

    def __init__(self, draw: Callable[..., Markup]):
        super().__init__(draw)
        self.same: dict[int, tuple[Any, tuple[Any, ...], Markup]] = {}

    def _once(self, one: Any, given: tuple[Any, ...]) -> Markup:
        before = self.same.get(id(one))
        if before is not None and before[0] is one and before[1] == given:
            return before[2]
        drawn = super()._once(one, given)
        if len(self.same) >= MOST:
            self.same.clear()
        self.same[id(one)] = one, given, drawn
        return drawn


class _Same:
    """A shape as a key. Text and markup of the same letters are not the same thing."""

    __slots__ = ("hash", "one", "values")

    def __init__(self, one: Any):
        self.one = one
        values = _reading(type(one))(one)  # type: ignore[arg-type]
        kinds = tuple(map(type, values))
        if not HOLDING.isdisjoint(kinds):
            values = tuple(map(_frozen, values))
        self.values = values, kinds
        self.hash = hash(self.values)

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.values == other.values


@cache
def _reading(shape: type) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(one.name for one in fields(shape)))


def _frozen(value: Any) -> Any:
    """A value that can be a key; what holds others, with their types."""
    kind = type(value)
    if kind is list or kind is tuple:
        return tuple((type(one), _frozen(one)) for one in value)
    if kind is dict:
        return tuple((name, type(one), _frozen(one)) for name, one in value.items())
    return value


class KeepingTemplate(Template):
    """A template whose globals are the environment's, as all of ours are: an import has nothing
    to compare, which took a tenth of a list's time with 50 rows that import. It is what others
    import from, so here stand the macros that keep what they drew."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        known = self._module
        module = super()._get_default_module()
        if known is None:
            for name in SIGNS.get(self.name or "", ()):
                setattr(module, name, lru_cache(4096, typed=True)(getattr(module, name)))
            for name in SHAPES.get(self.name or "", ()):
                setattr(module, name, Shape(getattr(module, name)))
            for name in SHARED.get(self.name or "", ()):
                setattr(module, name, SharedShape(getattr(module, name)))
        return module
