"""What is searched: kept apart from the tickets, written only by `build`, and all of it derived."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from ventanilla.people.models import Contact
from ventanilla.tickets.models import Ticket


class TicketWords(models.Model):
    """The words of one ticket, folded and stemmed, and marks for what it is (see `marks`)."""

    # no constraint of Django's: the database's own lets the row go along (see the first migration)
    ticket = models.OneToOneField(
        Ticket, models.DO_NOTHING, related_name="+", primary_key=True, db_constraint=False
    )
    newest = models.BigIntegerField()  # id of its last message: the order of "newest first"
    inside = SearchVectorField()  # what agents may read
    public = SearchVectorField(null=True)  # without internal notes; null: there are none

    class Meta:
        indexes = [
            # Without a list of changes to be merged later: each search would read it through.
            GinIndex(fields=["inside"], name="search_inside", fastupdate=False),
            GinIndex(
                fields=["public"],
                name="search_public",
                fastupdate=False,
                condition=Q(public__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"words of {self.ticket_id}"


class FileText(models.Model):
    """What stands in an attachment, by the digest of its bytes: read once, whoever has sent it.

    A trigger of the database removes it with the last attachment of these bytes.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        READ = "read"
        EMPTY = "empty"  # a scanned page: pictures only
        LOCKED = "locked"  # with a password
        LARGE = "large"
        SLOW = "slow"
        BROKEN = "broken"
        OTHER = "other"  # not what its name says
        GONE = "gone"  # its bytes are not there

    digest = models.CharField(max_length=64, primary_key=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.WAITING)
    text = models.TextField(blank=True)
    tries = models.SmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)  # since when a worker reads it
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-asked_at"], name="search_files_waiting", condition=Q(outcome="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"text of {self.digest[:12]}"


class ContactWords(models.Model):
    """A customer's name, organization and addresses, folded, to be found by any part of them."""

    contact = models.OneToOneField(
        Contact, models.DO_NOTHING, related_name="+", primary_key=True, db_constraint=False
    )
    text = models.TextField()
    trigrams = ArrayField(models.CharField(max_length=3))

    class Meta:
        indexes = [GinIndex(fields=["trigrams"], name="search_contacts", fastupdate=False)]

    def __str__(self) -> str:
        return self.text


class Word(models.Model):
    """A word that tickets hold: what "did you mean" chooses from.

    `forms` are those of all its spellings: "facturacion" knows the stem of "facturación".
    """

    word = models.CharField(max_length=30, primary_key=True)  # folded
    forms = ArrayField(models.CharField(max_length=60))
    seen = models.SmallIntegerField(default=1)  # in how many tickets; three stands for many
    last_ticket = models.BigIntegerField()  # in which: the same ticket counts once
    trigrams = ArrayField(models.CharField(max_length=3))

    class Meta:
        indexes = [GinIndex(fields=["trigrams"], name="search_words", fastupdate=False)]

    def __str__(self) -> str:
        return self.word


class Stale(models.Model):
    """A ticket that has changed since its words were written."""

    ticket_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} waits"
