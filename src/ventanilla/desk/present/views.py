"""A saved view as a form: its name, whose it is, which tickets, how they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.present.view_rows import (
    NAME,
    Block,
    Choices,
    Line,
    Said,
    lines_of,
    numbered,
    own_field,
)
from ventanilla.people.models import Agent, Identity, Organization
from ventanilla.people.rights import Viewer
from ventanilla.tickets import customers, organizations
from ventanilla.tickets.actions.views import DESK, ME, TEAM, may_share
from ventanilla.tickets.choices import Choices as Known
from ventanilla.tickets.condition_fields import FIELDS
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.models import Channel, Inbox, Level, Priority, Status, Type, Urgency
from ventanilla.tickets.views import Column, Display, Grouping, Order, SavedView


class ViewForm(StrictForm):
    """What stands around the conditions. Those come as lines (see `view_rows`)."""

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
    query = forms.CharField(
        label=gettext_lazy("With these words"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "As in the search: in messages, subjects, names and files. Empty for any."
        ),
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
    display = forms.ChoiceField(
        label=gettext_lazy("Shown as"), choices=Display.choices, required=False
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Each row also shows"),
        choices=Column.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "check"}),
    )
    do = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any] | None = None):
        super().__init__({} if data is None else _without_lines(data))
        self.is_bound = data is not None
        self.initial = dict(initial or {})

    def offer(self, known: Known, viewer: Viewer) -> ViewForm:
        """Whom the agent may share with."""
        teams = [(str(one.id), one.name) for one in known.teams.values() if not one.archived]
        self._choices("of_team", [t for t in teams if may_share(viewer, int(t[0]))])
        if not may_share(viewer, None):
            self._choices("share", [(ME, _("Only me"))])
        return self

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def _without_lines(data: Any) -> Any:
    kept = data.copy()
    for name in filter(NAME.fullmatch, data):
        del kept[name]
    return kept


def initial(view: SavedView) -> dict[str, Any]:
    """What the form of an existing view shows, besides its lines."""
    share = ME if view.agent_id else TEAM if view.team_id else DESK
    shared = {"share": share, "of_team": str(view.team_id or "")}
    look = {"order": view.order, "group": view.group, "columns": view.columns}
    return {"name": view.name, "query": view.query, "display": view.display, **look, **shared}


# -- what lines can ask for ------------------------------------------------------------------------
TURNS = (
    ("us", gettext_lazy("Us: the customer has written")),
    ("customer", gettext_lazy("The customer")),
    ("others", gettext_lazy("Somebody else, or a date")),
)
WRITERS = (
    ("customer", gettext_lazy("The customer")),
    ("agent", gettext_lazy("An agent")),
    ("note", gettext_lazy("An agent, as a note")),
    ("call", gettext_lazy("A call")),
    ("automatic", gettext_lazy("Ventanilla itself")),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be chosen in each field, as (value, label)."""

    choices: Mapping[str, Choices]

    def of(self, line: Line) -> Choices:
        """With what the line has chosen and is not there any more."""
        known = self.choices.get(line.field) or _own_choices(line)
        values = {value for value, _label in known}
        gone = [(one, _("No longer there")) for one in line.values if one not in values]
        return [*known, *gone]

    def chosen(self, line: Line) -> str:
        """The line's choice in words: "New, Open"."""
        return ", ".join(label for value, label in self.of(line) if value in line.values)


def _own_choices(line: Line) -> Choices:
    """Of one of the desk's own fields."""
    one = own_field(line.field)
    if one is None:
        return ()
    if one.kind == Kind.YES_NO:
        return [("yes", pgettext("condition", "yes")), ("no", pgettext("condition", "no"))]
    return [(option.key, option.label) for option in one.options]


def offer(known: Known, agents: Sequence[Agent]) -> Offer:
    """What this desk has to choose from. 1 statement."""
    inboxes = Inbox.objects.order_by("name").values_list("pk", "name")
    people = sorted((one.user.name, str(one.pk)) for one in agents)
    paths = sorted((known.path(pk), str(pk)) for pk in known.categories)
    return Offer(
        {
            "status": [(one.word, str(one.label)) for one in Status],
            "priority": [(one.word, str(one.label)) for one in reversed(Priority)],
            "impact": [(one.word, str(one.label)) for one in reversed(Level)],
            "urgency": [(one.name.lower(), str(one.label)) for one in reversed(Urgency)],
            "type": [(value, str(label)) for value, label in Type.choices],
            "channel": [(value, str(label)) for value, label in Channel.choices],
            "language": [(code, str(_(name))) for code, name in settings.LANGUAGES],
            "team": [(str(pk), one.name) for pk, one in known.teams.items() if not one.archived],
            "category": [(pk, path) for path, pk in paths],
            "tags": [(str(pk), name) for pk, name in known.tags.items()],
            "inbox": [(str(pk), name) for pk, name in inboxes],
            "assignee": [
                ("me", _("Whoever looks")),
                ("nobody", _("Nobody")),
                *((pk, name) for name, pk in people),
            ],
            "turn": [(value, str(label)) for value, label in TURNS],
            "last_by": [(value, str(label)) for value, label in WRITERS],
        }
    )


def names(viewer: Viewer) -> Any:
    """Finds whom a line names. 1 statement each."""

    def found(field: str, typed: Sequence[str]) -> list[int]:
        return [_customer(one, viewer) if field == "contact" else _company(one, viewer)
                for one in typed]  # fmt: skip

    return found


def _customer(typed: str, viewer: Viewer) -> int:
    known = customers.visible_to(viewer).filter(identities__value__iexact=typed)
    found = known.order_by("pk").values_list("pk", flat=True).first()
    if found is None:
        raise Said(_("There is no customer with the address %(typed)s.") % {"typed": typed[:100]})
    return int(found)


def _company(typed: str, viewer: Viewer) -> int:
    found = organizations.named(typed, viewer)
    if found is None:
        raise Said(_("There is no company “%(typed)s”.") % {"typed": typed[:100]})
    return found.pk


def labels(field: str, ids: Sequence[int]) -> list[str]:
    """What customers and companies are called, as `names` finds them. 1 statement."""
    if field == "organization":
        known = dict(Organization.objects.filter(pk__in=ids).values_list("pk", "name"))
    else:
        points = Identity.objects.filter(contact__in=ids).order_by("-kind", "-pk")
        known = {one.contact_id: one.value for one in points}
    return [known[pk] for pk in ids if pk in known]


def begun(given: Any, known: Known) -> Block:
    """What an address begins a view with: `?status=open&team=3&subject=refund`."""
    lines = [_begun(name, given.getlist(name)) for name in FIELDS if name in given]
    return numbered(Block("all", [one for one in lines if one]))


def _begun(name: str, values: list[str]) -> Line | None:
    op = {"subject": "contains", "tags": "any"}.get(name, "is")
    if op not in FIELDS[name].operators:
        return None
    return Line(name, op, [one[:100] for one in values[:20]])


def lines(view: SavedView) -> Block:
    return lines_of(view.conditions, labels)
