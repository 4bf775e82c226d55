"""The same work by several threads at once, as several workers or browsers would do it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """What each `work(0)` … `work(count - 1)` gave, all begun together, each on a connection of
    its own. Raises what one of them raised."""
    ready = threading.Barrier(count)

    def one(number: int) -> T:
        ready.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))
