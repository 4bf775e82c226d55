"""Prepared replies: the list, and one with its preview on a real ticket."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from ventanilla.desk.identity import Request
from ventanilla.desk.present import safe
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.lib.problems import NotFound, Problem
from ventanilla.people.models import Team
from ventanilla.tickets import queries
from ventanilla.tickets.actions.prepared import may_write, save_prepared
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.prepared import EXAMPLE, filled_in, of
from ventanilla.tickets.writing import PreparedReply

OWN, DESK = "own", "desk"


class PreparedForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("You find it by this name when you type / in a reply."),
    )
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10})
    )
    whose = forms.ChoiceField(label=gettext_lazy("For whom"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    archived = forms.BooleanField(label=gettext_lazy("Archived: no longer offered"), required=False)
    ticket = forms.IntegerField(
        label=gettext_lazy("Show it as at ticket number"),
        required=False,
        min_value=1,
        max_value=10**15,
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["whose"].choices = places  # type: ignore[attr-defined]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("", _("Any")),
            *settings.LANGUAGES,
        ]


@require_safe
@section("prepared")
def prepared(request: Request) -> HttpResponse:
    """Every text that the reader may use, and those of theirs that are archived."""
    shown = of(request.viewer).order_by("name", "pk")
    rows = [(one, _whose(one), _writable(request, one)) for one in shown]
    return page(request, "prepared", "prepared", rows=rows)


@require_http_methods(["GET", "POST"])
@section("prepared")
def prepared_reply(request: Request, pk: int) -> HttpResponse:
    """One text; 0 is a new one. `preview` only shows how it reads."""
    found = _found(request, pk) if pk else None
    form = PreparedForm(
        request.POST or None, places=_places(request), initial=_initial(request, found)
    )
    trying = "preview" in request.POST
    if not trying and submitted(form, lambda: _save(request, form.cleaned_data, found)):
        return done("desk:prepared")
    context: dict[str, Any] = {"prepared": found, "names": _names(), "shown": None}
    if trying and form.is_valid():
        context["shown"] = _preview(request, form)
    return page(request, "prepared", "prepared_reply", status_of(form), form=form, **context)


def _found(request: Request, pk: int) -> PreparedReply:
    found = get_object_or_404(PreparedReply, pk=pk)
    if not _writable(request, found):
        raise NotFound(_("There is no such prepared reply, or it isn't yours to change."))
    return found


def _save(request: Request, given: dict[str, Any], found: PreparedReply | None) -> None:
    whose = given["whose"]
    team = Team.objects.get(pk=int(whose)) if whose.isdecimal() else None
    save_prepared(
        request.act,
        name=given["name"],
        body=given["body"],
        language=given["language"],
        team=team,
        agent=request.agent if whose == OWN else None,
        archived=given["archived"],
        prepared=found,
    )


def _preview(request: Request, form: PreparedForm) -> dict[str, Any] | None:
    """The text at the chosen ticket, else at the newest that the reader sees; None: none fits."""
    try:
        ticket = _ticket(request, form.cleaned_data["ticket"])
        desk_name = request.who.desk_name
        text = filled_in(form.cleaned_data["body"], ticket, request.agent, desk_name)
    except Problem as problem:
        field = "ticket" if isinstance(problem, NotFound) else "body"
        form.add_error(field, problem.message)
        return None
    return {"ticket": ticket, "body": safe.from_text(text)}


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
    desk = [(DESK, _("The whole desk"))] if may_write(request.viewer, None, None) else []
    return [(OWN, _("Only me")), *own, *desk]


def _initial(request: Request, found: PreparedReply | None) -> dict[str, Any]:
    if found is None:
        return {"whose": OWN, "language": ""}
    whose = str(found.team_id) if found.team_id else OWN if found.agent_id else DESK
    values = {"name": found.name, "body": found.body, "language": found.language}
    return values | {"archived": found.archived, "whose": whose}


def _writable(request: Request, one: PreparedReply) -> bool:
    return may_write(request.viewer, one.team_id, one.agent_id)


def _whose(one: PreparedReply) -> str:
    if one.agent_id is not None:
        return _("Only me")
    return one.team.name if one.team else _("The whole desk")


def _names() -> list[str]:
    """What a text may name, as it is written in it."""
    return [f"{{{{ {thing}.{part} }}}}" for thing, parts in EXAMPLE.items() for part in parts]
