"""Bulk changes: the bar that makes them, each one's page, and taking one back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.desk.forms import EmptyForm, Ids, StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present import bulk as present
from ventanilla.desk.present import rows
from ventanilla.desk.present.frame import frame, today
from ventanilla.desk.views.answers import (
    SLUG,
    SeeOther,
    grouped_by,
    here,
    opened,
    posted,
    shown,
    target,
)
from ventanilla.desk.views.problems import is_partial
from ventanilla.desk.views.snooze import SnoozeForm
from ventanilla.lib.problems import Invalid
from ventanilla.people.rights import require
from ventanilla.tickets import macros_queries as macros
from ventanilla.tickets import operations_queries as operations
from ventanilla.tickets import queries
from ventanilla.tickets.actions.bulk import AT_ONCE, change_many, undo_many
from ventanilla.tickets.actions.lay import LAY
from ventanilla.tickets.choices import choices
from ventanilla.tickets.models import Priority, Status, Ticket
from ventanilla.tickets.operations import Operation

ROWS = ("team", "assignee", "category")  # chosen by id; nothing means none


class BulkForm(StrictForm):
    """Which tickets (by number, or a whole view), and one thing to change about them."""

    n = Ids()
    whole = forms.BooleanField(required=False)
    view = forms.CharField(required=False, max_length=30)
    status = forms.TypedChoiceField(
        required=False, choices=Status.choices, coerce=int, empty_value=None
    )
    priority = forms.TypedChoiceField(
        required=False, choices=Priority.choices, coerce=int, empty_value=None
    )
    team = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    assignee = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    category = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    add = forms.CharField(required=False, max_length=60)
    create = forms.CharField(required=False, max_length=60)
    remove = forms.CharField(required=False, max_length=60)
    until = forms.CharField(required=False, max_length=30)
    macro = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    lay = forms.ChoiceField(required=False, choices=[(name, name) for name in LAY])
    field = forms.CharField(required=False, max_length=80)  # "cause=transport"; "cause=" empties


@require_http_methods(["GET", "POST"])
def collection(request: Request) -> HttpResponse:
    """What the agent has changed in bulk lately; posted to, it changes many tickets."""
    if request.method == "POST":
        return _change(request)
    known = choices(agents=[request.agent.pk])
    found = [
        present.operation_view(one, request.act.when, known)
        for one in operations.recent(request.viewer)
    ]
    return shown(request, "bulk/list.html", operations=found, frame=frame(request, "operations"))


def _change(request: Request) -> HttpResponse:
    values = posted(request, BulkForm)
    what, change = _asked(request, values)
    operation = change_many(
        request.act,
        agent=request.agent,
        what=what,
        change=change,
        tickets=_chosen(request, values),
    )
    return _answer(request, operation, values["view"])


@require_GET
def bar(request: Request) -> HttpResponse:
    """The bar at the foot of a list, with its menus. 4 statements, when it is asked for."""
    require(request.act, "ticket.change")
    view = request.GET.get("view", "")
    agents = operations.assignable(request.viewer)
    offered = macros.of(request.viewer).order_by("position", "name")
    changing = [one for one in offered if one.changes]
    menus = present.menus(choices(), agents, request.viewer, changing)
    return shown(
        request,
        "bulk/_bar.html",
        menus=menus,
        view=view if SLUG.fullmatch(view) else "",
        bar=True,
        may_delete=request.viewer.can("ticket.delete"),
        may_erase=request.viewer.can("ticket.erase"),
    )


@require_GET
def operation(request: Request, pk: int) -> HttpResponse:
    """One bulk change: how far it is, and what became of each ticket."""
    found = operations.operation(pk, request.viewer)
    part = target(request)
    if part == "bulk-last":
        return shown(request, "bulk/_last.html", operation=_view(request, found))
    results = operations.results(found, request.viewer)
    view = _view(request, found, results)
    if part == f"operation-{pk}":
        return shown(request, "bulk/_operation.html", operation=view)
    return shown(request, "bulk/page.html", operation=view, frame=frame(request, "operations"))


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a bulk change back, where nobody has changed the value since."""
    posted(request, EmptyForm)
    found = operations.operation(pk, request.viewer)
    return _answer(request, undo_many(request.act, found), here(request))


# -- what is asked for ---------------------------------------------------------------------------
def _asked(request: Request, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The one change: what, and to what. Raises Invalid when there is none, or several."""
    found: list[tuple[str, dict[str, Any]]] = [
        (name, {"to": values[name]}) for name in ("status", "priority") if values[name] is not None
    ]
    found += [(name, {"to": values[name]}) for name in ROWS if name in request.POST]
    if "until" in request.POST:
        until = SnoozeForm({"until": values["until"]}).checked()["until"]
        found.append(("snooze", {"until": until and until.isoformat()}))
    if values["macro"] is not None:
        macro = macros.one_of(request.viewer, values["macro"])
        kept = {"macro": macro.pk, "name": macro.name, "changes": macro.changes}
        found.append(("macro", kept))
    if values["lay"]:
        found.append((values["lay"], {}))
    if values["field"]:
        key, _sign, to = values["field"].partition("=")
        found.append(("field", {"field": key, "to": to}))
    add = [*request.POST.getlist("add"), *request.POST.getlist("create")]
    remove = request.POST.getlist("remove")
    if any(len(name) > 60 or "\0" in name for name in [*add, *remove]):
        raise Invalid(_("A tag has 60 characters at most."), field="create")
    if any(add) or any(remove):
        found.append(("tags", {"add": add, "remove": remove}))
    if len(found) != 1:
        raise Invalid(_("Choose one thing to change."))
    return found[0]


def _chosen(request: Request, values: dict[str, Any]) -> Any:
    """The tickets, of those that the agent sees."""
    if values["whole"]:
        return queries.in_view(values["view"], request.viewer, today())
    seen = Ticket.objects.visible_to(request.viewer, anywhere=bool(values["lay"]))
    return seen.filter(number__in=values["n"])


# -- what is answered ----------------------------------------------------------------------------
def _answer(request: Request, done: Operation, view: str) -> HttpResponse:
    """The rows anew where a list is shown, the counts, and what was done, with its undoing."""
    if not is_partial(request):
        return SeeOther(reverse("desk:operation", args=[done.pk]))
    context: dict[str, Any] = {"operation": _view(request, done), "tv": opened(request)}
    context["rows"] = _rows(request, done, view) if done.total <= AT_ONCE else []
    if view:
        context["frame"] = frame(request, view)
    return shown(request, "bulk/_done.html", **context)


def _rows(request: Request, done: Operation, view: str) -> list[Any]:
    if not view:
        return []
    listed = "" if view == rows.SEARCH else view
    columns = request.who.shelf.columns(view)
    found = operations.rows(done, listed, request.viewer, today(), columns)
    look: dict[str, Any] = {"columns": columns, "query": grouped_by(request)}
    return [
        rows.row(one, view, gone=not one.belongs, **look)  # type: ignore[attr-defined]
        for one in found
    ]


def _view(request: Request, found: Operation, results: Any = ()) -> present.OperationView:
    of = found.undoes or found
    agents = [of.change["to"]] if of.what == "assignee" and of.change["to"] else []
    return present.operation_view(found, request.act.when, choices(agents=agents), results)
