"""Who the customer of a ticket is, and who takes part besides."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import ContactForm, ParticipantsForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import changed, posted
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.models import Contact
from ventanilla.people.rights import require
from ventanilla.tickets import actions, queries
from ventanilla.tickets.content import Address


@require_POST
@transaction.atomic
def contact(request: Request, number: int) -> HttpResponse:
    """Say whose inquiry it is, by an address; who isn't known yet becomes a customer."""
    address = posted(request, ContactForm)["customer"]
    ticket = queries.get(number, request.viewer)
    require(request.act, "ticket.change", ticket)
    actions.set_contact(ticket, request.act, to=_customer(request, address))
    return changed(request, ticket, "contact")


@require_POST
@transaction.atomic
def participants(request: Request, number: int) -> HttpResponse:
    """Add people by their addresses, remove them by id: they get public replies, may answer."""
    values = posted(request, ParticipantsForm)
    ticket = queries.get(number, request.viewer)
    require(request.act, "ticket.reply", ticket)
    add = [_customer(request, address) for address in values["add"]]
    remove = Contact.objects.filter(participant__ticket=ticket, pk__in=values["remove"])
    actions.set_participants(ticket, request.act, add=add, remove=remove)
    return changed(request, ticket, "participants")


def _customer(request: Request, address: Address) -> Contact:
    return find_or_make(request.act, kind="email", value=address["addr"], name=address["name"])
