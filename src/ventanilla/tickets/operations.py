"""Changes of many tickets at once. Made by `actions.bulk`, taken back by `actions.undo`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from ventanilla.people.models import Agent
from ventanilla.tickets.models import Ticket


class Operation(models.Model):
    """One change of many tickets at once, or the undoing of one. Its events name it.

    what    "status", "priority", "team", "assignee", "category", "tags", "snooze", "macro",
            "answer", "spam", "not_spam", "trash", "restore", "erase", "undo"
    change  {"to": …}; tags {"add": [names], "remove": [names]}; snooze {"until": ISO 8601 or None,
            until the customer writes}; macro {"macro": id, "name": its name, "changes": those to
            make}; answer {"text": Liquid, "to": status}; spam {"block": a sender, "blocked":
            whether by this}; for "undo" and the other places nothing
    """

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="operations")
    what = models.CharField(max_length=10)
    change = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agent", "-id"], name="operation_of_agent")]

    def __str__(self) -> str:
        return f"{self.what} of {self.total} tickets"

    @property
    def seen(self) -> int:
        """How many tickets have had their turn."""
        return self.done + self.skipped + self.refused


class OperationItem(models.Model):
    """One ticket of an operation, and what became of it."""

    class Outcome(models.IntegerChoices):
        WAITING = 0, pgettext_lazy("outcome", "Waiting")
        DONE = 1, pgettext_lazy("outcome", "Done")
        SKIPPED = 2, pgettext_lazy("outcome", "Left as it was")
        REFUSED = 3, pgettext_lazy("outcome", "Not possible")

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    outcome = models.SmallIntegerField(choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(max_length=40, blank=True)  # code: "same", "changed", a problem's
    before = models.JSONField(default=dict)  # what no event tells: pins, why on hold, dates

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "ticket"], name="operation_ticket_once"),
        ]
        indexes = [
            # the next ones of a running operation
            models.Index(
                fields=["operation", "ticket"],
                name="operation_waiting",
                condition=Q(outcome=0),
            ),
        ]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} in operation {self.operation_id}"
