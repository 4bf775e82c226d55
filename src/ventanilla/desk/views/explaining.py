"""Why a ticket is as it is: a page with every field, every mail and every promise."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present import events as sentences
from ventanilla.desk.present.explained import arrivals, facts, promised
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import shown
from ventanilla.mail.models import RawMail
from ventanilla.people.models import Contact
from ventanilla.sla.models import Clock
from ventanilla.tickets import queries
from ventanilla.tickets.choices import choices
from ventanilla.tickets.explaining import Explained, explain
from ventanilla.tickets.models import Ticket

MAILS = 50  # the newest that are explained


@require_GET
def explaining(request: Request, number: int) -> HttpResponse:
    ticket = queries.get(number, request.viewer)
    found = explain(ticket)
    mails = RawMail.objects.filter(ticket=ticket).select_related("inbox").order_by("-pk")[:MAILS]
    clocks = Clock.objects.filter(ticket=ticket).select_related("policy", "calendar")
    return shown(
        request,
        "ticket/explaining.html",
        ticket=ticket,
        facts=facts(ticket, found, _names(ticket, found)),
        arrivals=arrivals(mails),
        promises=promised(clocks.order_by("-started_at")),
        frame=frame(request),
    )


def _names(ticket: Ticket, found: Explained) -> sentences.Names:
    log = found.all()
    people = sentences.named_contacts(log)
    people |= {event.actor_id for event in log if event.actor_kind == "contact" and event.actor_id}
    called = Contact.objects.filter(pk__in=people).values_list("pk", "name")
    return sentences.Names(
        choices=choices(ticket, agents=sentences.named_agents(log), tags=sentences.named_tags(log)),
        contacts=dict(called),
    )
