"""Tickets and what belongs to them. Change them only through `tickets.actions`."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ventanilla.lib.arrays import Among
from ventanilla.lib.literal import Literal, Negated, Never
from ventanilla.lib.rows import lock
from ventanilla.people.models import Agent, Contact, Organization, Team
from ventanilla.people.rights import Viewer


class Status(models.IntegerChoices):
    """In the order of a ticket's life; below RESOLVED a ticket is unresolved ("live")."""

    NEW = 0, pgettext_lazy("status", "New")
    OPEN = 1, pgettext_lazy("status", "Open")
    PENDING = 2, pgettext_lazy("status", "Waiting for customer")
    ON_HOLD = 3, pgettext_lazy("status", "On hold")
    RESOLVED = 4, pgettext_lazy("status", "Resolved")
    CLOSED = 5, pgettext_lazy("status", "Closed")

    @property
    def word(self) -> str:
        """The status in API, events' readers and markup: new, open, pending, on_hold …"""
        return self.name.lower()


class Priority(models.IntegerChoices):
    LOW = 0, pgettext_lazy("priority", "Low")
    NORMAL = 1, pgettext_lazy("priority", "Normal")
    HIGH = 2, pgettext_lazy("priority", "High")
    URGENT = 3, pgettext_lazy("priority", "Urgent")

    @property
    def word(self) -> str:
        return self.name.lower()


class Level(models.IntegerChoices):
    """Of an incident's impact and its urgency."""

    LOW = 0, pgettext_lazy("level", "Low")
    MEDIUM = 1, pgettext_lazy("level", "Medium")
    HIGH = 2, pgettext_lazy("level", "High")

    @property
    def word(self) -> str:
        return self.name.lower()


class Urgency(models.IntegerChoices):
    """The same levels, in words that fit it."""

    LOW = 0, pgettext_lazy("urgency", "Low")
    MEDIUM = 1, pgettext_lazy("urgency", "Medium")
    HIGH = 2, pgettext_lazy("urgency", "High")


class Aside(models.IntegerChoices):
    """Where a ticket lies that is at nobody's work: see `tickets.aside`."""

    SPAM = 1, pgettext_lazy("aside", "Spam")
    TRASH = 2, pgettext_lazy("aside", "Trash")

    @property
    def word(self) -> str:
        return self.name.lower()


class Type(models.TextChoices):
    QUESTION = "question", _("Question")
    INCIDENT = "incident", _("Incident")
    PROBLEM = "problem", _("Problem")
    REQUEST = "request", _("Service request")
    COMPLAINT = "complaint", _("Complaint")


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    FORM = "form", _("Web form")
    CHAT = "chat", _("Chat")
    PHONE = "phone", _("Phone")
    API = "api", "API"


# Where an answer leaves by mail: the channel itself carries none.
ANSWERED_BY_MAIL = (Channel.EMAIL, Channel.FORM, Channel.PHONE, Channel.API)


class Inbox(models.Model):
    """One configured instance of a channel: soporte@…, the shop's form."""

    name = models.CharField(max_length=80)
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.EMAIL)
    address = models.EmailField(max_length=254, blank=True)  # lower case; for mail, the From
    team = models.ForeignKey(Team, models.PROTECT)  # a ticket always has a team: this, at first
    language = models.CharField(max_length=8, default="es")
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "inboxes"
        constraints = [
            models.UniqueConstraint(
                fields=["address"], name="inbox_address_once", condition=~Q(address="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    archived = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], name="category_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    name = models.CharField(max_length=60, unique=True)  # lower case

    def __str__(self) -> str:
        return self.name


# Most urgent first: what is at work, then what waits, is on hold, is done; there what is due first,
# then the newest. Ascending throughout, so that a page begins by one comparison of rows.
SECTION = Greatest(F("status"), Literal(int(Status.OPEN)))
DUE = Coalesce(F("due_at"), Never())
URGENCY = (SECTION, DUE, Negated(F("id")))
# what stands before it where a list has a group for each value
LEADS: dict[str, Any] = {
    "status": F("status"),
    "priority": Negated(F("priority")),
    "team": F("team_id"),
    "assignee": Coalesce(F("assignee_id"), Literal(0), output_field=models.BigIntegerField()),
}
LIVE = Literal(int(Status.RESOLVED))  # below it, written out: see `Literal`


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, viewer: Viewer, *, anywhere: bool = False) -> Self:
        """What `viewer` may see: the one filter of every list, count, search and export.

        anywhere   also what is spam or in the trash: for one ticket's page, and those lists
        """
        there = self if anywhere else self.filter(aside=None)
        if viewer.sees_all:
            return there
        own = Q(assignee_id=viewer.user_id)
        if viewer.visibility == "own":
            return there.filter(own)
        shown = Q(Among("team_id", viewer.teams)) if viewer.visibility == "team" else Q()
        if viewer.hidden:
            shown &= Q(category=None) | ~Q(Among("category_id", viewer.hidden))
        return there.filter(own | shown)

    def unresolved(self) -> Self:
        return self.filter(status__lt=LIVE)


class Ticket(models.Model):
    """One inquiry, from first contact to closing.

    What a list shows stands on this row. `version` counts its events; `pinned` names the fields
    that a person set by hand, which rules and AI leave alone.
    """

    number = models.BigIntegerField(unique=True)  # what people say on the phone; never reused
    subject = models.CharField(max_length=400, blank=True)
    status = models.SmallIntegerField(choices=Status, default=Status.NEW)
    hold_reason = models.CharField(max_length=12, blank=True)  # approval, date, customer, other
    hold_until = models.DateTimeField(null=True, blank=True)  # snoozed: it wakes then
    priority = models.SmallIntegerField(choices=Priority, default=Priority.NORMAL)
    impact = models.SmallIntegerField(choices=Level, null=True, blank=True)  # how much it stops
    urgency = models.SmallIntegerField(choices=Urgency, null=True, blank=True)  # how soon it hurts
    type = models.CharField(max_length=10, choices=Type, default=Type.QUESTION)
    channel = models.CharField(max_length=12, choices=Channel)
    inbox = models.ForeignKey(Inbox, models.PROTECT, null=True, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        Agent, models.SET_NULL, null=True, blank=True, related_name="assigned"
    )
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="tickets")
    organization = models.ForeignKey(Organization, models.SET_NULL, null=True, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True)
    tags = ArrayField(models.IntegerField(), default=list, blank=True)  # ids of Tag
    pinned = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    # what is to be done about it: see `actions.checklist`
    checklist = models.JSONField(default=list, blank=True, db_default=[])
    time_spent = models.JSONField(default=list, blank=True, db_default=[])  # see `tickets.spent`
    custom = models.JSONField(default=dict, blank=True, db_default={})  # see `CustomField`
    language = models.CharField(max_length=8, default="es")
    # spam or in the trash: closed meanwhile, so that no index of unresolved tickets holds it
    aside = models.SmallIntegerField(choices=Aside, null=True, blank=True)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()  # of the last event
    resolved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    first_replied_at = models.DateTimeField(null=True, blank=True)  # first public human reply
    waiting_since = models.DateTimeField(null=True, blank=True)  # oldest unanswered message
    last_message_at = models.DateTimeField(null=True, blank=True)  # note or message
    last_message_kind = models.SmallIntegerField(null=True, blank=True)
    last_message_id = models.BigIntegerField(null=True, blank=True)
    snippet = models.CharField(max_length=160, blank=True)  # of the last message, one line
    message_count = models.PositiveIntegerField(default=0)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)  # the earliest running SLA clock
    due_metric = models.CharField(max_length=16, blank=True)  # which promise `due_at` is of
    due_warn_at = models.DateTimeField(null=True, blank=True)  # from here it is "soon"
    clock_paused = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Ticket]] = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ticket_resolved_at_iff_done",
                condition=Q(status__gte=Status.RESOLVED, resolved_at__isnull=False)
                | Q(status__lt=Status.RESOLVED, resolved_at__isnull=True),
            ),
            models.CheckConstraint(
                name="ticket_aside_is_closed",
                condition=Q(aside=None) | Q(status=Status.CLOSED),
            ),
        ]
        indexes = [
            # what is due next: to be counted
            models.Index(
                F("due_at").asc(nulls_last=True),
                F("id").desc(),
                name="ticket_live_due",
                include=["clock_paused"],  # counted without the row
                condition=Q(status__lt=4),
            ),
            models.Index(
                "team",
                F("due_at").asc(nulls_last=True),
                F("id").desc(),
                name="ticket_live_team",
                include=["clock_paused"],
                condition=Q(status__lt=4),
            ),
            # lists of what is unresolved: all, of a team, of nobody; an agent's with what they
            # have resolved
            models.Index(
                *URGENCY, name="ticket_urgent", include=["status"], condition=Q(status__lt=4)
            ),
            models.Index("team", *URGENCY, name="ticket_urgent_team", condition=Q(status__lt=4)),
            models.Index(
                *URGENCY, name="ticket_urgent_free", condition=Q(status__lt=4, assignee=None)
            ),
            models.Index(
                "assignee", *URGENCY, name="ticket_urgent_mine", condition=Q(status__lt=5)
            ),
            # the same in groups; by team they are in the index of teams
            models.Index(
                LEADS["status"], *URGENCY, name="ticket_by_status", condition=Q(status__lt=4)
            ),
            models.Index(
                LEADS["priority"], *URGENCY, name="ticket_by_priority", condition=Q(status__lt=4)
            ),
            models.Index(
                LEADS["assignee"], *URGENCY, name="ticket_by_assignee", condition=Q(status__lt=4)
            ),
            models.Index(
                "team",
                LEADS["priority"],
                *URGENCY,
                name="ticket_team_priority",
                condition=Q(status__lt=4),
            ),
            models.Index(
                "team",
                LEADS["assignee"],
                *URGENCY,
                name="ticket_team_assignee",
                condition=Q(status__lt=4),
            ),
            # who has how much of what in a team
            models.Index(
                fields=["team", "assignee", "status", "due_at"],
                name="ticket_live_counts",
                condition=Q(status__lt=4),
            ),
            models.Index(F("updated_at").desc(), F("id").desc(), name="ticket_updated"),
            models.Index(fields=["contact", "-id"], name="ticket_contact"),
            models.Index(fields=["contact"], name="ticket_live_contact", condition=Q(status__lt=4)),
            GinIndex(fields=["tags"], name="ticket_tags_live", condition=Q(status__lt=4)),
            # saved views that ask for few of the unresolved ones
            models.Index(
                fields=["category"],
                name="ticket_live_category",
                condition=Q(status__lt=4, category__isnull=False),
            ),
            models.Index(
                fields=["organization"],
                name="ticket_live_organization",
                condition=Q(status__lt=4, organization__isnull=False),
            ),
            models.Index(
                fields=["priority"],
                name="ticket_live_priority",
                condition=Q(status__lt=4, priority__gt=1),
            ),
            # the lists of spam and of the trash
            models.Index(
                F("aside"),
                F("updated_at").desc(),
                F("id").desc(),
                name="ticket_aside",
                condition=Q(aside__isnull=False),
            ),
            # what closes by itself
            models.Index(fields=["resolved_at"], name="ticket_resolved", condition=Q(status=4)),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    def lock(self) -> None:
        """Re-read and lock: until the commit nobody else changes it; rows may refer to it."""
        lock(self)

    @property
    def is_unresolved(self) -> bool:
        return self.status < Status.RESOLVED


class MessageKind(models.IntegerChoices):
    INBOUND = 0, _("Message")
    REPLY = 1, _("Reply")
    NOTE = 2, _("Internal note")
    CALL = 3, _("Call")
    SYSTEM = 4, _("Automatic message")


PUBLIC_KINDS = (MessageKind.INBOUND, MessageKind.REPLY, MessageKind.CALL, MessageKind.SYSTEM)


class Delivery(models.TextChoices):
    """How far an outgoing message has come; empty for messages that nobody sends."""

    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    BOUNCED = "bounced", _("Returned")


class Message(models.Model):
    """One entry in a conversation.

    `html` is kept as it came, unsanitised; it is cleaned each time it is shown. `text` is the whole
    plain text, `reply` the new words in it and `signature` the signature: shown folded, never cut.
    Addresses are lists of {"name", "addr"}.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    origin_ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    kind = models.SmallIntegerField(choices=MessageKind)
    channel = models.CharField(max_length=12, choices=Channel)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True)
    author_name = models.CharField(max_length=160, blank=True)  # as it stood in the message
    subject = models.CharField(max_length=400, blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    reply = models.TextField(blank=True)
    signature = models.TextField(blank=True)
    sender = models.CharField(max_length=320, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    language = models.CharField(max_length=8, blank=True)
    auto = models.CharField(max_length=10, blank=True)  # "bounce", "auto_reply", "feedback"
    verified = models.BooleanField(default=True)  # False: the sender does not take part (yet)
    authenticated = models.BooleanField(null=True)  # DMARC as told by the trusted server
    defects = ArrayField(models.CharField(max_length=60), default=list)
    message_id = models.CharField(max_length=998, blank=True)  # bare, without angle brackets
    raw_digest = models.CharField(max_length=64, blank=True)  # the original in storage
    occurred_at = models.DateTimeField()  # received or written
    recorded_at = models.DateTimeField(db_default=Now())
    dated_at = models.DateTimeField(null=True, blank=True)  # what the mail claims; only shown
    delivery = models.CharField(max_length=8, choices=Delivery, blank=True)
    delivery_reason = models.TextField(blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    forwarded = models.BooleanField(default=False)
    begun_at = models.DateTimeField(null=True, blank=True)  # when its draft began
    composing = models.PositiveIntegerField(default=0)  # seconds of active writing
    template = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "id"], name="message_ticket"),
            # what has not left yet
            models.Index(fields=["id"], name="message_queued", condition=Q(delivery="queued")),
            # whether anybody needs the bytes of an original
            HashIndex(fields=["raw_digest"], name="message_raw", condition=~Q(raw_digest="")),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} of {self.ticket_id}"


class Attachment(models.Model):
    """A file of a message, or one that an agent has uploaded for a message to come."""

    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="attachments")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="+")
    uploaded_by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    digest = models.CharField(max_length=64)  # SHA-256 of its bytes in storage
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    cid = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)  # shown inside the text
    created_at = models.DateTimeField()
    unused_since = models.DateTimeField(null=True)  # an upload that no draft names

    class Meta:
        indexes = [
            models.Index(fields=["message"], name="attachment_message"),
            models.Index(fields=["digest"], name="attachment_digest"),
            # uploads that wait for their message; the sweep of those that wait in vain
            models.Index(fields=["id"], name="attachment_upload", condition=models.Q(message=None)),
        ]

    def __str__(self) -> str:
        return self.filename


class Participant(models.Model):
    """A customer beside the ticket's contact: gets public replies and may answer."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="participants")
    contact = models.ForeignKey(Contact, models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "contact"], name="participant_once")
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.ticket_id}"


class Draft(models.Model):
    """What an agent has begun to write: one per person, ticket and kind; follows them around."""

    agent = models.ForeignKey(Agent, models.CASCADE)
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True)  # None: a new ticket's
    kind = models.CharField(max_length=8)  # "reply", "note", "forward", "new"
    html = models.TextField(blank=True)
    fields = models.JSONField(default=dict)  # to, cc, bcc, subject, attachments …
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    composing = models.PositiveIntegerField(default=0)  # seconds

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "ticket", "kind"], name="draft_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} draft of {self.agent_id}"


class Read(models.Model):
    """Up to which message an agent has seen a ticket; newer ones make its row bold."""

    agent = models.ForeignKey(Agent, models.CASCADE)
    ticket = models.ForeignKey(Ticket, models.CASCADE)
    message_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "ticket"], name="read_once")]

    def __str__(self) -> str:
        return f"{self.agent_id} read {self.ticket_id}"


class TicketLink(models.Model):
    class How(models.TextChoices):
        PERHAPS = "perhaps", _("Perhaps the same")
        FOLLOW_UP = "follow_up", _("Follow-up of")
        RELATED = "related", _("Related to")
        DUPLICATE = "duplicate", _("Duplicate of")
        CHILD = "child", _("Part of")
        INCIDENT = "incident", _("Incident of the problem")

        @property
        def back(self) -> str:
            """What the other ticket says of it."""
            return str(BACK.get(self.value, self.label))

    BY_HAND = (How.RELATED, How.DUPLICATE, How.CHILD, How.INCIDENT)

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, models.CASCADE, related_name="linked_from")
    how = models.CharField(max_length=10, choices=How)
    why = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "other", "how"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.how} {self.other_id}"


# A link is read from its ticket to the other one; this is how it reads from there.
BACK = {
    "follow_up": _("Followed up by"),
    "duplicate": _("Has the duplicate"),
    "child": _("Has the part"),
    "incident": _("Problem of the incident"),
}


class MessageTemplate(models.Model):
    """What Ventanilla writes by itself, per language; Liquid (see `lib.liquid`)."""

    key = models.CharField(max_length=40)  # "acknowledgement"
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    body = models.TextField()  # plain text; paragraphs and links become HTML

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="template_once")]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"


# more models, which refer to those above
from ventanilla.tickets import (  # noqa: E402
    aside,  # noqa: F401
    contact_merging,  # noqa: F401
    custom_fields,  # noqa: F401
    macros,  # noqa: F401
    merging,  # noqa: F401
    moving,  # noqa: F401
    operations,  # noqa: F401
    views,  # noqa: F401
    writing,  # noqa: F401
)
