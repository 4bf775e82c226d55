"""The rows of the whole desk, piece by piece, made in as many processes as there are processors.

Nothing here knows Django: a process that makes rows is there at once.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context

from ventanilla.demo.load import contacts, life
from ventanilla.demo.load.ledger import Desk

ALONE = 3  # pieces of work: fewer are not worth processes of their own
AHEAD = 3  # pieces per process that are made before they are copied
CONTACTS = 20_000  # in one piece

Rows = Mapping[str, str]  # text for COPY, by model
Work = list[tuple[Callable[..., Rows], tuple[int, ...]]]


def made(desk: Desk) -> Iterator[tuple[int, Rows]]:
    """The rows of all pieces in their order, each with the number of tickets until then."""
    size = desk.size
    edges = range(0, size.contacts, CONTACTS)
    work: Work = [(contacts.know, (begin, min(size.contacts, begin + CONTACTS))) for begin in edges]
    done = [0] * len(work)
    work += [(life.live, (chunk,)) for chunk in range(size.chunks)]
    done += [(chunk + 1) * size.tickets // size.chunks for chunk in range(size.chunks)]
    yield from zip(done, _in_order(desk, work), strict=True)


def _in_order(desk: Desk, work: Work) -> Iterator[Rows]:
    """Do the work in as many processes as there are processors, not too far ahead."""
    if len(work) <= ALONE:
        yield from (make(desk, *values) for make, values in work)
        return
    processes = os.cpu_count() or 1
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_know, initargs=(desk,)
    ) as pool:
        yield from _results(pool, work, processes * AHEAD)


def _results(pool: Executor, work: Work, ahead: int) -> Iterator[Rows]:
    running: deque[Future[Rows]] = deque()
    for make, values in work:
        running.append(pool.submit(_make, make, values))
        if len(running) >= ahead:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


_desk: Desk | None = None  # in each of the processes: given once, not with each piece


def _know(desk: Desk) -> None:
    global _desk
    _desk = desk


def _make(make: Callable[..., Rows], values: tuple[int, ...]) -> Rows:
    return make(_desk, *values)
