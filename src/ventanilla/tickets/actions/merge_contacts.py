"""Two customers who are one person: putting them together, and taking that back exactly.

A customer's addresses, tickets, messages and places beside other tickets are the survivor's from
then on. One event tells it: nothing has happened to the tickets themselves.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.jobs import enqueue
from ventanilla.events.kinds import ContactsMerged, ContactsParted
from ventanilla.events.log import record
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.audit import audit
from ventanilla.people.models import Contact, Identity, Organization
from ventanilla.people.rights import require
from ventanilla.tickets.contact_merging import WITHIN, ContactMerge
from ventanilla.tickets.models import Message, MessageKind, Participant, Ticket
from ventanilla.tickets.search.models import ContactWords

AWHILE = timedelta(minutes=1)  # in which whoever wrote at the same moment has arrived


class CantPart(Conflict):
    code = "cant_part"


@transactional
def merge_contacts(source: Contact, act: Act, *, into: Contact) -> ContactMerge | None:
    """Let `into` be who `source` was: all that is the source's is the survivor's. See `part`.

    The survivor keeps its name, language and organization, or gets those that it lacks; notes are
    put together. Whether the agent may see both is for the caller to ask. Returns None when it has
    gone there already. Raises NotAllowed, Invalid (itself), Conflict (either went elsewhere).
    """
    require(act, "contact.change")
    if source.pk == into.pk:
        raise Invalid(_("A customer can't be merged into themselves. Choose another."))
    gone, stays = _locked(source, into)
    if gone.merged_into_id == stays.pk:
        return None
    if gone.merged_into_id or stays.merged_into_id:
        raise Conflict(_("One of the two was merged meanwhile. Open the customer again."))
    made = ContactMerge.objects.create(
        source=gone,
        survivor=stays,
        by_id=act.actor.id if act.actor.kind == "agent" else None,
        merged_at=act.when,
        kept={"survivor": _put_together(gone, stays)} | _move(gone, stays),
    )
    gone.merged_into = stays
    gone.save(update_fields=["merged_into"])
    ContactWords.objects.filter(contact=gone).delete()
    record(None, act, ContactsMerged(stays.pk, gone.pk, len(made.kept["tickets"])))
    _note(act, "contact.merged", made)
    _follow_soon(act, made)
    return made


@transactional
def part(merge: ContactMerge, act: Act) -> ContactMerge | None:
    """Undo a merge: the source has again what it brought, where it still is the survivor's.

    What came since from its addresses goes along. Returns None when it was undone already. Raises
    NotAllowed, CantPart (too late; the survivor was merged itself).
    """
    require(act, "contact.change")
    source, survivor = _locked(merge.source, merge.survivor)
    made = ContactMerge.objects.select_for_update().get(pk=merge.pk)
    if made.undone_at is not None:
        return None
    if act.when - made.merged_at > WITHIN:
        raise CantPart(_("A merge of customers can be undone within 30 days."))
    if survivor.merged_into_id:
        raise CantPart(_("The other customer was merged meanwhile. Undo that merge first."))
    tickets = _give_back(made, source, survivor)
    _take_apart(made.kept["survivor"], survivor)
    source.merged_into = None
    source.save(update_fields=["merged_into"])
    made.undone_at = act.when
    made.save(update_fields=["undone_at"])
    record(None, act, ContactsParted(survivor.pk, source.pk, tickets))
    _note(act, "contact.parted", made)
    return made


def follow(source_id: int) -> int:
    """Move what was written in the moment of a merge, under the name that was just given up.

    Returns how many tickets. Safe to run again.
    """
    source = Contact.objects.select_related("merged_into").get(pk=source_id)
    merge = ContactMerge.objects.filter(source=source, undone_at=None).first()
    if merge is None:
        return 0
    late = _move(source, merge.survivor)
    merge.kept |= {name: [*merge.kept[name], *late[name]] for name in late}
    merge.save(update_fields=["kept"])
    return len(late["tickets"])


def organization_follows(event: Event) -> None:
    """A customer belongs elsewhere: so do their tickets. A consumer, see `wiring.AFTER`."""
    if "organization" in event.data["fields"]:
        Ticket.objects.filter(contact=event.data["contact"]).exclude(
            organization=event.data.get("organization")
        ).update(organization=event.data.get("organization"))


# -- merging -----------------------------------------------------------------------------------
def _locked(source: Contact, survivor: Contact) -> tuple[Contact, Contact]:
    """Both, with all their tickets: tickets first, as every verb does.

    Whoever opens a ticket for one of them now, waits.
    """
    both = [source.pk, survivor.pk]
    list(Ticket.objects.select_for_update().filter(contact__in=both).order_by("pk").values("pk"))
    contacts = Contact.objects.select_for_update().filter(pk__in=both).order_by("pk")
    rows = {one.pk: one for one in contacts}
    return rows[source.pk], rows[survivor.pk]


def _move(source: Contact, survivor: Contact) -> dict[str, Any]:
    """Hand everything over. Returns the ids of what was: [id, of what] where that is lost."""
    tickets = Ticket.objects.filter(contact=source)
    messages = Message.objects.filter(contact=source)
    identities = Identity.objects.filter(contact=source)
    kept: dict[str, Any] = {
        "tickets": [list(one) for one in tickets.values_list("pk", "organization_id")],
        "messages": list(messages.values_list("pk", flat=True)),
        "identities": list(identities.values_list("pk", flat=True)),
    }
    tickets.update(contact=survivor, organization=survivor.organization_id)
    messages.update(contact=survivor)
    identities.update(contact=survivor)
    return kept | _move_places(source, survivor)


def _move_places(source: Contact, survivor: Contact) -> dict[str, Any]:
    """Beside tickets of others. Nobody stands beside a ticket twice, or beside their own."""
    own = Participant.objects.filter(contact=survivor, ticket__contact=survivor)
    kept: dict[str, Any] = {"own_places": _places(own)}
    own.delete()
    taken = Participant.objects.filter(contact=survivor).values("ticket")
    places = Participant.objects.filter(contact=source)
    double = places.filter(Q(ticket__in=taken) | Q(ticket__contact=survivor))
    kept["double_places"] = _places(double)
    double.delete()
    kept["places"] = list(places.values_list("pk", flat=True))
    places.update(contact=survivor)
    return kept


def _places(found: QuerySet[Participant]) -> list[list[int]]:
    return [list(one) for one in found.values_list("pk", "ticket_id")]


def _put_together(source: Contact, survivor: Contact) -> dict[str, Any]:
    """What the survivor's row becomes. Returns {field: [as it was, as it became]}."""
    notes = [text for text in (survivor.notes, source.notes) if text]
    became: dict[str, Any] = {
        "name": survivor.name or source.name,
        "language": survivor.language or source.language,
        "organization_id": survivor.organization_id or source.organization_id,
        "vip": survivor.vip or source.vip,
        "notes": "\n\n".join(dict.fromkeys(notes)),
    }
    was = {field: getattr(survivor, field) for field in became}
    for field, value in became.items():
        setattr(survivor, field, value)
    survivor.save(update_fields=list(became))
    return {field: [was[field], became[field]] for field in became if was[field] != became[field]}


# -- and back ----------------------------------------------------------------------------------
def _give_back(made: ContactMerge, source: Contact, survivor: Contact) -> int:
    """Everything that still is where the merge put it, and what came since. Returns how many."""
    kept = made.kept
    Identity.objects.filter(pk__in=kept["identities"], contact=survivor).update(contact=source)
    since = _since(made, source, survivor)
    messages = Message.objects.filter(contact=survivor)
    messages.filter(Q(pk__in=kept["messages"]) | Q(pk__in=since)).update(contact=source)
    own = Ticket.objects.filter(contact=survivor)
    back = dict(own.filter(pk__in=[pk for pk, _firm in kept["tickets"]]).values_list("pk", "pk"))
    firms = {pk: firm for pk, firm in kept["tickets"] if pk in back}
    _send_back(firms, source)
    begun = Message.objects.filter(ticket=OuterRef("pk"), origin_ticket=OuterRef("pk"))
    first = Subquery(begun.order_by("pk").values("pk")[:1])
    newer = own.filter(created_at__gt=made.merged_at).alias(first=first).filter(first__in=since)
    _send_back(dict.fromkeys(newer.values_list("pk", flat=True), source.organization_id), source)
    _places_back(kept, source, survivor)
    return len(firms)


def _send_back(tickets: dict[int, int | None], source: Contact) -> None:
    """Tickets to the source, each to its organization as far as that still exists."""
    there = set(
        Organization.objects.filter(pk__in=set(tickets.values())).values_list("pk", flat=True)
    )
    for firm in set(tickets.values()):
        pks = [pk for pk, own in tickets.items() if own == firm]
        known = firm if firm is None or firm in there else source.organization_id
        Ticket.objects.filter(pk__in=pks).update(contact=source, organization=known)


def _since(made: ContactMerge, source: Contact, survivor: Contact) -> list[int]:
    """Messages that came from the source's addresses after the merge."""
    addresses = source.identities.filter(kind=Identity.Kind.EMAIL).values_list("value", flat=True)
    written = Message.objects.filter(contact=survivor, kind=MessageKind.INBOUND)
    newer = written.filter(occurred_at__gt=made.merged_at, sender__in=list(addresses))
    return list(newer.values_list("pk", flat=True))


def _places_back(kept: dict[str, Any], source: Contact, survivor: Contact) -> None:
    Participant.objects.filter(pk__in=kept["places"], contact=survivor).update(contact=source)
    wanted = [(pk, ticket, source) for pk, ticket in kept["double_places"]]
    wanted += [(pk, ticket, survivor) for pk, ticket in kept["own_places"]]
    there = Ticket.objects.in_bulk([ticket for _pk, ticket, _who in wanted])
    Participant.objects.bulk_create(
        [
            Participant(pk=pk, ticket_id=ticket, contact=who)
            for pk, ticket, who in wanted
            if ticket in there and there[ticket].contact_id != who.pk
        ],
        ignore_conflicts=True,
    )


def _take_apart(kept: dict[str, list[Any]], survivor: Contact) -> None:
    """The survivor's own row as it was, where it still is as it became."""
    changed = [
        field for field, (_was, became) in kept.items() if getattr(survivor, field) == became
    ]
    for field in changed:
        setattr(survivor, field, kept[field][0])
    if changed:
        survivor.save(update_fields=changed)


def _note(act: Act, what: str, made: ContactMerge) -> None:
    """In the log of administrative acts: it lets addresses read and answer more tickets."""
    who = act.actor.id if act.actor.kind == "agent" else None
    thing = f"contact:{made.survivor_id}"
    audit(what, act.when, user_id=who, thing=thing, source=made.source_id)


def _follow_soon(act: Act, made: ContactMerge) -> None:
    from ventanilla.tickets.jobs import follow_customer

    enqueue(follow_customer, at=act.when + AWHILE, source_id=made.source_id)
