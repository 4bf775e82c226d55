"""The desk itself: name and rules, categories, deadlines and hours."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.desk.identity import Request
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.people.actions.desk import change_desk
from ventanilla.people.models import Calendar
from ventanilla.people.queries import desk as the_desk
from ventanilla.people.zones import zone_choices
from ventanilla.sla.actions import set_hours, set_targets
from ventanilla.sla.models import Metric, Policy
from ventanilla.tickets.actions.configure import save_category
from ventanilla.tickets.models import Category, Level, Priority, Urgency

HOUR = 3600


class DeskForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Customers read it in every mail.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    acknowledge = forms.BooleanField(
        label=_("Tell customers that their inquiry has arrived"), required=False
    )
    close_after_days = forms.IntegerField(
        label=_("Days until a resolved ticket closes"), min_value=1, max_value=365
    )
    reopen_within_days = forms.IntegerField(
        label=_("Days within which an answer reopens it"),
        min_value=1,
        max_value=365,
        help_text=_("Later an answer opens a new ticket, linked to the old one."),
    )
    undo_seconds = forms.IntegerField(
        label=_("Seconds during which a sent reply can be taken back"),
        min_value=0,
        max_value=120,
        help_text=_("With 0 it leaves at once."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        """With nine choices more: the priority of each impact and urgency."""
        super().__init__(*args, **kwargs)
        for impact in Level:
            for urgency in Level:
                label = _("Impact %(impact)s, urgency %(urgency)s") % {
                    "impact": impact.label.lower(),
                    "urgency": Urgency(urgency).label.lower(),
                }
                name = f"matrix_{len(Level) * impact + urgency}"
                self.fields[name] = forms.TypedChoiceField(
                    label=label,
                    choices=Priority.choices,
                    coerce=int,
                    required=False,
                    empty_value=None,
                )

    def matrix(self) -> list[tuple[str, list[forms.BoundField]]]:
        """By impact, the highest first; urgencies from low to high."""
        return [
            (
                str(impact.label),
                [self[f"matrix_{len(Level) * impact + urgency}"] for urgency in Level],
            )
            for impact in reversed(Level)
        ]

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        cells = [name for name in given if name.startswith("matrix_")]
        matrix = [given[f"matrix_{n}"] for n in range(len(cells))]
        plain = {name: value for name, value in given.items() if name not in cells}
        return plain if None in matrix else plain | {"priority_matrix": matrix}


@require_http_methods(["GET", "POST"])
@section("desk")
def desk(request: Request) -> HttpResponse:
    row = the_desk()
    first = {name: getattr(row, name) for name in DeskForm.base_fields}
    first |= {f"matrix_{n}": value for n, value in enumerate(row.priority_matrix)}
    form = DeskForm(request.POST or None, initial=first)
    if submitted(form, lambda: change_desk(request.act, **form.values())):
        return done("desk:desk")
    levels = [str(one.label) for one in Urgency]
    return page(request, "desk", "desk", status_of(form), form=form, levels=levels)


# -- categories --------------------------------------------------------------------------------
class CategoryForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    parent = forms.ModelChoiceField(
        Category.objects.order_by("name"), label=_("Below"), required=False, empty_label="—"
    )
    archived = forms.BooleanField(
        label=_("Archived: no longer offered for tickets"), required=False
    )


@require_http_methods(["GET", "POST"])
@section("categories")
def categories(request: Request) -> HttpResponse:
    """The tree, and a form for one more."""
    form = CategoryForm(request.POST or None)
    if submitted(form, lambda: save_category(request.act, **form.cleaned_data)):
        return done("desk:categories")
    tree = _tree(list(Category.objects.order_by("name")))
    return page(request, "categories", "categories", status_of(form), form=form, tree=tree)


@require_http_methods(["GET", "POST"])
@section("categories")
def category(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Category, pk=pk)
    first = {"name": found.name, "parent": found.parent_id, "archived": found.archived}
    form = CategoryForm(request.POST or None, initial=first)
    if submitted(form, lambda: save_category(request.act, category=found, **form.cleaned_data)):
        return done("desk:categories")
    return page(request, "categories", "category", status_of(form), form=form, category=found)


def _tree(rows: list[Category]) -> list[tuple[int, Category]]:
    """Every category behind its parent, with its depth."""
    below: dict[int | None, list[Category]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)

    def walk(parent: int | None, depth: int) -> list[tuple[int, Category]]:
        return [
            entry
            for row in below.get(parent, [])
            for entry in ((depth, row), *walk(row.pk, depth + 1))
        ]

    return walk(None, 0)


# -- deadlines and hours -----------------------------------------------------------------------
class TargetsForm(forms.Form):
    """Hours by metric and priority; an empty field promises nothing."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for metric in Metric:
            for priority in reversed(Priority):
                self.fields[f"{metric.value}_{int(priority)}"] = forms.FloatField(
                    label=f"{metric.label}: {priority.label}",
                    required=False,
                    min_value=0.05,
                    max_value=2000,
                    widget=forms.NumberInput(attrs={"step": "any"}),
                )

    def targets(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {metric.value: {} for metric in Metric}
        for name, hours in self.cleaned_data.items():
            metric, _sep, priority = name.rpartition("_")
            if hours:
                found[metric][priority] = round(hours * HOUR)
        return found


class HoursForm(forms.Form):
    """One calendar: for each day up to two spans; an empty day is closed."""

    name = forms.CharField(label=_("Name"), max_length=60)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    closed = forms.CharField(
        label=_("Closed days"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Holidays and own closures: one date per line, such as 2026-12-25."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for day in range(7):
            self.fields[f"day_{day}"] = forms.CharField(
                label=capfirst(WEEKDAYS[day]), required=False, max_length=60
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for day in range(7):
            try:
                given[f"day_{day}"] = spans_of(given.get(f"day_{day}", ""))
            except ValueError:
                self.add_error(f"day_{day}", _("Write it like 9:00-14:00, 16:00-19:00."))
        return given

    def clean_closed(self) -> list[str]:
        found = []
        for line in self.cleaned_data["closed"].split():
            try:
                found.append(date.fromisoformat(line).isoformat())
            except ValueError as error:
                text = _("“%(line)s” is no date. Write year-month-day.") % {"line": line[:20]}
                raise forms.ValidationError(text) from error
        return found


def spans_of(text: str) -> list[list[str]]:
    """ "9-14, 16:00-19:30" as [["09:00", "14:00"], ["16:00", "19:30"]]. Raises ValueError."""
    return [
        [_clock_time(end) for end in span.split("-", 1)]
        for span in text.replace("–", "-").split(",")
        if span.strip()
    ]


def _clock_time(text: str) -> str:
    hours, _sep, minutes = text.strip().partition(":")
    if (hours, minutes or "0") in (("24", "0"), ("24", "00")):
        return "24:00"
    return time(int(hours), int(minutes or 0)).strftime("%H:%M")


@require_GET
@section("promises")
def promises(request: Request) -> HttpResponse:
    policy = Policy.objects.filter(active=True).order_by("position", "pk").first()
    return _promises(request, TargetsForm(initial=_hours_of(policy)))


@require_http_methods(["POST"])
@section("promises")
def targets(request: Request) -> HttpResponse:
    form = TargetsForm(request.POST)
    if submitted(form, lambda: set_targets(request.act, form.targets())):
        return done("desk:promises")
    return _promises(request, form)


@require_http_methods(["GET", "POST"])
@section("promises")
def hours(request: Request, pk: int) -> HttpResponse:
    """One calendar; 0 is a new one."""
    found = get_object_or_404(Calendar, pk=pk) if pk else None
    form = HoursForm(request.POST or None, initial=_hours_values(found))

    def save() -> None:
        given = form.cleaned_data
        set_hours(
            request.act,
            calendar=found,
            name=given["name"],
            zone=given["zone"],
            week={str(day): given[f"day_{day}"] for day in range(7) if given[f"day_{day}"]},
            exceptions=_short_days(found) | {day: [] for day in given["closed"]},
        )

    if submitted(form, save):
        return done("desk:promises")
    return page(request, "promises", "hours", status_of(form), form=form, calendar=found)


def _promises(request: Request, form: TargetsForm) -> HttpResponse:
    rows = [
        (metric.label, [form[f"{metric.value}_{p}"] for p in (3, 2, 1, 0)]) for metric in Metric
    ]
    context = {
        "form": form,
        "rows": rows,
        "priorities": [p.label for p in reversed(Priority)],
        "calendars": Calendar.objects.order_by("name"),
        "desk_calendar": the_desk().calendar_id,
    }
    return page(request, "promises", "promises", status_of(form), **context)


def _hours_of(policy: Policy | None) -> dict[str, str]:
    targets = policy.targets if policy else {}
    return {
        f"{metric}_{priority}": f"{round(seconds / HOUR, 2):g}"
        for metric, by_priority in targets.items()
        for priority, seconds in by_priority.items()
    }


def _hours_values(calendar: Calendar | None) -> dict[str, Any]:
    if calendar is None:
        usual = {f"day_{day}": "09:00-18:00" for day in range(5)}
        return {"zone": the_desk().time_zone} | usual
    shown = {
        f"day_{day}": ", ".join("-".join(span) for span in spans)
        for day, spans in calendar.week.items()
    }
    closed = [day for day, spans in sorted(calendar.exceptions.items()) if not spans]
    return {"name": calendar.name, "zone": calendar.zone, "closed": "\n".join(closed)} | shown


def _short_days(calendar: Calendar | None) -> dict[str, list[list[str]]]:
    """Days with hours of their own, which the form does not show and must not lose."""
    return {day: spans for day, spans in calendar.exceptions.items() if spans} if calendar else {}
