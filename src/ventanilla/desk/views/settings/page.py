"""What the settings' pages share: who may come, the tabs, saving a form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import quote

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import own_page
from ventanilla.desk.views.problems import is_partial
from ventanilla.desk.views.signin import is_fresh
from ventanilla.lib.html import clean, text_to_html, to_text
from ventanilla.lib.problems import Problem
from ventanilla.people.rights import require

View = Callable[Concatenate[Request, ...], HttpResponse]

# section: (URL name, permission that opens it)
SECTIONS = {
    "people": ("desk:people", "setup.people"),
    "roles": ("desk:roles", "setup.people"),
    "teams": ("desk:teams", "setup.people"),
    "inboxes": ("desk:inboxes", "setup.inboxes"),
    "categories": ("desk:categories", "setup.desk"),
    "fields": ("desk:fields", "setup.desk"),
    "tags": ("desk:tags_settings", "setup.desk"),
    "macros": ("desk:macros", "ticket.note"),
    "rules": ("desk:rules", "setup.rules"),
    "texts": ("desk:texts", "setup.desk"),
    "promises": ("desk:promises", "setup.desk"),
    "spam": ("desk:spam", "setup.desk"),
    "desk": ("desk:desk", "setup.desk"),
    "configuration": ("desk:configuration", "setup.desk"),
    "parked": ("desk:parked", "operate"),
    "acts": ("desk:acts", "setup.desk"),
}
ALSO = {"configuration": ("setup.people", "setup.inboxes")}  # what a section needs besides


def titles() -> dict[str, str]:
    return {
        "people": _("People"),
        "roles": _("Roles"),
        "teams": _("Teams"),
        "inboxes": _("Inboxes"),
        "categories": _("Categories"),
        "fields": _("Fields"),
        "tags": _("Tags"),
        "macros": _("Macros"),
        "rules": _("Rules"),
        "texts": _("Automatic texts"),
        "promises": _("Deadlines and hours"),
        "spam": _("Spam and trash"),
        "desk": _("Desk"),
        "configuration": _("As a file"),
        "parked": _("Parked mail"),
        "acts": _("Log"),
    }


def section(name: str, *, fresh: bool = False) -> Callable[[View], View]:
    """A page of a section: needs its permission; `fresh`, a recent sign-in to change anything."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.act, SECTIONS[name][1])
            if fresh and not is_fresh(request):
                return _confirm_first(request)
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def _confirm_first(request: Request) -> HttpResponse:
    """To the password, and from there back to the page: a form is sent again by its reader."""
    target = request.get_full_path() if request.method == "GET" else own_page(request)
    url = f"{reverse('desk:confirm')}?next={quote(target or reverse('desk:settings'))}"
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def page(request: Request, here: str, template: str, status: int = 200, **context: Any) -> Any:
    """Render a settings page inside the tabs that its reader may open."""
    names = titles()
    tabs = [
        (names[name], reverse(url), name == here)
        for name, (url, permission) in SECTIONS.items()
        if all(map(request.viewer.can, (permission, *ALSO.get(name, ()))))
    ]
    context |= {"frame": frame(request, here="settings"), "tabs": tabs, "title": names.get(here)}
    context["told"] = told(request)
    return render(request, f"desk/settings/{template}.html", context, status=status)


def submitted(form: forms.Form, save: Callable[[], Any]) -> bool:
    """Save a posted form; a refusal becomes the error of its field."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        save()
    except Problem as problem:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, problem.message)
        return False
    return True


def done(url: str, what: str = "saved", *args: Any) -> HttpResponseRedirect:
    """Go on to a page that says what was done."""
    return HttpResponseRedirect(f"{reverse(url, args=args)}?done={what}")


def told(request: Request) -> str:
    """What was just done, for the toast."""
    return {
        "saved": _("Saved."),
        "invited": _("The invitation is on its way."),
        "deactivated": _("They can no longer sign in."),
        "activated": _("They can sign in again."),
        "role_removed": _("The role is gone; its people have the other one."),
        "session": _("Signed out there."),
        "signed_out": _("They are signed out everywhere."),
        "one_step": _("Signing in asks for your password alone."),
        "reset": _("Their second step is taken back; they can set up another one."),
        "merged": _("Merged: everything stands here now."),
        "parted": _("The merge is undone."),
        "retried": _("The mail is read again."),
        "keys": _("Shortcuts saved."),
        "password": _("Password saved. Your other sessions have ended."),
    }.get(request.GET.get("done", ""), "")


class SignatureField(forms.CharField):
    """Cleaned HTML, written as text as long as it holds no more than lines."""

    def __init__(self, rows: int, **kwargs: Any):
        widget = forms.Textarea(attrs={"rows": rows, "data-texts": ""})
        super().__init__(required=False, max_length=5000, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        text = to_text(value) if value and "<" in value else ""
        return text if text and text_to_html(text) == value else value

    def clean(self, value: Any) -> str:
        given = super().clean(value)
        return clean(given) if "<" in given else text_to_html(given)


def status_of(form: forms.Form) -> int:
    return 422 if form.is_bound and form.errors else 200
