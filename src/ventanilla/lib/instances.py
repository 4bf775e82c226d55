"""Model instances straight from rows, at a fifth of what `Model.__init__` takes.

A page makes a hundred and more. What `__init__` does besides setting attributes (signals, defaults,
keywords) has nothing to do for a row: it is left out where nothing would notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import RelatedPopulator
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

PLAIN = (DeferredAttribute, ForeignKeyDeferredAttribute)  # keep their value in `__dict__`


def maker(
    model: type[Model], names: Sequence[str], database: str
) -> Callable[[Sequence[Any]], Model]:
    """What makes an instance of the values of these attributes; others are loaded when asked for.

    As `model.from_db` does, which is used for models that have something of their own there.
    """
    if not _is_plain(model, names):
        known = frozenset(names)
        return lambda values: model.from_db(database, known, values)
    empty = model.__new__

    def make(values: Sequence[Any]) -> Model:
        found, state = empty(model), ModelState()
        state.adding, state.db = False, database
        found.__dict__ = {"_state": state, **dict(zip(names, values, strict=True))}
        return found

    return make


def hasten(populators: Iterable[RelatedPopulator]) -> None:
    """Let what `select_related` finds be made so, too."""
    for each in populators:
        each.model_cls = _Made(maker(each.model_cls, each.init_list, each.db))  # type: ignore[assignment]
        hasten(each.related_populators)


class _Made:
    """Stands for a model where rows become instances."""

    def __init__(self, make: Callable[[Sequence[Any]], Model]):
        self.make = make

    def from_db(self, _database: str, _names: Iterable[str], values: Sequence[Any]) -> Model:
        return self.make(values)


def _is_plain(model: type[Model], names: Iterable[str]) -> bool:
    own = model.__init__ is not Model.__init__ or "from_db" in vars(model)
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    return not own and not heard and all(type(getattr(model, name)) in PLAIN for name in names)
