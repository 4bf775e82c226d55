"""What agents decide for themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk import keys
from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.settings.page import SignatureField, done, status_of, submitted, told
from ventanilla.desk.views.settings.signatures import SignaturesForm, first_signatures
from ventanilla.desk.views.signin import enter, ip_of
from ventanilla.lib import clock
from ventanilla.lib.problems import Problem
from ventanilla.people.actions import second_step, sessions
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


class PreferencesForm(SignaturesForm):
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


class ShortcutsForm(forms.Form):
    """A field for each action whose key may be another one."""

    letter_keys = forms.BooleanField(
        label=_("Shortcuts of a single key"),
        help_text=_(
            "They work outside text fields. Turn them off if you use a screen reader or "
            "voice control; Ctrl K goes on working."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for key in keys.CHANGEABLE:
            self.fields[key.name] = forms.CharField(
                label=key.words,  # type: ignore[arg-type]
                required=False,
                max_length=20,
                widget=forms.TextInput(
                    attrs={"class": "input", "autocomplete": "off", "spellcheck": "false",
                           "placeholder": " ".join(keys.caps(key.keys))}
                ),
            )  # fmt: skip

    def rows(self) -> list[tuple[keys.Words, list[forms.BoundField]]]:
        """The fields of the keys under the headings of the sheet."""
        groups = (
            (title, [self[key.name] for key in group if key.name in self.fields])
            for title, group in keys.GROUPS
        )
        return [(title, fields) for title, fields in groups if fields]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for key in keys.CHANGEABLE:
            try:
                values[key.name] = keys.read(values.get(key.name, ""))
            except Problem as problem:
                self.add_error(key.name, problem.message)
        return values


@require_http_methods(["GET", "POST"])
def me(request: Request) -> HttpResponse:
    """Preferences: name, language, time zone, theme, density, signature, notices."""
    form = PreferencesForm(request.POST or None, initial=_values(request))
    if submitted(form, lambda: set_preferences(request.agent, **form.with_signatures())):
        return done("desk:me")
    return _page(request, status_of(form), preferences=form)


@require_POST
def shortcuts(request: Request) -> HttpResponse:
    """Which keys do what, or, by `restore`, what they did when shipped."""
    form = ShortcutsForm(request.POST)

    def save() -> None:
        values = {key.name: form.cleaned_data[key.name] for key in keys.CHANGEABLE}
        letters = form.cleaned_data["letter_keys"]
        set_preferences(request.agent, letter_keys=letters, shortcuts=keys.changed(values))

    if "restore" in request.POST:
        set_preferences(request.agent, letter_keys=True, shortcuts={})
        return done("desk:me", "keys")
    if submitted(form, save):
        return done("desk:me", "keys")
    return _page(request, status_of(form), shortcuts=form)


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
    return _page(request, status_of(form), passwords=form)


@require_POST
def session_end(request: Request, pk: int) -> HttpResponse:
    """Sign one's browser elsewhere out, or this one."""
    ended = sessions.end(request.who.user, pk, clock.now(), ip=ip_of(request))
    if ended.session_key == request.session.session_key:
        auth.logout(request)
        return HttpResponseRedirect(settings.LOGIN_URL)
    return done("desk:me", "session")


@require_POST
def sessions_end(request: Request) -> HttpResponse:
    """Sign out everywhere, here too."""
    sessions.end_all(request.who.user, clock.now(), ip=ip_of(request))
    auth.logout(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


def _values(request: Request) -> dict[str, Any]:
    agent, user = request.agent, request.agent.user
    return {
        name: getattr(user if name in OF_USER else agent, name)
        for name in PreferencesForm.base_fields
    } | first_signatures(agent.signatures)


def _shortcuts(request: Request) -> dict[str, Any]:
    agent = request.agent
    bound = keys.bound(keys.Own(keys=keys.Own.of(agent).keys))
    shown = {key.name: " ".join(keys.caps(bound[key.name])) for key in keys.CHANGEABLE}
    return {"letter_keys": agent.letter_keys, **shown}


def _page(request: Request, status: int, /, **forms: forms.Form) -> HttpResponse:
    """The page with the forms given, and the others as they are."""
    context: dict[str, Any] = {
        "frame": frame(request, here="me"),
        "preferences": forms.get("preferences") or PreferencesForm(initial=_values(request)),
        "shortcuts": forms.get("shortcuts") or ShortcutsForm(initial=_shortcuts(request)),
        "passwords": forms.get("passwords") or PasswordForm(),
        "told": told(request),
        "sessions": sessions.of(request.who.user, clock.now()),
        "two_steps": second_step.of(request.who.user) is not None,
        "session_key": request.session.session_key,
        "has_password": request.who.user.has_usable_password(),
    }
    return render(request, "desk/me.html", context, status=status)
