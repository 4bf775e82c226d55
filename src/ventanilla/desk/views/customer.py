"""One customer: who they are, how to reach them, what they have asked."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.customers import Person, person, tickets_by_state
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.desk.views.settings.page import done, told
from ventanilla.lib.problems import Invalid, NotFound, Problem
from ventanilla.people.actions.customer import PointTaken, add_point, change_contact, remove_point
from ventanilla.people.models import Contact, Identity, Organization
from ventanilla.tickets import contact_merging, organizations
from ventanilla.tickets import customers as known

LANGUAGES = ("es", "en", "pt", "ca", "eu", "gl", "fr", "de", "it", "nl", "pl", "ro")  # offered


class CustomerForm(StrictForm):
    name = forms.CharField(required=False, max_length=160, label=gettext_lazy("Name"))
    organization = forms.CharField(
        required=False, max_length=160, label=gettext_lazy("Organization")
    )
    language = forms.RegexField(r"[a-z]{2,3}", required=False, label=gettext_lazy("Language"))
    notes = forms.CharField(required=False, max_length=10_000, label=gettext_lazy("Notes"))
    vip = forms.BooleanField(required=False)
    blocked = forms.BooleanField(required=False)


class PointForm(StrictForm):
    kind = forms.ChoiceField(choices=Identity.Kind.choices)
    value = forms.CharField(max_length=320, label=gettext_lazy("Address or number"))


class RemovalForm(StrictForm):
    identity = forms.IntegerField(min_value=1, max_value=2**63 - 1)


@require_http_methods(["GET", "POST"])
def customer(request: Request, pk: int) -> HttpResponse:
    """One customer with contact points, organization and tickets. POST: say who they are."""
    try:
        contact = known.get(pk, request.viewer)
    except NotFound:
        if into := contact_merging.end_of(pk):
            return SeeOther(link("desk:customer", into))
        raise
    if request.method == "GET":
        return _page(request, contact)
    values = posted(request, CustomerForm)
    name, firm = values.pop("organization"), contact.organization
    if "language" not in request.POST:
        values["language"] = contact.language
    try:
        if "organization" in request.POST:
            firm = _organization(request, name, contact)
        change_contact(contact, request.act, **values, organization=firm)
    except Invalid as refusal:
        return _page(request, contact, refusal)
    return done("desk:customer", "saved", pk)


@require_POST
def points(request: Request, pk: int) -> HttpResponse:
    """Let a customer be reached by one more address or phone."""
    contact = known.get(pk, request.viewer)
    values = posted(request, PointForm)
    try:
        add_point(contact, request.act, **values)
    except (Invalid, PointTaken) as refusal:
        return _page(request, contact, refusal)
    return done("desk:customer", "saved", pk)


@require_POST
def point_removal(request: Request, pk: int) -> HttpResponse:
    contact = known.get(pk, request.viewer)
    identity = posted(request, RemovalForm)["identity"]
    try:
        remove_point(contact, request.act, identity=identity)
    except Invalid as refusal:
        return _page(request, contact, refusal)
    return done("desk:customer", "saved", pk)


def _organization(request: Request, name: str, contact: Contact) -> Organization | None:
    """By its name, as a form gives it; the customer's own even where it is not seen."""
    if not name.strip():
        return None
    own = contact.organization
    if own is not None and own.name == name:
        return own
    found = organizations.named(name, request.viewer)
    if found is None:
        raise Invalid(
            _("There is no organization “%(name)s”. Make it first, or choose another.")
            % {"name": name},
            field="organization",
        )
    return found


def _page(request: Request, contact: Contact, problem: Problem | None = None) -> HttpResponse:
    tickets = known.tickets_of(contact, request.viewer)
    may = request.viewer.can("contact.change")
    return shown(
        request,
        "customers/customer.html",
        problem.status if problem else 200,
        person=person(contact),
        states=tickets_by_state(contact, tickets),
        tickets=tickets,
        colleagues=known.colleagues(contact, request.viewer),
        may=may,
        languages=_languages(contact),
        organization_names=organizations.names(request.viewer) if may else (),
        merges=contact_merging.into(contact) if may else (),
        problem=problem,
        owner=_owner(request, problem),
        told=told(request),
        frame=frame(request, "customers"),
    )


def _languages(contact: Contact) -> list[tuple[str, str]]:
    """Code and name, as its speakers call it."""
    codes = dict.fromkeys((*LANGUAGES, *filter(None, [contact.language])))
    return [("", _("Not known")), *((code, _called(code)) for code in codes)]


def _called(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


def _owner(request: Request, problem: Problem | None) -> Person | None:
    """Who has the address that was to be added, as far as they may be seen."""
    if not isinstance(problem, PointTaken):
        return None
    try:
        return person(known.get(problem.owner, request.viewer))
    except NotFound:
        return None
