"""Single rows of models by statements that are built once, not each time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, connections
from django.db.models import Field, ForeignKey, Model
from django.db.models.expressions import DatabaseDefault

M = TypeVar("M", bound=Model)


def insert(row: Model) -> None:
    """Write a new row; what the database sets (key, defaults) comes back into it. 1 statement.

    As `row.save(force_insert=True)` without signals, parents or expressions as values, at less
    than half of its cost: that builds the same text anew each time.
    """
    sql, given, set_there = _statement(type(row), _left_out(row))
    database = connections[connection.alias]  # looked up once: the proxy is dear
    values = [field.get_db_prep_save(field.pre_save(row, add=True), database) for field in given]
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        if set_there:
            for field, value in zip(set_there, cursor.fetchone(), strict=True):
                setattr(row, field.attname, value)
    row._state.adding, row._state.db = False, database.alias


def update(row: Model, *names: str) -> None:
    """Write these fields of a row that is there. 1 statement.

    As `row.save(update_fields=names)` without signals, at a third of its cost. Raises the model's
    DoesNotExist when the row is gone.
    """
    sql, fields = _updating(type(row), names)
    database = connections[connection.alias]
    values = [field.get_db_prep_save(field.pre_save(row, add=False), database) for field in fields]
    with database.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk])
        if not cursor.rowcount:
            raise type(row).DoesNotExist(f"{type(row).__name__} {row.pk}")  # type: ignore[attr-defined]


def columns(model: type[Model]) -> str:
    """All columns of a model, as a statement of one's own names them for `read`."""
    return _columns(model._meta.local_concrete_fields)


def read(model: type[M], values: Sequence[Any]) -> M:
    """Make a model's instance of a row of its `columns`."""
    names = [field.attname for field in model._meta.local_concrete_fields]
    return model.from_db(connection.alias, names, _loaded(model, values))


def lock(row: Model) -> None:
    """Read a row anew and lock it until the commit; others may still refer to it. 1 statement.

    As `refresh_from_db` with FOR NO KEY UPDATE: related rows that were loaded are forgotten.
    Raises the model's DoesNotExist.
    """
    model = type(row)
    with connection.cursor() as cursor:
        cursor.execute(_locking(model), [row.pk])
        found = cursor.fetchone()
    if found is None:
        raise model.DoesNotExist(f"{model.__name__} {row.pk}")  # type: ignore[attr-defined]
    fields = model._meta.local_concrete_fields
    for field, value in zip(fields, _loaded(model, found), strict=True):
        setattr(row, field.attname, value)
        if isinstance(field, ForeignKey) and field.is_cached(row):
            field.delete_cached_value(row)
    vars(row).pop("_prefetched_objects_cache", None)


def _loaded(model: type[Model], values: Sequence[Any]) -> list[Any]:
    """What the fields make of a row's values, such as objects of JSON."""
    return [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(model._meta.local_concrete_fields, values, strict=True)
    ]


@cache
def _locking(model: type[Model]) -> str:
    table, key = model._meta.db_table, model._meta.pk.column
    return f'SELECT {columns(model)} FROM "{table}" WHERE "{key}" = %s FOR NO KEY UPDATE'  # noqa: S608


def _left_out(row: Model) -> frozenset[str]:
    """The columns that the database sets."""
    names = {name for name, value in vars(row).items() if isinstance(value, DatabaseDefault)}
    return frozenset(names if row.pk is not None else names | {row._meta.pk.attname})


Fields = Sequence["Field[Any, Any]"]


@cache
def _statement(model: type[Model], left_out: frozenset[str]) -> tuple[str, Fields, Fields]:
    fields = model._meta.local_concrete_fields
    given = [field for field in fields if field.attname not in left_out]
    set_there = [field for field in fields if field.attname in left_out]
    places = ", ".join(map(_place, given))
    sql = f'INSERT INTO "{model._meta.db_table}" ({_columns(given)}) VALUES ({places})'  # noqa: S608
    return sql + (f" RETURNING {_columns(set_there)}" if set_there else ""), given, set_there


@cache
def _updating(model: type[Model], names: tuple[str, ...]) -> tuple[str, Fields]:
    fields: Fields = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
    places = ", ".join(f'"{field.column}" = {_place(field)}' for field in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    return f'UPDATE "{table}" SET {places} WHERE "{key}" = %s', fields  # noqa: S608


def _columns(fields: Fields) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _place(field: Field[Any, Any]) -> str:
    """Arrays need their type beside them, as the ORM writes it too."""
    kind = field.db_type(connection) or ""
    return f"%s::{kind}" if kind.endswith("[]") else "%s"
