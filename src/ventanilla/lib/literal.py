"""Values that stand in the text of a statement, not beside it.

A prepared statement may keep a plan for any values; the planner then can't see that a condition
fits a partial index, unless the value that the index was made for is written out.
"""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, DateTimeField, Expression, Func, IntegerField


class Literal(Expression):
    """A whole number of ours, written out."""

    def __init__(self, value: int):
        super().__init__(output_field=IntegerField())
        self.value = int(value)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return str(self.value), ()


class Never(Expression):
    """The moment after all moments."""

    def __init__(self) -> None:
        super().__init__(output_field=DateTimeField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return "'infinity'::timestamptz", ()


class Negated(Func):
    """A number with the other sign: sorts the other way."""

    template = "(-%(expressions)s)"


class Row(Func):
    """Several values as one, compared from left to right."""

    function = "ROW"


class Behind(Func):
    """Whether a row of values comes after another one: by an index on these values, a range."""

    template, arg_joiner = "%(expressions)s", " > "
    output_field = BooleanField()
