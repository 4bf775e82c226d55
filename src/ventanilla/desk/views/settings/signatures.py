"""Signatures in forms: one for all, one for each language, and how they read at a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.desk.identity import Request
from ventanilla.desk.present import safe
from ventanilla.desk.views.answers import shown
from ventanilla.desk.views.settings.page import SignatureField
from ventanilla.lib.problems import Problem
from ventanilla.people.signatures import check_signature, filled_in, signature_of
from ventanilla.tickets import queries
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.variables import variables


class SignaturesForm(forms.Form):
    """A form whose `signature` has variants by language."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for code, language in settings.LANGUAGES:
            label = _("Signature: %(language)s") % {"language": language}
            self.fields[_field(code)] = SignatureField(4, label=label)

    @property
    def variants(self) -> list[forms.BoundField]:
        return [self[_field(code)] for code, _language in settings.LANGUAGES]

    def with_signatures(self) -> dict[str, Any]:
        """The cleaned values; what is written by language stands in `signatures`."""
        given = dict(self.cleaned_data)
        written = {code: given.pop(_field(code)) for code, _language in settings.LANGUAGES}
        return given | {"signatures": {code: text for code, text in written.items() if text}}


def first_signatures(signatures: Mapping[str, str]) -> dict[str, str]:
    """What the fields of the variants hold at first."""
    return {_field(code): text for code, text in signatures.items()}


def _field(language: str) -> str:
    return f"signature_{language}"


@require_POST
def preview(request: Request) -> HttpResponse:
    """How the signature of a form reads at a ticket (`at`, else the newest), in its language."""
    try:
        ticket = _ticket(request)
        one = _Written(request.POST)
        signature = signature_of(one, ticket.language)
        check_signature(signature)
        values = variables(ticket, request.agent, request.who.desk_name)
        html = safe.editable(filled_in(signature, values), {})
        seen: dict[str, Any] = {"ticket": ticket, "html": html}
    except Problem as problem:
        seen = {"problem": problem.message}
    except ValidationError as error:
        seen = {"problem": error.messages[0]}
    return shown(request, "settings/_signature_preview.html", seen=seen)


class _Written:
    """What stands in a form, as an agent or a team would have it."""

    def __init__(self, post: Mapping[str, str]):
        read = SignatureField(4).clean
        self.signature: str = read(post.get("signature", ""))
        self.signatures: dict[str, str] = {
            code: read(post.get(_field(code), "")) for code, _language in settings.LANGUAGES
        }


def _ticket(request: Request) -> Ticket:
    asked = request.POST.get("at", "")
    if asked.isdecimal() and len(asked) <= 15:
        return queries.get(int(asked), request.viewer)
    newest = Ticket.objects.visible_to(request.viewer).order_by("-pk")
    return queries.get(newest.values_list("number", flat=True).first() or 0, request.viewer)
