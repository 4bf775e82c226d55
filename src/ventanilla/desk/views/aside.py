"""Spam and trash from a ticket's page: an operation of this one ticket, so it can be undone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.aside import TITLES
from ventanilla.desk.present.rows import SEARCH
from ventanilla.desk.views.answers import SeeOther, here, posted
from ventanilla.lib.problems import NotAllowed, NotFound
from ventanilla.tickets import operations_queries as operations
from ventanilla.tickets import queries
from ventanilla.tickets.actions.bulk import change_many
from ventanilla.tickets.actions.lay import LAY
from ventanilla.tickets.actions.undo import can_undo
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.operations import Operation, OperationItem

STAYS = ("not_spam", "restore")  # the ticket is looked at afterwards; else the list


class LayForm(StrictForm):
    lay = forms.ChoiceField(choices=[(name, name) for name in LAY])
    block = forms.CharField(required=False, max_length=254)


@require_POST
def aside(request: Request, number: int) -> HttpResponse:
    """Put it there, bring it back, or delete it for good; the next page says so, with Undo."""
    values = posted(request, LayForm)
    ticket = queries.get(number, request.viewer)
    operation = change_many(
        request.act,
        agent=request.agent,
        what=values["lay"],
        change={"block": values["block"]} if values["block"] else {},
        tickets=Ticket.objects.visible_to(request.viewer, anywhere=True).filter(pk=ticket.pk),
    )
    _check(operation)
    place = here(request)
    if values["lay"] in STAYS:
        url = reverse("desk:ticket", args=[number])
    else:
        url = reverse("desk:inbox", args=["mine" if place in ("", SEARCH) else place])
    return SeeOther(f"{url}?laid={operation.pk}")


def _check(operation: Operation) -> None:
    """Say what an operation of one ticket could not do. Raises NotAllowed."""
    if operation.refused:
        raise NotAllowed(
            _("This ticket can't be moved there: your role does not include it, or the ticket was"
              " merged or moved meanwhile. Reload the page and look again.")
        )  # fmt: skip


def just_laid(request: Request) -> dict[str, Any]:
    """What the page says that comes after: a toast with Undo, or nothing."""
    given = request.GET.get("laid", "")
    if not given.isdecimal() or len(given) > 18:
        return {}
    try:
        found = operations.operation(int(given), request.viewer)
    except NotFound:
        return {}
    if found.what not in TITLES or hasattr(found, "undone_by"):
        return {}
    told: dict[str, Any] = {"told": _told(found)}
    if can_undo(found, request.act.when):
        undo = {"label": _("Undo"), "post": link("desk:operation_undo", found.pk), "key": "Z"}
        told["told_action"] = undo
    return told


def _told(operation: Operation) -> str:
    items = OperationItem.objects.filter(operation=operation).select_related("ticket")
    item = items.first() if operation.total == 1 else None
    title = TITLES[operation.what]()
    said = f"#{item.ticket.number}: {title}" if item else title
    if operation.change.get("blocked"):
        said += " · " + _("%(sender)s is blocked") % {"sender": operation.change["block"]}
    return said
