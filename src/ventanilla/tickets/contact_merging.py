"""Merges of customers: which one has gone into which, and what undoing it brings back."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from ventanilla.people.models import Contact

WITHIN = timedelta(days=30)  # until then a merge can be undone


class ContactMerge(models.Model):
    """A customer (`source`) who is the same person as another (`survivor`).

    The source stays as an empty row that points to the survivor (`Contact.merged_into`). `kept`
    holds the ids of what changed hands and what else the merge changed, as it was and as it became.
    """

    source = models.ForeignKey(Contact, models.CASCADE, related_name="merges")
    survivor = models.ForeignKey(Contact, models.CASCADE, related_name="absorbed")
    by = models.ForeignKey("people.Agent", models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    kept = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], name="contact_merge_once", condition=models.Q(undone_at=None)
            ),
            models.CheckConstraint(
                name="contact_merge_of_two", condition=~models.Q(source=models.F("survivor"))
            ),
        ]

    def __str__(self) -> str:
        return f"contact {self.source_id} merged into {self.survivor_id}"


def end_of(contact_id: int) -> int | None:
    """The id of who a merged customer is now, at the end of all merges. None: not merged."""
    found: int | None = None
    goes = Contact.objects.filter(pk=contact_id).values_list("merged_into", flat=True)
    seen = {contact_id}
    while (into := goes.first()) is not None and into not in seen:
        seen.add(into)
        found = into
        goes = Contact.objects.filter(pk=into).values_list("merged_into", flat=True)
    return found


def into(contact: Contact) -> list[ContactMerge]:
    """Merges that stand, of others into this customer, the newest first. 1 statement."""
    standing = ContactMerge.objects.filter(survivor=contact, undone_at=None)
    return list(standing.select_related("source").order_by("-pk"))
