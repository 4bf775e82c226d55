"""The log of administrative acts: who did what, when, to what."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present.acts import GROUPS, NAMES
from ventanilla.desk.present.acts import acts as in_words
from ventanilla.desk.views.settings.page import page, section, status_of
from ventanilla.people import queries
from ventanilla.people.models import Agent

PAGE = 50


def _what() -> list[tuple[str, Any]]:
    """All, whole groups, single acts."""
    singles = [(title, list(codes.items())) for title, codes in GROUPS.values()]
    whole = [(name, title) for name, (title, _codes) in GROUPS.items()]
    return [("", _("Everything")), (_("All of"), whole), *singles]


def _people() -> list[tuple[str, Any]]:
    names = Agent.objects.order_by("user__name").values_list("pk", "user__name")
    return [("", _("Anybody")), ("0", _("Ventanilla, or nobody known")),
            *((str(pk), name) for pk, name in names)]  # fmt: skip


class FilterForm(forms.Form):
    who = forms.ChoiceField(label=_("Who"), choices=_people, required=False)
    what = forms.ChoiceField(label=_("What"), choices=_what, required=False)
    since = forms.DateField(
        label=pgettext_lazy("day", "From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=pgettext_lazy("day", "Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput()
    )


@require_GET
@section("acts")
def acts(request: Request) -> HttpResponse:
    """The newest first, fifty at a time."""
    form = FilterForm(request.GET)
    asked = _asked(form.cleaned_data) if form.is_valid() else None
    entries = queries.acts(**asked, limit=PAGE + 1) if asked is not None else []
    older = ""
    if len(entries) > PAGE:
        kept = {name: request.GET.get(name, "") for name in ("who", "what", "since", "until")}
        older = f"?{urlencode(kept | {'before': entries[PAGE - 1].pk})}"
    context = {"form": form, "acts": in_words(entries[:PAGE]), "older": older}
    return page(request, "acts", "acts", status_of(form), **context)


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    what, until = given["what"], given["until"]
    codes = list(GROUPS[what][1]) if what in GROUPS else [what] if what in NAMES else []
    return {
        "user_id": int(given["who"]) if given["who"] else None,
        "what": codes,
        "since": _midnight(given["since"]) if given["since"] else None,
        "until": _midnight(until + timedelta(days=1)) if until else None,
        "before": given["before"],
    }


def _midnight(day: date) -> datetime:
    """Where the reader is."""
    return datetime.combine(day, time(), timezone.get_current_timezone())
