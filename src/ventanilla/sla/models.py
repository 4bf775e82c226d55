"""Promises: policies, and the clocks that run for single tickets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ventanilla.people.models import Calendar
from ventanilla.tickets.models import Ticket


class Metric(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")


class Policy(models.Model):
    """What is promised. The first active policy by position applies.

    `targets` holds business seconds by metric and priority: {"first_response": {"1": 14400}}.
    A metric or priority that is missing is not promised.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    targets = models.JSONField(default=dict)
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True)  # or the team's
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name


class Clock(models.Model):
    """One running promise of one ticket. It keeps the policy and calendar it began with."""

    class State(models.TextChoices):
        RUNNING = "running"
        MET = "met"
        BREACHED = "breached"  # stopped, but too late
        CANCELLED = "cancelled"

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=16, choices=Metric)
    cycle = models.PositiveSmallIntegerField(default=1)
    policy = models.ForeignKey(Policy, models.PROTECT)
    policy_version = models.PositiveIntegerField()
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True)  # None: around the clock
    calendar_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    target = models.PositiveIntegerField()  # business seconds
    due_at = models.DateTimeField()
    warn_at = models.DateTimeField()  # from here the chip is amber
    breached_at = models.DateTimeField(null=True, blank=True)  # noticed, running or not
    stopped_at = models.DateTimeField(null=True, blank=True)
    elapsed = models.PositiveIntegerField(null=True, blank=True)  # business seconds, once stopped

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric", "cycle"], name="clock_once"),
            models.UniqueConstraint(
                fields=["ticket", "metric"],
                name="clock_one_runs",
                condition=Q(state="running"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} {self.cycle} of {self.ticket_id}"
