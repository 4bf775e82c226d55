"""Arrays in conditions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Func, Value


class Among(Func):
    """One value is in an array: Among("team_id", [3, 5]).

    As `__in`, but the text of the statement is the same for any number of values, which may also
    be a column or be given later.
    """

    template, arg_joiner = "(%(expressions)s))", " = ANY("
    output_field = BooleanField()

    def __init__(self, one: Any, several: Any, **more: Any):
        if isinstance(several, Iterable):
            several = Value(list(several))
        super().__init__(one, several, **more)


class Unseen(Func):
    """An array of numbers that the planner does not look at, so it plans once for any of them.

    Else it may find that every plan for the values at hand looks cheaper than the one for all, and
    make one each time, which takes as long as doing what it says.
    """

    template = "(SELECT %(expressions)s)::bigint[]"
