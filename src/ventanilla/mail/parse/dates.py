"""`Date` to ISO 8601 with its zone, from every spelling that mailers have used."""

import re
from datetime import UTC, datetime, timedelta, timezone

from ventanilla.mail.parse.limits import Defects

USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2})"
    r" (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ((?:19|20)\d\d)"
    r" (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\s*",
    re.ASCII,
)
COMMENT = re.compile(r"\([^()]*\)")
CLOCK = re.compile(
    r"(?<!\d)(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:[.,]\d{1,9})?\s*([ap]\.?m\b\.?)?", re.I
)
DOTTED_CLOCK = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{2})\.(\d{2})(?![\d.])\s*([ap]m)?(?=\s|\Z)")
DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|º|\.)?[\s/-]*(?:de\s)?\s*([^\W\d_]{3,12})")
MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?[\s/-]+(\d{1,2})(?:st|nd|rd|th)?(?!\d)")
YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
YEAR_AFTER = re.compile(r"\D{0,6}?(\d{2,3})(?!\d)")
ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=\D|\Z)")
OFFSET = re.compile(r"(?:^|[\sA-Za-z:0-9])([+-])(\d{1,2}):?(\d{2})(?!\d)")
WORD = re.compile(r"[^\W\d_]+")
SLASHED = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?=\D|\Z)")

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene janv januari styczen sty gennaio gen",
            "feb fev fevr february luty lut febr",
            "mar mars mrz maart maerz marzec marz mrt",
            "apr abr avr avril april kwiecien kwi",
            "may mai mayo maj mei mag maggio",
            "jun juin junio giu giugno czerwiec cze",
            "jul juil juillet lug luglio lipiec lip",
            "aug ago aout agosto sierpien sie",
            "sep sept set septembre wrzesien wrz",
            "oct oct. okt out ott ottobre pazdziernik paz",
            "nov novembre listopad lis",
            "dec dic dez dicembre grudzien gru",
        ),
        start=1,
    )
    for name in names.split()
}
ZONES = {  # minutes east of Greenwich
    **dict.fromkeys(("ut", "utc", "gmt", "z", "wet"), 0),
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "ast": -240,
    "adt": -180,
    "akst": -540,
    "akdt": -480,
    "hst": -600,
    "brt": -180,
    "brst": -120,
    "art": -180,
    "nst": -210,
    "ndt": -150,
    **dict.fromkeys(("cet", "met", "mez", "bst", "west", "mewt"), 60),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "sast"), 120),
    "eest": 180,
    "msk": 180,
    "msd": 240,
    "hkt": 480,
    "sgt": 480,
    "awst": 480,
    "ist": 330,
    "jst": 540,
    "kst": 540,
    "aest": 600,
    "aedt": 660,
    "acst": 570,
    "nzst": 720,
    "nzdt": 780,
}
EARLIEST = 1900  # before that there were letters, but no mail
UNACCENTED = str.maketrans("éèêûúùäáàíóôöñćźń", "eeeuuuaaaiooonczn")


def iso(source: str, defects: Defects) -> str | None:
    """ISO 8601 with seconds and offset; None where no moment can be made of it."""
    if not source.strip():
        defects.add("date_missing")
        return None
    text = source[:300]
    if "(" in text:
        for _ in range(3):
            text = COMMENT.sub(" ", text)
    moment = _as_usual(text) or _moment(text, defects)
    if moment is None:
        defects.add("date_broken")
        return None
    return moment.isoformat(timespec="seconds")


def _as_usual(text: str) -> datetime | None:
    """A date as the RFC writes it, as nearly all are; None for any other, `_moment` reads them."""
    found = USUAL.fullmatch(text)
    if not found:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        numbers = int(year), MONTHS[month.lower()], int(day), int(hour), int(minute), int(second)
        return datetime(*numbers, tzinfo=zone)
    except ValueError:
        return None


def _moment(text: str, defects: Defects) -> datetime | None:
    clock = CLOCK.search(text) or DOTTED_CLOCK.search(text)
    before, after = (text[: clock.start()], text[clock.end() :]) if clock else (text, "")
    day = _day(before) or _day(f"{before} {after}")
    if day is None or day[0] < EARLIEST:
        return None
    year, month, number = day
    hour, minute, second = _time(clock)
    if hour > 24 or minute > 59 or second > 60:
        return None
    zone = _zone(after or text[10:], defects)
    try:
        midnight = datetime(year, month, number, tzinfo=zone)
        return midnight + timedelta(hours=hour, minutes=minute, seconds=second)
    except (ValueError, OverflowError):
        return None


def _time(clock: re.Match[str] | None) -> tuple[int, int, int]:
    if clock is None:
        return 0, 0, 0
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].lower().startswith("p") else 0)
    return hour, minute, second


def _day(text: str) -> tuple[int, int, int] | None:
    if found := ISO.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    for pattern, day, name in ((DAY_MONTH, 1, 2), (MONTH_DAY, 2, 1)):
        for found in pattern.finditer(text):
            month = _month(found[name])
            year = month and _year(text, found.end())
            if month and year:
                return year, month, int(found[day])
    return _slashed(text)


def _slashed(text: str) -> tuple[int, int, int] | None:
    found = SLASHED.search(text)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[2]), _full(found[3])
    return (year, second, first) if second <= 12 else (year, first, second)


def _month(word: str) -> int | None:
    name = word.lower().translate(UNACCENTED)
    return MONTHS.get(name) or MONTHS.get(name[:4]) or MONTHS.get(name[:3])


def _year(text: str, after: int) -> int | None:
    if found := YEAR.search(text):
        return int(found[1])
    found = YEAR_AFTER.match(text, after)
    return _full(found[1]) if found else None


def _full(digits: str) -> int:
    """RFC 5322 4.3: 00 to 49 are this century, 50 to 99 and three digits count from 1900."""
    year = int(digits)
    if len(digits) <= 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _zone(text: str, defects: Defects) -> timezone:
    if found := OFFSET.search(f" {text}"):
        minutes = int(found[2]) * 60 + int(found[3])
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
        defects.add("date_zone_broken")
        return UTC
    for word in WORD.findall(text):
        if word.lower() in ZONES:
            return timezone(timedelta(minutes=ZONES[word.lower()]))
    defects.add("date_zone_missing")
    return UTC
