"""The time spent on a ticket: written down, corrected, removed."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import changed, posted
from ventanilla.lib.durations import minutes_in
from ventanilla.lib.problems import Invalid
from ventanilla.tickets import queries
from ventanilla.tickets.actions.time_spent import add_time, change_time, remove_time


class TimeForm(StrictForm):
    time = forms.CharField(max_length=30, label=gettext_lazy("Time"))
    note = forms.CharField(max_length=200, required=False, label=gettext_lazy("For what"))


class EntryForm(StrictForm):
    do = forms.ChoiceField(choices=[("change", "change"), ("remove", "remove")])
    time = forms.CharField(max_length=30, required=False)
    note = forms.CharField(max_length=200, required=False)


@require_POST
def times(request: Request, number: int) -> HttpResponse:
    values = posted(request, TimeForm)
    ticket = queries.get(number, request.viewer)
    add_time(ticket, request.act, minutes=_minutes(values["time"]), note=values["note"])
    return changed(request, ticket, "time")


@require_POST
def time(request: Request, number: int, entry: str) -> HttpResponse:
    values = posted(request, EntryForm)
    ticket = queries.get(number, request.viewer)
    if values["do"] == "remove":
        remove_time(ticket, request.act, entry=entry)
    else:
        minutes, note = _minutes(values["time"]), values["note"]
        change_time(ticket, request.act, entry=entry, minutes=minutes, note=note)
    return changed(request, ticket, "time")


def _minutes(text: str) -> int:
    minutes = minutes_in(text)
    if minutes is None:
        raise Invalid(_("Write the time like “15 min”, “1 h 20” or “1:20”."), field="time")
    return minutes
