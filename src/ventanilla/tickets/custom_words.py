"""Values of the desk's own fields as people read them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from ventanilla.tickets.custom import Definition, Value
from ventanilla.tickets.custom_fields import Kind


def in_words(one: Definition, value: Value | None) -> str:
    """In the reader's language; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(map(one.option, value))
    if isinstance(value, int | float):
        return str(number_format(value, use_l10n=True, force_grouping=False))
    if one.kind == Kind.CHOICE:
        return one.option(value)
    return _day(value) if one.kind == Kind.DATE else value


def as_typed(one: Definition, value: Value | None) -> str:
    """As a form's field holds it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None or isinstance(value, list) else str(value)


def _day(value: str) -> str:
    try:
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    except ValueError:
        return value
