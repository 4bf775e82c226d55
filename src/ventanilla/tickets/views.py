"""Saved views, and how each agent wants views to be. Changed by `actions.views`."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ventanilla.people.models import Agent, Team

PREFIX = "view-"  # of a saved view's slug; the number follows


class Order(models.TextChoices):
    DUE = "due", _("What is due first")
    UPDATED = "updated", _("Last changed first")
    CREATED = "created", _("Newest first")
    OLDEST = "oldest", _("Oldest first")


class Grouping(models.TextChoices):
    """What a list has headings for. Of a ticket's fields: there what is due first comes first."""

    DUE = "due", _("When it is due")
    STATUS = "status", pgettext_lazy("field", "Status")
    PRIORITY = "priority", _("Priority")
    TEAM = "team", _("Team")
    ASSIGNEE = "assignee", _("Assignee")
    NONE = "none", _("No groups")


class Display(models.TextChoices):
    LIST = "list", _("List")
    BOARD = "board", _("Board")


BY_FIELD = (Grouping.STATUS, Grouping.PRIORITY, Grouping.TEAM, Grouping.ASSIGNEE)


class Column(models.TextChoices):
    """What a row shows besides what every row shows."""

    ASSIGNEE = "assignee", _("Assignee")
    TEAM = "team", _("Team")
    CATEGORY = "category", _("Category")
    TAGS = "tags", _("Tags")
    ORGANIZATION = "organization", _("Company")
    CREATED = "created", pgettext_lazy("column", "Opened")


class SavedView(models.Model):
    """A filter with a name: of one agent, of a team, or of the whole desk (neither is set)."""

    name = models.CharField(max_length=60)
    agent = models.ForeignKey(
        Agent, models.CASCADE, null=True, blank=True, related_name="own_views"
    )
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="views")
    conditions: Any = models.JSONField(default=dict)  # as `tickets.conditions` reads them
    # words that its tickets hold besides, as they are typed into the search; empty: any
    query = models.CharField(max_length=200, blank=True, default="", db_default="")
    words = models.TextField(blank=True, default="", db_default="")  # the same as a tsquery
    order = models.CharField(max_length=8, choices=Order, default=Order.DUE)
    group = models.CharField(
        max_length=8, choices=Grouping, default=Grouping.DUE, db_default=Grouping.DUE
    )
    display = models.CharField(
        max_length=8, choices=Display, default=Display.LIST, db_default=Display.LIST
    )
    columns = ArrayField(models.CharField(max_length=12, choices=Column), default=list, blank=True)
    created_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="view_of_agent_or_team", condition=Q(agent=None) | Q(team=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        return f"{PREFIX}{self.pk}"


class ViewChoice(models.Model):
    """How one agent wants one view: where in the sidebar, whether at all, how its list looks."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="view_choices")
    slug = models.CharField(max_length=30)  # of a standard view, a saved one or a team's queue
    position = models.SmallIntegerField(null=True, blank=True)  # None: where it stands by itself
    hidden = models.BooleanField(default=False)
    order = models.CharField(max_length=8, choices=Order, blank=True)  # empty: the view's own
    group = models.CharField(max_length=8, choices=Grouping, blank=True, db_default="")  # likewise
    columns = ArrayField(
        models.CharField(max_length=12, choices=Column), null=True, blank=True
    )  # None: the view's own

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "slug"], name="view_choice_once")]

    def __str__(self) -> str:
        return f"{self.slug} of {self.agent_id}"
