"""Who reacts to what, on one page."""

from collections.abc import Callable
from typing import Any

from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer

# In the same transaction as the event: SQL only, milliseconds. (event, locked ticket)
IN_STEP: dict[str, list[Callable[[Event, Any], None]]] = {}

# Right after commit, by the relay, in order per ticket: SQL and new jobs only.
AFTER: dict[str, list[Callable[[Event], None]]] = {}

# What happens when a timer is due: once at least, so each is harmless twice.
TIMERS: dict[str, Callable[[Timer, Act], None]] = {}
