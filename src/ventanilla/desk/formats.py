"""How values are shown to people: times, sizes, numbers, names. In the active language and zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zlib import crc32

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ventanilla.desk.reader import reader
from ventanilla.tickets.counts import CAP

HUE_STEP = 15  # degrees; marks.css has a class for each step


def when(at: datetime, style: str = "list") -> str:
    """A moment, short. list: "10:31", "Yesterday", "18 Nov"; message: with the time after a day;
    relative: "12 min ago" under 24 h, then as message; sentence: "tomorrow at 9:30".
    """
    who = reader()
    at, language = at.astimezone(who.zone), who.language
    if style == "relative" and timedelta(0) <= who.now - at < timedelta(hours=24):
        return ago(who.now - at)
    time = _time_of_day(at, language)
    days = (who.today - at.date()).days
    if days == 0 and style != "sentence":
        return time
    if style == "sentence":
        return _in_sentence(at, days, time)
    if days == 1:
        yesterday = _yesterday(language)
        return yesterday if style == "list" else f"{yesterday.lower()}, {time}"
    day = _day(at.date(), at.year == who.today.year, language)
    return day if style == "list" else f"{day}, {time}"


def _time_of_day(at: datetime, language: str | None) -> str:
    pattern = _pattern("G:i", language)
    if pattern == "G:i":  # by far the most frequent: 50 in a list
        return f"{at.hour}:{at.minute:02}"
    return format_date(at, pattern)


@lru_cache(maxsize=64)
def _yesterday(_language: str | None) -> str:
    return _("Yesterday")


@lru_cache(maxsize=4096)
def _day(day: date, is_this_year: bool, language: str | None) -> str:
    return format_date(day, _pattern("j M" if is_this_year else "j M Y", language))


@lru_cache(maxsize=64)
def _pattern(pattern: str, _language: str | None) -> str:
    """A date's form in the active language."""
    return {
        "G:i": pgettext("date format", "G:i"),
        "j M": pgettext("date format", "j M"),
        "j M Y": pgettext("date format", "j M Y"),
        "l j F Y, G:i": pgettext("date format", "l j F Y, G:i"),
    }[pattern]


def _in_sentence(at: datetime, days: int, time: str) -> str:
    if days == 0:
        return _("today at %(time)s") % {"time": time}
    if days == -1:
        return _("tomorrow at %(time)s") % {"time": time}
    day = format_date(at, pgettext("date format in a sentence", "j F"))
    return _("%(day)s at %(time)s") % {"day": day, "time": time}


def full_time(at: datetime) -> str:
    """Day and time in full, for titles: "Monday 2 March 2026, 9:00"."""
    who = reader()
    at, language = at.astimezone(who.zone), who.language
    pattern = _pattern("l j F Y, G:i", language)
    day = pattern.removesuffix("G:i")
    if day == pattern:
        return format_date(at, pattern)
    return f"{_full_day(at.date(), day, language)}{at.hour}:{at.minute:02}"


@lru_cache(maxsize=4096)
def _full_day(day: date, pattern: str, _language: str | None) -> str:
    return format_date(day, pattern)


def ago(gone: timedelta) -> str:
    minutes = int(gone.total_seconds()) // 60
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("%(n)d min ago") % {"n": minutes}
    return _("%(n)d h ago") % {"n": minutes // 60}


def duration(gone: timedelta, *, exact: bool = False) -> str:
    """ "45 s" (under two minutes), "18 min", "2 h", "3 d"; exact: "6 h 12 min" under a day."""
    seconds = max(0, int(gone.total_seconds()))
    if seconds < 120:
        return f"{seconds} s" if seconds < 60 or not exact else "1 min"
    if seconds < 3600:
        return f"{seconds // 60} min"
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours >= 48:
        return f"{hours // 24} d"
    return f"{hours} h {minutes} min" if exact and minutes else f"{hours} h"


def left(due_at: datetime, *, exact: bool = False) -> str:
    """The time to a deadline; past it, with a minus sign."""
    remaining = due_at - reader().now
    sign = "−" if remaining < timedelta(0) else ""
    return sign + duration(abs(remaining), exact=exact)


def deadline(
    due_at: datetime | None, warn_at: datetime | None = None, *, paused: bool = False
) -> str:
    """The state of a deadline: "paused", "late", "soon", "ok"; empty if there is none."""
    if paused:
        return "paused"
    if due_at is None:
        return ""
    now = reader().now
    if now >= due_at:
        return "late"
    return "soon" if now >= (warn_at or due_at - timedelta(hours=1)) else "ok"


def number(value: float, decimals: int = 0) -> str:
    """ "1,942" or "1.942": thousands are grouped from four digits on."""
    if decimals == 0 and value < 1000:
        return f"{value:.0f}"
    point, comma = pgettext("decimal point", "."), pgettext("between thousands", ",")
    return f"{value:,.{decimals}f}".translate({ord("."): point, ord(","): comma})


def capped(count: int) -> str:
    """A count that stops at a limit: "999", "1,000+"."""
    return f"{number(CAP)}+" if count > CAP else number(count)


def size(octets: int) -> str:
    """ "184 KB", "1,2 MB"; a file is never shown as 0."""
    if octets < 1_000_000:
        return f"{number(max(1, round(octets / 1000)))} KB"
    megabytes = octets / 1_000_000
    return f"{number(megabytes, 1 if megabytes < 10 else 0)} MB"


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """One or two capitals: of the first and second word of a name, or of an address."""
    words = [word for word in name.split("@")[0].replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@lru_cache(maxsize=4096)
def hue(of: str | float | None) -> int:
    """A colour for a name, always the same, or the nearest one that the styles have."""
    degrees = crc32(of.encode()) if isinstance(of, str) else int(of or 0)
    return round(degrees % 360 / HUE_STEP) * HUE_STEP % 360


def address(one: dict[str, Any]) -> str:
    """ "Elena Vidal <elena@…>" of {"name", "addr"}."""
    return f"{one['name']} <{one['addr']}>" if one.get("name") else str(one["addr"])


def addresses(several: Iterable[dict[str, Any]]) -> str:
    return ", ".join(map(address, several))


def bare(several: Iterable[dict[str, Any]]) -> str:
    """Addresses without names."""
    return ", ".join([one["addr"] for one in several])
