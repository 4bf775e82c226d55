"""Days that people write: 2026-11-01, 2026-11, 1/11/2026, hoy, yesterday, semana, 7d. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ventanilla.lib.fold import fold

ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?")
AGO = re.compile(r"(\d{1,4})\s*([a-z]+)")
DAY_NAMES = {"hoy": 0, "today": 0, "ayer": 1, "yesterday": 1, "anteayer": 2}
WEEKS = {"semana", "esta semana", "week", "this week"}
MONTHS = {"mes", "este mes", "month", "this month"}
YEARS = {"ano", "este ano", "year", "this year"}
UNITS = {
    **dict.fromkeys(("d", "dia", "dias", "day", "days"), 1),
    **dict.fromkeys(("s", "sem", "semana", "semanas", "w", "week", "weeks"), 7),
    **dict.fromkeys(("m", "mes", "meses", "month", "months"), 30),
    **dict.fromkeys(("a", "ano", "anos", "y", "year", "years"), 365),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to before `end`; None: without that limit."""

    start: date | None
    end: date | None


def span(written: str, today: date) -> Span | None:
    """The days that somebody means; None when nobody could say.

    >2026-11-01 and 2026-11-01..2026-11-05 (both ends count) are understood too.
    """
    text = fold(" ".join(written.split()))
    try:
        found = _read(text, today)
    except (ValueError, OverflowError):  # 2026-13-40, or a year beyond the calendar's
        return None
    limits = [day.year for day in (found.start, found.end) if day] if found else []
    return found if all(1970 <= year <= 2200 for year in limits) else None


def _read(text: str, today: date) -> Span | None:
    if ".." in text:
        first, _dots, last = text.partition("..")
        return _between(_days(first, today), _days(last, today), first, last)
    return _beside(text, today) if text[:1] in ("<", ">") else _days(text, today)


def _between(start: Span | None, end: Span | None, first: str, last: str) -> Span | None:
    if (first and start is None) or (last and end is None) or not (first or last):
        return None
    return Span(start.start if start else None, end.end if end else None)


def _beside(text: str, today: date) -> Span | None:
    days = _days(text.lstrip("<>="), today)
    if days is None:
        return None
    included = text[1:2] == "="
    if text[0] == ">":
        return Span(days.start if included else days.end, None)
    return Span(None, days.end if included else days.start)


def _days(text: str, today: date) -> Span | None:
    text = text.strip()
    if text in DAY_NAMES:
        return _one(today - timedelta(days=DAY_NAMES[text]))
    if text in WEEKS:
        monday = today - timedelta(days=today.weekday())
        return Span(monday, monday + timedelta(days=7))
    if text in MONTHS:
        return _month(today.year, today.month)
    if text in YEARS:
        return _year(today.year)
    if found := ISO.fullmatch(text):
        return _calendar(*(int(part) if part else None for part in found.groups()))
    if found := DAY_FIRST.fullmatch(text):
        return _one(_day_first(found, today))
    if (found := AGO.fullmatch(text)) and found[2] in UNITS:
        return Span(today - timedelta(days=int(found[1]) * UNITS[found[2]]), None)
    return None


def _calendar(year: int | None, month: int | None, day: int | None) -> Span:
    if year is None or month is None:
        return _year(year or 0)
    if day is None:
        return _month(year, month)
    return _one(date(year, month, day))


def _day_first(found: re.Match[str], today: date) -> date:
    """1/11 is the last first of November that has been, today included."""
    day, month, year = int(found[1]), int(found[2]), found[3]
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = date(today.year, month, day)
    return this if this <= today else date(today.year - 1, month, day)


def _year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year + 1, 1, 1))


def _month(year: int, month: int) -> Span:
    start = date(year, month, 1)
    return Span(start, (start + timedelta(days=32)).replace(day=1))


def _one(day: date) -> Span:
    return Span(day, day + timedelta(days=1))
