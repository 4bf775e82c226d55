"""The desk's own fields of a ticket: what is shown, required, missing, invalid. Pure.

`decide` is asked by every way in: forms, the ticket's panel, resolving, mail, import. A field is
shown on the tickets of its categories (and what is below them) that fit its conditions; these may
ask for other fields, whose values count while they are shown themselves. What is not shown keeps
its value and is asked for by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ventanilla.lib import pattern
from ventanilla.lib.problems import Invalid
from ventanilla.tickets.condition_custom import key_of
from ventanilla.tickets.condition_fields import MADE, Asker, Facts
from ventanilla.tickets.conditions import EVERYTHING, Check, Group, checks, match
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.models import Status, Ticket

LONGEST = {Kind.TEXT: 200, Kind.PATTERN: 200, Kind.LONG_TEXT: 5000}
NUMBER = re.compile(r"[-−]?\d{1,15}(?:[.,]\d{1,6})?")
DIGITS = 15  # that a number keeps exactly
YES = frozenset({"yes", "true", "on", "1", "sí", "si"})
NO = frozenset({"no", "false", "off", "0"})
# what a field's conditions may ask for: what stands on the ticket's own row, and no moment
ASKED = ("status", "priority", "type", "channel", "language", "team", "category", "inbox", "tags",
         "organization")  # fmt: skip
CODED = (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO)  # their values are codes, not what people typed
OPERATORS: dict[str, tuple[str, ...]] = {
    Kind.TEXT: ("is", "is_not", "contains", "lacks"),
    Kind.LONG_TEXT: ("contains", "lacks"),
    Kind.PATTERN: ("is", "is_not", "contains", "lacks"),
    Kind.NUMBER: ("is", "is_not", "at_least", "at_most"),
    Kind.DATE: ("is", "is_not", "at_least", "at_most"),
    Kind.CHOICE: ("is", "is_not"),
    Kind.CHOICES: ("any", "all", "none"),
    Kind.YES_NO: ("is", "is_not"),
}
PRESENCE = ("empty", "set")

Value = str | int | float | bool | list[str]
Moment = Literal["create", "change", "resolve"]


@dataclass(frozen=True, slots=True)
class Choice:
    key: str
    labels: Mapping[str, str]

    @property
    def label(self) -> str:
        return in_language(self.labels) or self.key


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """One field. `categories` holds what is below them too; None: on tickets of any or none."""

    key: str
    kind: str
    labels: Mapping[str, str]
    helps: Mapping[str, str] = field(default_factory=dict)
    options: tuple[Choice, ...] = ()
    pattern: str = ""
    categories: frozenset[int] | None = None
    conditions: Group = EVERYTHING
    to_create: bool = False
    to_resolve: bool = False
    active: bool = True

    @property
    def label(self) -> str:
        return in_language(self.labels) or self.key

    @property
    def help(self) -> str:
        return in_language(self.helps)

    def option(self, key: str) -> str:
        """What a choice is called; one that is no longer offered, by its key."""
        return next((one.label for one in self.options if one.key == key), key)


def in_language(words: Mapping[str, str]) -> str:
    """In the reader's language, else in any there is."""
    return words.get((get_language() or "")[:2]) or next(filter(None, words.values()), "")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value can't be taken, or that one is missing; the message names the field.

    code  "unknown", "invalid", "not_asked" or "missing"
    """

    key: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a ticket shows and needs once the given values are in it.

    missing  what is required at this moment and empty
    faults   what can't be accepted: bad values, and what is missing, in the order of the fields
    values   all that the ticket holds then, by key; of faulty ones what it held before
    changed  keys whose value differs, with before and after; None is nothing
    """

    shown: tuple[Definition, ...]
    missing: tuple[Definition, ...]
    faults: tuple[Fault, ...]
    values: dict[str, Value]
    changed: dict[str, tuple[Value | None, Value | None]]


def row_facts(ticket: Ticket) -> Facts:
    """What a field's conditions can ask of a ticket, from its row alone."""
    return Facts(
        **{one.name: getattr(ticket, one.name) for one in fields(Facts) if one.name not in MADE}
    )


def decide(
    definitions: Sequence[Definition],
    of: Facts,
    given: Mapping[str, Any],
    *,
    moment: Moment,
    asker: Asker,
) -> Verdict:
    """Judge `given` values (a text, or as stored; nothing clears) on top of what `of` holds.

    moment  "create": what is required to open must be there; "resolve": that and what is required
            to resolve; "change": only that nothing required is taken away
    """
    if not definitions:
        unknown = tuple(_unknown(key) for key in given)
        return Verdict((), (), unknown, dict(of.custom), {})
    known = {one.key: one for one in definitions}
    values, bad = _taken(known, of.custom, given)
    now = replace(of, custom=values)
    shown = _shown(definitions, now, asker)
    visible = {one.key for one in shown}
    changed = {
        key: (of.custom.get(key), values.get(key))
        for key in given
        if of.custom.get(key) != values.get(key)
    }
    if not bad:
        hidden = (known[key] for key in changed if key not in visible and key in values)
        bad = {one.key: _not_asked(one) for one in hidden}
    missing = tuple(one for one in shown if one.key not in values and one.key not in bad)
    missing = tuple(one for one in missing if _required(one, moment, of, changed))
    gaps = {one.key: Fault(one.key, "missing", _missing(one, moment)) for one in missing}
    order = [*known, *(key for key in bad if key not in known)]
    faults = tuple((bad | gaps)[key] for key in order if key in bad or key in gaps)
    return Verdict(shown, missing, faults, values, changed)


def shown_of(definitions: Sequence[Definition], ticket: Ticket, asker: Asker) -> Verdict:
    """What a ticket shows, and what it lacks to be resolved."""
    return decide(definitions, row_facts(ticket), {}, moment="resolve", asker=asker)


# -- parts of the decision -----------------------------------------------------------------------
def _taken(
    known: Mapping[str, Definition], held: Mapping[str, Any], given: Mapping[str, Any]
) -> tuple[dict[str, Value], dict[str, Fault]]:
    """The values with what is given, and what of it can't be taken."""
    values, bad = dict(held), {}
    for key, raw in given.items():
        one = known.get(key)
        if one is None or not one.active:
            bad[key] = _unknown(key)
            continue
        if key in held and raw == held[key]:
            continue  # as it was, even if it is no longer offered
        try:
            value = read(one, raw, held.get(key))
        except ValueError as error:
            bad[key] = Fault(key, "invalid", f"{one.label}: {error}")
            continue
        if value is None:
            values.pop(key, None)
        else:
            values[key] = value
    return values, bad


def _shown(definitions: Sequence[Definition], of: Facts, asker: Asker) -> tuple[Definition, ...]:
    known = {one.key: one for one in definitions}
    verdicts: dict[str, bool] = {}

    def is_shown(one: Definition) -> bool:
        if one.key not in verdicts:
            verdicts[one.key] = False  # while it is being asked: who asks for itself sees nothing
            verdicts[one.key] = _applies(one, of) and match(one.conditions, seen(one), asker)
        return verdicts[one.key]

    def seen(one: Definition) -> Facts:
        """The ticket with the values of those fields that it shows itself."""
        asked = set(asked_of(one))
        if not asked:
            return of
        there = {
            key: value
            for key, value in of.custom.items()
            if key in asked and key in known and is_shown(known[key])
        }
        return replace(of, custom=there)

    return tuple(one for one in definitions if is_shown(one))


def asked_of(one: Definition) -> Iterator[str]:
    """The keys of the fields that a field's conditions ask for."""
    return (key for test in checks(one.conditions) if (key := key_of(test.field)))


def _applies(one: Definition, of: Facts) -> bool:
    return one.active and (one.categories is None or of.category_id in one.categories)


def _required(one: Definition, moment: Moment, of: Facts, changed: Mapping[str, Any]) -> bool:
    if moment == "create":
        return one.to_create
    if moment == "resolve":
        return one.to_create or one.to_resolve
    return one.key in changed and (
        one.to_create or (one.to_resolve and of.status >= Status.RESOLVED)
    )


def _unknown(key: str) -> Fault:
    return Fault(key, "unknown", _("There is no field “%(name)s”.") % {"name": key[:40]})


def _not_asked(one: Definition) -> Fault:
    return Fault(
        one.key, "not_asked", _("“%(field)s” is not asked for here.") % {"field": one.label}
    )


def _missing(one: Definition, moment: Moment) -> str:
    if moment == "resolve":
        return _("“%(field)s” must be filled in before it is resolved.") % {"field": one.label}
    return _("“%(field)s” must be filled in.") % {"field": one.label}


# -- values --------------------------------------------------------------------------------------
def read(one: Definition, given: Any, held: Any = None) -> Value | None:
    """A value as it is stored; None for nothing. Raises ValueError with what to do instead.

    held  what is there: its choices may stay although they are no longer offered
    """
    if given is None or given == "" or given == []:
        return None
    return READERS[one.kind](one, given, held)


def _text(one: Definition, given: Any, held: Any) -> str | None:
    if not isinstance(given, str | int | float) or isinstance(given, bool):
        raise ValueError(_("Write a text."))
    found = str(given)
    if "\0" in found or any("\ud800" <= letter <= "\udfff" for letter in found):
        raise ValueError(_("This text holds signs that can't be kept."))
    if one.kind == Kind.LONG_TEXT:
        found = "\n".join(line.rstrip() for line in found.splitlines()).strip()
    else:
        found = " ".join(found.split())
    most = LONGEST[Kind(one.kind)]
    if len(found) > most:
        raise ValueError(_("Write %(most)s characters at most.") % {"most": most})
    return found or None


def _pattern(one: Definition, given: Any, held: Any) -> str | None:
    found = _text(one, given, held)
    if found is not None and not pattern.fits(one.pattern, found):
        raise ValueError(
            _("“%(value)s” is not of the form %(pattern)s.")
            % {"value": found[:40], "pattern": one.pattern}
        )
    return found


def _number(one: Definition, given: Any, held: Any) -> int | float | None:
    said = str(given).strip()
    wrong = isinstance(given, bool) or not NUMBER.fullmatch(said)
    if wrong or sum(letter.isdecimal() for letter in said) > DIGITS:
        raise ValueError(_("Write a number, such as 12 or 3,5."))
    plain = said.replace("−", "-").replace(",", ".")
    found = float(plain)
    return int(found) if found.is_integer() else found


def _date(one: Definition, given: Any, held: Any) -> str:
    try:
        found = given if isinstance(given, date) else date.fromisoformat(str(given).strip())
    except ValueError:
        raise ValueError(_("Write a day as year-month-day, such as 2026-01-31.")) from None
    return date(found.year, found.month, found.day).isoformat()


def _choice(one: Definition, given: Any, held: Any) -> str:
    if given not in [option.key for option in one.options]:
        raise ValueError(_("Choose one from the list."))
    return str(given)


def _choices(one: Definition, given: Any, held: Any) -> list[str] | None:
    several = [given] if isinstance(given, str) else given
    if not isinstance(several, list | tuple) or not all(isinstance(each, str) for each in several):
        raise ValueError(_("Choose from the list."))
    before = held if isinstance(held, list) else []
    offered = [option.key for option in one.options]
    offered += [key for key in before if key not in offered]
    wanted = {each for each in several if each}
    if wanted - set(offered):
        raise ValueError(_("Choose from the list."))
    return [key for key in offered if key in wanted] or None


def _yes_no(one: Definition, given: Any, held: Any) -> bool:
    said = str(given).strip().lower()
    if said not in YES | NO:
        raise ValueError(_("Answer yes or no."))
    return said in YES


READERS: dict[str, Callable[[Definition, Any, Any], Value | None]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.PATTERN: _pattern,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.YES_NO: _yes_no,
}


# -- conditions that ask for them ----------------------------------------------------------------
def check_conditions(conditions: Group, definitions: Iterable[Definition]) -> None:
    """Whether the desk's own fields that conditions ask for are there, and can be asked so.

    Raises Invalid.
    """
    known = {one.key: one for one in definitions}
    for test in checks(conditions):
        if key := key_of(test.field):
            _check_test(test, known.get(key), key)


def _check_test(test: Check, one: Definition | None, key: str) -> None:
    if one is None:
        raise Invalid(_unknown(key).message, field="conditions")
    operators = (*OPERATORS[one.kind], *PRESENCE)
    if test.op not in operators:
        raise Invalid(
            _("“%(field)s” can't be asked with “%(op)s”, only with: %(known)s.")
            % {"field": one.label, "op": test.op, "known": ", ".join(operators)},
            field="conditions",
        )
    if test.op in PRESENCE or test.op in ("contains", "lacks"):
        return
    for value in test.value if isinstance(test.value, tuple) else (test.value,):
        _check_value(one, value)


def _check_value(one: Definition, value: Any) -> None:
    """A condition's value must be as the field's are stored: "1" is no number."""
    try:
        stored = read(one, value) if one.kind != Kind.PATTERN else value
    except ValueError as error:
        raise Invalid(f"{one.label}: {error}", field="conditions") from None
    plain = stored[0] if isinstance(stored, list) and len(stored) == 1 else stored
    if plain != value or isinstance(plain, bool) != isinstance(value, bool):
        raise Invalid(
            _("“%(value)s” is no value of “%(field)s”.") % {"value": value, "field": one.label},
            field="conditions",
        )
