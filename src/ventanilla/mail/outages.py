"""Holding on to what was learned while the database is away."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError, connection

logger = structlog.get_logger(__name__)
PATIENCE = 90.0  # seconds
PAUSE = 1.0


def through_outages(write: Callable[[], None]) -> None:
    """Run a transaction of its own; while the database is away, again each second.

    For what can't be learned a second time, such as the answer of another server. `write` is all
    or nothing. After a minute and a half the failure rises.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            logger.warning("database_away", error=str(error).strip())
            connection.close()
            time.sleep(PAUSE)
