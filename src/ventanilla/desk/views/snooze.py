"""Putting a ticket away until its time comes, or the customer writes."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import changed, posted
from ventanilla.tickets import actions, queries

CUSTOMER = "customer"


class SnoozeForm(StrictForm):
    """`until`: a time on the agent's clock, such as 2026-11-23T09:00, or "customer"."""

    until = forms.CharField(max_length=30, label=gettext_lazy("Snooze until"))

    def clean_until(self) -> datetime | None:
        text = self.cleaned_data["until"]
        if text == CUSTOMER:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(_("Choose a day and a time.")) from None
        return moment if moment.tzinfo else timezone.make_aware(moment)


@require_POST
def snooze(request: Request, number: int) -> HttpResponse:
    until = posted(request, SnoozeForm)["until"]
    ticket = queries.get(number, request.viewer)
    actions.snooze(ticket, request.act, until=until)
    return changed(request, ticket, "snoozed")
