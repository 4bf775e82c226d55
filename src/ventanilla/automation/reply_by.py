"""By when an answer comes, in words: pure, apart from the language that is switched on."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def in_words(due: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say when the answer comes at the latest: “today before 7 p.m.”; "" once that is past.

    Rounded up to the full hour, never down: it is a promise. In the language switched on, in the
    local time of `zone`.
    """
    if due <= now:
        return ""
    start, end = now.astimezone(zone), _hour_up(due.astimezone(zone))
    if end.hour == 0:  # midnight belongs to the day before
        day, time = (end - timedelta(hours=1)).date(), ""
    else:
        day, time = end.date(), _time(end)
    distance = (day - start.date()).days
    if distance == 0:
        return _("today before %(time)s") % {"time": time} if time else _("today")
    if distance == 1:
        return _("tomorrow before %(time)s") % {"time": time} if time else _("tomorrow")
    # Translators: weekday and date as Django's date filter writes them
    name = formatted(day, _("l")) if distance < 7 else formatted(day, _("j F"))
    if time:
        return _("on %(day)s before %(time)s") % {"day": name, "time": time}
    return _("on %(day)s") % {"day": name}


def _hour_up(at: datetime) -> datetime:
    whole = at.replace(minute=0, second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(hours=1)


def _time(at: datetime) -> str:
    # Translators: an hour as Django's date filter writes it; some languages say one o'clock
    # differently from all others
    return formatted(at, pgettext("one o'clock", "g a") if at.hour == 1 else _("g a"))
