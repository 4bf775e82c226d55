"""Jobs of rules: shells around functions that are safe to run twice."""

from __future__ import annotations

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from ventanilla.events.jobs import AGAIN
from ventanilla.lib import clock


@app.task(queue="bulk", retry=AGAIN)
def plan_tickets(rule_id: int) -> None:
    """Let a rule on time, new or changed, look at the tickets that are there."""
    from ventanilla.automation import timing

    if not connection.in_atomic_block:
        close_old_connections()  # this thread may have slept for long
    timing.plan_tickets(rule_id, clock.now())
