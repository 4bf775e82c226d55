"""Customers: who they are, how to reach them, and what they have asked."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present.customers import person, tickets_by_state
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import posted, shown, target
from ventanilla.desk.views.settings.page import done, told
from ventanilla.people.actions.contacts import change_contact
from ventanilla.tickets import customers as known

LONGEST = 80  # characters of what is looked for


@require_GET
def customers(request: Request) -> HttpResponse:
    """The list, or its next page; with `q`, who has these words in name or address."""
    words = " ".join(request.GET.get("q", "")[:LONGEST].replace("\0", "").split())
    found = known.page(request.viewer, words, after=request.GET.get("after", "")[:20])
    query = {"q": words} if words else {}
    more = f"{reverse('desk:customers')}?{urlencode(query | {'after': found.after})}"
    context = {
        "people": [person(one) for one in found.contacts],
        "more_url": more if found.after else "",
        "words": words,
        "shortest": known.SHORTEST,
    }
    if target(request) == "more":
        return shown(request, "customers/_rows.html", **context)
    return shown(request, "customers/list.html", **context, frame=frame(request, "customers"))


class CustomerForm(StrictForm):
    name = forms.CharField(required=False, max_length=160, label=gettext_lazy("Name"))
    notes = forms.CharField(required=False, max_length=10_000, label=gettext_lazy("Notes"))
    vip = forms.BooleanField(required=False)
    blocked = forms.BooleanField(required=False)


@require_http_methods(["GET", "POST"])
def customer(request: Request, pk: int) -> HttpResponse:
    """One customer with contact points, organization and tickets. POST: say who they are."""
    contact = known.get(pk, request.viewer)
    if request.method == "POST":
        change_contact(contact, request.act, **posted(request, CustomerForm))
        return done("desk:customer", "saved", pk)
    tickets = known.tickets_of(contact, request.viewer)
    return shown(
        request,
        "customers/customer.html",
        person=person(contact),
        states=tickets_by_state(contact, tickets),
        tickets=tickets,
        colleagues=known.colleagues(contact, request.viewer),
        told=told(request),
        frame=frame(request, "customers"),
    )
