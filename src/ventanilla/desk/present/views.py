"""Saved views as forms: from what an agent ticks to conditions, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ventanilla.desk.forms import StrictForm
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer
from ventanilla.tickets.actions.views import DESK, ME, TEAM, may_share
from ventanilla.tickets.choices import Choices
from ventanilla.tickets.models import Channel, Priority, Status, Type
from ventanilla.tickets.views import Column, Grouping, Order, SavedView

NOBODY = "nobody"
DAY = 24
# field of the form: (field, operator) of a condition; several ticks mean any of them
TICKS = {
    "status": ("status", "is"),
    "priority": ("priority", "is"),
    "type": ("type", "is"),
    "channel": ("channel", "is"),
    "language": ("language", "is"),
    "team": ("team", "is"),
    "category": ("category", "is"),
}
HOURS = {
    "due": ("due", "within"),
    "created": ("created", "within"),
    "quiet": ("updated", "older"),
    "waiting": ("waiting", "older"),
}


def _ticks(label: Any, choices: Any = ()) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple(attrs={"class": "check"})
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=widget)


def _hours(label: Any, *choices: tuple[int, Any]) -> forms.TypedChoiceField:
    every: list[tuple[Any, Any]] = [("", gettext_lazy("Any")), *choices]
    return forms.TypedChoiceField(
        label=label, choices=every, coerce=int, empty_value=None, required=False
    )


def _words(several: type[Status] | type[Priority]) -> list[tuple[str, Any]]:
    return [(one.word, one.label) for one in several]


class ViewForm(StrictForm):
    """Name, whose it is, which tickets, how they are shown. Nothing ticked means any."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    share = forms.ChoiceField(
        label=gettext_lazy("Who sees it"),
        choices=[
            (ME, gettext_lazy("Only me")),
            (TEAM, gettext_lazy("A team")),
            (DESK, gettext_lazy("The whole desk")),
        ],
        initial=ME,
    )
    of_team = forms.ChoiceField(label=gettext_lazy("Team"), required=False)
    status = _ticks(pgettext_lazy("field", "Status"), _words(Status))
    priority = _ticks(gettext_lazy("Priority"), list(reversed(_words(Priority))))
    assignee = _ticks(gettext_lazy("Assignee"))
    team = _ticks(gettext_lazy("Team"))
    category = _ticks(gettext_lazy("Category"))
    type = _ticks(gettext_lazy("Type"), Type.choices)
    channel = _ticks(gettext_lazy("Channel"), Channel.choices)
    language = _ticks(gettext_lazy("Language"), settings.LANGUAGES)
    tags = forms.CharField(
        label=gettext_lazy("Has one of these tags"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Several with commas between them."),
    )
    no_tags = forms.CharField(
        label=gettext_lazy("Has none of these tags"), required=False, max_length=400
    )
    subject = forms.CharField(
        label=gettext_lazy("The subject contains"), required=False, max_length=100
    )
    due = _hours(
        gettext_lazy("Due"),
        (0, gettext_lazy("Overdue")),
        (4, gettext_lazy("Within 4 hours")),
        (DAY, gettext_lazy("Within a day")),
        (3 * DAY, gettext_lazy("Within 3 days")),
    )
    created = _hours(
        gettext_lazy("Opened"),
        (DAY, gettext_lazy("In the last day")),
        (7 * DAY, gettext_lazy("In the last 7 days")),
        (30 * DAY, gettext_lazy("In the last 30 days")),
    )
    quiet = _hours(
        gettext_lazy("Without a change"),
        (DAY, gettext_lazy("For a day")),
        (3 * DAY, gettext_lazy("For 3 days")),
        (7 * DAY, gettext_lazy("For 7 days")),
        (30 * DAY, gettext_lazy("For 30 days")),
    )
    waiting = _hours(
        gettext_lazy("The customer has waited"),
        (4, gettext_lazy("For 4 hours")),
        (DAY, gettext_lazy("For a day")),
        (3 * DAY, gettext_lazy("For 3 days")),
    )
    order = forms.ChoiceField(label=gettext_lazy("Order"), choices=Order.choices)
    group = forms.ChoiceField(
        label=gettext_lazy("Groups"),
        choices=Grouping.choices,
        required=False,
        help_text=gettext_lazy(
            "By a field: there, what is due first comes first. Views that can hold resolved"
            " tickets have no such groups."
        ),
    )
    columns = _ticks(gettext_lazy("Each row also shows"), Column.choices)

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None):
        super().__init__(data)
        self.initial = dict(initial or {})
        self.tag_ids: dict[str, int] = {}

    def offer(self, choices: Choices, agents: Sequence[Agent], viewer: Viewer) -> ViewForm:
        """What this desk has to choose from, and whom the agent may share with."""
        teams = [(str(one.id), one.name) for one in choices.teams.values() if not one.archived]
        paths = sorted((choices.path(pk), str(pk)) for pk in choices.categories)
        people = sorted((one.user.name, str(one.pk)) for one in agents if one.pk != viewer.user_id)
        self._choices("team", teams)
        self._choices("category", [(pk, path) for path, pk in paths])
        fixed = [("me", _("Me")), (NOBODY, _("Nobody"))]
        self._choices("assignee", [*fixed, *((pk, name) for name, pk in people)])
        self._choices("of_team", [t for t in teams if may_share(viewer, int(t[0]))])
        self.tag_ids = {name: pk for pk, name in choices.tags.items()}
        if not may_share(viewer, None):
            self._choices("share", [(ME, _("Only me"))])
        return self

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_tags(self) -> list[int]:
        return self._tags("tags")

    def clean_no_tags(self) -> list[int]:
        return self._tags("no_tags")

    def _tags(self, name: str) -> list[int]:
        words = [" ".join(one.lower().split()) for one in self.cleaned_data[name].split(",")]
        unknown = [word for word in words if word and word not in self.tag_ids]
        if unknown:
            raise forms.ValidationError(_("There is no tag “%(tag)s”.") % {"tag": unknown[0]})
        return [self.tag_ids[word] for word in words if word]


def conditions(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is ticked, as conditions. Pure."""
    parts: list[dict[str, Any]] = []
    for name, (field, op) in TICKS.items():
        if ticked := values.get(name):
            known = [int(one) for one in ticked] if name in ("team", "category") else ticked
            parts.append({"field": field, "op": op, "value": list(known)})
    parts += _assignees(values.get("assignee") or [])
    for name, op in (("tags", "any"), ("no_tags", "none")):
        if ids := values.get(name):
            parts.append({"field": "tags", "op": op, "value": list(ids)})
    if words := values.get("subject"):
        parts.append({"field": "subject", "op": "contains", "value": words})
    for name, (field, op) in HOURS.items():
        if values.get(name) is not None:
            parts.append({"field": field, "op": op, "value": values[name]})
    return {"all": parts} if parts else {}


def _assignees(ticked: Sequence[str]) -> list[dict[str, Any]]:
    people = [one if one == "me" else int(one) for one in ticked if one != NOBODY]
    some = {"field": "assignee", "op": "is", "value": people}
    none = {"field": "assignee", "op": "empty"}
    if people and NOBODY in ticked:
        return [{"any": [some, none]}]
    return [some] if people else [none] if ticked else []


def values(of: Any, tag_names: Mapping[int, str]) -> dict[str, Any] | None:
    """The form's values for conditions; None when they say more than the form can. Pure."""
    found: dict[str, Any] = {}
    for part in (of or {}).get("all", []):
        for name, value in _read(part, tag_names):
            if name in found:
                return None
            found[name] = value
    return found if conditions_fit(of, found, tag_names) else None


def conditions_fit(of: Any, found: Mapping[str, Any], tag_names: Mapping[int, str]) -> bool:
    """Whether the form, saved as it is, would say the same again."""
    ids = {name: pk for pk, name in tag_names.items()}
    back = dict(found)
    for name in ("tags", "no_tags"):
        back[name] = [ids[one] for one in back.get(name, "").split(", ") if one in ids]
    again = conditions(back)
    return _sorted(again) == _sorted(of or {})


def _sorted(of: Mapping[str, Any]) -> list[str]:
    return sorted(map(repr, of.get("all", []))) if set(of) <= {"all"} else ["?"]


def _read(part: Mapping[str, Any], tag_names: Mapping[int, str]) -> list[tuple[str, Any]]:
    if "any" in part:
        people = [one for inner in part["any"] for one in _people(inner)]
        return [("assignee", people)]
    reader = READERS.get((part.get("field"), part.get("op")))
    return [reader(part.get("value"), tag_names)] if reader else []


def _people(part: Mapping[str, Any]) -> list[str]:
    if part.get("field") != "assignee":
        return []
    return [NOBODY] if part.get("op") == "empty" else [str(one) for one in part.get("value", [])]


Reader = Callable[[Any, Mapping[int, str]], tuple[str, Any]]


def _names(name: str) -> Reader:
    return lambda ids, known: (name, ", ".join(known.get(pk, "?") for pk in ids))


def _plain(name: str, *, several: bool) -> Reader:
    return lambda value, _known: (name, [str(one) for one in value] if several else value)


READERS: dict[tuple[Any, Any], Reader] = {
    **{pair: _plain(name, several=True) for name, pair in TICKS.items()},
    **{pair: _plain(name, several=False) for name, pair in HOURS.items()},
    ("assignee", "is"): _plain("assignee", several=True),
    ("assignee", "empty"): lambda _value, _known: ("assignee", [NOBODY]),
    ("tags", "any"): _names("tags"),
    ("tags", "none"): _names("no_tags"),
    ("subject", "contains"): _plain("subject", several=False),
}


def initial(view: SavedView, tag_names: Mapping[int, str]) -> dict[str, Any]:
    """What the form of an existing view shows."""
    share = ME if view.agent_id else TEAM if view.team_id else DESK
    known = values(view.conditions, tag_names) or {}
    shared = {"share": share, "of_team": str(view.team_id or "")}
    look = {"order": view.order, "group": view.group, "columns": view.columns}
    return {"name": view.name, **look, **shared, **known}
