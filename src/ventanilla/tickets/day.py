from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Day:
    """This moment, and the calendar day around it where the reader lives."""

    now: datetime
    start: datetime
    end: datetime
