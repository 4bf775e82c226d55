"""Stretches of time as people write them: “15 min”, “1 h 20”, “1:20”, “1,5 h”."""

from __future__ import annotations

import re

HOURS = r"(?:h|hr|hrs|hour|hours|hora|horas)"
MINUTES = r"(?:m|min|mins|minute|minutes|minuto|minutos)"
CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)", re.ASCII)
SPOKEN = re.compile(
    rf"(?:(\d{{1,3}}(?:[.,]\d{{1,2}})?)\s*{HOURS}\.?)?\s*(?:(\d{{1,4}})\s*{MINUTES}?\.?)?", re.ASCII
)


def minutes_in(text: str) -> int | None:
    """Whole minutes; a bare number is minutes. None when it can't be read."""
    text = text.strip().casefold()
    if found := CLOCK.fullmatch(text):
        return int(found[1]) * 60 + int(found[2])
    found = SPOKEN.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    hours = float(found[1].replace(",", ".")) if found[1] else 0
    return round(hours * 60) + int(found[2] or 0)


def in_words(minutes: int) -> str:
    """“15 min”, “1 h 20 min”: the same in Spanish and English."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(filter(None, parts))
