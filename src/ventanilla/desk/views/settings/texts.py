"""What Ventanilla writes by itself, in each language, with a preview on a real ticket."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.automation.acknowledge import as_at
from ventanilla.desk.identity import Request
from ventanilla.desk.present import safe
from ventanilla.desk.views.answers import shown, target
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.lib.problems import NotFound, Problem
from ventanilla.tickets import queries
from ventanilla.tickets.actions.templates import EXAMPLES, save_template
from ventanilla.tickets.models import MessageTemplate, Ticket

PREVIEW = "text-preview"  # the element that is fetched anew while one writes
NAMES = {"acknowledgement": _("Acknowledgement of a new inquiry")}


class TextForm(forms.Form):
    subject = forms.CharField(
        label=_("Subject"), max_length=200, widget=forms.TextInput(attrs={"data-texts": ""})
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "data-texts": ""}),
    )
    ticket = forms.IntegerField(
        label=_("Try it on ticket number"), required=False, min_value=1, max_value=10**15
    )


@require_GET
@section("texts")
def texts(request: Request) -> HttpResponse:
    """Each text in each language of the desk, written or not."""
    there = {(row.key, row.language): row for row in MessageTemplate.objects.all()}
    rows = [
        (NAMES[key], key, code, language, there.get((key, code)))
        for key in EXAMPLES
        for code, language in settings.LANGUAGES
    ]
    return page(request, "texts", "texts", rows=rows)


@require_http_methods(["GET", "POST"])
@section("texts")
def text(request: Request, key: str, language: str) -> HttpResponse:
    """One text in one language. `preview` only shows how it reads."""
    if key not in EXAMPLES or language not in dict(settings.LANGUAGES):
        raise Http404
    found = MessageTemplate.objects.filter(key=key, language=language).first()
    first = {"subject": found.subject, "body": found.body} if found else None
    form = TextForm(request.POST or None, initial=first)
    trying = "preview" in request.POST or "preview" in request.GET

    def save() -> None:
        words = {name: form.cleaned_data[name] for name in ("subject", "body")}
        save_template(request.act, key=key, language=language, **words)

    if not trying and submitted(form, save):
        return done("desk:texts")
    seen = _preview(request, form, language) if trying and form.is_valid() else None
    if target(request) == PREVIEW:
        return shown(request, "settings/_text_preview.html", seen=seen, form=form)
    context = {"form": form, "name": NAMES[key], "language": dict(settings.LANGUAGES)[language]}
    context |= {"names": _variables(EXAMPLES[key]), "seen": seen}
    return page(request, "texts", "text", status_of(form), **context)


def _preview(request: Request, form: TextForm, language: str) -> dict[str, Any] | None:
    """At the chosen ticket, else at the newest that the reader sees; None: none fits."""
    given = form.cleaned_data
    try:
        ticket = _ticket(request, given["ticket"])
        subject, body = as_at(
            ticket, subject=given["subject"], body=given["body"], language=language
        )
    except Problem as problem:
        form.add_error("ticket" if isinstance(problem, NotFound) else "body", problem.message)
        return None
    return {"ticket": ticket, "subject": subject, "body": safe.from_text(body)}


def _ticket(request: Request, number: int | None) -> Ticket:
    if number is None:
        seen = Ticket.objects.visible_to(request.viewer).order_by("-pk")
        number = seen.values_list("number", flat=True).first() or 0
    return queries.get(number, request.viewer)


def _variables(example: dict[str, Any]) -> list[str]:
    """What a text may name, as it is written in it."""
    found = []
    for name, value in example.items():
        parts = [f"{name}.{part}" for part in value] if isinstance(value, dict) else [name]
        found += [f"{{{{ {part} }}}}" for part in parts]
    return found
