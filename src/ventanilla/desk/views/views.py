"""Views: arranging one's own sidebar, making and changing saved ones, how a list looks."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.forms import EmptyForm, StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import every_place, frame, place_of
from ventanilla.desk.shapes import Place
from ventanilla.desk.views import view_editor
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.desk.views.problems import is_partial
from ventanilla.tickets.actions.views import arrange, choose_look, remove_view
from ventanilla.tickets.views import Column, Grouping, Order
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
    """A new view; it begins with what the address says: `?status=open&team=3`, or `?q=` and what
    somebody has typed into the search."""
    return view_editor.answer(request, None)


@require_http_methods(["GET", "POST"])
def view(request: Request, pk: int) -> HttpResponse:
    """A saved view's editor. Who may not change it makes a copy of their own."""
    return view_editor.answer(request, saved_view(pk, request.viewer))


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
