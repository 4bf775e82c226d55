"""Where people are signed in: begun, seen, ended (R32).

Ending one deletes it; ending all raises the user's epoch, which no session begun before fits.
Either is told to the live streams, which look again whose they are and close.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import RightsChanged
from ventanilla.events.log import record
from ventanilla.lib.devices import device
from ventanilla.lib.problems import NotFound
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.roles import may_give
from ventanilla.people.models import Agent, OpenSession, User
from ventanilla.people.rights import require

LONGEST = timedelta(days=14)  # from the sign-in, however much it is used
SEEN_EVERY = timedelta(minutes=5)  # how exactly we know when a session was used


def begin(
    user: User, key: str, now: datetime, *, agent: str, ip: str | None, instead: str | None = None
) -> None:
    """Note a session that has just begun, and forget those that are too old.

    agent     what the browser says it is
    instead   the key that the same session had before
    """
    OpenSession.objects.filter(user=user, since__lt=now - LONGEST).delete()
    if instead:
        OpenSession.objects.filter(session_key=instead).delete()
    OpenSession.objects.update_or_create(
        session_key=key,
        defaults={
            "user": user, "device": device(agent)[:80], "ip": ip or None, "since": now,
            "seen_at": now,
        },
    )  # fmt: skip


def renewed(before: str, key: str) -> None:
    """A session has another key since its owner's rights have changed. 1 statement."""
    OpenSession.objects.filter(session_key=before).update(session_key=key, renew=False)


def has_run_out(since: datetime | None, seen_at: datetime | None, now: datetime) -> bool:
    """Whether a session is too old, or has not been used for too long."""
    if since is None or seen_at is None:
        return False
    return now - since > LONGEST or now - seen_at > settings.SESSION_IDLE


def seen(key: str, now: datetime) -> None:
    OpenSession.objects.filter(session_key=key, seen_at__lt=now - SEEN_EVERY).update(seen_at=now)


def of(user: User, now: datetime) -> list[OpenSession]:
    """The user's open sessions, the one used last first. 1 statement."""
    there = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    recent = OpenSession.objects.filter(
        user=user, since__gt=now - LONGEST, seen_at__gt=now - settings.SESSION_IDLE
    )
    return list(recent.filter(Exists(there)).order_by("-seen_at", "-pk"))


@transaction.atomic
def end(user: User, pk: int, now: datetime, *, ip: str | None = None) -> OpenSession:
    """End one of one's own sessions. Raises NotFound."""
    found = OpenSession.objects.filter(user=user, pk=pk).first()
    if found is None:
        raise NotFound(_("This session has ended already."))
    Session.objects.filter(session_key=found.session_key).delete()
    OpenSession.objects.filter(pk=pk).delete()
    audit("session.ended", now, user_id=user.pk, thing=f"user:{user.pk}", ip=ip)
    _tell(user, Act.of_agent(user.pk, now))
    return found


def forget(key: str | None) -> None:
    """Its session has ended: by signing out."""
    OpenSession.objects.filter(session_key=key or "").delete()


@transaction.atomic
def end_all(user: User, now: datetime, *, ip: str | None = None) -> None:
    """Sign oneself out everywhere, here too."""
    end_every(user)
    audit("sessions.ended", now, user_id=user.pk, thing=f"user:{user.pk}", ip=ip)
    _tell(user, Act.of_agent(user.pk, now))


@transaction.atomic
def sign_out(agent: Agent, act: Act) -> None:
    """Sign somebody else out everywhere. Raises NotAllowed (whose rights go beyond one's own)."""
    require(act, "setup.people")
    may_give(act, agent.role)
    end_every(agent.user)
    audit("sessions.ended", act.when, user_id=act.actor.id, thing=f"user:{agent.pk}")
    _tell(agent.user, act)


def end_every(user: User) -> None:
    """End every session of a user; the caller says why in the log. 3 statements."""
    User.objects.filter(pk=user.pk).update(epoch=F("epoch") + 1)
    user.refresh_from_db(fields=["epoch"])
    keys = OpenSession.objects.filter(user=user).values("session_key")
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(user=user).delete()


def _tell(user: User, act: Act) -> None:
    record(None, act, RightsChanged(agent=user.pk))
