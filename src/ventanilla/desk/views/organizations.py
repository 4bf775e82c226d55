"""Customers' organizations: the list, one with its people and tickets, putting two together."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.customers import person
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import SeeOther, posted, shown, target
from ventanilla.desk.views.customers import words_of
from ventanilla.desk.views.settings.page import told
from ventanilla.lib.problems import Conflict, Invalid, Problem
from ventanilla.people.actions.organizations import merge_organizations, save_organization
from ventanilla.people.models import Organization
from ventanilla.people.rights import require
from ventanilla.tickets import organizations as known


class OrganizationForm(StrictForm):
    name = forms.CharField(required=False, max_length=160, label=gettext_lazy("Name"))
    domains = forms.CharField(required=False, max_length=5_000, label=gettext_lazy("Domains"))
    notes = forms.CharField(required=False, max_length=10_000, label=gettext_lazy("Notes"))
    vip = forms.BooleanField(required=False)


class MergeForm(StrictForm):
    into = forms.CharField(max_length=160, label=gettext_lazy("Organization"))


@require_GET
def organizations(request: Request) -> HttpResponse:
    """The list, or its next page; with `q`, those with these words in name or domains."""
    words, given = words_of(request), request.GET.get("after", "")
    after = int(given) if given.isdecimal() and len(given) < 7 else 0
    found = known.page(request.viewer, words, after=after)
    query = ({"q": words} if words else {}) | {"after": found.after}
    more = f"{link('desk:organizations')}?{urlencode(query)}"
    context = {"rows": found.organizations, "more_url": more if found.after else "", "words": words}
    if target(request) == "more":
        return shown(request, "organizations/_rows.html", **context)
    return shown(
        request,
        "organizations/list.html",
        **context,
        told=told(request),
        frame=frame(request, "customers"),
    )


@require_http_methods(["GET", "POST"])
def new_organization(request: Request) -> HttpResponse:
    require(request.act, "contact.change")
    if request.method == "POST":
        return _save(request, None)
    return _page(request, None)


@require_http_methods(["GET", "POST"])
def organization(request: Request, pk: int) -> HttpResponse:
    """One with its customers and tickets. POST: change it."""
    found = known.get(pk, request.viewer)
    if request.method == "POST":
        return _save(request, found)
    return _page(request, found)


@require_POST
def merging(request: Request, pk: int) -> HttpResponse:
    """Let this organization go into the one that is named."""
    found = known.get(pk, request.viewer)
    require(request.act, "contact.change")
    name = posted(request, MergeForm)["into"]
    try:
        into = known.named(name, request.viewer)
        if into is None:
            raise Invalid(
                _("There is no organization “%(name)s”. Choose another.") % {"name": name},
                field="into",
            )
        merge_organizations(found, request.act, into=into)
    except Invalid as refusal:
        return _page(request, found, refusal)
    return SeeOther(link("desk:organization", into.pk) + "?done=merged")


def _save(request: Request, found: Organization | None) -> HttpResponse:
    values = posted(request, OrganizationForm)
    domains = values.pop("domains").replace(",", " ").split()
    try:
        saved = save_organization(request.act, **values, domains=domains, organization=found)
    except (Conflict, Invalid) as refusal:
        return _page(request, found, refusal)
    return SeeOther(link("desk:organization", saved.pk) + "?done=saved")


def _page(
    request: Request, found: Organization | None, problem: Problem | None = None
) -> HttpResponse:
    """One, or the form for a new one; after a refusal with what was written."""
    may, written = request.viewer.can("contact.change"), request.POST
    values = {
        "name": written.get("name", found.name if found else ""),
        "domains": written.get("domains", "\n".join(found.domains) if found else ""),
        "notes": written.get("notes", found.notes if found else ""),
        "vip": "vip" in written if written else bool(found and found.vip),
    }
    others = [name for name in known.names(request.viewer) if may and found and name != found.name]
    return shown(
        request,
        "organizations/organization.html",
        problem.status if problem else 200,
        organization=found,
        people=[person(one) for one in known.members(found, request.viewer)] if found else (),
        tickets=known.tickets_of(found, request.viewer) if found else (),
        others=others,
        values=values,
        may=may,
        problem=problem,
        told=told(request),
        frame=frame(request, "customers"),
    )
