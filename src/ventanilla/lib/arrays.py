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
