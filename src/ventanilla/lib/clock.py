"""The only clock. Pure code gets times as arguments; the edges of the house ask here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_frozen: ContextVar[datetime | None] = ContextVar("ventanilla_clock", default=None)
_offset = timedelta()


def now() -> datetime:
    """Return this moment, aware and in UTC; in `frozen`, that moment."""
    return _frozen.get() or datetime.now(UTC) + _offset


@contextmanager
def frozen(at: datetime) -> Iterator[datetime]:
    """Hold the clock still at `at` for this thread or task; the inner one counts when nested."""
    token = _frozen.set(_aware(at))
    try:
        yield at
    finally:
        _frozen.reset(token)


def shift(offset: timedelta) -> None:
    """Let the clock of this whole process run `offset` ahead of the machine's (0 undoes it).

    For simulation and for tests of real processes: every thread is moved at once.
    """
    global _offset
    _offset = offset


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone; the clock needs one.")
    return at.astimezone(UTC)
