"""The desk's own fields of a ticket: how they are stored. What they mean is in `tickets.custom`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    TEXT = "text", _("Text, one line")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of several choices")
    CHOICES = "choices", _("Several choices")
    YES_NO = "yes_no", _("Yes or no")
    PATTERN = "pattern", _("Text of a pattern")


class CustomField(models.Model):
    """A field that a desk adds to its tickets; their values stand in `Ticket.custom`, by its key.

    The key and the kind never change: values, events and searches go by them. A field is switched
    off, not removed. Words are kept by language: {"es": "Causa", "en": "Cause"}.
    """

    key = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    labels = models.JSONField(default=dict)
    helps = models.JSONField(default=dict, blank=True)
    options = models.JSONField(default=list, blank=True)  # [{"key", "labels"}] of the two choices
    pattern = models.CharField(max_length=200, blank=True)  # see `lib.pattern`
    categories = ArrayField(models.IntegerField(), default=list, blank=True)  # none: any or none
    conditions = models.JSONField(default=dict, blank=True)  # when it is shown
    to_create = models.BooleanField(default=False)  # required to open a ticket by hand
    to_resolve = models.BooleanField(default=False)  # required to resolve it by hand
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.key
