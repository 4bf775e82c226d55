"""Jobs of tickets: shells around functions that are safe to run twice."""

from __future__ import annotations

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from ventanilla.events.jobs import AGAIN
from ventanilla.lib import clock

LOWEST = -10  # the lane of bulk changes: everything else comes first


@app.task(queue="bulk", priority=LOWEST, retry=AGAIN)
def go_on(operation_id: int) -> None:
    """Do the next batch of a bulk change, and ask for the one after it."""
    from ventanilla.tickets.actions.bulk import next_batch  # it defers this job itself

    if not connection.in_atomic_block:
        close_old_connections()  # this thread may have slept for long
    next_batch(operation_id, clock.now())


@app.task(queue="bulk", retry=AGAIN)
def follow_customer(source_id: int) -> None:
    """What was written in the moment in which two customers were merged goes along."""
    from ventanilla.tickets.actions.merge_contacts import follow

    if not connection.in_atomic_block:
        close_old_connections()  # this thread may have slept for long
    follow(source_id)
