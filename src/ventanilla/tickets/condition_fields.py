"""What conditions can ask of a ticket: each field with its operators, as pure functions and as SQL.

The language itself is in `tickets.conditions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Lower

from ventanilla.people.models import Contact, Organization
from ventanilla.tickets.models import (
    Channel,
    Level,
    MessageKind,
    Priority,
    Read,
    Status,
    Ticket,
    Type,
)

CharField.register_lookup(Lower)

LONGEST = 100  # characters of a text
LONGEST_AGO = 100_000  # hours, or any other number
ME, NOBODY = "me", "nobody"


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions can ask of a ticket, as plain values: live, or as it was at a moment."""

    status: int
    priority: int
    type: str
    channel: str
    language: str
    subject: str
    team_id: int
    assignee_id: int | None
    category_id: int | None
    inbox_id: int | None
    contact_id: int | None
    organization_id: int | None
    tags: Sequence[int]
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    waiting_since: datetime | None
    last_message_at: datetime | None
    last_message_kind: int | None
    last_message_id: int | None
    due_at: datetime | None
    clock_paused: bool
    message_count: int
    reopen_count: int
    impact: int | None = None
    urgency: int | None = None
    vip: bool = False  # the customer, or their organization
    read_up_to: Mapping[int, int] = field(default_factory=dict)  # by agent: the last message read
    custom: Mapping[str, Any] = field(default_factory=dict)  # the desk's own fields, by their keys


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when: what "me" and "older than" mean.

    zone   in which days begin
    below  of each category: itself and all that stands below it
    """

    me: int | None
    now: datetime
    zone: tzinfo = UTC
    below: Mapping[int, frozenset[int]] = field(default_factory=dict)


def facts(ticket: Ticket) -> Facts:
    """A ticket as facts. 1 statement, and those for a contact and organization not selected."""
    stored = {one.name: getattr(ticket, one.name) for one in fields(Facts) if one.name not in MADE}
    whose = (ticket.contact, ticket.organization)
    reads = Read.objects.filter(ticket=ticket).values_list("agent_id", "message_id")
    return Facts(**stored, vip=any(one and one.vip for one in whose), read_up_to=dict(reads))


MADE = ("vip", "read_up_to")  # facts that no column of the ticket holds


# -- kinds of fields: each operator as a pure function and as a filter ---------------------------
Pure = Callable[[Any, Any], bool]  # (value of the ticket, value of the test)
Filter = Callable[[str, Any], Q]  # (column, value of the test)
ANYTHING = Q()


def _missing(column: str, value: Any) -> Q:
    return Q(**{f"{column}__isnull": True})


def _present(column: str, value: Any) -> Q:
    return Q(**{f"{column}__isnull": False})


def _one_of(column: str, value: Any) -> Q:
    known = Q(**{f"{column}__in": [one for one in value if one is not None]})
    return known | _missing(column, None) if None in value else known


def _none_of(column: str, value: Any) -> Q:
    return ~_one_of(column, value)


Operators = dict[str, tuple[Pure, Filter]]
CHOICE: Operators = {
    "is": (lambda has, value: has in value, _one_of),
    "is_not": (lambda has, value: has not in value, _none_of),
}
AMOUNT: Operators = {
    "at_least": (lambda has, value: has >= value, lambda c, v: Q(**{f"{c}__gte": v})),
    "at_most": (lambda has, value: has <= value, lambda c, v: Q(**{f"{c}__lte": v})),
}
PRESENCE: Operators = {
    "empty": (lambda has, value: has is None, _missing),
    "set": (lambda has, value: has is not None, _present),
}
TAGS: Operators = {
    "any": (
        lambda has, value: not set(value).isdisjoint(has),
        lambda c, v: Q(**{f"{c}__overlap": list(v)}),
    ),
    "all": (
        lambda has, value: set(value) <= set(has),
        lambda c, v: Q(**{f"{c}__contains": list(v)}),
    ),
    "none": (
        lambda has, value: set(value).isdisjoint(has),
        lambda c, v: ~Q(**{f"{c}__overlap": list(v)}),
    ),
    "empty": (lambda has, value: not has, lambda c, v: Q(**{c: []})),
    "set": (lambda has, value: bool(has), lambda c, v: ~Q(**{c: []})),
}
TEXT: Operators = {
    "contains": (
        lambda has, value: value in lower(has),
        lambda c, v: Q(**{f"{c}__lower__contains": v}),
    ),
    "lacks": (
        lambda has, value: value not in lower(has),
        lambda c, v: ~Q(**{f"{c}__lower__contains": v}),
    ),
}
PAST: Operators = {  # the test's value is a moment: so long ago
    "within": (
        lambda has, value: has is not None and has >= value,
        lambda c, v: Q(**{f"{c}__gte": v}),
    ),
    "older": (
        lambda has, value: has is not None and has < value,
        lambda c, v: Q(**{f"{c}__lt": v}),
    ),
    "after": (  # on that day or later
        lambda has, value: has is not None and has >= value,
        lambda c, v: Q(**{f"{c}__gte": v}),
    ),
    "before": (
        lambda has, value: has is not None and has < value,
        lambda c, v: Q(**{f"{c}__lt": v}),
    ),
    **PRESENCE,
}
DUE: Operators = {  # a promise that runs; the test's value is a moment to come
    "within": (
        lambda has, value: has is not None and has <= value,
        lambda c, v: Q(**{f"{c}__lte": v}),
    ),
    **PRESENCE,
}


TREE: Operators = {"under": CHOICE["is"], "not_under": CHOICE["is_not"]}  # with what is below


def _yes_or_no(asked: Callable[[Any], Q]) -> Operators:
    return {
        "yes": (lambda has, value: bool(has), lambda c, v: asked(v)),
        "no": (lambda has, value: not has, lambda c, v: ~asked(v)),
    }


def _is_vip(_value: Any) -> Q:
    people, companies = Contact.objects.filter(vip=True), Organization.objects.filter(vip=True)
    return Q(contact__in=people.values("pk")) | Q(organization__in=companies.values("pk"))


def _is_unread(me: Any) -> Q:
    mine = Read.objects.filter(ticket=OuterRef("pk"), agent=me)
    seen = mine.filter(message_id__gte=OuterRef("last_message_id"))
    return Q(last_message_id__isnull=False) & ~Q(Exists(seen))


VIP, UNREAD = _yes_or_no(_is_vip), _yes_or_no(_is_unread)

# whose turn it is, by what the ticket's row says
TURNS = {
    "us": Q(status__in=(Status.NEW, Status.OPEN), waiting_since__isnull=False),
    "customer": Q(status=Status.PENDING),
    "others": Q(status=Status.ON_HOLD),
}


def _is_turn_of(_column: str, value: Any) -> Q:
    found = Q()
    for one in value:
        found |= TURNS[one]
    return found


TURN: Operators = {
    "is": (CHOICE["is"][0], _is_turn_of),
    "is_not": (CHOICE["is_not"][0], lambda c, v: ~_is_turn_of(c, v)),
}


def lower(text: str) -> str:
    """As PostgreSQL does it: letter by letter, so that no text changes its length."""
    return "".join("i" if letter == "İ" else letter.lower() for letter in text)


# -- fields --------------------------------------------------------------------------------------
Value = Callable[[Any], Any]  # checks what a form holds; raises ValueError


@dataclass(frozen=True, slots=True)
class Field:
    """What can be asked for. `has` finds a ticket's own value where no fact is called so."""

    column: str
    operators: Operators
    value: Value
    has: Callable[[Facts, Asker], Any] | None = None

    def of(self, facts: Facts, asker: Asker) -> Any:
        return self.has(facts, asker) if self.has else getattr(facts, self.column)


def _word(choices: type[Status] | type[Priority]) -> Value:
    return lambda given: int(choices[str(given).upper()])


def _level(given: Any) -> int:
    return int(Level[str(given).upper()])


def _writer(given: Any) -> int:
    return int(WRITERS[given])


WRITERS = {  # of the last message
    "customer": MessageKind.INBOUND,
    "agent": MessageKind.REPLY,
    "note": MessageKind.NOTE,
    "call": MessageKind.CALL,
    "automatic": MessageKind.SYSTEM,
}


def _text_of(*known: str) -> Value:
    def check(given: Any) -> str:
        if given not in known:
            raise ValueError(given)
        return str(given)

    return check


def _id(given: Any) -> int | str:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given < 2**31:
        raise ValueError(given)
    return given


def _person(given: Any) -> int | str:
    return given if given in (ME, NOBODY) else _id(given)


def _count(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= LONGEST_AGO:
        raise ValueError(given)
    return given


def a_day(given: Any) -> date:
    if not isinstance(given, str) or len(given) != 10:
        raise ValueError(given)
    found = date.fromisoformat(given)
    if not 1970 <= found.year <= 2999:
        raise ValueError(given)
    return found


def _nothing(given: Any) -> None:
    raise ValueError(given)


def _language(given: Any) -> str:
    if not isinstance(given, str) or not 2 <= len(given) <= 8 or not given.isascii():
        raise ValueError(given)
    return given


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > LONGEST or "\0" in given:
        raise ValueError(given)
    return lower(given.strip())


ON_A_DAY = frozenset({"after", "before"})  # take a day
ALONE = frozenset({"at_least", "at_most", "contains", "lacks", "within", "older"}) | ON_A_DAY
WITHOUT = frozenset({"empty", "set", "yes", "no"})  # take no value
_REF = CHOICE | PRESENCE


def _turn(of: Facts, asker: Asker) -> str:
    live = {Status.PENDING: "customer", Status.ON_HOLD: "others"}
    us = of.status in (Status.NEW, Status.OPEN) and of.waiting_since is not None
    return "us" if us else live.get(Status(of.status), "")


def _unread(of: Facts, asker: Asker) -> bool:
    read = 0 if asker.me is None else of.read_up_to.get(asker.me, 0)
    return of.last_message_id is not None and of.last_message_id > read


FIELDS: dict[str, Field] = {
    "status": Field("status", CHOICE, _word(Status)),
    "priority": Field("priority", CHOICE | AMOUNT, _word(Priority)),
    "impact": Field("impact", _REF, _level),
    "urgency": Field("urgency", _REF, _level),
    "type": Field("type", CHOICE, _text_of(*Type.values)),
    "channel": Field("channel", CHOICE, _text_of(*Channel.values)),
    "language": Field("language", CHOICE, _language),
    "subject": Field("subject", TEXT, _text),
    "team": Field("team_id", CHOICE, _id),
    "assignee": Field("assignee_id", _REF, _person),
    "category": Field("category_id", CHOICE | TREE | PRESENCE, _id),
    "inbox": Field("inbox_id", _REF, _id),
    "contact": Field("contact_id", _REF, _id),
    "organization": Field("organization_id", _REF, _id),
    "vip": Field("vip", VIP, _nothing),
    "tags": Field("tags", TAGS, _id),
    "created": Field("created_at", PAST, _count),  # hours, here and below
    "updated": Field("updated_at", PAST, _count),
    "resolved": Field("resolved_at", PAST, _count),
    "waiting": Field("waiting_since", PAST, _count),
    "last_message": Field("last_message_at", PAST, _count),
    "last_by": Field("last_message_kind", CHOICE, _writer),
    "turn": Field("turn", TURN, _text_of(*TURNS), _turn),
    "unread": Field("unread", UNREAD, _nothing, _unread),
    "due": Field("due_at", DUE, _count),
    "messages": Field("message_count", AMOUNT, _count),
    "reopened": Field("reopen_count", AMOUNT, _count),
}

# how values that are kept as numbers are written
NAMES: dict[str, Callable[[int], str]] = {
    "status": lambda value: Status(value).word,
    "priority": lambda value: Priority(value).word,
    "impact": lambda value: Level(value).word,
    "urgency": lambda value: Level(value).word,
    "last_by": lambda value: next(word for word, kind in WRITERS.items() if kind == value),
}
