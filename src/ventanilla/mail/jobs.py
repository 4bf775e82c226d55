"""Jobs of mail: shells around functions that are safe to run twice."""

from __future__ import annotations

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app


@app.task(queue="mail")
def send(outlet: str) -> None:
    """Send what is due by one outgoing server."""
    from ventanilla.mail.send import drain  # it defers this job itself

    if not connection.in_atomic_block:
        close_old_connections()  # this thread may have slept for long
    drain(outlet)
