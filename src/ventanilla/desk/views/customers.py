"""The list of customers, and making one by hand."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.customers import person
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import SeeOther, posted, shown, target
from ventanilla.lib.problems import Problem
from ventanilla.people.actions.customer import make_customer
from ventanilla.people.rights import require
from ventanilla.tickets import customers as known

LONGEST = 80  # characters of what is looked for


def words_of(request: Request) -> str:
    """What a list's search field holds, safe to look for."""
    return " ".join(request.GET.get("q", "")[:LONGEST].replace("\0", "").split())


@require_GET
def customers(request: Request) -> HttpResponse:
    """The list, or its next page; with `q`, who has these words in name or address."""
    words = words_of(request)
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


class NewCustomerForm(StrictForm):
    name = forms.CharField(required=False, max_length=160, label=gettext_lazy("Name"))
    email = forms.CharField(required=False, max_length=320, label=gettext_lazy("E-mail"))
    phone = forms.CharField(required=False, max_length=40, label=gettext_lazy("Phone"))


@require_http_methods(["GET", "POST"])
def new_customer(request: Request) -> HttpResponse:
    """Somebody who has not written yet; whoever has the address already is shown instead."""
    require(request.act, "contact.change")
    problem = None
    if request.method == "POST":
        try:
            made = make_customer(request.act, **posted(request, NewCustomerForm))
        except Problem as refusal:
            if refusal.status != 422:
                raise
            problem = refusal
        else:
            return SeeOther(link("desk:customer", made.pk))
    return shown(
        request,
        "customers/new.html",
        problem.status if problem else 200,
        values=request.POST,
        problem=problem,
        frame=frame(request, "customers"),
    )
