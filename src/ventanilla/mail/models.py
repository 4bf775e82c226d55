"""Mail: how an inbox is connected, what came in as bytes, what goes out."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.fields import SealedTextField
from ventanilla.tickets.models import Inbox, Message, Ticket


class MailAccount(models.Model):
    """How a mail inbox fetches and sends. Empty hosts: it only receives by SMTP, LMTP or pipe."""

    class Security(models.TextChoices):
        TLS = "tls", "TLS"
        STARTTLS = "starttls", "STARTTLS"
        NONE = "none", _("None (this machine only)")

    class SignIn(models.TextChoices):
        PASSWORD = "password", _("Password")
        OAUTH2 = "oauth2", "OAuth2"
        NONE = "none", _("None")

    class AfterFetch(models.TextChoices):
        LEAVE = "leave", _("Leave it as it is")
        SEEN = "seen", _("Mark it as read")
        MOVE = "move", _("Move it to another folder")

    inbox = models.OneToOneField(Inbox, models.CASCADE, primary_key=True, related_name="mail")
    aliases = ArrayField(models.EmailField(max_length=254), default=list, blank=True)
    imap_host = models.CharField(max_length=253, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    imap_sign_in = models.CharField(max_length=8, choices=SignIn, default=SignIn.PASSWORD)
    imap_user = models.CharField(max_length=254, blank=True)
    imap_password = SealedTextField(blank=True, default="")
    imap_folder = models.CharField(max_length=200, default="INBOX")
    after_fetch = models.CharField(max_length=5, choices=AfterFetch, default=AfterFetch.LEAVE)
    done_folder = models.CharField(max_length=200, blank=True)  # where taken mail is moved to
    smtp_host = models.CharField(max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    smtp_sign_in = models.CharField(max_length=8, choices=SignIn, default=SignIn.PASSWORD)
    smtp_user = models.CharField(max_length=254, blank=True)
    smtp_password = SealedTextField(blank=True, default="")
    oauth_token_url = models.URLField(blank=True)
    oauth_client_id = models.CharField(max_length=254, blank=True)
    oauth_client_secret = SealedTextField(blank=True, default="")
    oauth_refresh_token = SealedTextField(blank=True, default="")
    trusted_authserv = models.CharField(max_length=253, blank=True)  # whose DMARC word counts
    plus_addresses = models.BooleanField(default=True)  # replies to name+token@ arrive here
    start_at = models.DateTimeField(null=True, blank=True)  # older mail is left alone
    fetched_since = models.DateTimeField(null=True, blank=True)  # when its mailbox was set up
    # health, written by the poller and the sender
    fetched_at = models.DateTimeField(null=True, blank=True)  # last success
    fetch_error = models.TextField(blank=True)
    fetch_failures = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    send_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"mail of {self.inbox_id}"


class Cursor(models.Model):
    """Up to where an IMAP folder has been taken in."""

    inbox = models.ForeignKey(Inbox, models.CASCADE, related_name="cursors")
    folder = models.CharField(max_length=200)
    uidvalidity = models.BigIntegerField()
    last_uid = models.BigIntegerField(default=0)
    since = models.DateTimeField()  # what came to the mailbox before is left alone, ...
    since_to = models.BigIntegerField(default=0)  # ... up to this UID; moved mail comes later
    quiet_to = models.BigIntegerField(default=0)  # up to this UID: backfill, no reactions

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "folder"], name="cursor_once")]

    def __str__(self) -> str:
        return f"{self.folder} up to {self.last_uid}"


ERASED = "erased"  # outcome of a mail whose ticket was deleted: only the digest is left


class RawMail(models.Model):
    """One mail as it came: kept before anybody is told "accepted", then parsed.

    The table is its own queue: a killed worker's mails are free again at once. Parked mails have
    an error and wait for a person.
    """

    class State(models.TextChoices):
        KEPT = "kept"
        DONE = "done"
        PARKED = "parked"

    id = models.BigAutoField(primary_key=True)
    inbox = models.ForeignKey(Inbox, models.PROTECT)
    digest = models.CharField(max_length=64)  # SHA-256 of the bytes in storage
    size = models.BigIntegerField()
    source = models.CharField(max_length=8)  # "imap", "smtp", "lmtp", "pipe"
    position = models.CharField(max_length=120, blank=True)  # where in the source: "INBOX:7:42"
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.JSONField(default=list)
    received_at = models.DateTimeField()  # by our server, or IMAP's INTERNALDATE
    kept_at = models.DateTimeField(db_default=Now())
    quiet = models.BooleanField(default=False)  # taken in without reactions
    state = models.CharField(max_length=6, choices=State, default=State.KEPT)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True)  # opened, appended, duplicate, …
    why = models.TextField(blank=True)  # evidence of the outcome, or the error with its trace
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    copies = models.PositiveIntegerField(default=0)  # how often it was delivered again
    sender = models.CharField(max_length=320, blank=True)  # once parsed; lower case
    no_answer = models.CharField(max_length=20, blank=True)  # why nothing automatic may answer
    # its bytes were destroyed, since nobody may read them: only the digest is left
    destroyed = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "digest"], name="raw_mail_once_per_inbox"),
        ]
        indexes = [
            # the intake's queue: a backfill waits behind what has just come
            models.Index(fields=["quiet", "id"], name="raw_mail_kept", condition=Q(state="kept")),
            # parked mail, shown to administrators
            models.Index(fields=["id"], name="raw_mail_parked", condition=Q(state="parked")),
            # mail that led to no ticket, shown to administrators
            models.Index(
                fields=["-id"], name="raw_mail_aside", condition=Q(state="done", ticket=None)
            ),
            # storms: how much one sender wrote within the hour
            models.Index(
                fields=["sender", "received_at"], name="raw_mail_sender", condition=~Q(sender="")
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.digest[:12]}"


class KnownId(models.Model):
    """A Message-ID that leads to a ticket: of a message there, or referenced but never seen.

    Two mails that reply to the same unseen mail thus join one ticket.
    """

    digest = models.BinaryField(max_length=20)  # SHA-256 of the bare id, cut to 160 bits
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")
    inbox = models.ForeignKey(Inbox, models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "ticket"], name="known_id_once"),
        ]

    def __str__(self) -> str:
        return f"id of ticket {self.ticket_id}"


class OutgoingMail(models.Model):
    """A mail on its way out: built once, kept as bytes, the same Message-ID on every try."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"  # claimed by a worker until `claimed_until`
        SENT = "sent"
        FAILED = "failed"

    class Failure(models.TextChoices):
        REFUSED = "refused"
        LATE = "late"  # tried for as long as makes sense
        NO_SERVER = "no_server"  # sent by itself once there is one
        LOST = "lost"  # its bytes are gone from the storage
        RENEWED = "renewed"  # another row sends the message again

    id = models.BigAutoField(primary_key=True)
    inbox = models.ForeignKey(Inbox, models.PROTECT, null=True)  # None: the desk's own mail
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="outgoing")
    purpose = models.CharField(max_length=20)  # "reply", "automatic", "forward", "account"
    event_id = models.BigIntegerField(null=True)  # what it reacts to: once out of twice
    rfc_message_id = models.CharField(max_length=255)  # bare; the same on every try
    digest = models.CharField(max_length=64)  # the built bytes in storage
    envelope_from = models.CharField(max_length=320, blank=True)  # empty: null sender
    recipients = models.JSONField(default=list)  # plain addresses, at most 50
    accepted = models.JSONField(default=list)  # addresses that a server took it for
    refused = models.JSONField(default=dict)  # address -> the server's last word
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    unsure = models.BooleanField(default=False)  # a try ended without its outcome being learned
    give_up_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)  # first taken for anybody
    error = models.TextField(blank=True)  # of the last try, in words
    failure = models.CharField(max_length=10, choices=Failure, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id"],
                name="outgoing_once_per_event",
                condition=Q(event_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="outgoing_due",
                condition=Q(state__in=["waiting", "sending"]),
            ),
            # which one is next
            models.Index(
                fields=["attempts", "id"], name="outgoing_next", condition=Q(state="waiting")
            ),
            models.Index(fields=["ticket", "id"], name="outgoing_ticket"),
            models.Index(F("created_at").desc(), name="outgoing_newest"),
            # whose bounce it is
            models.Index(fields=["rfc_message_id"], name="outgoing_message_id"),
            # what may have gone out twice
            models.Index(fields=["id"], name="outgoing_unsure", condition=Q(unsure=True)),
            # whose bytes are kept although it has gone, for a while; and whether others have them
            models.Index(
                fields=["created_at"],
                name="outgoing_bytes_kept",
                condition=Q(state__in=["sent", "failed"]) & ~Q(digest=""),
            ),
            HashIndex(fields=["digest"], name="outgoing_digest", condition=~Q(digest="")),
            # what waits for a server to be set up
            models.Index(
                fields=["id"], name="outgoing_no_server", condition=Q(failure="no_server")
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.rfc_message_id}"


class Outlet(models.Model):
    """An outgoing server as its mails see it: one conversation at a time, a rest when it fails."""

    key = models.CharField(max_length=24, primary_key=True)  # "desk", or "inbox:3"
    leased_until = models.DateTimeField(null=True)  # somebody talks to it, and renews this
    holder = models.CharField(max_length=32, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    rests_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)  # why it rests, in words

    def __str__(self) -> str:
        return f"outlet {self.key}"
