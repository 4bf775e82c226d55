"""Who: those who sign in, agents and their teams and roles, customers, the desk itself."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import JSONField, Q, Value
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from ventanilla.lib.fields import SealedTextField

EMPTY = Value({}, JSONField())
NONE_OF_THEM = Value([], ArrayField(models.BigIntegerField()))


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Everyone who signs in. What somebody is (agent, customer) stands in their profile."""

    email = models.EmailField(max_length=254, unique=True)  # always lower case
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="es")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    # raised to end every session and every stream of this person
    epoch = models.PositiveIntegerField(default=0, db_default=0)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_email_lower", condition=Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session was begun with; it ends once this is another: password, epoch."""
        of_password: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{of_password}.{self.epoch}" if self.epoch else of_password


class Role(models.Model):
    class Visibility(models.TextChoices):
        OWN = "own", _("Own tickets")
        TEAM = "team", _("Tickets of their teams")
        ALL = "all", _("All tickets")

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60, blank=True)  # empty for the standard roles
    permissions = ArrayField(models.CharField(max_length=40), default=list)
    visibility = models.CharField(max_length=4, choices=Visibility, default=Visibility.TEAM)
    # categories (with all below them) whose tickets it shows to nobody but the assignee
    hidden = ArrayField(models.BigIntegerField(), default=list, db_default=NONE_OF_THEM)
    # its people need a second step to sign in, from then on; before, they are reminded
    second_step_by = models.DateTimeField(null=True, blank=True)

    STANDARD_NAMES = {
        "administrator": _("Administrator"),
        "supervisor": _("Supervisor"),
        "agent": _("Agent"),
        "light": _("Light agent"),
    }

    def __str__(self) -> str:
        return self.name or str(self.STANDARD_NAMES.get(self.key, self.key))


class Agent(models.Model):
    """A member of staff: work, availability and how they like their screen."""

    class Availability(models.TextChoices):
        AVAILABLE = "available", _("Available")
        AWAY = "away", _("Away")
        OFFLINE = "offline", _("Offline")

    user = models.OneToOneField(User, models.PROTECT, primary_key=True)
    role = models.ForeignKey(Role, models.PROTECT)
    availability = models.CharField(
        max_length=10, choices=Availability, default=Availability.AVAILABLE
    )
    capacity = models.PositiveSmallIntegerField(default=20)  # weighted open tickets; 0: none
    last_assigned_at = models.DateTimeField(null=True, blank=True)  # whose turn it is
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Madrid")
    theme = models.CharField(max_length=6, default="auto")  # auto, light, dark
    density = models.CharField(max_length=8, default="normal")  # normal, compact
    signature = models.TextField(blank=True)  # HTML, cleaned; see `people.signatures`
    signatures = models.JSONField(default=dict, db_default=EMPTY, blank=True)  # by language
    notices = models.BooleanField(default=True)  # browser notices when assigned or answered
    letter_keys = models.BooleanField(default=True, db_default=True)  # shortcuts without Ctrl
    # their own keys: {"resolve": "x"}; "" switches one off
    shortcuts = models.JSONField(default=dict, db_default=EMPTY, blank=True)

    def __str__(self) -> str:
        return self.user.name


class Calendar(models.Model):
    """Working hours: the hours that promises count in."""

    name = models.CharField(max_length=60)
    zone = models.CharField(max_length=40, default="Europe/Madrid")
    week = models.JSONField(default=dict)  # {"0": [["09:00", "18:00"]], ...}; 0 = Monday
    exceptions = models.JSONField(default=dict)  # {"2026-12-25": []}: that day's spans instead
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    class Routing(models.TextChoices):
        MANUAL = "manual", _("By hand")
        ROUND_ROBIN = "round_robin", _("In turn")
        LEAST_LOADED = "least_loaded", _("To whom has least to do")

    name = models.CharField(max_length=60, unique=True)
    hue = models.PositiveSmallIntegerField(default=200)  # 0-359: its dot in lists
    routing = models.CharField(max_length=12, choices=Routing, default=Routing.LEAST_LOADED)
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True)
    signature = models.TextField(blank=True)  # HTML, cleaned; under every reply of the team
    signatures = models.JSONField(default=dict, db_default=EMPTY, blank=True)  # by language
    members: models.ManyToManyField[Agent, Membership] = models.ManyToManyField(
        Agent, through="Membership", related_name="teams"
    )
    archived = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, models.CASCADE)
    agent = models.ForeignKey(Agent, models.CASCADE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "agent"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.agent_id} in {self.team_id}"


class Organization(models.Model):
    name = models.CharField(max_length=160)
    domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)  # lower case
    vip = models.BooleanField(default=False)
    notes = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        # whose a new customer is, by the domain of their address
        indexes = [GinIndex(fields=["domains"], name="organization_domains", fastupdate=False)]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A customer. Their addresses, phones and handles are identities."""

    name = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=8, blank=True)
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True)
    vip = models.BooleanField(default=False)
    blocked = models.BooleanField(default=False)  # what they write is kept and not answered
    notes = models.TextField(blank=True)
    # the same person, under whom everything of theirs is found since
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name or f"contact {self.pk}"


class Identity(models.Model):
    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=12, choices=Kind)
    value = models.CharField(max_length=320)  # e-mail: lower case
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_once")]
        indexes = [models.Index(fields=["contact"], name="identity_contact")]
        verbose_name_plural = "identities"

    def __str__(self) -> str:
        return self.value


def usual_matrix() -> list[int]:
    return [0, 0, 1, 0, 1, 2, 1, 2, 3]


class DeskSettings(models.Model):
    """What the desk decides, changed on screen. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=80, default="Ventanilla")
    language = models.CharField(max_length=8, default="es")
    time_zone = models.CharField(max_length=40, default="Europe/Madrid")
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True)
    close_after_days = models.PositiveSmallIntegerField(default=4)  # resolved, then closed
    reopen_within_days = models.PositiveSmallIntegerField(default=7)  # of resolving
    acknowledge = models.BooleanField(default=True)
    undo_seconds = models.PositiveSmallIntegerField(default=10)  # a sent reply waits; 0: not at all
    # an incident's priority: three urgencies of low impact, of medium, of high
    priority_matrix = ArrayField(models.SmallIntegerField(), size=9, default=usual_matrix)
    # spam: whose mail is, addresses and domains in lower case; whether a mail server's word counts
    blocked_senders = ArrayField(models.CharField(max_length=254), default=list, db_default=[])
    heed_spam_header = models.BooleanField(default=True, db_default=True)
    spam_days = models.PositiveSmallIntegerField(default=30, db_default=30)  # then deleted; 0: kept
    trash_days = models.PositiveSmallIntegerField(default=30, db_default=30)
    # card numbers and IBANs in what customers write are made unreadable as it arrives
    mask_numbers = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1)  # of all configuration: caches go by it
    demo = models.BooleanField(default=False)  # holds the demonstration's data

    class Meta:
        constraints = [models.CheckConstraint(name="desk_settings_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.name


class OneTimeLink(models.Model):
    """A link that works once: to sign in, to set a password, to accept an invitation.

    Only the SHA-256 of its token is kept.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in"
        RESET = "reset"
        INVITE = "invite"

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE)
    purpose = models.CharField(max_length=8, choices=Purpose)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} link of user {self.user_id}"


class SecondStep(models.Model):
    """What somebody proves besides the password: that they hold this secret (TOTP)."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="second_step")
    secret = SealedTextField()
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # by a first code; before, it asks for nothing
    last_step = models.BigIntegerField(default=0)  # of the last code used: none works twice

    def __str__(self) -> str:
        return f"second step of user {self.user_id}"


class RecoveryCode(models.Model):
    """Instead of a code of the app, once. Only its SHA-256 is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return f"recovery code of user {self.user_id}"


class OpenSession(models.Model):
    """Where somebody is signed in: what they recognize a session by, and when it was used."""

    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="open_sessions")
    device = models.CharField(max_length=80, blank=True)
    ip = models.GenericIPAddressField(null=True)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()  # to a few minutes
    # rights have changed since: the next page gives it another key (R32)
    renew = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"session {self.pk} of user {self.user_id}"


class AuditEntry(models.Model):
    """An administrative or security act. Append-only: a trigger refuses updates and deletions."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)  # plain: outlives the user
    what = models.CharField(max_length=60)  # code, such as "inbox.changed" or "signin.failed"
    thing = models.CharField(max_length=80, blank=True)  # "inbox:3"
    data: Any = models.JSONField(default=dict)  # old and new values, without secrets
    ip = models.GenericIPAddressField(null=True)
    digest = models.BinaryField(max_length=32)  # SHA-256 over the previous digest and this row

    class Meta:
        indexes = [
            models.Index(fields=["what", "at"], name="audit_what_at"),
            # what one person did, the newest first
            models.Index(fields=["user_id", "-id"], name="audit_user"),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.what} {self.thing}"
