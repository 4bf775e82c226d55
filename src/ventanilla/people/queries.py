"""Reading who is who."""

from __future__ import annotations

import time

from ventanilla.people.models import DeskSettings

FRESH = 1.0  # seconds until a process hears of what another one has changed
_known: tuple[float, DeskSettings] | None = None


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


def forget_configuration() -> None:
    """Look again when next asked."""
    global _known
    _known = None
