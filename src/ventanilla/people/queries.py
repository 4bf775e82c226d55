"""Reading who is who."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ventanilla.people.models import AuditEntry, DeskSettings

P = ParamSpec("P")
R = TypeVar("R")

FRESH = 1.0  # seconds until a process hears of what another one has changed
_known: tuple[float, DeskSettings] | None = None
_loaded: dict[Hashable, tuple[int, Any]] = {}


def acts(
    *,
    user_id: int | None = None,
    what: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """The newest entries of the log of administrative acts, at most `limit`. 1 statement.

    user_id  who did it; 0: Ventanilla itself, or somebody who was not known
    what     their codes; none: all
    before   an entry's id: only those before it
    """
    found = AuditEntry.objects.order_by("-pk")
    if user_id is not None:
        found = found.filter(user_id=user_id or None)
    if what:
        found = found.filter(what__in=what)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found[:limit])


def desk() -> DeskSettings:
    """The desk's settings. 1 statement; the row is made by the first migration."""
    return DeskSettings.objects.get(pk=1)


def configuration() -> DeskSettings:
    """The desk's settings as they were within the last second: for what is asked all the time.

    What this process changes itself it sees at once. 1 statement a second at most.
    """
    global _known
    now = time.monotonic()
    if _known is None or now - _known[0] > FRESH:
        _known = (now, desk())
    return _known[1]


def per_configuration(load: Callable[P, R]) -> Callable[P, R]:
    """Keep what `load` returns until the configuration changes; for each of its arguments."""

    @wraps(load)
    def read(*args: P.args, **kwargs: P.kwargs) -> R:
        version, key = configuration().version, (load, args, *kwargs.items())
        if key not in _loaded or _loaded[key][0] != version:
            _loaded[key] = (version, load(*args, **kwargs))
        found: R = _loaded[key][1]
        return found

    return read


def forget_configuration() -> None:
    """Look again when next asked."""
    global _known
    _known = None
    _loaded.clear()
