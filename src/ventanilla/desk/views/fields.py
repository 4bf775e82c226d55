"""One of the desk's own fields of a ticket: what is POSTed becomes its value."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import changed, posted
from ventanilla.lib.problems import NotFound
from ventanilla.tickets import actions, queries
from ventanilla.tickets.custom import Definition, read
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.custom_queries import defined
from ventanilla.tickets.models import Ticket

LONGEST = 6000


class FieldForm(StrictForm):
    """A value; of several choices those that are ticked or unticked. Nothing clears the field."""

    value = forms.CharField(required=False, max_length=LONGEST, strip=False)
    was = forms.CharField(required=False, max_length=LONGEST, strip=False)
    add = forms.CharField(required=False, max_length=40)
    remove = forms.CharField(required=False, max_length=40)


@require_POST
def field(request: Request, number: int, key: str) -> HttpResponse:
    values = posted(request, FieldForm)
    ticket = queries.get(number, request.viewer)
    one = defined(key)
    if one is None:
        raise NotFound(_("There is no field “%(name)s”.") % {"name": key[:40]})
    if one.kind == Kind.CHOICES:
        _tick(request, ticket, key)
    else:
        was = {key: _was(one, values["was"])} if "was" in request.POST else {}
        actions.set_fields(ticket, request.act, values={key: values["value"]}, was=was)
    return changed(request, ticket, "field")


@transaction.atomic
def _tick(request: Request, ticket: Ticket, key: str) -> None:
    """Several people may tick at once: each changes what they ticked."""
    ticket.lock()
    held = ticket.custom.get(key)
    remove = set(request.POST.getlist("remove"))
    kept = [one for one in held if one not in remove] if isinstance(held, list) else []
    actions.set_fields(ticket, request.act, values={key: [*kept, *request.POST.getlist("add")]})


def _was(one: Definition, given: str) -> Any:
    """What the page showed; a menu says 0 for nothing."""
    if one.kind in (Kind.CHOICE, Kind.YES_NO) and given == "0":
        return None
    try:
        return read(one, given, given) if one.kind != Kind.CHOICE else given or None
    except ValueError:
        return given
