"""Spam and trash in words: why a ticket lies there and until when, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.lib.problems import Problem
from ventanilla.people.queries import configuration
from ventanilla.people.rights import Viewer
from ventanilla.people.senders import domain_to_block, sender_of
from ventanilla.tickets.aside import SetAside, goes_at
from ventanilla.tickets.models import Aside, Ticket

WHY = {
    "address": gettext_lazy("Its sender is blocked."),
    "domain": gettext_lazy("Its sender's domain is blocked."),
    "contact": gettext_lazy("The customer is blocked."),
    "header": gettext_lazy("The mail server took it for spam."),
}
TITLES: dict[str, Callable[[], str]] = {
    "spam": lambda: _("Marked as spam"),
    "not_spam": lambda: _("Marked as not spam"),
    "trash": lambda: _("Put into the trash"),
    "restore": lambda: _("Taken out of the trash"),
    "erase": lambda: _("Deleted for good"),
}


@dataclass(frozen=True, slots=True)
class Stay:
    """Where a ticket lies that is set aside, as its page says it."""

    place: str  # "spam", "trash"
    why: str
    by: str  # a name; empty: Ventanilla
    at: datetime
    goes_at: datetime | None  # when it is deleted; None: it is kept
    may_return: bool
    may_erase: bool


@dataclass(frozen=True, slots=True)
class Laying:
    """What can be done with a ticket that is at work."""

    may_delete: bool
    senders: tuple[str, ...]  # that can be blocked beside: an address, then its domain


def stay(ticket: Ticket, viewer: Viewer) -> Stay | None:
    """1 statement; none for what is at work."""
    if ticket.aside is None:
        return None
    found = SetAside.objects.select_related("by__user").get(ticket=ticket, place=ticket.aside)
    needed = "ticket.change" if found.place == Aside.SPAM else "ticket.delete"
    return Stay(
        place=Aside(found.place).word,
        why=str(WHY.get(found.why, "")),
        by=found.by.user.name if found.by else "",
        at=found.at,
        goes_at=goes_at(found, configuration()),
        may_return=viewer.can(needed),
        may_erase=viewer.can("ticket.erase"),
    )


def laying(address: str, viewer: Viewer) -> Laying:
    """address   of the ticket's customer; empty when they have none"""
    return Laying(viewer.can("ticket.delete"), tuple(_senders(address)))


def _senders(address: str) -> list[str]:
    try:
        known = [sender_of(address)] if address else []
    except Problem:  # an address that no list of blocked senders could hold
        return []
    domain = domain_to_block(address)
    return [*known, *([domain] if domain else [])]
