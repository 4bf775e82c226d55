"""Queries that are compiled once and asked often.

The ORM builds the text of a statement anew each time, which costs several times what running it
does. A query on a busy path is written as ever, with `Given` where a value comes in:

    @compiled
    def of_message() -> QuerySet[Ticket]:
        return Ticket.objects.select_related("team").filter(messages=Given("message"))

    ticket = of_message.first(message=7)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, JSONField, Model, QuerySet, TextField
from django.db.models.query import FlatValuesListIterable, get_related_populators

from ventanilla.lib.instances import hasten, maker

R = TypeVar("R")

MOST = 2048  # instances that one statement shares
LONGEST = 40_000  # characters of texts in a row whose instance is shared


class Given(Expression):
    """A value that comes with each call, by name; sent as its Python type is."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Compiled(Generic[R]):
    """What a query finds: instances with what is selected along, or rows of `values_list`.

    Each call is 1 statement. Not for queries with `prefetch_related` or named rows.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, R]]):
        self.build = build
        self.__doc__, self.__module__ = build.__doc__, build.__module__

    def all(self, **given: Any) -> list[R]:
        return self._whole.run(given)

    def shared(self, **given: Any) -> list[R]:
        """As `all`, but a row that was read before gives the same instance: nobody may change it.

        What is made of it can be remembered on it (`lib.beside`).
        """
        return self._whole.shared(given)

    def first(self, **given: Any) -> R | None:
        """The first in the query's order, else by key."""
        found = self._first.run(given)
        return found[0] if found else None

    def get(self, **given: Any) -> R:
        """Raises the model's DoesNotExist."""
        found = self._first.run(given)
        if not found:
            model = self._first.model
            raise model.DoesNotExist(f"{model.__name__} {given}")  # type: ignore[attr-defined]
        return found[0]

    def exists(self, **given: Any) -> bool:
        return bool(self._any.run(given))

    @cached_property
    def _whole(self) -> _Statement[R]:
        return _Statement(self.build())

    @cached_property
    def _first(self) -> _Statement[R]:
        queryset = self.build()
        return _Statement((queryset if queryset.ordered else queryset.order_by("pk"))[:1])

    @cached_property
    def _any(self) -> _Statement[Any]:
        return _Statement(self.build().order_by().values_list("pk")[:1])


def compiled(build: Callable[[], QuerySet[Any, R]]) -> Compiled[R]:
    return Compiled(build)


class _Statement(Generic[R]):
    """The text, its values with gaps for those that are given, and how to read a row."""

    def __init__(self, queryset: QuerySet[Any, R]):
        self.model: type[Model] = queryset.model
        self.database = queryset.db or DEFAULT_DB_ALIAS
        compiler = queryset.query.get_compiler(using=self.database)
        self.sql, values = compiler.as_sql()
        self.values = list(values)
        self.gaps = [(at, v.name) for at, v in enumerate(values) if isinstance(v, Given)]
        found = compiler.get_converters([each[0] for each in compiler.select])
        self.converters = {at: _hastened(*each) for at, each in found.items()}
        self.read = _reader(queryset, compiler, self.database)
        fields = [each[0].output_field for each in compiler.select]
        self.lists = [at for at, one in enumerate(fields) if isinstance(one, ArrayField)]
        self.texts = [at for at, one in enumerate(fields) if isinstance(one, TextField)]
        self.known = lru_cache(MOST)(self._shared)

    def run(self, given: dict[str, Any]) -> list[R]:
        rows = self._rows(given)
        if self.converters:
            connection = connections[self.database]
            rows = [self._converted(row, connection) for row in rows]
        return [self.read(row) for row in rows]

    def shared(self, given: dict[str, Any]) -> list[R]:
        return list(map(self._known, self._rows(given)))

    def _known(self, row: Sequence[Any]) -> R:
        if sum(len(row[at] or "") for at in self.texts) > LONGEST:
            return self._made(row)
        if self.lists:
            frozen = list(row)
            for at in self.lists:
                frozen[at] = None if row[at] is None else tuple(row[at])
            row = tuple(frozen)
        return self.known(row)

    def _shared(self, row: Sequence[Any]) -> R:
        """What a row gives whose arrays are tuples, so that it can be a key."""
        melted = list(row)
        for at in self.lists:
            melted[at] = None if row[at] is None else list(row[at])
        return self._made(melted)

    def _made(self, row: Sequence[Any]) -> R:
        return self.read(self._converted(row, connections[self.database]))

    def _rows(self, given: dict[str, Any]) -> list[Sequence[Any]]:
        values = self.values
        if self.gaps:
            values = values.copy()
            for at, name in self.gaps:
                values[at] = given[name]
        connection = connections[self.database]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            rows: list[Sequence[Any]] = cursor.fetchall()
        return rows

    def _converted(self, row: Sequence[Any], connection: Any) -> list[Any]:
        converted = list(row)
        for at, (converters, expression) in self.converters.items():
            for convert in converters:
                converted[at] = convert(converted[at], expression, connection)
        return converted


def _hastened(converters: list[Any], expression: Any) -> tuple[list[Any], Any]:
    """JSON read by orjson: a conversation's page has more than a hundred values of it."""
    field = expression.output_field
    if type(field) is JSONField and field.decoder is None and len(converters) == 1:
        return [_from_json], expression
    return converters, expression


def _from_json(value: Any, _expression: Any, _connection: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


def _reader(queryset: Any, compiler: Any, database: str) -> Callable[[Sequence[Any]], Any]:
    """What makes of a row what iterating over the queryset would have."""
    if queryset._fields is not None:
        flat = issubclass(queryset._iterable_class, FlatValuesListIterable)
        return (lambda row: row[0]) if flat else tuple
    info = compiler.klass_info
    model, places = info["model"], info["select_fields"]
    first, behind = places[0], places[-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:behind]]
    make = maker(model, names, database)
    related = get_related_populators(info, compiler.select, database)  # type: ignore[call-arg]
    hasten(related)
    extra = list(compiler.annotation_col_map.items())

    def read(row: Sequence[Any]) -> Any:
        found: Any = make(row[first:behind])
        for each in related:
            each.populate(row, found)
        for name, at in extra:
            setattr(found, name, row[at])
        return found

    return read
