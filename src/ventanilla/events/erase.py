"""The one way round the append-only triggers."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def erasing() -> Iterator[None]:
    """Let this transaction delete events and audit entries. For removing demonstration data."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ventanilla.erasing = 'yes'")
        yield
        cursor.execute("SET LOCAL ventanilla.erasing = 'no'")
