"""What a field can hold: read from a node, or every reason why not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from yaml import nodes

from ventanilla.configuration.faults import Fault, Faulty
from ventanilla.configuration.nodes import is_null, place
from ventanilla.lib.business_time import Calendar as Hours
from ventanilla.lib.html import clean, text_to_html
from ventanilla.lib.liquid import check
from ventanilla.lib.problems import Problem
from ventanilla.people import senders
from ventanilla.people.zones import zone_names
from ventanilla.sla.models import Metric
from ventanilla.tickets.condition_custom import key_of
from ventanilla.tickets.conditions import read as read_conditions
from ventanilla.tickets.models import Level, Priority

BAD = object()  # stands for a value that has a fault
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_FAULTS = 100  # that are told at once
GONE = "(gone)"  # in an export: what a view asked for is no longer there


@dataclass
class Mention:
    """A name in the file that stands for something else in it, or in the desk."""

    section: str
    label: str
    at: tuple[int, int]
    path: str


@dataclass
class Reading:
    """What has been found so far."""

    faults: list[Fault] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    def bad(self, node: nodes.Node, path: str, message: str) -> Any:
        self.add(Fault(*place(node), path, message))
        return BAD

    def add(self, fault: Fault) -> None:
        """Raises Faulty when there are enough: a hostile file is not read to its end."""
        self.faults.append(fault)
        if len(self.faults) >= MOST_FAULTS:
            raise Faulty(self.faults)

    def mention(self, section: str, label: str, node: nodes.Node, path: str) -> str:
        self.mentions.append(Mention(section, label, place(node), path))
        return label


Reader = Callable[[nodes.Node, Reading, str], Any]


def nearest(word: str, known: Iterable[str]) -> str:
    """What was meant, as a sentence; or what there is."""
    names = list(known)
    by_fold = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(word.casefold()[:100], by_fold, n=1, cutoff=0.6)
    if near:
        return _("Did you mean “%(name)s”?") % {"name": by_fold[near[0]]}
    if not names:
        return _("There is none yet.")
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return _("Known are: %(names)s.") % {"names": shown}


def tidy(value: str) -> str:
    """A name as the verbs keep it."""
    return " ".join(value.split())


def word_of(node: nodes.Node, reading: Reading, path: str) -> Any:
    """A scalar as the text that it is."""
    if not isinstance(node, nodes.ScalarNode):
        return reading.bad(node, path, _("Write one value here, no list and no fields."))
    value: str = node.value
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        return reading.bad(node, path, _("This text holds signs that can't be kept."))
    return value


def text(longest: int, *, needed: bool = False, change: Callable[[str], str] = tidy) -> Reader:
    def read(node: nodes.Node, reading: Reading, path: str) -> Any:
        value = "" if is_null(node) else word_of(node, reading, path)
        if value is BAD:
            return BAD
        value = change(value)
        if needed and not value:
            return reading.bad(node, path, _("This can't be empty."))
        if len(value) > longest:
            return reading.bad(
                node, path, _("Write %(most)s characters at most.") % {"most": longest}
            )
        return value

    return read


def same(value: str) -> str:
    return value


def html(value: str) -> str:
    """As the pages keep a signature."""
    return clean(value) if "<" in value else text_to_html(value) if value.strip() else ""


def signatures(languages: Sequence[str]) -> Reader:
    """Signatures by language, each as the pages keep it."""
    one = text(5000, needed=True, change=html)

    def read(node: nodes.Node, reading: Reading, path: str) -> Any:
        given = fields_of(node, reading, path, languages)
        if given is BAD:
            return BAD
        found = {name: one(each, reading, f"{path}.{name}") for name, each in given}
        return BAD if BAD in found.values() else dict(sorted(found.items()))

    return read


def choice(values: Sequence[str]) -> Reader:
    def read(node: nodes.Node, reading: Reading, path: str) -> Any:
        value = word_of(node, reading, path)
        if value is BAD or value in values:
            return value
        text_ = _("“%(value)s” can't stand here.") % {"value": value[:60]}
        return reading.bad(node, path, f"{text_} {nearest(value, values)}")

    return read


def zone(node: nodes.Node, reading: Reading, path: str) -> Any:
    value = word_of(node, reading, path)
    if value is BAD or value in zone_names():
        return value
    text_ = _("There is no time zone “%(value)s”.") % {"value": value[:60]}
    near = difflib.get_close_matches(value[:60], sorted(zone_names()), n=1)
    way = nearest(value, near) if near else _("They look like Europe/Madrid.")
    return reading.bad(node, path, f"{text_} {way}")


def whole(low: int, high: int) -> Reader:
    def read(node: nodes.Node, reading: Reading, path: str) -> Any:
        value = word_of(node, reading, path)
        if value is BAD:
            return BAD
        if re.fullmatch(r"[0-9]{1,9}", value) and low <= int(value) <= high:
            return int(value)
        text_ = _("Write a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
        return reading.bad(node, path, text_)

    return read


def flag(node: nodes.Node, reading: Reading, path: str) -> Any:
    value = word_of(node, reading, path)
    if value is BAD:
        return BAD
    known = {"true": True, "false": False}
    if value.lower() in known:
        return known[value.lower()]
    return reading.bad(node, path, _("Write true or false."))


def email(node: nodes.Node, reading: Reading, path: str) -> Any:
    value = word_of(node, reading, path)
    if value is BAD:
        return BAD
    value = value.strip().lower()
    try:
        validate_email(value)
    except ValidationError:
        text_ = _("This is no e-mail address. It looks like name@example.com.")
        return reading.bad(node, path, text_)
    return value if len(value) <= 254 else reading.bad(node, path, _("This address is too long."))


def sender(node: nodes.Node, reading: Reading, path: str) -> Any:
    """An address or a domain, as blocked senders are kept."""
    value = word_of(node, reading, path)
    if value is BAD:
        return BAD
    try:
        return senders.sender_of(value)
    except Problem as problem:
        return reading.bad(node, path, problem.message)


def address_or_nothing(node: nodes.Node, reading: Reading, path: str) -> Any:
    """A web address, or empty."""
    value = text(200, change=str.strip)(node, reading, path)
    if value is BAD or not value:
        return value
    try:
        URLValidator(schemes=["https", "http"])(value)
    except ValidationError:
        return reading.bad(node, path, _("Write a whole address, such as https://example.com/."))
    return value


def moment(node: nodes.Node, reading: Reading, path: str) -> Any:
    """A time as 2026-01-31T08:00:00Z, in UTC; null for none."""
    if is_null(node):
        return None
    value = word_of(node, reading, path)
    if value is BAD:
        return BAD
    try:
        found = datetime.fromisoformat(value.strip())
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return moment_in_words(found)
    except (ValueError, OverflowError):
        return reading.bad(node, path, _("Write a time like 2026-01-31T08:00:00Z, or null."))


def moment_in_words(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def several(one: Reader, *, most: int = 500, ordered: bool = False) -> Reader:
    """A list without repeats; sorted unless its order says something."""

    def read(node: nodes.Node, reading: Reading, path: str) -> Any:
        if not isinstance(node, nodes.SequenceNode) or len(node.value) > most:
            return reading.bad(node, path, _("Write a list here, such as [a, b]."))
        found = [one(each, reading, f"{path}[{n}]") for n, each in enumerate(node.value, 1)]
        if any(value is BAD for value in found):
            return BAD
        for n, value in enumerate(found):
            if value in found[:n]:
                text_ = _("“%(value)s” stands here twice.") % {"value": value}
                return reading.bad(node.value[n], f"{path}[{n + 1}]", text_)
        return found if ordered else sorted(found, key=order_of)

    return read


def order_of(value: str) -> tuple[str, str]:
    return value.casefold(), value


def ref(section: str, *, optional: bool = False) -> Reader:
    def read(node: nodes.Node, reading: Reading, path: str) -> Any:
        if optional and is_null(node):
            return None
        value = word_of(node, reading, path)
        if value is BAD:
            return BAD
        return reading.mention(section, tidy(value), node, path)

    return read


def fields_of(
    node: nodes.Node, reading: Reading, path: str, known: Iterable[str]
) -> list[tuple[str, nodes.Node]] | Any:
    """The fields of a mapping, each known and only once; BAD when it is none."""
    if not isinstance(node, nodes.MappingNode):
        return reading.bad(node, path, _("Write fields here: a name, a colon and a value each."))
    names: list[str] = list(known)
    found: list[tuple[str, nodes.Node]] = []
    for key, value in node.value:
        name = key.value if isinstance(key, nodes.ScalarNode) else ""
        at = f"{path}.{name[:40]}".lstrip(".")
        if name not in names:
            text_ = _("There is no field “%(name)s” here.") % {"name": name[:40]}
            reading.bad(key, at, f"{text_} {nearest(name, names)}")
        elif any(name == other for other, _node in found):
            reading.bad(key, at, _("“%(name)s” stands here twice.") % {"name": name})
        else:
            found.append((name, value))
    return found


# -- hours ---------------------------------------------------------------------------------------
SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)")


def span(node: nodes.Node, reading: Reading, path: str) -> Any:
    value = word_of(node, reading, path)
    if value is BAD:
        return BAD
    found = SPAN.fullmatch(value.strip())
    if found is None:
        return reading.bad(node, path, _("Write opening and closing time like 09:00-18:00."))
    opens, closes = f"{int(found[1]):02}:{found[2]}", "24:00"
    if found[3]:
        closes = f"{int(found[3]):02}:{found[4]}"
    return f"{opens}-{closes}"


spans = several(span, most=24, ordered=True)


def week(node: nodes.Node, reading: Reading, path: str) -> Any:
    """Spans by day; a day that is missing is closed."""
    given = fields_of(node, reading, path, DAYS)
    if given is BAD:
        return BAD
    found = {day: spans(each, reading, f"{path}.{day}") for day, each in given}
    if BAD in found.values():
        return BAD
    if not any(found.values()):
        text_ = _("Open at least one day: else no deadline would ever come.")
        return reading.bad(node, path, text_)
    return {day: found.get(day, []) for day in DAYS}


def special_days(node: nodes.Node, reading: Reading, path: str) -> Any:
    """Spans of single days, by their date; none: closed."""
    if not isinstance(node, nodes.MappingNode):
        return reading.bad(node, path, _('Write dates here, such as "2026-12-25": [].'))
    found: dict[str, Any] = {}
    for key, each in node.value:
        said = key.value if isinstance(key, nodes.ScalarNode) else ""
        try:
            day = date.fromisoformat(said).isoformat()
        except ValueError:
            text_ = _("“%(line)s” is no date. Write year-month-day.") % {"line": said[:20]}
            found[f"bad {len(found)}"] = reading.bad(key, path, text_)
            continue
        if day in found:
            text_ = _("“%(name)s” stands here twice.") % {"name": day}
            reading.bad(key, f"{path}.{day}", text_)
        found[day] = spans(each, reading, f"{path}.{day}")
    return BAD if BAD in found.values() else dict(sorted(found.items()))


def hours_json(days: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """As calendars keep it."""
    return {day: [each.split("-") for each in of_day] for day, of_day in days.items()}


def hours_are_sound(values: dict[str, Any]) -> bool:
    try:
        in_week = {str(n): values["week"][day] for n, day in enumerate(DAYS)}
        zone_, closed = values["time_zone"], hours_json(values["exceptions"])
        Hours.from_json(zone_, hours_json(in_week), closed)
    except (ValueError, KeyError):
        return False
    return True


# -- promises --------------------------------------------------------------------------------------
DURATION = re.compile(r"(?:(\d{1,5})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,8})s)?")
LONGEST = 2000 * 3600  # seconds


def in_words(seconds: int) -> str:
    """4h, 1h 30m, 45s: exact, as `duration` reads it."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{n}{unit}" for n, unit in ((hours, "h"), (minutes, "m"), (rest, "s")) if n]
    return " ".join(parts) or "0s"


def duration(node: nodes.Node, reading: Reading, path: str) -> Any:
    value = word_of(node, reading, path)
    if value is BAD:
        return BAD
    found = DURATION.fullmatch(value.strip()) if value.strip() else None
    seconds = 0
    if found:
        hours, minutes, rest = (int(each or 0) for each in found.groups())
        seconds = hours * 3600 + minutes * 60 + rest
    if not 0 < seconds <= LONGEST:
        return reading.bad(node, path, _("Write working time like 4h or 1h 30m."))
    return in_words(seconds)


def seconds_of(words: str) -> int:
    found = DURATION.fullmatch(words)
    hours, minutes, rest = (int(each or 0) for each in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + rest


def targets(node: nodes.Node, reading: Reading, path: str) -> Any:
    """Working time by metric and priority, the most urgent first."""
    given = fields_of(node, reading, path, Metric.values)
    if given is BAD:
        return BAD
    found: dict[str, dict[str, Any]] = {metric: {} for metric in Metric.values}
    words = [priority.word for priority in reversed(Priority)]
    for metric, each in given:
        by_priority = fields_of(each, reading, f"{path}.{metric}", words)
        if by_priority is BAD:
            return BAD
        read = {p: duration(n, reading, f"{path}.{metric}.{p}") for p, n in by_priority}
        found[metric] = {word: read[word] for word in words if word in read}
    return BAD if any(BAD in each.values() for each in found.values()) else found


def matrix(node: nodes.Node, reading: Reading, path: str) -> Any:
    """The priority of incidents by impact, there by urgency: every one of the nine."""
    levels = [level.word for level in Level]
    read_one = choice([priority.word for priority in Priority])
    by_impact = _every(node, reading, path, levels)
    if by_impact is BAD:
        return BAD
    found: dict[str, dict[str, Any]] = {}
    for impact in levels:
        at = f"{path}.{impact}"
        by_urgency = _every(by_impact[impact], reading, at, levels)
        if by_urgency is BAD:
            return BAD
        found[impact] = {
            urgency: read_one(by_urgency[urgency], reading, f"{at}.{urgency}") for urgency in levels
        }
    return BAD if any(BAD in each.values() for each in found.values()) else found


def _every(node: nodes.Node, reading: Reading, path: str, names: Sequence[str]) -> Any:
    given = fields_of(node, reading, path, names)
    if given is BAD:
        return BAD
    found = dict(given)
    for name in names:
        if name not in found:
            return reading.bad(node, path, _("The field “%(name)s” is missing.") % {"name": name})
    return found


def matrix_in_words(given: Sequence[int]) -> dict[str, dict[str, str]]:
    return {
        impact.word: {
            urgency.word: Priority(given[impact * len(Level) + urgency]).word for urgency in Level
        }
        for impact in Level
    }


def matrix_of(words: dict[str, dict[str, str]]) -> list[int]:
    numbers = {priority.word: int(priority) for priority in Priority}
    return [numbers[words[impact.word][urgency.word]] for impact in Level for urgency in Level]


# -- texts with variables --------------------------------------------------------------------------
def liquid(longest: int, known: Callable[[], dict[str, Any]], *, needed: bool = True) -> Reader:
    plain = text(longest, needed=needed, change=str.strip)

    def read(node: nodes.Node, reading: Reading, path: str) -> Any:
        value = plain(node, reading, path)
        if value is BAD:
            return BAD
        for fault in check(value, known()):
            text_ = _("In line %(line)s of the text: %(what)s")
            return reading.bad(node, path, text_ % {"line": fault.line, "what": fault.message})
        return value

    return read


# -- times of rules --------------------------------------------------------------------------------
def after(since: Sequence[str], longest: int) -> Reader:
    """A time after which a rule looks, or null: since, hours, working."""
    readers = {"since": choice(since), "hours": whole(1, longest), "working": flag}

    def read(node: nodes.Node, reading: Reading, path: str) -> Any:
        if is_null(node):
            return None
        given = fields_of(node, reading, path, tuple(readers))
        if given is BAD:
            return BAD
        found = {name: readers[name](each, reading, f"{path}.{name}") for name, each in given}
        if BAD in found.values():
            return BAD
        if not {"since", "hours"} <= found.keys():
            return reading.bad(node, path, _("Write since what it counts, and how many hours."))
        return {"since": found["since"], "hours": found["hours"],
                "working": found.get("working", False)}  # fmt: skip

    return read


# -- conditions ------------------------------------------------------------------------------------
# what a condition's numbers stand for: field of the condition -> section of the file
REFERS = {
    "team": "teams", "assignee": "agents", "category": "categories", "inbox": "inboxes",
    "contact": "contacts", "organization": "organizations", "tags": "tags",
}  # fmt: skip
EMPTY_OPS = ("empty", "set")
OWN = "fields"  # the section of the desk's own: "custom.cause" asks for the field "cause"
PEOPLE = ("me", "nobody")  # who stands for no agent of a name


def conditions(node: nodes.Node, reading: Reading, path: str) -> Any:
    """A group of tests and groups, with names instead of numbers."""
    before = len(reading.faults)
    found = _group(node, reading, path)
    if found is BAD or len(reading.faults) > before:
        return BAD
    try:
        read_conditions(with_numbers(found))
    except Problem as problem:
        return reading.bad(node, path, problem.message)
    return found


def _group(node: nodes.Node, reading: Reading, path: str) -> Any:
    given = fields_of(node, reading, path, ("all", "any"))
    if given is BAD or len(given) != 1 or not isinstance(given[0][1], nodes.SequenceNode):
        text_ = _("A group holds a list under “all” or “any”, and nothing else.")
        return BAD if given is BAD else reading.bad(node, path, text_)
    ((kind, parts),) = given
    at = f"{path}.{kind}"
    return {kind: [_part(each, reading, f"{at}[{n}]") for n, each in enumerate(parts.value, 1)]}


def _part(node: nodes.Node, reading: Reading, path: str) -> Any:
    keys = [key.value for key, _value in node.value] if isinstance(node, nodes.MappingNode) else []
    if "field" not in keys:
        return _group(node, reading, path)
    given = fields_of(node, reading, path, ("field", "op", "value"))
    found: dict[str, Any] = {}
    for name, each in given:
        if name != "value":
            found[name] = word_of(each, reading, f"{path}.{name}")
        if name == "field" and (key := key_of(str(found[name]))):
            reading.mention(OWN, key, each, f"{path}.{name}")
    for name, each in given:
        if name == "value":
            section = REFERS.get(str(found.get("field")), "")
            section = OWN if key_of(str(found.get("field"))) else section
            found["value"] = _value(each, reading, f"{path}.value", section)
    return found


def _value(node: nodes.Node, reading: Reading, path: str, section: str) -> Any:
    if isinstance(node, nodes.SequenceNode):
        return [
            _one(each, reading, f"{path}[{n}]", section) for n, each in enumerate(node.value, 1)
        ]
    return _one(node, reading, path, section)


def _one(node: nodes.Node, reading: Reading, path: str, section: str) -> Any:
    value = word_of(node, reading, path)
    if value is BAD or (section == "agents" and value in PEOPLE):
        return value
    if section == OWN:
        return _of_own_field(value, plain=not getattr(node, "style", None))
    if section:
        return reading.mention(section, tidy(value), node, path)
    is_number = not getattr(node, "style", None) and re.fullmatch(r"[0-9]{1,9}", value)
    return int(value) if is_number else value


def _of_own_field(value: str, *, plain: bool) -> str | int | float | bool:
    """Without quotes, what looks like a number is one, and true and false are yes and no."""
    if plain and value in ("true", "false"):
        return value == "true"
    if plain and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", value):
        found = float(value)
        return int(found) if found.is_integer() else found
    return value


def with_numbers(given: Any) -> Any:
    """With 1 for every name: to have the rest checked by the language itself."""
    return mapped(given, lambda section, label: 1)


def mapped(given: Any, number: Callable[[str, Any], Any]) -> Any:
    """Conditions with every name (or number) of something exchanged by `number(section, it)`."""
    if not isinstance(given, dict):
        return given
    if "field" not in given:
        return {kind: [mapped(part, number) for part in parts] for kind, parts in given.items()}
    section = REFERS.get(str(given["field"]), "")
    if not section or "value" not in given:
        return dict(given)

    def one(value: Any) -> Any:
        return value if section == "agents" and value in PEOPLE else number(section, value)

    value = given["value"]
    return given | {
        "value": [one(each) for each in value] if isinstance(value, list) else one(value)
    }
