"""Who reads: in which language and zone, and when. A page asks for it some hundred times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.utils import timezone
from django.utils.translation import get_language

from ventanilla.lib import clock


@dataclass(frozen=True, slots=True)
class Reader:
    language: str | None
    zone: tzinfo
    now: datetime
    today: date  # in the zone


_one: ContextVar[Reader | None] = ContextVar("ventanilla_reader", default=None)


def reader() -> Reader:
    """As Django has it active at this moment, or was when `one_reader` began."""
    return _one.get() or _active()


@contextmanager
def one_reader() -> Iterator[None]:
    """Ask once for all that is drawn meanwhile: Django looks it up anew, 2 µs each time."""
    token = _one.set(_active())
    try:
        yield
    finally:
        _one.reset(token)


def _active() -> Reader:
    zone, now = timezone.get_current_timezone(), clock.now()
    return Reader(get_language(), zone, now, now.astimezone(zone).date())
