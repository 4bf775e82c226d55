"""Verbs that set one plain field of a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import (
    CategoryChanged,
    ContactChanged,
    PriorityChanged,
    SubjectChanged,
    TagsChanged,
    TypeChanged,
)
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Contact
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import (
    UNSET,
    Unset,
    change,
    check_unchanged,
    first_act,
    set_by,
    shift,
)
from ventanilla.tickets.actions.custom import check_ready
from ventanilla.tickets.actions.rate import follow
from ventanilla.tickets.models import Category, Priority, Status, Tag, Ticket, Type


@transactional
def set_status(
    ticket: Ticket,
    act: Act,
    *,
    to: Status,
    was: int | Unset = UNSET,
    reason: str = "hand",
    hold: str = "other",
) -> Event | None:
    """Move the ticket to another status. Returns None when it already was there.

    Raises FieldsMissing when a person resolves it without what is required.
    `hold` tells what an on-hold ticket waits for: "approval", "date" or "other".
    """
    ticket.lock()
    require(act, "ticket.change", ticket)
    check_unchanged(was, ticket.status, to, str(Status(ticket.status).label))
    if ticket.status == to:
        return None
    if to == Status.NEW:
        raise Invalid(_("A ticket that was begun can't be new again. Choose “Open”."))
    check_ready(ticket, act, to)
    return shift(ticket, act, to, reason=reason, hold=hold)


@transactional
def set_priority(
    ticket: Ticket, act: Act, *, to: Priority, was: int | Unset = UNSET
) -> Event | None:
    ticket.lock()
    require(act, "ticket.change", ticket)
    check_unchanged(was, ticket.priority, to, str(Priority(ticket.priority).label))
    if ticket.priority == to:
        return None
    event = change(
        ticket,
        act,
        PriorityChanged(old=ticket.priority, new=int(to)),
        priority=to,
        pinned=set_by(ticket, act, "priority"),
    )
    first_act(ticket, act, event)
    return event


@transactional
def set_type(ticket: Ticket, act: Act, *, to: Type) -> Event | None:
    """A ticket that becomes an incident gets the priority of its impact and urgency."""
    ticket.lock()
    require(act, "ticket.change", ticket)
    if ticket.type == to:
        return None
    event = change(ticket, act, TypeChanged(old=ticket.type, new=to.value), type=to)
    follow(ticket, act, event)
    first_act(ticket, act, event)
    return event


@transactional
def categorise(
    ticket: Ticket, act: Act, *, to: Category | None, was: int | Unset | None = UNSET
) -> Event | None:
    ticket.lock()
    require(act, "ticket.change", ticket)
    new = to.pk if to else None
    check_unchanged(was, ticket.category_id, new, str(ticket.category or _("No category")))
    if ticket.category_id == new:
        return None
    event = change(
        ticket,
        act,
        CategoryChanged(old=ticket.category_id, new=new),
        category=to,
        pinned=set_by(ticket, act, "category"),
    )
    first_act(ticket, act, event)
    return event


@transactional
def set_tags(
    ticket: Ticket, act: Act, *, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> Event | None:
    """Add and remove tags by name; unknown ones are made. Others' concurrent tags stay."""
    ticket.lock()
    require(act, "ticket.change", ticket)
    plus = [tag_id for tag_id in tag_ids(add, make=True) if tag_id not in ticket.tags]
    minus = [tag_id for tag_id in tag_ids(remove, make=False) if tag_id in ticket.tags]
    if not plus and not minus:
        return None
    event = change(
        ticket,
        act,
        TagsChanged(added=tuple(plus), removed=tuple(minus)),
        tags=[tag_id for tag_id in ticket.tags if tag_id not in minus] + plus,
    )
    first_act(ticket, act, event)
    return event


def tag_ids(names: Iterable[str], *, make: bool) -> list[int]:
    """The tags of these names; `make` brings those into being that are new."""
    wanted = dict.fromkeys(" ".join(name.lower().split())[:60] for name in names)
    wanted.pop("", None)
    if not wanted:
        return []
    if make:
        Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    known = dict(Tag.objects.filter(name__in=wanted).values_list("name", "pk"))
    return [known[name] for name in wanted if name in known]


@transactional
def rename(ticket: Ticket, act: Act, *, to: str) -> Event | None:
    """Give the ticket another subject (at most 400 characters). Raises Invalid when empty."""
    ticket.lock()
    require(act, "ticket.change", ticket)
    subject = " ".join(to.split())[:400]
    if not subject:
        raise Invalid(_("A ticket needs a subject. Write a few words."), field="subject")
    if ticket.subject == subject:
        return None
    texts = {"old": ticket.subject, "new": subject}
    event = change(ticket, act, SubjectChanged(), texts=texts, subject=subject)
    first_act(ticket, act, event)
    return event


@transactional
def set_contact(ticket: Ticket, act: Act, *, to: Contact) -> Event | None:
    """Say whose inquiry it is; the organization follows the contact."""
    ticket.lock()
    require(act, "ticket.change", ticket)
    if ticket.contact_id == to.pk:
        return None
    return change(
        ticket,
        act,
        ContactChanged(old=ticket.contact_id, new=to.pk),
        contact=to,
        organization_id=to.organization_id,
    )
