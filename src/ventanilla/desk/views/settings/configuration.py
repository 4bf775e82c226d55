"""The whole configuration as a file: download, upload, look at the differences, apply."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.configuration import words
from ventanilla.configuration.apply import (
    DeskHasChanged,
    Outcome,
    apply,
    export,
    preview,
    require_all,
)
from ventanilla.configuration.faults import Fault, Faulty
from ventanilla.configuration.nodes import LARGEST
from ventanilla.desk.identity import Request
from ventanilla.desk.views.settings.page import page, section
from ventanilla.lib import clock


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("YAML file"),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,text/plain"}),
    )
    prune = forms.BooleanField(
        label=gettext_lazy("Also archive or deactivate what the file does not hold"),
        required=False,
        help_text=gettext_lazy("Only in sections that the file has. Tickets keep their history."),
    )

    def clean_file(self) -> bytes:
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            text = _("The file is larger than %(most)s kB.") % {"most": LARGEST // 1000}
            raise forms.ValidationError(text)
        data: bytes = given.read()
        return data


class AgreedForm(forms.Form):
    """What was looked at, sent back to be applied."""

    text = forms.CharField(max_length=LARGEST, strip=False)
    seen = forms.CharField(max_length=64)
    prune = forms.BooleanField(required=False)


@require_http_methods(["GET", "POST"])
@section("configuration", fresh=True)
def configuration(request: Request) -> HttpResponse:
    require_all(request.act)
    if "seen" in request.POST:
        return _apply(request)
    posted = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if posted else FileForm()
    if not form.is_bound or not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    return _look(request, form.cleaned_data["file"], prune=form.cleaned_data["prune"])


@require_GET
@section("configuration", fresh=True)
def configuration_file(request: Request) -> HttpResponse:
    answer = HttpResponse(export(request.act), content_type="application/yaml; charset=utf-8")
    name = f"ventanilla-{clock.now():%Y-%m-%d}.yaml"
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


def _look(request: Request, data: bytes, *, prune: bool, warning: str = "") -> HttpResponse:
    """The differences, or the faults."""
    try:
        outcome = preview(request.act, data, prune=prune)
    except Faulty as refusal:
        return _faulty(request, refusal, data)
    context = _difference(outcome) | {"text": data.decode("utf-8-sig"), "prune": prune}
    return _page(request, FileForm(), warning=warning, **context)


def _apply(request: Request) -> HttpResponse:
    form = AgreedForm(request.POST)
    if not form.is_valid():
        return _page(request, FileForm(), status=422)
    data, prune = form.cleaned_data["text"].encode(), form.cleaned_data["prune"]
    try:
        outcome = apply(request.act, data, prune=prune, seen=form.cleaned_data["seen"])
    except Faulty as refusal:
        return _faulty(request, refusal, data)
    except DeskHasChanged as problem:
        return _look(request, data, prune=prune, warning=problem.message)
    return _page(request, FileForm(), applied=True, **_difference(outcome))


def _difference(outcome: Outcome) -> dict[str, Any]:
    rows = [
        (change, words.what_happens(change), words.lines(change))
        for change in sorted(outcome.plan, key=lambda change: change.kind == "extra")
    ]
    return {"outcome": outcome, "rows": rows, "summary": words.summary(outcome, trial=False)}


def _faulty(request: Request, refusal: Faulty, data: bytes) -> HttpResponse:
    lines = data.decode("utf-8", "replace").splitlines()

    def said(fault: Fault) -> str:
        return lines[fault.line - 1].strip()[:200] if fault.line <= len(lines) else ""

    faults = [(fault, said(fault)) for fault in refusal.faults[:200]]
    return _page(request, FileForm(), status=422, faults=faults)


def _page(request: Request, form: forms.Form, *, status: int = 200, **context: Any) -> HttpResponse:
    usual: dict[str, Any] = {"outcome": None, "faults": [], "applied": False, "warning": ""}
    answer: HttpResponse = page(
        request, "configuration", "configuration", status, form=form, **usual | context
    )
    return answer
