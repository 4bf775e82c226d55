"""Reading the desk's own fields: once per change of the configuration."""

from __future__ import annotations

from datetime import datetime

from ventanilla.people.queries import per_configuration
from ventanilla.tickets.condition_fields import Asker
from ventanilla.tickets.conditions import read
from ventanilla.tickets.custom import Choice, Definition, Verdict, shown_of
from ventanilla.tickets.custom_fields import CustomField
from ventanilla.tickets.models import Category, Ticket


@per_configuration
def definitions() -> tuple[Definition, ...]:
    """Every field in its order, those that are switched off too. 2 statements at most, seldom."""
    rows = list(CustomField.objects.order_by("position", "pk"))
    below = _below() if any(row.categories for row in rows) else {}
    return tuple(definition(row, below) for row in rows)


def definition(row: CustomField, below: dict[int, set[int]]) -> Definition:
    """below  of each category: itself and all that stands below it"""
    branches = frozenset().union(*(below.get(pk, {pk}) for pk in row.categories))
    return Definition(
        key=row.key,
        kind=row.kind,
        labels=row.labels,
        helps=row.helps,
        options=tuple(Choice(one["key"], one["labels"]) for one in row.options),
        pattern=row.pattern,
        categories=branches if row.categories else None,
        conditions=read(row.conditions),
        to_create=row.to_create,
        to_resolve=row.to_resolve,
        active=row.active,
    )


def defined(key: str) -> Definition | None:
    """One field by its key. No statement but those of `definitions`."""
    return next((one for one in definitions() if one.key == key), None)


def asker(now: datetime) -> Asker:
    """Fields are asked for by nobody in particular: all see the same."""
    return Asker(me=None, now=now)


def shown_on(ticket: Ticket, now: datetime) -> Verdict:
    """What a ticket shows of the desk's own fields, and what it lacks to be resolved."""
    return shown_of(definitions(), ticket, asker(now))


def _below() -> dict[int, set[int]]:
    parents = dict(Category.objects.values_list("pk", "parent_id"))
    found: dict[int, set[int]] = {pk: {pk} for pk in parents}
    for pk in parents:
        above: int | None = parents[pk]
        for _level in range(9):
            if above is None:
                break
            found[above].add(pk)
            above = parents[above]
    return found
