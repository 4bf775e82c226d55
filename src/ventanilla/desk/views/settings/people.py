"""Agents and teams."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.desk.identity import Request
from ventanilla.desk.views.settings.page import (
    SignatureField,
    done,
    page,
    section,
    status_of,
    submitted,
)
from ventanilla.desk.views.settings.signatures import SignaturesForm, first_signatures
from ventanilla.events.jobs import enqueue
from ventanilla.lib import clock
from ventanilla.mail.jobs import mail_link
from ventanilla.people.actions import second_step, sessions, staff
from ventanilla.people.models import Agent, Calendar, OneTimeLink, Role, SecondStep, Team
from ventanilla.people.zones import zone_choices

HUES = [
    (15, pgettext_lazy("colour", "Red")),
    (45, pgettext_lazy("colour", "Orange")),
    (75, pgettext_lazy("colour", "Yellow")),
    (135, pgettext_lazy("colour", "Green")),
    (195, pgettext_lazy("colour", "Turquoise")),
    (240, pgettext_lazy("colour", "Blue")),
    (300, pgettext_lazy("colour", "Violet")),
    (345, pgettext_lazy("colour", "Pink")),
]


def ticks() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "check"})


class AgentForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    role = forms.ModelChoiceField(Role.objects.order_by("pk"), label=_("Role"), empty_label=None)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.filter(archived=False).order_by("name"),
        label=_("Teams"),
        required=False,
        widget=ticks(),
    )
    capacity = forms.IntegerField(
        label=_("Tickets at once"),
        min_value=0,
        max_value=500,
        initial=20,
        help_text=_("New and open ones. Nobody gets more by themselves; 0 gives none."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)


class TeamForm(SignaturesForm):
    name = forms.CharField(label=_("Name"), max_length=60)
    routing = forms.ChoiceField(label=_("Who gets a new ticket"), choices=Team.Routing.choices)
    calendar = forms.ModelChoiceField(
        Calendar.objects.order_by("name"),
        label=_("Working hours"),
        required=False,
        empty_label=_("Those of the desk"),
    )
    hue = forms.TypedChoiceField(
        label=_("Colour"),
        choices=HUES,
        coerce=int,
        initial=195,
        widget=forms.RadioSelect(attrs={"class": "check"}),
    )
    signature = SignatureField(
        4,
        label=_("Signature under every reply"),
        help_text=_("Text; simple HTML is allowed."),
    )
    members = forms.ModelMultipleChoiceField(
        Agent.objects.filter(user__is_active=True).select_related("user").order_by("user__name"),
        label=_("Members"),
        required=False,
        widget=ticks(),
    )
    archived = forms.BooleanField(label=_("Archived: gets no new tickets"), required=False)


# -- agents ------------------------------------------------------------------------------------
@require_GET
@section("people")
def people(request: Request) -> HttpResponse:
    with_two = SecondStep.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
    rows = Agent.objects.select_related("user", "role").prefetch_related("teams")
    agents = rows.annotate(two_steps=Exists(with_two))
    return page(request, "people", "people", agents=agents.order_by("user__name"))


@require_http_methods(["GET", "POST"])
@section("people", fresh=True)
def new_agent(request: Request) -> HttpResponse:
    """Make an agent and mail them an invitation."""
    first = {"role": Role.objects.get(key="agent").pk, "time_zone": request.agent.time_zone}
    form = AgentForm(request.POST or None, initial=first)

    def save() -> None:
        agent = staff.create_agent(request.act, **form.cleaned_data)
        enqueue(mail_link, email=agent.user.email, purpose=OneTimeLink.Purpose.INVITE.value)

    if submitted(form, save):
        return done("desk:people", "invited")
    return page(request, "people", "agent", status_of(form), form=form, agent=None)


@require_http_methods(["GET", "POST"])
@section("people", fresh=True)
def agent(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Agent.objects.select_related("user", "role"), pk=pk)
    form = AgentForm(request.POST or None, initial=_agent_values(found))
    for fixed in ("email", "language"):
        del form.fields[fixed]

    def save() -> None:
        staff.change_agent(found, request.act, **form.cleaned_data)

    if submitted(form, save):
        return done("desk:people")
    there = sessions.of(found.user, clock.now())
    two_steps = second_step.of(found.user) is not None
    context = {"form": form, "agent": found, "sessions": there, "two_steps": two_steps}
    return page(request, "people", "agent", status_of(form), **context)


@require_POST
@section("people", fresh=True)
def agent_active(request: Request, pk: int) -> HttpResponse:
    """Let an agent sign in again, or no longer."""
    found = get_object_or_404(Agent.objects.select_related("user", "role"), pk=pk)
    active = request.POST.get("active") == "yes"
    staff.set_active(found, request.act, to=active)
    return done("desk:people", "activated" if active else "deactivated")


@require_POST
@section("people", fresh=True)
def agent_invitation(request: Request, pk: int) -> HttpResponse:
    """Mail the invitation again; the one before ends."""
    found = get_object_or_404(Agent.objects.select_related("user"), pk=pk)
    enqueue(mail_link, email=found.user.email, purpose=OneTimeLink.Purpose.INVITE.value)
    return done("desk:people", "invited")


@require_POST
@section("people", fresh=True)
def agent_sessions(request: Request, pk: int) -> HttpResponse:
    """Sign an agent out everywhere."""
    found = get_object_or_404(Agent.objects.select_related("user", "role"), pk=pk)
    sessions.sign_out(found, request.act)
    return done("desk:agent", "signed_out", pk)


@require_POST
@section("people", fresh=True)
def agent_second_step(request: Request, pk: int) -> HttpResponse:
    """Take the second step from an agent who has lost theirs."""
    found = get_object_or_404(Agent.objects.select_related("user", "role"), pk=pk)
    second_step.reset(found, request.act)
    return done("desk:agent", "reset", pk)


def _agent_values(agent: Agent) -> dict[str, Any]:
    return {
        "name": agent.user.name,
        "role": agent.role_id,
        "teams": list(agent.teams.values_list("pk", flat=True)),
        "capacity": agent.capacity,
        "time_zone": agent.time_zone,
    }


# -- teams -------------------------------------------------------------------------------------
@require_GET
@section("teams")
def teams(request: Request) -> HttpResponse:
    rows = Team.objects.select_related("calendar").prefetch_related("members__user")
    return page(request, "teams", "teams", teams=rows.order_by("archived", "name"))


@require_http_methods(["GET", "POST"])
@section("teams")
def new_team(request: Request) -> HttpResponse:
    form = TeamForm(request.POST or None)

    def save() -> None:
        staff.create_team(request.act, **_team_values(form))

    if submitted(form, save):
        return done("desk:teams")
    return page(request, "teams", "team", status_of(form), form=form, team=None)


@require_http_methods(["GET", "POST"])
@section("teams")
def team(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    names = ("name", "routing", "calendar", "hue", "signature", "archived")
    first = {name: getattr(found, name) for name in names}
    first["hue"] = nearest(found.hue)
    first |= first_signatures(found.signatures)
    first["members"] = list(found.members.values_list("pk", flat=True))
    form = TeamForm(request.POST or None, initial=first)

    def save() -> None:
        staff.change_team(found, request.act, **_team_values(form))

    if submitted(form, save):
        return done("desk:teams")
    return page(request, "teams", "team", status_of(form), form=form, team=found)


def _team_values(form: TeamForm) -> dict[str, Any]:
    given = form.with_signatures()
    calendar = given.pop("calendar")
    given["calendar_id"] = calendar.pk if calendar else None
    return given


def nearest(hue: int) -> int:
    """The colour on offer that comes closest to `hue`, 0 to 359."""
    return min(
        (one for one, _name in HUES), key=lambda one: min((one - hue) % 360, (hue - one) % 360)
    )
