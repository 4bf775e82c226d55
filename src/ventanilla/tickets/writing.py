"""What goes with writing: replies that wait, presence, marks of what was posted."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import JSONField, Value

NOTHING_ELSE = Value([], JSONField())


class HeldReply(models.Model):
    """A reply that was sent and has not left: it can still be taken back.

    A command, no message: the log does not know it. When it is due, `reply` runs with what stands
    here; taken back, it is a draft again. `stopped` is the code of why it did not leave.
    """

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="held")
    agent = models.ForeignKey("people.Agent", models.CASCADE, related_name="+")
    content = models.JSONField()  # `Content` as plain values
    fields = models.JSONField(default=dict)  # as in `Draft`
    uploads = ArrayField(models.BigIntegerField(), default=list)  # the author's, used up by it
    forward = models.BigIntegerField(null=True)  # the message that it passes on
    status = models.SmallIntegerField(null=True)  # what the ticket is set to; None leaves it
    status_then = models.SmallIntegerField()  # the ticket's at the click
    also = models.JSONField(default=list, db_default=NOTHING_ELSE)  # `tickets.changes` beside it
    seen = models.BigIntegerField(default=0)  # the last message that the author had read
    override = models.BooleanField(default=False)  # sent although a newer one was there
    later = models.BooleanField(default=False)  # at a chosen time, not after the usual seconds
    clicked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped = models.CharField(max_length=40, blank=True)
    stopped_why = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["ticket"], name="held_ticket")]

    def __str__(self) -> str:
        return f"reply of {self.agent_id} held until {self.due_at:%Y-%m-%d %H:%M:%S}"


class HeldMail(models.Model):
    """A mail that begins a ticket: it was sent and has not left, so there is no ticket yet.

    A command like `HeldReply`. When it is due the ticket is opened with what stands here; taken
    back, it is a draft again. Once it has left, only `ticket` stays, for a day.
    """

    agent = models.ForeignKey("people.Agent", models.CASCADE, related_name="+")
    inbox = models.ForeignKey("tickets.Inbox", models.CASCADE, related_name="+")
    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, null=True, related_name="+")
    content = models.JSONField()  # `Content` as plain values
    fields = models.JSONField(default=dict)  # as in `Draft`
    uploads = ArrayField(models.BigIntegerField(), default=list)
    status = models.SmallIntegerField(null=True)  # what the ticket begins with
    later = models.BooleanField(default=False)
    clicked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped = models.CharField(max_length=40, blank=True)
    stopped_why = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agent", "due_at"], name="held_mail_agent")]

    def __str__(self) -> str:
        return f"mail of {self.agent_id} held until {self.due_at:%Y-%m-%d %H:%M:%S}"


class Presence(models.Model):
    """Somebody has a ticket on screen, or writes in it. Unlogged: a crash may forget it."""

    ticket = models.ForeignKey("tickets.Ticket", models.CASCADE, related_name="+")
    agent = models.ForeignKey("people.Agent", models.CASCADE, related_name="+")
    typing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "agent"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.agent_id} at {self.ticket_id}"


class Posted(models.Model):
    """A composer's mark that its text was taken: posted again, it is not sent again."""

    agent = models.ForeignKey("people.Agent", models.CASCADE, related_name="+")
    mark = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "posted"
        constraints = [models.UniqueConstraint(fields=["agent", "mark"], name="posted_once")]

    def __str__(self) -> str:
        return f"{self.mark} of {self.agent_id}"
