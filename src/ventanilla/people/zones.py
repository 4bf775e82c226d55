"""Time zones to choose from."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

CONTINENTS = ("Europe/", "America/", "Africa/", "Asia/", "Atlantic/", "Australia/", "Pacific/")


@cache
def zone_names() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if name.startswith(CONTINENTS)) | {
        "UTC"
    }


def zone_choices() -> list[tuple[str, str]]:
    """Value and label of every zone, by name."""
    return [(name, name.replace("_", " ")) for name in sorted(zone_names())]
