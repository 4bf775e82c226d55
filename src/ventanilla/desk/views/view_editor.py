"""The editor of a view: lines that are added and changed, what they find, and saving them.

One address does it all, since one form does. Without `do` and outside of a fragment it saves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from ventanilla.desk.formats import number
from ventanilla.desk.identity import Request
from ventanilla.desk.present import rows
from ventanilla.desk.present import view_rows as lines
from ventanilla.desk.present import views as present
from ventanilla.desk.present.frame import frame, today
from ventanilla.desk.present.views import ViewForm
from ventanilla.desk.views.answers import SeeOther, shown, target
from ventanilla.desk.views.condition_editor import ROWS, ConditionEditor
from ventanilla.lib import clock
from ventanilla.lib.problems import Problem
from ventanilla.people.models import Team
from ventanilla.tickets.actions.views import may_change, save_view
from ventanilla.tickets.choices import Choices, choices
from ventanilla.tickets.counts import CAP
from ventanilla.tickets.operations_queries import assignable
from ventanilla.tickets.search.as_view import from_search, tsquery
from ventanilla.tickets.view_preview import Preview, preview
from ventanilla.tickets.views import Display, Grouping, Order, SavedView

FOUND = "view-found"  # the fragment that shows what fits


@dataclass(slots=True, kw_only=True)
class Editor(ConditionEditor):
    """One asking of the page."""

    row: SavedView | None
    form: ViewForm

    @property
    def changing(self) -> bool:
        return self.row is not None and may_change(self.row, self.request.viewer)


def answer(request: Request, row: SavedView | None) -> HttpResponse:
    """The page, a fragment of it, or what became of saving. What fits costs 4 statements."""
    part, do = target(request), request.POST.get("do", "")[:30]
    if request.method == "POST" and part == FOUND:
        found = _found(request, lines.posted(request.POST))
        return shown(request, "views/_found.html", found=found)
    editor = _editor(request, row)
    if request.method != "POST":
        return _page(editor, 200)
    if do and do != "find":
        editor.focus = lines.changed(editor.block, do)
    if part == ROWS or do:
        return _rows(editor) if part == ROWS else _page(editor, 200)
    return _saved(editor) or _page(editor, 422)


def _editor(request: Request, row: SavedView | None) -> Editor:
    known = choices()
    offer = present.offer(known, assignable(request.viewer))
    posted = request.POST if request.method == "POST" else None
    block, start = _start(request, row, known)
    form = ViewForm(posted, initial=start).offer(known, request.viewer)
    if posted is not None:
        block = lines.posted(posted)
    return Editor(request=request, row=row, offer=offer, form=form, block=block)


def _start(
    request: Request, row: SavedView | None, known: Choices
) -> tuple[lines.Block, dict[str, Any]]:
    """What the form begins with: the view's, a search's, or the address's."""
    if row is not None:
        return present.lines(row), present.initial(row)
    given: dict[str, Any] = {"order": Order.DUE, "display": Display.LIST}
    words = " ".join(request.GET.get("q", "")[:400].replace("\0", "").split())
    if not words:
        return present.begun(request.GET, known), given
    day = timezone.localtime(clock.now()).date()
    conditions, query = from_search(words, day, known)
    return lines.lines_of(conditions, present.labels), given | {"name": words[:60], "query": query}


def _saved(editor: Editor) -> HttpResponse | None:
    """Where to go once it is saved; None where something is wrong."""
    fits = editor.read()
    if not editor.form.is_valid() or not fits:
        return None
    try:
        saved = _save(editor)
    except Problem as problem:
        known = problem.field in editor.form.fields
        editor.form.add_error(problem.field if known else None, problem.message)
        return None
    return SeeOther(reverse("desk:inbox", args=[saved.slug]))


def _save(editor: Editor) -> SavedView:
    values = editor.form.cleaned_data
    team = Team.objects.filter(pk=int(values["of_team"])).first() if values["of_team"] else None
    return save_view(
        editor.request.act,
        editor.request.viewer,
        name=values["name"],
        conditions=editor.conditions,
        order=values["order"],
        group=values["group"] or Grouping.DUE,
        display=values["display"] or Display.LIST,
        columns=values["columns"],
        query=values["query"],
        share=values["share"],
        team=team,
        view=editor.row if editor.changing else None,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What the lines find so far. `count` is empty where there is nothing to tell yet."""

    count: str = ""
    total: int = 0  # for the grammar
    rows: Any = ()
    slow: bool = False
    wrong: str = ""  # why nothing can be found


def _found(request: Request, block: lines.Block) -> Found:
    """What fits, or why that can't be told."""
    conditions = lines.conditions(block, present.names(request.viewer))
    if block.wrong:
        return Found()
    words = " ".join(request.POST.get("query", "")[:200].replace("\0", "").split())
    try:
        there = preview(conditions, tsquery(words, clock.now()), request.viewer, today())
    except Problem as problem:
        return Found(wrong=problem.message)
    return _shown(there)


def _shown(there: Preview) -> Found:
    if there.count is None:
        return Found(slow=True)
    count = number(there.count) if there.count <= CAP else f"{number(CAP)}+"
    return Found(count, there.count, [rows.row(one, "all") for one in there.tickets])


def _rows(editor: Editor) -> HttpResponse:
    return shown(editor.request, "views/_rows.html", editor=editor)


def _page(editor: Editor, status: int) -> HttpResponse:
    """With the first look at what fits: by script it is asked for again as somebody writes."""
    looked = editor.request.POST.get("do") == "find"
    found = _found(editor.request, editor.block) if looked else None
    if status == 422:
        editor.read()
    return shown(
        editor.request,
        "views/view.html",
        status,
        frame=frame(editor.request, "views"),
        editor=editor,
        form=editor.form,
        view=editor.row,
        changing=editor.changing,
        found=found,
    )
