"""The desk's own fields: beside a ticket, in the form of a new one, in settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.desk.shapes import CustomInput, CustomProp, Menu, Option
from ventanilla.tickets.custom import Definition, Value
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.custom_queries import definitions, shown_on
from ventanilla.tickets.custom_words import as_typed, in_words
from ventanilla.tickets.models import Ticket

NAME = "custom."  # before a field's key, in forms


def props(ticket: Ticket, now: datetime) -> list[CustomProp]:
    """What the ticket shows of them, in their order. Asks the database nothing."""
    if not definitions():
        return []
    verdict = shown_on(ticket, now)
    lacking = {one.key for one in verdict.missing}
    return [_prop(one, verdict.values.get(one.key), one.key in lacking) for one in verdict.shown]


def _prop(one: Definition, value: Value | None, lacks: bool) -> CustomProp:
    return CustomProp(
        key=one.key,
        kind=one.kind,
        label=one.label,
        help=one.help,
        words=in_words(one, value),
        typed=as_typed(one, value),
        missing=_missing(one) if lacks else "",
        options=Menu(options(one, value)) if one.kind in CHOSEN else Menu(),
    )


def _missing(one: Definition) -> str:
    return _("Missing") if one.to_create else _("Needed to resolve it")


CHOSEN = (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO)


def options(one: Definition, value: Value | None) -> list[Option]:
    """What can be chosen; what the ticket has of it, even if it is no longer offered."""
    if one.kind == Kind.YES_NO:
        answers = [("yes", _("Yes"), True), ("no", _("No"), False)]
        found = [Option(key, label, chosen=value is answer) for key, label, answer in answers]
        return [*found, _none(value)]
    has = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    keys = [option.key for option in one.options]
    found = [
        Option(key, one.option(key), chosen=key in has)
        for key in [*keys, *(key for key in has if key not in keys)]
    ]
    return found if one.kind == Kind.CHOICES else [*found, _none(value)]


def to_choose_from() -> list[Option]:
    """One answer of one field each, such as "Cause: Transport", for many tickets at once."""
    found = []
    for one in definitions():
        if one.active and one.kind in (Kind.CHOICE, Kind.YES_NO):
            for option in options(one, None):
                found.append(Option(f"{one.key}={option.value}", f"{one.label}: {option.label}"))
    return found


def _none(value: Value | None) -> Option:
    return Option("", _("None"), icon="i-x", chosen=value is None)


# -- the form of a new ticket ----------------------------------------------------------------------
def inputs(
    shown: Iterable[Definition], given: Mapping[str, Any], errors: Mapping[str, str]
) -> list[CustomInput]:
    """The fields as a form asks for them, with what was written and what is wrong with it."""
    return [
        CustomInput(
            name=f"{NAME}{one.key}",
            kind=one.kind,
            label=one.label if one.to_create else _("%(field)s (optional)") % {"field": one.label},
            help=one.help,
            value=given.get(one.key, ""),
            options=_to_choose(one),
            required=one.to_create,
            error=errors.get(one.key, ""),
        )
        for one in shown
    ]


def _to_choose(one: Definition) -> Sequence[tuple[str, str]]:
    if one.kind == Kind.YES_NO:
        return [("", "—"), ("yes", _("Yes")), ("no", _("No"))]
    offered = [(option.key, option.label) for option in one.options]
    return [("", "—"), *offered] if one.kind == Kind.CHOICE else offered
