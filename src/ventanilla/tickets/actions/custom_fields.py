"""Setting up the desk's own fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib import pattern as patterns
from ventanilla.lib.fold import fold
from ventanilla.lib.problems import Invalid
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.rights import require
from ventanilla.tickets.condition_custom import KEY
from ventanilla.tickets.condition_fields import ME, TREE
from ventanilla.tickets.conditions import Group, checks, read, written
from ventanilla.tickets.custom import ASKED, Definition, asked_of, check_conditions
from ventanilla.tickets.custom_fields import CustomField, Kind
from ventanilla.tickets.custom_queries import definition
from ventanilla.tickets.models import Category
from ventanilla.tickets.search.operators import OPERATORS

MOST, MOST_OPTIONS, LONGEST_LABEL, LONGEST_HELP = 100, 200, 80, 400
WITH_OPTIONS = (Kind.CHOICE, Kind.CHOICES)
KEY_OF_OPTION = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")
Labels = Mapping[str, str]


@transaction.atomic
def save_field(
    act: Act,
    *,
    key: str,
    kind: str,
    labels: Labels,
    helps: Labels | None = None,
    options: Iterable[Mapping[str, Any]] = (),
    pattern: str = "",
    categories: Iterable[int] = (),
    conditions: Any = None,
    to_create: bool = False,
    to_resolve: bool = False,
    position: int | None = None,
    active: bool = True,
    field: CustomField | None = None,
) -> CustomField:
    """Make a field, or change `field`, whose key and kind stay. Its values stay on the tickets.

    options   of the two choices: {"key", "labels"}; without a key it gets one from its words
    position  None: where it is; a new one last
    Raises NotAllowed, Invalid.
    """
    require(act, "setup.desk")
    row = field or CustomField(key=_checked_key(key), kind=_checked_kind(kind))
    if field is not None and (key, kind) != (row.key, row.kind):
        raise Invalid(_("A field keeps its key and its kind. Make another one."), field="kind")
    old = {} if field is None else told(row)
    others = [one for one in CustomField.objects.order_by("position", "pk") if one.pk != row.pk]
    if field is None and len(others) >= MOST:
        raise Invalid(_("A desk has %(most)s fields at most.") % {"most": MOST}, field="key")
    row.labels, row.helps = _words(labels, LONGEST_LABEL, "labels"), _words(helps, LONGEST_HELP)
    if not row.labels:
        raise Invalid(_("A field needs a name."), field="labels")
    row.options = _checked_options(row.kind, options)
    row.pattern = _checked_pattern(row.kind, pattern)
    row.categories = _checked_categories(categories)
    row.to_create, row.to_resolve, row.active = to_create, to_resolve, active
    row.conditions = written(_checked_conditions(row, conditions, others))
    row.position = _place(row, position, new=field is None)
    new = told(row)
    if new == old:
        return row
    row.save()
    what = "field.created" if field is None else "field.changed"
    audit(what, act.when, user_id=act.actor.id, thing=f"field:{row.key}", old=old, new=new)
    configuration_changed()
    return row


@transaction.atomic
def move_field(act: Act, field: CustomField, *, by: int) -> None:
    """Let it change places with the one before (-1) or behind it (1). Raises NotAllowed."""
    require(act, "setup.desk")
    rows = list(CustomField.objects.select_for_update().order_by("position", "pk"))
    at = next(n for n, row in enumerate(rows) if row.pk == field.pk)
    to = max(0, min(len(rows) - 1, at + by))
    if to == at:
        return
    rows.insert(to, rows.pop(at))
    for n, row in enumerate(rows):
        if row.position != n:
            row.position = n
            row.save(update_fields=["position"])
    order = [row.key for row in rows]
    audit("field.moved", act.when, user_id=act.actor.id, thing=f"field:{field.key}", order=order)
    configuration_changed()


def told(row: CustomField) -> dict[str, Any]:
    """A field as the log of administrative acts keeps it."""
    names = ("labels", "helps", "options", "pattern", "categories", "conditions", "to_create",
             "to_resolve", "position", "active")  # fmt: skip
    return {"kind": row.kind} | {name: getattr(row, name) for name in names}


# -- what can be said of a field ------------------------------------------------------------------
def _checked_key(key: str) -> str:
    if not KEY.fullmatch(key):
        raise Invalid(
            _("A key has 2 to 30 small letters and digits, such as “cause” or “order_date”."),
            field="key",
        )
    if fold(key) in OPERATORS:
        text = _("“%(key)s” means something in searches already. Choose another key.")
        raise Invalid(text % {"key": key}, field="key")
    if CustomField.objects.filter(key=key).exists():
        raise Invalid(_("There is a field with this key already."), field="key")
    return key


def _checked_kind(kind: str) -> str:
    if kind not in Kind.values:
        raise Invalid(_("Choose a kind."), field="kind")
    return kind


def _words(given: Labels | None, longest: int, field: str = "helps") -> dict[str, str]:
    found = {language: " ".join(words.split()) for language, words in (given or {}).items()}
    if any(len(words) > longest for words in found.values()):
        raise Invalid(_("Write %(most)s characters at most.") % {"most": longest}, field=field)
    return {language: words for language, words in sorted(found.items()) if words}


def _checked_options(kind: str, given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if kind not in WITH_OPTIONS:
        return []
    found: dict[str, dict[str, Any]] = {}
    for one in given:
        labels = _words(one["labels"], LONGEST_LABEL, "options")
        key = one.get("key") or key_from(next(filter(None, one["labels"].values()), ""))
        if not KEY_OF_OPTION.fullmatch(key):
            text = _("“%(key)s” can't be a choice's key: small letters, digits, - and _.")
            raise Invalid(text % {"key": key[:40]}, field="options")
        if key in found:
            raise Invalid(_("“%(key)s” stands there twice.") % {"key": key}, field="options")
        found[key] = {"key": key, "labels": labels}
    if not found:
        raise Invalid(_("Write the choices, one a line."), field="options")
    if len(found) > MOST_OPTIONS:
        text = _("There can be %(most)s choices at most.") % {"most": MOST_OPTIONS}
        raise Invalid(text, field="options")
    return list(found.values())


def key_from(words: str) -> str:
    """A key made of words: "Daño en tránsito" becomes dano_en_transito."""
    letters = (letter if letter.isascii() and letter.isalnum() else " " for letter in fold(words))
    return "_".join("".join(letters).split())[:40].strip("_")


def _checked_pattern(kind: str, given: str) -> str:
    if kind != Kind.PATTERN:
        return ""
    given = given.strip()
    if not given:
        raise Invalid(_("Write the pattern, such as [A-Z]{2}-\\d{4}."), field="pattern")
    try:
        patterns.check(given)
    except patterns.BadPattern as error:
        raise Invalid(str(error), field="pattern") from None
    return given


def _checked_categories(given: Iterable[int]) -> list[int]:
    wanted = sorted(set(given))
    if Category.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Invalid(_("Choose categories that are there."), field="categories")
    return wanted


def _checked_conditions(row: CustomField, given: Any, others: list[CustomField]) -> Group:
    conditions = read(given)
    for test in checks(conditions):
        own = test.field.startswith("custom.")
        mine = test.field == "assignee" or (isinstance(test.value, tuple) and ME in test.value)
        if (not own and test.field not in ASKED) or mine or test.op in TREE:
            text = _("When a field is shown can't depend on “%(field)s” in this way.")
            raise Invalid(text % {"field": test.field}, field="conditions")
    known = [definition(one, {}) for one in others]
    check_round({one.key: one for one in known}, row.key, conditions)
    check_conditions(conditions, known)
    return conditions


def check_round(known: Mapping[str, Definition], key: str, conditions: Group) -> None:
    """No field may ask for another that asks for it. Raises Invalid."""
    probe = Definition(key=key, kind=Kind.TEXT, labels={}, conditions=conditions)
    seen, left = set(), list(asked_of(probe))
    while left:
        asked = left.pop()
        if asked == key:
            raise Invalid(
                _("These fields would ask for each other, so that none is shown."),
                field="conditions",
            )
        if asked in known and asked not in seen:
            seen.add(asked)
            left += asked_of(known[asked])


def _place(row: CustomField, position: int | None, *, new: bool) -> int:
    if position is not None:
        return position
    if not new:
        return row.position
    last = CustomField.objects.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
