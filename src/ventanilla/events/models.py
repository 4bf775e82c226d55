"""The event log, its outbox and the timers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

NOT_SAID = models.Value([], ArrayField(models.BigIntegerField()))


class Event(models.Model):
    """One thing that happened. Written in the transaction that made it true; never changed.

    Ids are plain numbers: the log outlives what it speaks of. A database trigger refuses updates
    and deletions.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=40)
    ticket_id = models.BigIntegerField(null=True)
    ticket_number = models.BigIntegerField(null=True)  # what screens and people call it
    seq = models.IntegerField(null=True)  # the ticket's version: gapless per ticket
    actor_kind = models.CharField(max_length=8)
    actor_id = models.BigIntegerField(null=True)
    actor_version = models.CharField(max_length=40, blank=True)
    authority_kind = models.CharField(max_length=8, blank=True)
    authority_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=8)
    cause_id = models.BigIntegerField(null=True)
    operation_id = models.BigIntegerField(null=True)  # the bulk change that it is part of
    depth = models.SmallIntegerField(default=0)
    data = models.JSONField(default=dict)
    teams = ArrayField(models.IntegerField(), default=list)  # who may be told: old and new team
    people = ArrayField(models.BigIntegerField(), default=list)  # and old and new assignee
    # and old and new category; 0 is none
    categories = ArrayField(models.BigIntegerField(), default=list, db_default=NOT_SAID)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket_id", "seq"], name="event_seq_once_per_ticket"),
        ]
        indexes = [
            # reports and replays: one kind over a period
            models.Index(fields=["kind", "occurred_at"], name="event_kind_occurred"),
            # what a bulk operation did to its tickets: to undo it
            models.Index(
                fields=["operation_id", "ticket_id", "seq"],
                name="event_operation",
                condition=models.Q(operation_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def the_ticket(self) -> int:
        """Id of the ticket that it happened to. Raises ValueError where there is none."""
        if self.ticket_id is None:
            raise ValueError(f"{self} happened to no ticket")
        return self.ticket_id


class EventText(models.Model):
    """Free text or identities of an event, apart from it so that a person can be erased."""

    event = models.ForeignKey(Event, models.DO_NOTHING, related_name="texts")
    field = models.CharField(max_length=20)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "field"], name="event_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of event {self.event_id}"


class Outbox(models.Model):
    """An event that its consumers have not seen yet. The relay takes lanes in order."""

    event = models.OneToOneField(Event, models.DO_NOTHING, primary_key=True)
    lane = models.SmallIntegerField(default=1)  # 0 new mail and chat, 1 people, 2 bulk and imports

    class Meta:
        indexes = [models.Index(fields=["lane", "event"], name="outbox_lane")]

    def __str__(self) -> str:
        return f"event {self.event_id} waits"


class Signal(models.Model):
    """Something for the screens of some people that is no event: a notice, somebody typing.

    Kept for five minutes; nothing depends on it.
    """

    people = ArrayField(models.BigIntegerField())  # user ids
    # None: for these people alone; else for whoever sees a ticket of these teams and categories
    teams = ArrayField(models.BigIntegerField(), null=True)
    categories = ArrayField(models.BigIntegerField(), null=True)
    payload = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"signal {self.pk}"


class Timer(models.Model):
    """Something that waits for its time: fired at least once, late rather than lost."""

    what = models.CharField(max_length=30)  # key of `wiring.TIMERS`
    ticket_id = models.BigIntegerField(null=True)
    episode = models.CharField(max_length=60, default="")  # tells one waiting from the next
    due_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["what", "ticket_id", "episode"],
                name="timer_once_per_episode",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="timer_due")]

    def __str__(self) -> str:
        return f"{self.what} of ticket {self.ticket_id} at {self.due_at:%Y-%m-%d %H:%M}"
