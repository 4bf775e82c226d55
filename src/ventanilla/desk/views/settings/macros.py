"""Macros: the list, and one with its preview on a real ticket."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ventanilla.desk.identity import Request
from ventanilla.desk.present import macros as present
from ventanilla.desk.views.answers import shown, target
from ventanilla.desk.views.settings.macro_form import DESK, OWN, MacroForm
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.lib.fold import fold
from ventanilla.lib.html import to_text
from ventanilla.lib.problems import NotFound, Problem
from ventanilla.people.models import Team
from ventanilla.people.queries import configuration
from ventanilla.tickets import macros_queries, queries
from ventanilla.tickets.actions.macros import may_write, save_macro
from ventanilla.tickets.macros import ANY, Macro
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.variables import names

PREVIEW = "macro-preview"  # the element that is fetched anew while one writes


@require_safe
@section("macros")
def macros(request: Request) -> HttpResponse:
    """Those that the reader may use; with `q` those that hold these words, with `old` archived."""
    words, old = request.GET.get("q", "")[:80].strip(), "old" in request.GET
    found = macros_queries.of(request.viewer, archived=True).filter(archived=old)
    listed = list(found.order_by("position", "name", "pk"))
    changes, uses = present.labels(listed), macros_queries.uses([one.pk for one in listed])
    rows = [
        {
            "macro": one,
            "folder": present.parted(one.name)[0],
            "name": present.parted(one.name)[1],
            "whose": _whose(one),
            "mine": _writable(request, one),
            "changes": changes[one.pk],
            "text": present.beginning(_in_readers_language(one)),
            "used": uses.get(one.pk, (0, None)),
        }
        for one in listed
        if _holds(one, changes[one.pk], words)
    ]
    return page(request, "macros", "macros", rows=rows, q=words, old=old)


@require_http_methods(["GET", "POST"])
@section("macros")
def macro(request: Request, pk: int) -> HttpResponse:
    """One macro; 0 is a new one, with `from` (a ticket) holding what one has begun to write there.

    `preview` only shows how it reads.
    """
    found = _found(request, pk) if pk else None
    form = MacroForm(
        request.POST or None,
        macro=found,
        places=_places(request),
        initial=_initial(request, found),
    )
    trying = "preview" in request.POST or "preview" in request.GET
    if not trying and submitted(form, lambda: _save(request, form, found)):
        return done("desk:macros")
    seen = _preview(request, form) if trying or not form.is_bound else None
    if target(request) == PREVIEW:
        return shown(request, "settings/_macro_preview.html", seen=seen, form=form)
    uses = macros_queries.uses([pk]).get(pk, (0, None)) if found else (0, None)
    context: dict[str, Any] = {"macro": found, "names": names(), "seen": seen, "used": uses}
    return page(request, "macros", "macro", status_of(form), form=form, **context)


def _found(request: Request, pk: int) -> Macro:
    found = get_object_or_404(Macro, pk=pk)
    if not _writable(request, found):
        raise NotFound(_("There is no such macro, or it isn't yours to change."))
    return found


def _save(request: Request, form: MacroForm, found: Macro | None) -> None:
    given = form.cleaned_data
    whose = given["whose"]
    save_macro(
        request.act,
        name=given["name"],
        texts=form.texts(),
        changes=form.changes(make=True),
        write_as=given["write_as"],
        position=given["position"] or 0,
        team=Team.objects.get(pk=int(whose)) if whose.isdecimal() else None,
        agent=request.agent if whose == OWN else None,
        archived=given["archived"],
        macro=found,
    )


# -- how it reads at a ticket --------------------------------------------------------------------
def _preview(request: Request, form: MacroForm) -> dict[str, Any] | None:
    """At the chosen ticket, else at the newest that the reader sees; None: nothing to show."""
    if form.is_bound:
        form.is_valid()
        given = form.cleaned_data
        texts, changes = form.texts(), form.changes(make=False)
    else:
        given = dict(form.initial)
        texts, changes = form.first_texts(), list(form.macro.changes) if form.macro else []
    try:
        ticket = _ticket(request, given.get("ticket"))
        draft = Macro(pk=0, name=given.get("name") or "", texts=texts, changes=changes)
        name, language = request.who.desk_name, configuration().language
        view = present.at_ticket(draft, ticket, request.viewer, request.agent, name, language)
    except Problem as problem:
        if form.is_bound:
            where = "ticket" if isinstance(problem, NotFound) else "text"
            form.add_error(where, problem.message)
        return {"problem": problem.message} if form.is_bound else None
    return {"ticket": ticket, "view": view}


def _ticket(request: Request, number: int | None) -> Ticket:
    if number is None:
        seen = Ticket.objects.visible_to(request.viewer).order_by("-pk")
        number = seen.values_list("number", flat=True).first() or 0
    return queries.get(number, request.viewer)


# -- parts -------------------------------------------------------------------------------------
def _places(request: Request) -> list[tuple[str, str]]:
    """For whom the reader may write: themselves, teams, the desk."""
    teams = Team.objects.filter(archived=False).order_by("name").values_list("pk", "name")
    own = [(str(pk), name) for pk, name in teams if may_write(request.viewer, pk, None)]
    everybody = [(DESK, _("The whole desk"))] if may_write(request.viewer, None, None) else []
    return [(OWN, _("Only me")), *own, *everybody]


def _initial(request: Request, found: Macro | None) -> dict[str, Any]:
    if found is not None:
        whose = str(found.team_id) if found.team_id else OWN if found.agent_id else DESK
        return {"whose": whose}
    begun = request.GET.get("from", "")
    if not begun.isdecimal() or len(begun) > 15:
        return {"whose": OWN}
    ticket = queries.get(int(begun), request.viewer)
    kind = "note" if request.GET.get("kind") == "note" else "reply"
    drafts = {one.kind: one for one in queries.drafts(ticket, request.viewer)}
    text = to_text(drafts[kind].html) if kind in drafts else ""
    return {"whose": OWN, "text": text, "ticket": ticket.number}


def _holds(one: Macro, changes: list[str], words: str) -> bool:
    """Whether each word stands somewhere in it."""
    text = fold(" ".join([one.name, *one.texts.values(), *changes]))
    return all(word in text for word in fold(words).split())


def _in_readers_language(one: Macro) -> str:
    own, others = one.texts.get((get_language() or "")[:2]), next(iter(one.texts.values()), "")
    return own or one.texts.get(ANY) or others


def _writable(request: Request, one: Macro) -> bool:
    return may_write(request.viewer, one.team_id, one.agent_id)


def _whose(one: Macro) -> str:
    if one.agent_id is not None:
        return _("Only me")
    return one.team.name if one.team else _("The whole desk")
