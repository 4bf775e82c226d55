"""The tasks of a ticket: added, ticked off, given to somebody, removed."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import changed, posted
from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Agent
from ventanilla.tickets import queries
from ventanilla.tickets.actions.checklist import add_task, give_task, remove_task, tick_task


class TaskForm(StrictForm):
    text = forms.CharField(max_length=200, label=gettext_lazy("Task"))
    to = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class ChangeForm(StrictForm):
    """One of these about one task."""

    do = forms.ChoiceField(choices=[(name, name) for name in ("tick", "untick", "give", "remove")])
    to = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


@require_POST
def tasks(request: Request, number: int) -> HttpResponse:
    values = posted(request, TaskForm)
    ticket = queries.get(number, request.viewer)
    add_task(ticket, request.act, text=values["text"], to=_agent(values["to"]))
    return changed(request, ticket, "task")


@require_POST
def task(request: Request, number: int, task: int) -> HttpResponse:
    values = posted(request, ChangeForm)
    ticket, do = queries.get(number, request.viewer), values["do"]
    if do == "give":
        give_task(ticket, request.act, task=task, to=_agent(values["to"]))
    elif do == "remove":
        remove_task(ticket, request.act, task=task)
    else:
        tick_task(ticket, request.act, task=task, done=do == "tick")
    return changed(request, ticket, "task")


def _agent(pk: int | None) -> Agent | None:
    if pk is None:
        return None
    found = Agent.objects.filter(pk=pk, user__is_active=True).first()
    if found is None:
        raise Invalid(_("Choose one from the list."), field="to")
    return found
