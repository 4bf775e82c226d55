"""One URL for each property of a ticket: what is POSTed becomes its value."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import (
    EmptyForm,
    LevelForm,
    PriorityForm,
    RowForm,
    StatusForm,
    SubjectForm,
    TagsForm,
    TypeForm,
)
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import changed, posted
from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Agent, Team
from ventanilla.tickets import actions, queries
from ventanilla.tickets.actions.change import UNSET
from ventanilla.tickets.models import Category, Level


@require_POST
def status(request: Request, number: int) -> HttpResponse:
    values = posted(request, StatusForm)
    ticket = queries.get(number, request.viewer)
    actions.set_status(
        ticket,
        request.act,
        to=values["status"],
        was=_was(values),
        hold=values["hold"] or "other",
    )
    return changed(request, ticket, "status")


@require_POST
def priority(request: Request, number: int) -> HttpResponse:
    values = posted(request, PriorityForm)
    ticket = queries.get(number, request.viewer)
    actions.set_priority(ticket, request.act, to=values["priority"], was=_was(values))
    return changed(request, ticket, "priority")


@require_POST
def impact(request: Request, number: int) -> HttpResponse:
    values = posted(request, LevelForm)
    ticket = queries.get(number, request.viewer)
    actions.set_impact(ticket, request.act, **_levels(values))
    return changed(request, ticket, "impact")


@require_POST
def urgency(request: Request, number: int) -> HttpResponse:
    values = posted(request, LevelForm)
    ticket = queries.get(number, request.viewer)
    actions.set_urgency(ticket, request.act, **_levels(values))
    return changed(request, ticket, "urgency")


@require_POST
def matrix(request: Request, number: int) -> HttpResponse:
    """Take the priority that impact and urgency give."""
    posted(request, EmptyForm)
    ticket = queries.get(number, request.viewer)
    actions.follow_matrix(ticket, request.act)
    return changed(request, ticket, "priority")


def _levels(values: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Level | None] = {one.word: one for one in Level} | {"0": None, "": None}
    was = {"was": known[values["was"]]} if values["was"] else {}
    return {"to": known[values["level"]], **was}


@require_POST
def type_(request: Request, number: int) -> HttpResponse:
    values = posted(request, TypeForm)
    ticket = queries.get(number, request.viewer)
    actions.set_type(ticket, request.act, to=values["type"])
    return changed(request, ticket, "type")


@require_POST
def team(request: Request, number: int) -> HttpResponse:
    """Move the ticket. To a team that one does not belong to, too: then it is out of sight."""
    values = posted(request, RowForm, name="team")
    ticket = queries.get(number, request.viewer)
    to = Team.objects.filter(pk=_id(values, "team"), archived=False).first()
    if to is None:
        raise Invalid(_("Choose a team that is in use."), field="team")
    actions.move(ticket, request.act, to=to, was=_was_row(values) or UNSET)
    return changed(request, ticket, "team")


@require_POST
def assignee(request: Request, number: int) -> HttpResponse:
    values = posted(request, RowForm, name="assignee")
    ticket = queries.get(number, request.viewer)
    to = _agent(request, values["assignee"])
    actions.assign(ticket, request.act, to=to, was=_was_row(values))
    return changed(request, ticket, "assignee")


@require_POST
def category(request: Request, number: int) -> HttpResponse:
    values = posted(request, RowForm, name="category")
    ticket = queries.get(number, request.viewer)
    to = None
    if values["category"]:
        to = Category.objects.filter(pk=_id(values, "category"), archived=False).first()
        if to is None:
            raise Invalid(_("Choose a category that is in use."), field="category")
    actions.categorise(ticket, request.act, to=to, was=_was_row(values))
    return changed(request, ticket, "category")


@require_POST
def tags(request: Request, number: int) -> HttpResponse:
    """Add and remove tags by name; `create` is one that was typed."""
    posted(request, TagsForm)
    ticket = queries.get(number, request.viewer)
    add = [*request.POST.getlist("add"), *request.POST.getlist("create")]
    for name in [*add, *request.POST.getlist("remove")]:
        if len(name) > 60 or "\0" in name:
            raise Invalid(_("A tag has 60 characters at most."), field="create")
    actions.set_tags(ticket, request.act, add=add, remove=request.POST.getlist("remove"))
    return changed(request, ticket, "tags")


@require_POST
def subject(request: Request, number: int) -> HttpResponse:
    values = posted(request, SubjectForm)
    ticket = queries.get(number, request.viewer)
    actions.rename(ticket, request.act, to=values["subject"])
    return changed(request, ticket, "subject")


def _agent(request: Request, given: str) -> Agent | None:
    if not given:
        return None
    if given == "me":
        return request.agent
    agent = Agent.objects.select_related("user").filter(pk=int(given)).first()
    if agent is None:
        raise Invalid(_("Choose one from the list."), field="assignee")
    return agent


def _id(values: dict[str, Any], name: str) -> int:
    given = values[name]
    return int(given) if given.isdecimal() else 0


def _was(values: dict[str, Any]) -> Any:
    return UNSET if values["was"] is None else values["was"]


def _was_row(values: dict[str, Any]) -> Any:
    """What the page showed: an id, or None for nothing; UNSET when it does not say."""
    given = values["was"]
    if given == "":
        return UNSET
    return int(given) or None if given.isdecimal() else UNSET
