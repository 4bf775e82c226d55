"""Spam and trash: blocked senders, what mail servers say, how long both are kept, masking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ventanilla.desk.identity import Request
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.people.actions.desk import change_desk
from ventanilla.people.queries import desk as the_desk
from ventanilla.people.senders import MOST

LONGEST = 3650  # days


class SpamForm(forms.Form):
    blocked_senders = forms.CharField(
        label=_("Blocked senders"),
        required=False,
        max_length=MOST * 260,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One address or domain per line, such as ana@shop.example or shop.example. A domain"
            " blocks those below it, too. Their mail is kept as spam; nothing answers it."
        ),
    )
    heed_spam_header = forms.BooleanField(
        label=_("Believe the mail server: what it marks as spam (X-Spam-Flag) is spam"),
        required=False,
        help_text=_("Only mail that belongs to no ticket yet. Answers always arrive."),
    )
    spam_days = forms.IntegerField(
        label=_("Days until spam is deleted for good"),
        min_value=0,
        max_value=LONGEST,
        help_text=_("With 0 it is kept."),
    )
    trash_days = forms.IntegerField(
        label=_("Days until the trash is deleted for good"),
        min_value=0,
        max_value=LONGEST,
        help_text=_("With 0 it is kept."),
    )
    mask_numbers = forms.BooleanField(
        label=_("Make card numbers and IBANs unreadable as they arrive"),
        required=False,
        help_text=_(
            "In what customers write, all but the last four digits. The original mail is not kept"
            " then. This can't be undone."
        ),
    )

    def values(self) -> dict[str, Any]:
        lines = self.cleaned_data["blocked_senders"].splitlines()
        return self.cleaned_data | {"blocked_senders": lines}


@require_http_methods(["GET", "POST"])
@section("spam")
def spam(request: Request) -> HttpResponse:
    row = the_desk()
    first = {name: getattr(row, name) for name in SpamForm.base_fields}
    first["blocked_senders"] = "\n".join(row.blocked_senders)
    form = SpamForm(request.POST or None, initial=first)
    if submitted(form, lambda: change_desk(request.act, **form.values())):
        return done("desk:spam")
    return page(request, "spam", "spam", status_of(form), form=form)
