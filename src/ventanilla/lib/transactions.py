"""The transaction of a verb: its caller's, or its own."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")


def transactional(verb: Callable[P, R]) -> Callable[P, R]:
    """Let a verb join the open transaction, or run in one of its own.

    Inside another transaction `transaction.atomic` would set a savepoint: two more trips to the
    database for each verb, which were a third of all statements of a new ticket. A verb checks
    before it writes, so a refusal has nothing to undo. Whoever means to go on after anything else
    that it raises puts it into `transaction.atomic()`.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return verb(*args, **kwargs)
        with transaction.atomic():
            return verb(*args, **kwargs)

    return run
