"""One's own second step: set up, recovery codes, switched off."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.problems import before_second_step
from ventanilla.desk.views.settings.page import done, status_of, submitted
from ventanilla.desk.views.signin import ip_of, is_fresh, own_path
from ventanilla.lib import clock, qr, totp
from ventanilla.people.actions import second_step
from ventanilla.people.models import SecondStep


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the app"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


@before_second_step
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def two_steps(request: Request) -> HttpResponse:
    """What is set up and what can be done about it; or why and how to set it up.

    POST without a code begins: a picture to scan. With its first code it is on.
    """
    user, now = request.who.user, clock.now()
    if not is_fresh(request):
        return _confirm_first(request)
    if second_step.of(user) is not None:
        needed = request.agent.role.second_step_by is not None
        return _page(request, "on", left=second_step.codes_left(user), needed=needed)
    if request.method == "POST" and "code" not in request.POST:
        second_step.begin(user, now)
        return HttpResponseRedirect(request.get_full_path())
    begun = SecondStep.objects.filter(user=user).first()
    if begun is None:
        return _page(request, "intro", by=request.who.second_step_by, later=_may_wait(request))
    form, codes = CodeForm(request.POST or None), list[str]()

    def save() -> None:
        given = form.cleaned_data["code"]
        codes.extend(second_step.confirm(user, given, now, ip=ip_of(request)))

    if submitted(form, save):
        return _page(request, "codes", codes=codes)
    return _page(request, "scan", status_of(form), form=form, **_scanned(begun, request))


@before_second_step
@require_POST
def recovery_codes(request: Request) -> HttpResponse:
    """Ten new ones, shown once."""
    if not is_fresh(request):
        return _confirm_first(request)
    codes = second_step.renew_codes(request.who.user, clock.now(), ip=ip_of(request))
    return _page(request, "codes", codes=codes)


@require_POST
def two_steps_off(request: Request) -> HttpResponse:
    if not is_fresh(request):
        return _confirm_first(request)
    second_step.switch_off(request.who.user, clock.now(), ip=ip_of(request))
    return done("desk:me", "one_step")


def _scanned(begun: SecondStep, request: Request) -> dict[str, Any]:
    secret, desk = str(begun.secret), request.who.desk_name
    uri = totp.uri(secret, account=request.who.user.email, issuer=desk)
    typed = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"qr": qr.picture(uri), "typed": typed, "uri": uri}


def _may_wait(request: Request) -> bool:
    by = request.who.second_step_by
    return by is None or by > clock.now()


def _confirm_first(request: Request) -> HttpResponse:
    """To the password, and back here."""
    back = quote(f"{reverse('desk:two_steps')}?{request.GET.urlencode()}".rstrip("?"))
    return HttpResponseRedirect(f"{reverse('desk:confirm')}?next={back}")


def _page(request: Request, name: str, status: int = 200, /, **context: Any) -> HttpResponse:
    context |= {
        "frame": frame(request, here="me"),
        "next": own_path(request, request.GET.get("next", "")) or reverse("desk:me"),
        "part": name,
    }
    response = render(request, "desk/signin/two_steps.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"  # secrets stand in it
    return response
