"""Views: arranging one's own sidebar, making and changing saved ones, how a list looks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.forms import EmptyForm, StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present import views as present
from ventanilla.desk.present.frame import every_place, frame, place_of
from ventanilla.desk.present.views import ViewForm
from ventanilla.desk.shapes import Place
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.desk.views.problems import is_partial
from ventanilla.lib.problems import Problem
from ventanilla.people.models import Team
from ventanilla.tickets.actions.views import (
    arrange,
    choose_look,
    may_change,
    remove_view,
    save_view,
)
from ventanilla.tickets.choices import choices
from ventanilla.tickets.operations_queries import assignable
from ventanilla.tickets.views import Column, Grouping, Order, SavedView
from ventanilla.tickets.views_queries import NO_CHOICE, number_of, saved_view


class ArrangeForm(StrictForm):
    """The slugs in their order, those that are hidden, and one that was moved by its button."""

    slug = forms.CharField(required=False, max_length=30)
    hidden = forms.CharField(required=False, max_length=30)
    up = forms.CharField(required=False, max_length=30)
    down = forms.CharField(required=False, max_length=30)


class LookForm(StrictForm):
    order = forms.ChoiceField(choices=[("", ""), *Order.choices], required=False)
    group = forms.ChoiceField(choices=[("", ""), *Grouping.choices], required=False)
    columns = forms.MultipleChoiceField(choices=Column.choices, required=False)
    reset = forms.CharField(required=False, max_length=1)


@require_http_methods(["GET", "POST"])
def collection(request: Request) -> HttpResponse:
    """The agent's views in their order, to move and to hide."""
    shelf, (views, teams) = request.who.shelf, every_place(request)
    places = [*views, *teams]
    if request.method == "POST":
        posted(request, ArrangeForm)
        known = [place.slug for place in places]
        slugs = [slug for slug in request.POST.getlist("slug") if slug in known]
        slugs += [slug for slug in known if slug not in slugs]
        moved = _moved(slugs, request.POST.get("up", ""), request.POST.get("down", ""))
        arrange(request.agent.pk, moved, request.POST.getlist("hidden"))
        return SeeOther(reverse("desk:views"))
    entries = [
        [
            {
                "place": place,
                "hidden": shelf.choices.get(place.slug, NO_CHOICE).hidden,
                "edit_url": _edit_url(place),
                "whose": _whose(place, request),
            }
            for place in several
        ]
        for several in (views, teams)
    ]
    return shown(request, "views/list.html", frame=frame(request, "views"), entries=entries)


@require_http_methods(["GET", "POST"])
def new_view(request: Request) -> HttpResponse:
    """A form for a view; it begins with what the address says (`?status=open&team=3`)."""
    given = {name: _given(request, name) for name in ViewForm.base_fields if name in request.GET}
    return _form(request, None, given if request.method == "GET" else {})


@require_http_methods(["GET", "POST"])
def view(request: Request, pk: int) -> HttpResponse:
    """A saved view's form. Who may not change it makes a copy of their own."""
    return _form(request, saved_view(pk, request.viewer), {})


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    posted(request, EmptyForm)
    remove_view(request.act, request.viewer, saved_view(pk, request.viewer))
    return SeeOther(reverse("desk:views"))


@require_POST
def look(request: Request, view: str) -> HttpResponse:
    """How the agent wants this view's list: its order, groups and columns."""
    values = posted(request, LookForm)
    place = place_of(view, frame(request, view))
    look = ("order", "group", "columns")
    own = {} if values["reset"] else {name: values[name] for name in look}
    choose_look(request.agent.pk, place.slug, **own)
    url = f"{place.url}?group={own['group']}" if own.get("group") else place.url
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)


# -- parts ---------------------------------------------------------------------------------------
def _form(request: Request, row: SavedView | None, given: dict[str, Any]) -> HttpResponse:
    known = choices()
    changing = row is not None and may_change(row, request.viewer)
    start = present.initial(row, known.tags) if row else {"order": Order.DUE, **given}
    form = ViewForm(request.POST if request.method == "POST" else None, initial=start)
    form.offer(known, assignable(request.viewer), request.viewer)
    beyond = row is not None and present.values(row.conditions, known.tags) is None
    if form.is_bound and form.is_valid():
        try:
            saved = _save(request, form.cleaned_data, row if changing else None, row, beyond)
            return SeeOther(reverse("desk:inbox", args=[saved.slug]))
        except Problem as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.message)
    context = {"form": form, "view": row, "changing": changing, "beyond": beyond}
    status = 422 if form.is_bound else 200
    return shown(request, "views/view.html", status, frame=frame(request, "views"), **context)


def _save(
    request: Request,
    values: dict[str, Any],
    row: SavedView | None,
    origin: SavedView | None,
    beyond: bool,
) -> SavedView:
    """What the form can't show of a view's conditions stays as it is."""
    kept = origin.conditions if origin is not None and beyond else present.conditions(values)
    team = Team.objects.filter(pk=int(values["of_team"])).first() if values["of_team"] else None
    return save_view(
        request.act,
        request.viewer,
        name=values["name"],
        conditions=kept,
        order=values["order"],
        group=values["group"] or Grouping.DUE,
        columns=values["columns"],
        share=values["share"],
        team=team,
        view=row,
    )


def _given(request: Request, name: str) -> Any:
    several = request.GET.getlist(name)
    is_many = isinstance(ViewForm.base_fields[name], forms.MultipleChoiceField)
    return several if is_many else several[-1][:100]


def _moved(slugs: list[str], up: str, down: str) -> list[str]:
    """The order once one has changed places with its neighbour. Pure."""
    slug, step = (up, -1) if up else (down, 1)
    if slug not in slugs:
        return slugs
    at = slugs.index(slug)
    to = max(0, min(len(slugs) - 1, at + step))
    slugs.insert(to, slugs.pop(at))
    return slugs


def _edit_url(place: Place) -> str:
    pk = number_of(place.slug)
    return reverse("desk:view", args=[pk]) if pk is not None else ""


def _whose(place: Place, request: Request) -> str:
    """Whose a saved view is: "" for one's own and for what every agent has, "desk", "team"."""
    saved = request.who.shelf.saved.get(place.slug)
    if saved is None or saved.agent:
        return ""
    return "team" if saved.team else "desk"
