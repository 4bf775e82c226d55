"""Customers as agents see them: those of visible tickets, and those who have none yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from ventanilla.lib.fold import fold
from ventanilla.lib.problems import Invalid, NotFound
from ventanilla.people.models import Contact, Identity
from ventanilla.people.rights import Viewer
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.queries import for_rows
from ventanilla.tickets.search.models import ContactWords
from ventanilla.tickets.search.trigrams import inner

PAGE = 50
SHORTEST = 3  # letters that can be looked for: the index holds pieces of three
COLLEAGUES = 10  # of the same organization


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of the list. `after` asks for the next one; empty at the end."""

    contacts: Sequence[Contact]
    after: str = ""


def page(viewer: Viewer, words: str = "", *, after: str = "") -> Page:
    """Customers, the newest first, or those with all of the words in name, address, organization.

    Each as `get` gives them. 1 statement. Raises Invalid (`after`).
    """
    found = named(words, viewer) if words else visible_to(viewer)
    if after:
        if not after.isdecimal() or len(after) > 18:
            raise Invalid(_("This part of the list can't be found any more. Open the list again."))
        found = found.filter(pk__lt=int(after))
    contacts = list(with_figures(found, viewer).order_by("-pk")[: PAGE + 1])
    more = len(contacts) > PAGE
    return Page(contacts[:PAGE], str(contacts[PAGE - 1].pk) if more else "")


def named(words: str, viewer: Viewer) -> QuerySet[Contact]:
    """Who has each of the words in name, addresses or organization; nobody for shorter ones.

    Case and accents don't count.
    """
    parts = [part for part in fold(words).split() if len(part) >= SHORTEST]
    if not parts:
        return Contact.objects.none()
    has = Q()
    for part in parts:
        has &= Q(trigrams__contains=inner(part), text__contains=part)
    return visible_to(viewer).filter(pk__in=ContactWords.objects.filter(has).values("pk"))


def visible_to(viewer: Viewer) -> QuerySet[Contact]:
    """Whoever's tickets the viewer may see, be they spam or in the trash, and who has none."""
    everybody = Contact.objects.filter(merged_into=None).select_related("organization")
    if viewer.sees_all:
        return everybody
    # Asked for one id each, by index: "exists" would let the database read all tickets instead.
    theirs = Ticket.objects.filter(contact=OuterRef("pk")).order_by()
    reached = Ticket.objects.visible_to(viewer, anywhere=True).filter(contact=OuterRef("pk"))
    shown = everybody.alias(
        one_seen=Subquery(reached.order_by().values("pk")[:1]),
        one_of_theirs=Subquery(theirs.values("pk")[:1]),
    )
    return shown.filter(Q(one_seen__isnull=False) | Q(one_of_theirs=None))


def get(contact_id: int, viewer: Viewer) -> Any:
    """One customer. 1 statement. Raises NotFound.

    With `identities_shown` ([{"id", "kind", "value"}]), and of the tickets that the viewer may see
    `by_status` ([{"status", "number"}]), `tickets_seen`, `tickets_live` and `last_at`.
    """
    statuses = _seen(viewer).values("status").annotate(number=Count("pk")).order_by("status")
    found = with_points(visible_to(viewer).filter(pk=contact_id)).annotate(
        by_status=ArraySubquery(statuses.values(one=JSONObject(status="status", number="number"))),
        last_at=_last_word(viewer),
    )
    contact = found.first()
    if contact is None:
        raise NotFound(_("There is no such customer, or they aren't yours to see."))
    live = [one["number"] for one in contact.by_status if one["status"] < Status.RESOLVED]
    contact.tickets_live = sum(live)
    contact.tickets_seen = sum(one["number"] for one in contact.by_status)
    return contact


def with_figures(contacts: QuerySet[Contact], viewer: Viewer) -> QuerySet[Any]:
    """Contacts with what a list of them shows: contact points, tickets, the last word."""
    live = _seen(viewer).filter(status__lt=Status.RESOLVED)
    return with_points(contacts).annotate(
        tickets_seen=_figure(_seen(viewer), Count("pk")),
        tickets_live=_figure(live, Count("pk")),
        last_at=_last_word(viewer),
    )


def with_points(contacts: QuerySet[Contact]) -> QuerySet[Any]:
    """Contacts with `identities_shown`."""
    points = Identity.objects.filter(contact=OuterRef("pk")).order_by("pk")
    shown = points.values(one=JSONObject(id="id", kind="kind", value="value"))
    return contacts.annotate(identities_shown=ArraySubquery(shown))


def tickets_of(contact: Contact, viewer: Viewer, limit: int = 100) -> list[Ticket]:
    """A customer's newest tickets, as rows of a list. 1 statement."""
    theirs = Ticket.objects.visible_to(viewer).filter(contact=contact)
    return list(for_rows(theirs, viewer).order_by("-id")[:limit])


def colleagues(contact: Contact, viewer: Viewer) -> list[Contact]:
    """Others of the same organization. 1 statement; none without an organization."""
    if contact.organization_id is None:
        return []
    others = visible_to(viewer).filter(organization=contact.organization_id)
    return list(others.exclude(pk=contact.pk).order_by("name", "pk")[:COLLEAGUES])


def _seen(viewer: Viewer) -> QuerySet[Ticket]:
    return Ticket.objects.visible_to(viewer).filter(contact=OuterRef("pk")).order_by()


def _last_word(viewer: Viewer) -> Subquery:
    """In the newest ticket."""
    return Subquery(_seen(viewer).order_by("-id").values("last_message_at")[:1])


def _figure(tickets: QuerySet[Ticket], figure: Any) -> Subquery:
    return Subquery(tickets.values("contact").annotate(figure=figure).values("figure"))
