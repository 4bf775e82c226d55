"""Two customers who are one person: a page that finds the other, says what happens, undoes it."""

from __future__ import annotations

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.customers import person
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.desk.views.customers import words_of
from ventanilla.lib.problems import Invalid, NotFound, Problem
from ventanilla.people.models import Contact
from ventanilla.people.rights import require
from ventanilla.tickets import customers as known
from ventanilla.tickets.actions.merge_contacts import merge_contacts, part
from ventanilla.tickets.contact_merging import ContactMerge

MOST = 10  # that are offered


class MergeForm(StrictForm):
    other = forms.IntegerField(min_value=1, max_value=2**63 - 1, label=gettext_lazy("Customer"))


@require_http_methods(["GET", "HEAD", "POST"])
def merging(request: Request, pk: int) -> HttpResponse:
    """This customer goes into another one. POST: `other` is who they are from now on."""
    require(request.act, "contact.change")
    contact = known.get(pk, request.viewer)
    if request.method != "POST":
        return _page(request, contact)
    other = known.get(posted(request, MergeForm)["other"], request.viewer)
    try:
        merge_contacts(contact, request.act, into=other)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _page(request, contact, problem)
    return SeeOther(link("desk:customer", other.pk) + "?done=merged")


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Undo a merge; then who is themselves again is shown."""
    posted(request, StrictForm)
    merge = ContactMerge.objects.filter(pk=pk).select_related("source", "survivor").first()
    if merge is None or not known.visible_to(request.viewer).filter(pk=merge.survivor_id).exists():
        raise NotFound(_("There is no such merge, or you may not see its customers."))
    part(merge, request.act)
    return SeeOther(link("desk:customer", merge.source_id) + "?done=parted")


def _page(request: Request, contact: Contact, problem: Problem | None = None) -> HttpResponse:
    words, given = words_of(request), request.GET.get("other", "")
    other = None
    if given.isdecimal() and len(given) < 19 and int(given) != contact.pk:
        try:
            other = known.get(int(given), request.viewer)
        except NotFound as refusal:
            problem = Invalid(refusal.message, field="other")
    found = known.named(words, request.viewer) if words else _likely(request, contact)
    rows = known.with_figures(found.exclude(pk=contact.pk), request.viewer).order_by("-pk")[:MOST]
    return shown(
        request,
        "customers/merging.html",
        problem.status if problem else 200,
        person=person(contact),
        words=words,
        found=[person(one) for one in rows] if other is None else (),
        other=person(other) if other else None,
        problem=problem,
        frame=frame(request, "customers"),
    )


def _likely(request: Request, contact: Contact) -> QuerySet[Contact]:
    """Who is called the same."""
    if len(contact.name) < known.SHORTEST:
        return Contact.objects.none()
    return known.named(contact.name, request.viewer)
