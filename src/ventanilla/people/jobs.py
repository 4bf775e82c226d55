"""Jobs of people: shells around functions that are safe to run twice."""

from __future__ import annotations

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from ventanilla.events.acts import Act
from ventanilla.events.jobs import AGAIN, enqueue
from ventanilla.lib import clock


@app.task(queue="bulk", retry=AGAIN)
def join(organization_id: int) -> None:
    """Let customers join the organization of their domain; some, and the rest by a job after."""
    from ventanilla.people.actions.organizations import AT_ONCE, join_by_domain

    if not connection.in_atomic_block:
        close_old_connections()  # this thread may have slept for long
    if join_by_domain(organization_id, Act.of_system(clock.now())) == AT_ONCE:
        enqueue(join, organization_id=organization_id)
