"""Customers' organizations as agents see them: those of customers whom they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from ventanilla.lib.problems import NotFound
from ventanilla.people.models import Contact, Organization
from ventanilla.people.rights import Viewer
from ventanilla.tickets import customers
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.queries import for_rows

PAGE = 50
NAMED = 300  # that a form offers


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of the list. `after` asks for the next one; 0 at the end."""

    organizations: Sequence[Any]
    after: int = 0


def page(viewer: Viewer, words: str = "", *, after: int = 0) -> Page:
    """Organizations by name, or those with all of the words in name or domains. 1 statement.

    Each with `customers` and `live`, its unresolved tickets, as far as the viewer sees them.
    after   how many were shown before
    """
    found = visible_to(viewer)
    for part in words.split():
        found = found.filter(Q(name__icontains=part) | Q(domains__icontains=part))
    live = Ticket.objects.visible_to(viewer).filter(
        organization=OuterRef("pk"), status__lt=Status.RESOLVED
    )
    people = customers.visible_to(viewer).filter(organization=OuterRef("pk"))
    rows = found.annotate(customers=_figure(people), live=_figure(live))
    shown = list(rows.order_by(Lower("name"), "pk")[after : after + PAGE + 1])
    return Page(shown[:PAGE], after + PAGE if len(shown) > PAGE else 0)


def get(pk: int, viewer: Viewer) -> Organization:
    """One. 1 statement. Raises NotFound."""
    found = visible_to(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound(
            _("There is no such organization, or none of its customers is yours to see.")
        )
    return found


def visible_to(viewer: Viewer) -> QuerySet[Organization]:
    """Whoever's customers the viewer may see, and those that have none."""
    everything = Organization.objects.order_by(Lower("name"))
    if viewer.sees_all:
        return everything
    members = Contact.objects.filter(organization=OuterRef("pk"))
    seen = customers.visible_to(viewer).filter(organization=OuterRef("pk"))
    return everything.filter(Exists(seen) | ~Exists(members))


def named(name: str, viewer: Viewer) -> Organization | None:
    """The one of that name, in any case. 1 statement."""
    return visible_to(viewer).filter(name__iexact=" ".join(name.split())).first()


def names(viewer: Viewer) -> list[str]:
    """Of as many as a form offers. 1 statement."""
    return list(visible_to(viewer).values_list("name", flat=True)[:NAMED])


def tickets_of(organization: Organization, viewer: Viewer, limit: int = 50) -> list[Ticket]:
    """Its newest tickets, as rows of a list. 1 statement."""
    theirs = Ticket.objects.visible_to(viewer).filter(organization=organization)
    return list(for_rows(theirs, viewer).order_by("-id")[:limit])


def members(organization: Organization, viewer: Viewer, limit: int = 50) -> list[Any]:
    """Its customers with their figures, the newest first. 1 statement."""
    theirs = customers.visible_to(viewer).filter(organization=organization)
    return list(customers.with_figures(theirs, viewer).order_by("-pk")[:limit])


def _figure(rows: QuerySet[Any]) -> Subquery:
    counted = rows.order_by().values("organization").annotate(figure=Count("pk"))
    return Subquery(counted.values("figure"))
