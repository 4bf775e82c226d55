"""What agents are told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ventanilla.people.models import Agent
from ventanilla.tickets.models import Ticket


class Notification(models.Model):
    class What(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned to you")
        ANSWERED = "answered", _("The customer has written")
        NOT_SENT = "not_sent", _("Your reply was not sent")
        RETURNED = "returned", _("Your reply came back")
        WOKE = "woke", _("A snoozed ticket is back")
        HELD_BACK = "held_back", _("Your reply has not left: somebody wrote meanwhile")
        MENTIONED = "mentioned", _("You were mentioned in a note")
        TASK = "task", _("A task is yours")
        RULE = "rule", _("A rule tells you of it")

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="notifications")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    what = models.CharField(max_length=12, choices=What)
    event_id = models.BigIntegerField()  # what it tells of: once out of twice
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "event_id"], name="notification_once"),
        ]
        indexes = [
            # the badge and the list behind it: what is unread, then what was read
            models.Index(
                fields=["agent", "-created_at", "-id"],
                name="notification_unread",
                condition=models.Q(read_at=None),
            ),
            models.Index(
                fields=["agent", "-created_at", "-id"],
                name="notification_read",
                condition=models.Q(read_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} to {self.agent_id}"
