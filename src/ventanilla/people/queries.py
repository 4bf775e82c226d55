"""Reading who is who."""

from __future__ import annotations

from ventanilla.people.models import DeskSettings


def desk() -> DeskSettings:
    """The desk's settings. 1 statement; the row is made by the first migration."""
    return DeskSettings.objects.get(pk=1)
