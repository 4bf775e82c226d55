"""The part of a form that says what changes about a ticket: of macros and of rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Agent, Team
from ventanilla.tickets.actions.fields import tag_ids
from ventanilla.tickets.changes import (
    CUSTOMER,
    NOT_FIELDS,
    SETTABLE,
    Change,
    Targets,
    read,
    targets,
)
from ventanilla.tickets.choices import choices
from ventanilla.tickets.custom import Definition
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.custom_queries import definitions
from ventanilla.tickets.models import Priority, Type

SNOOZES = (CUSTOMER, "2h", "4h", "1d", "2d", "3d", "7d", "14d", "30d")
SINGLE = ("status", "priority", "type", "category", "team", "assignee")
Choices = list[tuple[str, str]]


class ChangesForm(forms.Form):
    """`had`: the codes of what stands there so far, which stays among the choices."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    assignee = forms.ChoiceField(label=gettext_lazy("Assignee"), required=False)
    add = forms.CharField(label=gettext_lazy("Add tags"), required=False, max_length=400)
    remove = forms.CharField(label=gettext_lazy("Remove tags"), required=False, max_length=400)

    def __init__(self, data: Any, *, had: Iterable[str], initial: dict[str, Any]):
        stands = read(had)
        known = targets(stands)
        super().__init__(data, initial=_first(stands, known) | initial)
        for one in _own_fields(stands):
            self.fields[f"field_{one.key}"] = _input(one)
            self.initial[f"field_{one.key}"] = {c.field[0]: c.field[1] for c in stands
                                                if c.what == "field"}.get(one.key, "")  # fmt: skip
        for name, offered in _offered(stands, known).items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("field_")]

    def changes(self, *, make: bool) -> list[str]:
        """As `tickets.changes` writes them. `make` brings tags into being that are new."""
        given = self.cleaned_data
        found = [given[name] for name in SINGLE if given.get(name)]
        for what in ("add", "remove"):
            words = [one for one in given.get(what, "").split(",") if one.strip()]
            if any(len(word.strip()) > 60 for word in words):
                raise Invalid(_("A tag has 60 characters at most."), field=what)
            found += [f"{what}={pk}" for pk in tag_ids(words, make=make and what == "add")]
        for name, typed in given.items():
            if name.startswith("field_") and typed:
                found.append(f"field={name.removeprefix('field_')}:{typed}")
        return found


def _own_fields(had: list[Change]) -> list[Definition]:
    """The desk's own fields that a macro can set, and those that this one sets."""
    set_ = {one.field[0] for one in had if one.what == "field"}
    there = [one for one in definitions() if one.active or one.key in set_]
    return [one for one in there if one.kind not in NOT_FIELDS]


def _input(one: Definition) -> forms.Field:
    nothing = ("", _("Leave it as it is"))
    if one.kind == Kind.CHOICE:
        offered = [(option.key, option.label) for option in one.options]
        return forms.ChoiceField(label=one.label, required=False, choices=[nothing, *offered])
    if one.kind == Kind.YES_NO:
        answers = [nothing, ("yes", _("Yes")), ("no", _("No"))]
        return forms.ChoiceField(label=one.label, required=False, choices=answers)
    return forms.CharField(label=one.label, required=False, max_length=200)


def _first(had: list[Change], known: Targets) -> dict[str, Any]:
    """What the fields hold at first."""
    values: dict[str, Any] = {_form_name(one): one.code for one in had if _form_name(one) in SINGLE}
    for what in ("add", "remove"):
        tags = [known.tags.get(one.id or 0, "") for one in had if one.what == what]
        values[what] = ", ".join(filter(None, tags))
    return values


def _form_name(change: Change) -> str:
    return "status" if change.what == "snooze" else change.what


def _offered(had: list[Change], known: Targets) -> dict[str, Choices]:
    """The choices of each field; what the macro has stays among them though it is gone."""
    there, none = choices(), _("No category")
    agents = Agent.objects.filter(user__is_active=True).select_related("user")
    offered = {
        "status": [
            *_labelled("status", map(int, SETTABLE)),
            *_labelled("snooze", SNOOZES),
        ],
        "priority": _labelled("priority", [int(one) for one in reversed(Priority)]),
        "type": _labelled("type", Type.values),
        "category": [
            ("category=", none),
            *sorted(
                ((f"category={one.id}", there.path(one.id)) for one in there.categories.values()
                 if not one.archived),
                key=lambda pair: pair[1].casefold(),
            ),
        ],
        "team": [
            (f"team={pk}", name)
            for pk, name in Team.objects.filter(archived=False).order_by("name").values_list(
                "pk", "name"
            )
        ],
        "assignee": [
            ("assignee=me", _("Whoever runs it")),
            ("assignee=", _("Nobody")),
            *((f"assignee={one.pk}", one.user.name) for one in agents.order_by("user__name")),
        ],
    }  # fmt: skip
    for change in had:
        field = offered.get(_form_name(change))
        if field is not None and change.code not in dict(field):
            gone = _("%(name)s (no longer there)") if known.gone(change) else "%(name)s"
            field.append((change.code, gone % {"name": known.value(change)}))
    return {name: [("", _("Leave it as it is")), *found] for name, found in offered.items()}


def _labelled(what: str, values: Iterable[Any]) -> Choices:
    nothing = Targets()
    changes = [Change(what, str(value)) for value in values]
    named = nothing.label if what == "snooze" else nothing.value
    return [(one.code, named(one)) for one in changes]
