"""Macros: a text that agents put into what they write, and what else running one changes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

ANY = ""  # the language of a text that fits all others


class Macro(models.Model):
    """Of one person (`agent`), one team, or of the whole desk. A prepared reply changes nothing.

    texts     by language, `ANY` for all that have none of their own; Liquid (see `lib.liquid`)
    changes   what it changes, as `tickets.changes` writes it
    """

    class WriteAs(models.TextChoices):
        ANY = "", _("As one is writing just then")
        REPLY = "reply", _("Public reply")
        NOTE = "note", _("Internal note")

    name = models.CharField(max_length=80)  # “::” between a folder and what is in it
    texts = models.JSONField(default=dict, blank=True)  # plain; paragraphs and links become HTML
    changes = models.JSONField(default=list, blank=True)
    write_as = models.CharField(max_length=5, choices=WriteAs, blank=True)
    position = models.PositiveSmallIntegerField(default=0)  # the lowest first, then by name
    team = models.ForeignKey("people.Team", models.CASCADE, null=True, blank=True)
    agent = models.ForeignKey("people.Agent", models.CASCADE, null=True, blank=True)
    archived = models.BooleanField(default=False)  # messages still name it
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="macro_of_team_or_agent",
                condition=models.Q(team=None) | models.Q(agent=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MacroUse(models.Model):
    """One time that a macro was used, told by the event that says so."""

    macro = models.ForeignKey(Macro, models.CASCADE, related_name="uses")
    event = models.BigIntegerField()  # plain: events are never deleted
    agent = models.BigIntegerField(null=True)  # user id
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # the last uses of one are at its end
            models.UniqueConstraint(fields=["macro", "event"], name="macro_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.macro_id} used at {self.at:%Y-%m-%d %H:%M}"
