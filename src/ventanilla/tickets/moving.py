"""Messages that went into another ticket: by moving them there, or by splitting a ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models

from ventanilla.tickets.merging import Merge

WITHIN = timedelta(days=1)  # until then it can be undone


class Transfer(models.Model):
    """Messages that one ticket (`source`) gave to another (`target`).

    While it is not undone, the messages' `origin_ticket` is the target: what answers them goes
    there. `kept` is what the transfer changed, as it was and as it became; `clocks` the same of the
    promises (see `sla.moving`).
    """

    source = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="gave")
    target = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="got")
    split = models.BooleanField(default=False)  # the target was opened for these messages
    by = models.ForeignKey("people.Agent", models.SET_NULL, null=True, related_name="+")
    moved_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    kept = models.JSONField(default=dict)
    clocks = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="transfer_of_two", condition=~models.Q(source=models.F("target"))
            ),
        ]

    def __str__(self) -> str:
        return f"messages of {self.source_id} to {self.target_id}"


def transfers(*tickets: models.Model) -> models.QuerySet[Transfer]:
    """Those that gave to, or took from, one of these."""
    ids = [ticket.pk for ticket in tickets]
    return Transfer.objects.filter(models.Q(source__in=ids) | models.Q(target__in=ids))


def merges(*tickets: models.Model) -> models.QuerySet[Merge]:
    ids = [ticket.pk for ticket in tickets]
    return Merge.objects.filter(models.Q(source__in=ids) | models.Q(survivor__in=ids))


def newest(rows: models.QuerySet[Any]) -> int:
    """The highest id: what has a higher one came later. 0: there are none."""
    return rows.aggregate(newest=models.Max("pk"))["newest"] or 0
