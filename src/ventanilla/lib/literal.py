"""Values that stand in the text of a statement, not beside it.

A prepared statement may keep a plan for any values; the planner then can't see that a condition
fits a partial index, unless the value that the index was made for is written out.
"""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Expression,
    Func,
    IntegerField,
)


class Literal(Expression):
    """A whole number or a name of ours, written out. Raises ValueError for any other text."""

    def __init__(self, value: int | str):
        word = isinstance(value, str)
        super().__init__(output_field=CharField() if word else IntegerField())
        if word and not str(value).isidentifier():
            raise ValueError(f"Not a name: {value!r}")
        self.text = f"'{value!s}'" if word else str(int(value))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return self.text, ()


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
