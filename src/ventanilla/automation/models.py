"""Rules, every version of what they say, and each time that one acted."""

from __future__ import annotations

from django.db import models


class Rule(models.Model):
    """A rule of the desk. What it says stands in its versions, which never change."""

    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)  # they run from the lowest, then by id
    active = models.BooleanField(default=False)
    removed = models.BooleanField(default=False)  # its runs still name it
    version = models.PositiveIntegerField(default=1)  # the one that counts

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """What a rule says since then. `said` is a `definition.Definition`, as JSON."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    said = models.JSONField()
    # by whose rights it acts, as they are when it does (R30); None: the desk's own, from a file
    # that was applied on the server
    author = models.ForeignKey("people.Agent", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of rule {self.rule_id}"


class RuleRun(models.Model):
    """One time that a rule fitted: why, and what became of it. Never changed.

    root   the event at the beginning of what led here: a rule acts once on all that follows from it
    why    the tests with what was seen, as `deciding.Tested.told` writes them
    """

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="runs")
    version = models.PositiveIntegerField()
    ticket_id = models.BigIntegerField(db_index=True)  # plain: it outlives what it speaks of
    ticket_number = models.BigIntegerField()
    event_id = models.BigIntegerField()  # that it acted on
    root = models.BigIntegerField()
    at = models.DateTimeField()
    why = models.JSONField()
    done = models.JSONField(default=list)  # codes
    left_out = models.JSONField(default=list)  # pairs: code, why not

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "rule"], name="rule_run_once_per_root"),
        ]
        indexes = [models.Index(fields=["rule", "-id"], name="rule_run_newest")]

    def __str__(self) -> str:
        return f"rule {self.rule_id} at event {self.event_id}"
