"""Merges: which ticket has gone into which, and what undoing one brings back."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

WITHIN = timedelta(days=1)  # until then a merge can be undone


class Merge(models.Model):
    """A ticket (`source`) whose conversation goes on in another (`survivor`).

    While it is not undone it is the pointer from one to the other. The source stays, closed and
    without messages. `kept` is what the merge changed, as it was and as it became; `clocks` the
    same of the promises (see `sla.merging`).
    """

    source = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="merges")
    survivor = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="absorbed")
    by = models.ForeignKey("people.Agent", models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    kept = models.JSONField(default=dict)
    clocks = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], name="merge_once", condition=models.Q(undone_at=None)
            ),
            models.CheckConstraint(
                name="merge_of_two", condition=~models.Q(source=models.F("survivor"))
            ),
        ]

    @property
    def undoes_split(self) -> bool:
        """Its source was split off, and that was undone: nothing is left to come back."""
        return bool(self.kept.get("undoes_split"))

    def __str__(self) -> str:
        return f"{self.source_id} merged into {self.survivor_id}"
