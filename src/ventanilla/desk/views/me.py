"""What agents decide for themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.settings.page import SignatureField, done, status_of, submitted, told
from ventanilla.desk.views.signin import enter, ip_of
from ventanilla.lib import clock
from ventanilla.people.actions.preferences import OF_USER, set_preferences
from ventanilla.people.actions.signin import sign_in
from ventanilla.people.actions.staff import set_password
from ventanilla.people.zones import zone_choices

THEMES = [
    ("auto", pgettext_lazy("theme", "As the system")),
    ("light", pgettext_lazy("theme", "Light")),
    ("dark", pgettext_lazy("theme", "Dark")),
]
DENSITIES = [
    ("normal", pgettext_lazy("density", "Normal")),
    ("compact", pgettext_lazy("density", "Compact")),
]


class PreferencesForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)
    density = forms.ChoiceField(label=_("Density"), choices=DENSITIES)
    notices = forms.BooleanField(
        label=_("Browser notices when a ticket is assigned to me or a customer answers"),
        required=False,
    )
    signature = SignatureField(
        5,
        label=_("Signature"),
        help_text=_("Under your replies, above that of the team. Simple HTML is allowed."),
    )


class PasswordForm(forms.Form):
    current = forms.CharField(
        label=_("Current password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters. Every other session of yours ends."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@require_http_methods(["GET", "POST"])
def me(request: Request) -> HttpResponse:
    """Preferences: name, language, time zone, theme, density, signature, notices."""
    form = PreferencesForm(request.POST or None, initial=_values(request))
    if submitted(form, lambda: set_preferences(request.agent, **form.cleaned_data)):
        return done("desk:me")
    return _page(request, form, PasswordForm(), status_of(form))


@sensitive_post_parameters("current", "password")
@require_POST
def password(request: Request) -> HttpResponse:
    """Choose a new password; the one in use must be given, if there is one."""
    form = PasswordForm(request.POST)
    user = request.who.user

    def save() -> None:
        now, ip = clock.now(), ip_of(request)
        if user.has_usable_password():
            sign_in(user.email, form.cleaned_data["current"], ip=ip, now=now)
        set_password(user, form.cleaned_data["password"], now, ip=ip)

    if submitted(form, save):
        enter(request, user)
        return done("desk:me", "password")
    return _page(request, PreferencesForm(initial=_values(request)), form, status_of(form))


def _values(request: Request) -> dict[str, Any]:
    agent, user = request.agent, request.agent.user
    return {
        name: getattr(user if name in OF_USER else agent, name)
        for name in PreferencesForm.base_fields
    }


def _page(
    request: Request, preferences: forms.Form, passwords: forms.Form, status: int
) -> HttpResponse:
    context = {
        "frame": frame(request, here="me"),
        "preferences": preferences,
        "passwords": passwords,
        "told": told(request),
        "has_password": request.who.user.has_usable_password(),
    }
    return render(request, "desk/me.html", context, status=status)
