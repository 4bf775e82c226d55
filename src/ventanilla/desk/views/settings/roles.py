"""Roles: what each allows and shows, who has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.desk.identity import Request
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.lib import clock
from ventanilla.people.actions.roles import remove_role, save_role
from ventanilla.people.actions.second_step import require_of
from ventanilla.people.models import Agent, Role
from ventanilla.people.permissions import PERMISSIONS, STANDARD_ROLES
from ventanilla.tickets.actions.configure import with_branches
from ventanilla.tickets.models import Category

WHOLE = "administrator"  # the role that nobody takes anything from


def ticks() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "check"})


class RoleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    visibility = forms.ChoiceField(
        label=_("What they see"),
        choices=Role.Visibility.choices,
        widget=forms.RadioSelect(attrs={"class": "check"}),
    )
    permissions = forms.MultipleChoiceField(
        label=_("What they may do"), choices=list(PERMISSIONS.items()), required=False,
        widget=ticks(),
    )  # fmt: skip
    hidden = forms.TypedMultipleChoiceField(
        label=_("Categories that they don't see"),
        help_text=_(
            "With all that stand below them. A ticket of theirs is shown only to whom it is "
            "assigned."
        ),
        coerce=int,
        required=False,
        widget=ticks(),
    )

    def __init__(self, *args: Any, role: Role | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["hidden"].choices = list(_tree())  # type: ignore[attr-defined]
        if role is not None and role.key in STANDARD_ROLES:
            self.fields["name"].required = False
            called = {"placeholder": str(Role.STANDARD_NAMES[role.key])}
            self.fields["name"].widget.attrs |= called
        if role is not None and role.key == WHOLE:
            for name in ("visibility", "permissions", "hidden"):
                del self.fields[name]


class SecondStepForm(forms.Form):
    within = forms.TypedChoiceField(
        label=_("Time to set it up"),
        choices=[
            (0, _("At once")), (3, _("3 days")), (14, _("14 days")),
            (30, _("30 days")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        initial=14,
    )  # fmt: skip


class RemovalForm(forms.Form):
    to = forms.ModelChoiceField(
        Role.objects.order_by("pk"), label=_("Its people get"), required=False,
        empty_label=pgettext_lazy("role", "Choose a role"),
    )  # fmt: skip


@require_GET
@section("roles")
def roles(request: Request) -> HttpResponse:
    active = Count("agent", filter=Q(agent__user__is_active=True))
    rows = Role.objects.annotate(people=active).order_by("pk")
    return page(request, "roles", "roles", roles=rows, all=len(PERMISSIONS))


@require_http_methods(["GET", "POST"])
@section("roles", fresh=True)
def new_role(request: Request) -> HttpResponse:
    """A role of the desk's own: empty, or a copy of the one that `from` names."""
    model = _copied(request)
    form = RoleForm(request.POST or None, initial=_first(model))

    def save() -> None:
        save_role(request.act, **_given(form))

    if submitted(form, save):
        return done("desk:roles")
    context = {"form": form, "role": None, "model": model}
    return page(request, "roles", "role", status_of(form), **context)


@require_http_methods(["GET", "POST"])
@section("roles", fresh=True)
def role(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Role, pk=pk)
    form = RoleForm(request.POST or None, initial=_values(found), role=found)

    def save() -> None:
        whole = {name: getattr(found, name) for name in ("visibility", "permissions", "hidden")}
        save_role(request.act, role=found, **whole | _given(form))

    if submitted(form, save):
        return done("desk:roles")
    return _shown(request, found, form, RemovalForm(), status_of(form))


@require_POST
@section("roles", fresh=True)
def role_second_step(request: Request, pk: int) -> HttpResponse:
    """Require a second step of the role's people, after some days; or leave it to them."""
    found = get_object_or_404(Role, pk=pk)
    form = SecondStepForm(request.POST)
    if form.is_valid():
        days, now = form.cleaned_data["within"], clock.now().replace(microsecond=0)
        require_of(found, request.act, by=None if days is None else now + timedelta(days=days))
    return done("desk:role", "saved", pk)


@require_POST
@section("roles", fresh=True)
def role_removal(request: Request, pk: int) -> HttpResponse:
    """Remove a role of the desk's own; `to` is what its people get."""
    found = get_object_or_404(Role, pk=pk)
    removal = RemovalForm(request.POST)
    if submitted(removal, lambda: remove_role(request.act, found, to=removal.cleaned_data["to"])):
        return done("desk:roles", "role_removed")
    return _shown(request, found, RoleForm(initial=_values(found), role=found), removal, 422)


def _shown(
    request: Request, found: Role, form: forms.Form, removal: forms.Form, status: int
) -> HttpResponse:
    removal.fields["to"].queryset = Role.objects.exclude(pk=found.pk).order_by("pk")  # type: ignore[attr-defined]
    people = Agent.objects.filter(role=found).select_related("user").prefetch_related("teams")
    context = {
        "form": form,
        "role": found,
        "model": None,
        "people": people.order_by("-user__is_active", "user__name"),
        "own": found.key not in STANDARD_ROLES,
        "removal": removal,
        "second_step": SecondStepForm(),
        "without": people.filter(user__is_active=True).exclude(
            user__second_step__confirmed_at__isnull=False
        ),
    }
    return page(request, "roles", "role", status, **context)


def _copied(request: HttpRequest) -> Role | None:
    number = request.GET.get("from", "")
    known = number.isdecimal() and len(number) < 19
    return get_object_or_404(Role, pk=int(number)) if known else None


def _first(model: Role | None) -> dict[str, Any]:
    """What a new role's form begins with: the least, or what the copied role has."""
    if model is None:
        hidden = {pk for each in Role.objects.values_list("hidden", flat=True) for pk in each}
        return {"visibility": Role.Visibility.TEAM, "permissions": [], "hidden": sorted(hidden)}
    name = gettext("%(role)s (copy)") % {"role": model}
    return _values(model) | {"name": name[:60]}


def _values(role: Role) -> dict[str, Any]:
    names = ("name", "visibility", "permissions", "hidden")
    return {name: getattr(role, name) for name in names}


def _given(form: forms.Form) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    if "hidden" in given:
        given["hidden"] = with_branches(given["hidden"])
    return given


def _tree() -> Iterator[tuple[int, str]]:
    """Every category with its way: "Billing › Double charge". Archived ones have tickets too."""
    rows = {row.pk: row for row in Category.objects.order_by("name")}

    def way(row: Category) -> list[str]:
        above = rows.get(row.parent_id or 0)
        return [*(way(above) if above else []), row.name]

    for names, pk in sorted((way(row), pk) for pk, row in rows.items()):
        title = " › ".join(names)
        yield pk, f"{title} ({gettext('Archived')})" if rows[pk].archived else title
