"""Spam and trash: tickets that are set aside, and what bringing one back needs.

A ticket that is set aside is closed meanwhile and says where it lies (`Ticket.aside`): no index of
unresolved tickets holds it, and `visible_to` leaves it out of everything else. Spam can go into the
trash; brought back from there it is spam again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ventanilla.people.models import DeskSettings
from ventanilla.tickets.models import Aside


class SetAside(models.Model):
    """One stay of a ticket in spam or in the trash; gone when it is brought back.

    `kept` is the ticket's state as it was; `clocks` the same of its promises (see `sla.aside`).
    """

    class Why(models.TextChoices):
        HAND = "hand", _("by hand")
        ADDRESS = "address", _("its address is blocked")
        DOMAIN = "domain", _("its domain is blocked")
        CONTACT = "contact", _("the customer is blocked")
        HEADER = "header", _("the mail server says so")

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="stays")
    place = models.SmallIntegerField(choices=Aside)
    why = models.CharField(max_length=10, choices=Why, default=Why.HAND)
    by = models.ForeignKey("people.Agent", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    touched_at = models.DateTimeField()  # or the last message since: it is kept from here on
    kept = models.JSONField(default=dict)
    clocks = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "set aside"
        constraints = [models.UniqueConstraint(fields=["ticket", "place"], name="aside_once")]
        # what is deleted by itself
        indexes = [models.Index(fields=["place", "touched_at"], name="aside_touched")]

    def __str__(self) -> str:
        return f"{self.ticket_id} in {Aside(self.place).word}"


def days_kept(desk: DeskSettings, place: int) -> int:
    """After how many days it is deleted by itself. 0: never."""
    return desk.spam_days if place == Aside.SPAM else desk.trash_days


def goes_at(stay: SetAside, desk: DeskSettings) -> datetime | None:
    days = days_kept(desk, stay.place)
    return stay.touched_at + timedelta(days=days) if days else None


def over(desk: DeskSettings, now: datetime) -> QuerySet[SetAside, Any]:
    """The stays that have lasted as long as the desk keeps them; of spam in the trash, the trash's.

    What is both goes by the place where it lies.
    """
    wanted = Q()
    for place in Aside:
        if days := days_kept(desk, place):
            late = Q(touched_at__lt=now - timedelta(days=days))
            wanted |= Q(place=place, ticket__aside=place) & late
    return SetAside.objects.filter(wanted) if wanted else SetAside.objects.none()
