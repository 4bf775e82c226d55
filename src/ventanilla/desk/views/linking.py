"""Links between tickets, made and taken away by agents."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import EmptyForm, StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import changed, posted
from ventanilla.lib.problems import Invalid, NotFound
from ventanilla.tickets import actions, queries
from ventanilla.tickets.models import Ticket, TicketLink


class LinkForm(StrictForm):
    other = forms.CharField(max_length=18)
    how = forms.ChoiceField(choices=[(one.value, one.label) for one in TicketLink.BY_HAND])


@require_POST
def link(request: Request, number: int) -> HttpResponse:
    """Link the ticket to another, by its number."""
    values = posted(request, LinkForm)
    ticket = queries.get(number, request.viewer)
    other = _other(request, values["other"])
    actions.connect(ticket, request.act, other=other, how=TicketLink.How(values["how"]))
    return changed(request, ticket, "link")


@require_POST
def unlink(request: Request, number: int, other: int) -> HttpResponse:
    posted(request, EmptyForm)
    ticket = queries.get(number, request.viewer)
    actions.disconnect(ticket, request.act, other=queries.get(other, request.viewer))
    return changed(request, ticket, "link")


def _other(request: Request, given: str) -> Ticket:
    number = given.strip().removeprefix("#")
    try:
        return queries.get(int(number) if number.isdecimal() else 0, request.viewer)
    except NotFound:
        words = _("There is no ticket #%(number)s that you may see.") % {"number": number}
        raise Invalid(words, field="other") from None
